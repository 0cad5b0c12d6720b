"""What in a passage speaks for an offer, and how much: features of its words and roles, weighed.

The weights are data (lexicons/evidence.json), learned from the labelled development messages in
evaluation/ by `make learn`, and rounded; docs/adr/0009 says why they are learned and not set by
hand. They weigh a passage of a message. Nothing here knows who wrote it or who reads it.
"""

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import add

from .lexicon import folder
from .reading import Item

# Letters that carry nothing alone and only stand between others.
_PASSED = frozenset("xa,~:")
# How far apart two roles may stand to be one feature.
_REACH = 6
_TOWARDS = frozenset({"till", "to", "åt"})
_NOT_OTHER_WORDS = frozenset("PVCMDGRFN~")


def annotated(items: Sequence[Item]) -> list[str]:
    """The letters of a passage, pictures told apart by whose they are, sending by who sends.

    Digits: 1 a picture of the reader, 3 of the writer, 4 of a thing or an everyday matter, 5 of
    somebody else. `m`: the writer sends; `r`: a third person does.
    """
    # A picture "to me" is not one of me.
    letters = ["," if item.word in _TOWARDS else item.letter for item in items]
    kept = list(letters)
    for place, letter in enumerate(letters):
        if letter in "PV":
            kept[place] = _whose(letters, place)
        elif letter == "s":
            kept[place] = _sender(letters, place)
    return kept


def _whose(letters: Sequence[str], place: int) -> str:
    after = letters[place + 1 : place + 6]
    if after[:1] == ["o"]:
        rest = [letter for letter in after[1:4] if letter != "a"]
        thing = len(rest) > 1 and rest[1] in "TE"
        match rest[:1]:
            case ["Y"] if not thing:
                return "1"
            case ["y"]:
                return "1"
            case ["U"]:
                return "4" if thing else "3"
            case ["H"]:
                return "5"
            case ["T" | "E" | "L" | "D"]:
                return "4"
        if after[1:2] == ["a"]:
            return "4"
    match letters[place - 1] if place else "":
        case "Y":
            return "1"
        case "U":
            return "3"
        case "T" | "E" | "L":
            return "4"
    return letters[place]


def _sender(letters: Sequence[str], place: int) -> str:
    after = letters[place + 1] if place + 1 < len(letters) else ""
    before = letters[place - 1] if place else "."
    subject = ""
    if after == "I" or (after == "Y" and before in "h.?,i"):
        subject = after
    else:
        for earlier in range(place - 1, max(-1, place - 5), -1):
            if letters[earlier] in ".?":
                break
            if letters[earlier] in "IYHS":
                subject = letters[earlier]
                break
    return {"I": "m", "H": "r", "S": "r"}.get(subject, "s")


def features(items: Sequence[Item], *, begins: bool = True, ends: bool = True) -> set[str]:
    """What is there to weigh in a passage: roles, roles in a row, roles near each other, words.

    begins, ends: whether the passage begins and ends its message.
    """
    letters = annotated(items)
    found = role_features(letters, begins=begins, ends=ends)
    found.update(_words(items, letters))
    return found


def role_features(letters: Sequence[str], *, begins: bool = True, ends: bool = True) -> set[str]:
    """The part of the features that no word has a part in."""
    row = [letter for letter in letters if letter not in _PASSED]
    found = set(row)
    if begins:
        row.insert(0, "^")
    if ends:
        row.append("$")
    two = list(map(add, row, row[1:]))
    three = list(map(add, two, row[2:]))
    found.update(row[-1:], two, three, map(add, three, row[3:]))
    before = [letter + "_" for letter in row]
    for far in range(2, _REACH + 1):
        found.update(map(add, before, row[far:]))
    return found


def _words(items: Sequence[Item], letters: Sequence[str]) -> list[str]:
    """Words, pairs of words, a role before a word and after it, and the roles by their names."""
    found = []
    before = beside = ""
    for item, letter in zip(items, letters, strict=True):
        word = item.word if item.word.isalpha() else ""
        if word and item.letter not in _NOT_OTHER_WORDS:
            found.append(f"w={word}")
        if word and before:
            found.append(f"w={before} {word}")
        if beside:
            found += (f"{beside}={word}", f"{before}={letter}")
        before, beside = word, letter
        if entry := item.entry:
            found.append(f"r={entry.role}")
    return found


@dataclass(frozen=True)
class Weights:
    """Feature → weight, and what is added to all; a passage over nought has what is weighed."""

    bias: float
    weights: dict[str, float]

    def of(self, found: set[str]) -> float:
        """How much these features weigh."""
        # Summed exactly, so that the order of a set never decides what is about nought.
        return math.fsum([self.bias, *map(self.weights.get, found, itertools.repeat(0.0))])


@cache
def _held() -> dict[str, Weights]:
    held = json.loads((folder() / "evidence.json").read_text(encoding="utf-8"))
    return {name: Weights(**table) for name, table in held.items()}


def weigh(items: Sequence[Item], *, begins: bool = True, ends: bool = True) -> float:
    """How much speaks for an offer in a passage, less what speaks against it."""
    return _held()["offer"].of(features(items, begins=begins, ends=ends))


def direction(items: Sequence[Item]) -> str:
    """Who asks whom in an offer: `to_reader`, `from_writer`, or `told`."""
    found = role_features(annotated(items))
    weighed = {name: _held()[name].of(found) for name in ("from_writer", "told")}
    name = max(weighed, key=weighed.__getitem__)
    return name if weighed[name] > 0 else "to_reader"
