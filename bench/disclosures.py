"""Durable disclosures a second: a child opens the page and sends, 1, 8 and 32 at once."""

from bench.frame import Result
from bench.load import Ask, Visitor, Wrong, get, load, post
from bench.trial import hidden, serving, six_words, somebody

PER_SECOND, P99 = 120, 500
TEXT = "hi. someone in a game says I get money for a picture of me. what do I do?"


def tell() -> Visitor:
    """One child's way: the first page, the form, the six words."""
    who = somebody()
    page = yield Ask("first page", get("/en/", who))
    told = yield Ask("tell", post("/en/", {"id": hidden(page.body, "id"), "text": TEXT}, who))
    if len(six_words(told.body)) != 6:
        raise Wrong("no six words")


def main() -> Result:
    """Measure; the budget is for 32 at once."""
    print("Hush Line 65/s, p99 636 ms; GlobaLeaks 5.0.15 0.2/s, most failed (its newer way 8/s)")
    with serving() as served:
        load(served.port, tell, connections=8, seconds=2)
        for connections in (1, 8, 32):
            run = load(served.port, tell, connections=connections, seconds=10)
            print(f"{connections} at once: {run.line('tell')}")
    rate, tally = run.rate("tell"), run["tell"]
    holds = rate >= PER_SECOND and not tally.failed and tally.percentile(99) <= P99
    return Result("disclosures", round(rate, 1), "disclosures/s", PER_SECOND, holds)
