"""Coming back with six words, 1, 8 and 32 at once: the page for the words, then the talk."""

import itertools

from bench.disclosures import tell
from bench.frame import Result
from bench.load import Answer, Ask, Visitor, Wrong, get, load, post
from bench.trial import hidden, serving, six_words, somebody

TALKS = 200


def main() -> Result:
    """Measure; no budget is set, the key derivation of 11 ms on two cores is the limit."""
    held: list[list[str]] = []

    def remember() -> Visitor:
        way, answer = tell(), None
        try:
            while True:
                ask = way.send(answer) if answer else next(way)
                answer = yield ask
                if words := six_words(answer.body):
                    held.append(words)
        except StopIteration:
            return

    with serving() as served:
        load(served.port, remember, connections=8, seconds=60, visits=TALKS)
        whose = itertools.cycle(held)

        def come_back() -> Visitor:
            who, words = somebody(), next(whose)
            page: Answer = yield Ask("page", get("/en/words/", who))
            fields = {f"w{place}": word for place, word in enumerate(words, 1)}
            talk = yield Ask(
                "talk", post("/en/words/", {"id": hidden(page.body, "id")} | fields, who)
            )
            if b'name="capsule"' not in talk.body:
                raise Wrong("no talk")

        for connections in (1, 8, 32):
            run = load(served.port, come_back, connections=connections, seconds=8)
            print(f"{connections} at once: {run.line('talk')}")
    return Result(
        "coming_back", round(run.rate("talk"), 1), "visits/s", None, not run["talk"].failed
    )
