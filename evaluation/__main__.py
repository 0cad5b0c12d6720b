"""Prints how good the recogniser, the coach and the questionnaire engine are: `make eval`.

The first two are tried on messages they never saw, the third on responses whose outcome is known.

Precision: of what was called an offer (or flagged), how much is one. Recall: of the offers, how
many were found. The interval beside a share is Wilson's, 95 %. Everyday messages are read from
../shared/benign-messages where that folder is; nothing here is changed by what is printed.
"""

import gzip
import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from alltid.spot import blame, recognise
from alltid.spot.recogniser import heaviest

from .messages import LANGUAGES, Labelled, check, read
from .questionnaires import agreement

EVERYDAY = Path(__file__).parents[2] / "shared" / "benign-messages"
ASKS = ("picture", "video", "camera", "meeting", "more", "price")
GIVES = (
    *("money", "nicotine", "alcohol", "drugs", "clothes"),
    *("electronics", "game", "ride", "gift", "other"),
)
BUDGETS = (100, 10, 1)  # alerts a million messages


def share(hits: int, of: int) -> str:
    """A share in per cent with Wilson's 95 % interval, or a dash where nothing is to count."""
    if not of:
        return "–"
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return f"{p:6.1%} ({middle - half:.0%}–{middle + half:.0%}, {hits} of {of})"


def offers(language: str) -> None:
    """Offer or not, then each role, each direction, each evasion."""
    found = [(each, recognise(each.text)) for each in read(language, "offers", "test")]
    negatives = read(language, "negatives", "test")
    false = [each for each in negatives if recognise(each.text).is_offer]
    hits = sum(finding.is_offer for _each, finding in found)
    print(f"\n{language}: {len(found)} offers, {len(negatives)} hard negatives (test half)")
    print(f"  recall     {share(hits, len(found))}")
    print(f"  precision  {share(hits, hits + len(false))}")
    for name, roles in (("asks", ASKS), ("gives", GIVES)):
        for role in roles:
            those = [pair for pair in found if role in getattr(pair[0], name)]
            said = [pair for pair in found if role in pair[1].roles]
            right = [pair for pair in said if role in getattr(pair[0], name)]
            recall = share(sum(finding.is_offer for _each, finding in those), len(those))
            print(f"  {role:12} recall {recall}; role named rightly {share(len(right), len(said))}")
    for direction in ("to_reader", "from_writer", "told"):
        those = [pair for pair in found if pair[0].direction == direction]
        print(f"  {direction:12} recall {share(sum(f.is_offer for _e, f in those), len(those))}")
    evading = [pair for pair in found if pair[0].evasion]
    print(f"  evasions     recall {share(sum(f.is_offer for _e, f in evading), len(evading))}")
    for scene in sorted({each.scene for each in negatives}):
        those_negatives = [each for each in negatives if each.scene == scene]
        wrong = sum(each.scene == scene for each in false)
        print(f"  {scene:12} false alarms {share(wrong, len(those_negatives))}")


def outside(language: str) -> None:
    """Offer or not, for messages written from the specification alone."""
    found = [recognise(each.text).is_offer for each in check(language, True)]
    false = [recognise(each.text).is_offer for each in check(language, False)]
    print(f"\n{language}: {len(found)} offers, {len(false)} others (outside check)")
    print(f"  recall     {share(sum(found), len(found))}")
    print(f"  precision  {share(sum(found), sum(found) + sum(false))}")


def replies(language: str) -> None:
    """Flagged or not, then each tag."""
    bad = [(each, blame(each.text)) for each in read(language, "blame", "test")]
    warm = read(language, "warm", "test")
    false = [each for each in warm if blame(each.text)]
    hits = sum(bool(flags) for _each, flags in bad)
    print(f"\n{language}: {len(bad)} replies with blame, {len(warm)} warm ones (test half)")
    print(f"  recall     {share(hits, len(bad))}")
    print(f"  precision  {share(hits, hits + len(false))}")
    tags = sorted({tag for each, _flags in bad for tag in each.tags})
    for tag in tags:
        those = [pair for pair in bad if tag in pair[0].tags]
        right = sum(any(flag.tag == tag for flag in flags.flags) for _each, flags in those)
        print(f"  {tag:16} found under its own tag {share(right, len(those))}")


def everyday() -> list[float]:
    """False alarms in everyday messages; the weight of each message, for the alert budgets."""
    if not EVERYDAY.is_dir():
        print(f"\nEveryday messages: none here ({EVERYDAY.name} is not beside the project).")
        return []
    print("\nFalse alarms in everyday messages")
    weights: list[float] = []
    for path in sorted(EVERYDAY.glob("*.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            these = [heaviest(line.rstrip("\n")) for line in lines]
        alarms = sum(weight > 0 for weight in these)
        print(f"  {path.name:22} {alarms / len(these) * 10_000:6.1f} per 10,000 ({alarms})")
        if "spam" not in path.name:
            weights += these
    return weights


def budgets(flow: list[float], messages: Callable[[str, str], Iterable[Labelled]]) -> None:
    """Precision on hard negatives, and recall, with the line raised to an alert budget."""
    print("\nWith a fixed alert budget (alerts a million everyday messages)")
    flow = sorted(flow, reverse=True)
    if not flow:
        print("  needs the everyday messages.")
        return
    offered = [
        heaviest(each.text) for language in LANGUAGES for each in messages(language, "offers")
    ]
    hard = [
        heaviest(each.text) for language in LANGUAGES for each in messages(language, "negatives")
    ]
    for budget in BUDGETS:
        allowed = int(len(flow) * budget / 1_000_000)
        line = max(0.0, flow[allowed])
        hits, false = sum(w > line for w in offered), sum(w > line for w in hard)
        note = "" if allowed else f" (no alarm at all in the {len(flow):,} here)"
        print(
            f"  {budget:4}: line {line:.2f}{note}: precision {share(hits, hits + false)}, "
            f"recall {share(hits, len(offered))}"
        )


def main() -> None:
    """Print everything."""
    for language in LANGUAGES:
        offers(language)
        outside(language)
    for language in LANGUAGES:
        replies(language)
    budgets(everyday(), lambda language, name: read(language, name, "test"))
    agreement()
    sys.stdout.flush()


if __name__ == "__main__":
    main()
