"""How long one ordinary message takes, beside lists of words in Presidio and spaCy."""

from alltid.spot import recognise
from bench.everyday import messages, said, words
from bench.frame import Result
from bench.peers import phrase_matcher, presidio, seconds

BUDGET = 50.0  # microseconds
COUNT, FEWER = 20_000, 300


def main() -> Result:
    """Measure recognise() and its peers."""
    texts, forms = messages(COUNT), words()
    print(said(texts), f"{len(forms):,} words", sep="; ")
    for text in texts[:2000]:  # the lexicon is built, and the words of the language are met
        recognise(text)
    figure = seconds(lambda: [recognise(text) for text in texts]) / COUNT * 1e6
    print(f"recognise            {figure:8.1f} µs a message (budget {BUDGET:.0f})")
    for name, peer, count in (
        ("spaCy PhraseMatcher", phrase_matcher(forms), COUNT),
        ("Presidio deny-list", presidio(forms), FEWER),
    ):
        took = seconds(lambda peer=peer, count=count: peer(texts[:count])) / count * 1e6  # type: ignore[misc]
        print(f"{name:20} {took:8.1f} µs a message, {took / figure:.1f} times ours")
    return Result("spot_message", round(figure, 1), "µs", BUDGET, figure <= BUDGET)
