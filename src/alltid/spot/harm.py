"""How much speaks for harm in a sentence of a reply, where no phrase of blame.toml stands in it.

No list of phrases knows every way of saying "why did you". What is left is weighed, as an offer is
(evidence.py): words, words in a row and words near each other, with the weights of
lexicons/harm.json, learned by `make learn` from labelled replies written here.
"""

import json
from collections.abc import Sequence
from functools import cache

from .evidence import Weights
from .lexicon import folder

# How far apart two words may stand to be one feature.
_REACH = 4
HARM = "harm"
_BY_PHRASE = frozenset({HARM, "image_request", "off_channel", "interrogation"})


def features(words: Sequence[str]) -> set[str]:
    """What is there to weigh in the folded words of a sentence."""
    row = ["^", *words, "$"]
    found = set(row)
    for at, word in enumerate(row):
        found.update((" ".join(row[at : at + 2]), " ".join(row[at : at + 3])))
        found.update([f"{word} _ {far}" for far in row[at + 2 : at + _REACH + 1]])
    return found


@cache
def _held() -> dict[str, Weights]:
    held = json.loads((folder() / "harm.json").read_text(encoding="utf-8"))
    return {name: Weights(**table) for name, table in held.items()}


def weigh(words: Sequence[str]) -> float:
    """How much speaks for harm in a sentence, less what speaks against it."""
    return _held()[HARM].of(features(words))


def tag_of(words: Sequence[str]) -> str:
    """What a sentence does that harms: one of blame.TAGS, or nothing where it does not.

    What stops a reply is left to the phrases: nobody is stopped by a weight.
    """
    if weigh(words) <= 0:
        return ""
    found = features(words)
    tags = {tag: table.of(found) for tag, table in _held().items() if tag not in _BY_PHRASE}
    return max(tags, key=lambda tag: (tags[tag], tag))
