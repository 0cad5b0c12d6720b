"""How much speaks for harm in a sentence of a reply, where no phrase of blame.toml stands in it.

No list of phrases knows every way of saying "why did you". What is left is weighed, as an offer is
(evidence.py): words, words in a row and words near each other, with the weights of
lexicons/harm.json, learned by `make learn` from labelled replies written here.
"""

import json
import re
from collections.abc import Sequence
from functools import cache

from .evidence import Weights
from .lexicon import folder

# How far apart two words may stand to be one feature.
_REACH = 4
HARM = "harm"


def features(words: Sequence[str]) -> set[str]:
    """What is there to weigh in the folded words of a sentence."""
    row = ["^", *words, "$"]
    found = set(row)
    for at, word in enumerate(row):
        found.update((" ".join(row[at : at + 2]), " ".join(row[at : at + 3])))
        found.update([f"{word} _ {far}" for far in row[at + 2 : at + _REACH + 1]])
    return found


_WORD = re.compile(r"[a-zåäö0-9]+(?:['-][a-zåäö]+)*|[?!,]")


def words_of(folded: str) -> list[str]:
    """The words and signs of a folded sentence that are weighed."""
    return _WORD.findall(folded)


@cache
def _held() -> dict[str, Weights]:
    held = json.loads((folder() / "harm.json").read_text(encoding="utf-8"))
    return {name: Weights(**table) for name, table in held.items()}


def tag_of(words: Sequence[str]) -> str:
    """What a sentence does that harms: one of blame.TAGS, or nothing where it does not."""
    found = features(words)
    held = _held()
    if held[HARM].of(found) <= 0:
        return ""
    return max(held.keys() - {HARM}, key=lambda tag: (held[tag].of(found), tag))
