"""Microseconds for one ordinary message, read alone, beside one regular expression of the asks."""

import re
import statistics
import time
from collections.abc import Callable, Sequence

from alltid.spot import recognise
from alltid.spot.lexicon import ROLES, offers
from bench.frame import Result
from evaluation.messages import LANGUAGES, read

MICROSECONDS = 50
ROUNDS = 7


def _each(messages: Sequence[str], look: Callable[[str], object]) -> float:
    """The microseconds a message, the median of a few rounds."""
    took = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        for message in messages:
            look(message)
        took.append((time.perf_counter() - begun) / len(messages) * 1e6)
    return statistics.median(took)


def main() -> Result:
    """Measure on labelled messages that are no offers, and on those that are."""
    asks = sorted({form for form, each in offers().entries() if ROLES[each.role].group == "asks"})
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, asks)) + r")\b", re.IGNORECASE)
    harmless = [each.text for language in LANGUAGES for each in read(language, "negatives", "test")]
    offered = [each.text for language in LANGUAGES for each in read(language, "offers", "test")]
    figure = _each(harmless, recognise)
    print(f"{len(harmless)} messages that are no offers: {figure:.1f} µs each")
    print(f"{len(offered)} offers: {_each(offered, recognise):.1f} µs each")
    print(
        f"one regular expression of {len(asks)} asks: {_each(harmless, pattern.search):.1f} µs each"
    )
    return Result("spot_message", round(figure, 1), "µs", MICROSECONDS, figure <= MICROSECONDS)
