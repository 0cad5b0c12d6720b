"""Recognises an offer in one message: what is asked of the reader, what is given for it, and why.

A message is folded (fold.py) and read into words with roles (reading.py). Where nothing is asked,
or nothing given, there is no offer. Else the passage around each ask is weighed (evidence.py):
whose picture it is, who gives and who gets, what ties the two, and what everyday matter explains
them. What is weighed is a message; nothing is said of a person.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from .evidence import direction, weigh
from .fold import Folded, fold
from .lexicon import ROLES, WORD, Lexicon, explanations, offers
from .reading import MONEY, Item, read

# Letters of lexicon.ROLES: what is asked, and what may be given for it (things of value, giving,
# selling, a price asked for, a bare number). Without one of each there is no offer. People meet at
# ten, and bring something: a small number and the bare word "bring" say nothing about a meeting.
GIVEN_FOR = {
    "P": (_FOR_PICTURES := frozenset("DGRFQNvblp")),
    "V": _FOR_PICTURES,
    "C": _FOR_PICTURES,
    "M": frozenset("DGRFQNbl"),
}
# The gate of bulk.py lets pass whatever has one of each.
ASKS, GIVES = frozenset(GIVEN_FOR), frozenset[str]().union(*GIVEN_FOR.values())
# Words before and after an ask that are weighed with it; a longer message is weighed in passages.
_BEFORE, _AFTER = 18, 24
# What is shown as a reason, in the order of a frame's fields, and the rest is context.
_SHOWN = ("asks", "gives", "pressure")


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the message as it was written (signs, end not included), and its role."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One offer: what is asked, what is given for it, how it presses, and who asks whom.

    direction: `to_reader` (the writer gives, the reader is asked), `from_writer` (the writer would
    send or meet for something), `told` (somebody tells of an offer they got). start, end: the
    passage in the message as it was written.
    """

    asks: tuple[str, ...]
    gives: tuple[str, ...]
    pressure: tuple[str, ...]
    direction: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What was recognised in one message: nothing, or an offer with its frames and their places.

    reasons: keys of lexicons/<language>/explain.toml, in the order of the message.
    """

    is_offer: bool = False
    frames: tuple[Frame, ...] = ()
    spans: tuple[Span, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`offer`, `price` where something is asked for at a price not named, or nothing."""
        if not self.is_offer:
            return ""
        return "offer" if any(frame.gives for frame in self.frames) else "price"

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role of the frames, once each."""
        found = (role for frame in self.frames for role in frame.asks + frame.gives)
        pressed = (role for frame in self.frames for role in frame.pressure)
        return tuple(dict.fromkeys([*found, *pressed]))

    def explained(self, language: str, reader: Literal["child", "professional"]) -> list[str]:
        """A sentence for each reason; raises KeyError for a language that there is none for."""
        texts = explanations()[language]
        return [texts[reason][reader] for reason in self.reasons]


NOTHING = Finding()


class _MayBe(dict[str, bool]):
    """Whether a word can begin something of some letters; each word is looked up once."""

    _MOST, _LONGEST = 200_000, 40

    def __init__(self, lexicon: Lexicon, letters: frozenset[str], numbers: bool) -> None:
        super().__init__()
        self._lexicon, self._letters, self._numbers = lexicon, letters, numbers

    def __missing__(self, word: str) -> bool:
        if len(self) >= self._MOST:
            self.clear()
        if len(word) > self._LONGEST:
            return self._numbers and word[0].isdigit()
        number = self._numbers and (word[0].isdigit() or word in "$€£")
        found = self[word] = number or self._lexicon.may_be(word, self._letters)
        return found


@cache
def _may_ask(lexicon: Lexicon) -> _MayBe:
    return _MayBe(lexicon, ASKS, numbers=False)


@cache
def _may_give(lexicon: Lexicon) -> _MayBe:
    return _MayBe(lexicon, GIVES, numbers=True)


@cache
def _known(lexicon: Lexicon) -> frozenset[str]:
    """The words that signs among letters may stand for."""
    groups = ("asks", "gives", "grammar")
    return frozenset(
        form
        for form, entry in lexicon.entries()
        if len(form) > 2 and ROLES[entry.role].group in groups
    )


def recognise(text: str, lexicon: Lexicon | None = None, line: float = 0.0) -> Finding:
    """Find the offers in one message; linear in its length, and nothing is raised for any text.

    lexicon: another one than Alltid's own. line: how much must speak for an offer; a platform that
    can look at few messages raises it (docs/spot.md has figures).
    """
    folded, items = _read(text, lexicon or offers())
    passages = [passage for passage in _passages(items) if _weight(items, *passage) > line]
    if not passages:
        return NOTHING
    frames: list[Frame] = []
    spans: list[Span] = []
    reasons: dict[str, None] = {}
    for start, end in passages:
        passage = _with_bare_sums(items[start:end])
        told: dict[str, dict[str, None]] = {group: {} for group in _SHOWN}
        first = len(spans)
        for item in passage:
            if (entry := item.entry) and (group := ROLES[entry.role].group) in told:
                told[group][entry.role] = reasons[entry.explain] = None
                spans.append(Span(*folded.original(item.start, item.end), entry.role))
        asks, gives, pressure = (tuple(told[group]) for group in _SHOWN)
        start, end = spans[first].start, spans[-1].end
        frames.append(Frame(asks, gives, pressure, direction(passage), start, end))
    return Finding(True, tuple(frames), tuple(spans), tuple(reasons))


def heaviest(text: str, lexicon: Lexicon | None = None) -> float:
    """How much speaks for an offer in the passage that has most of it; minus infinity: no passage.

    For choosing a line (evaluation/); a message over `line` is what `recognise` calls an offer.
    """
    _folded, items = _read(text, lexicon or offers())
    return max((_weight(items, *passage) for passage in _passages(items)), default=-math.inf)


def _read(text: str, lexicon: Lexicon) -> tuple[Folded, list[Item]]:
    folded = fold(text, _known(lexicon))
    words = WORD.findall(folded.text)
    # Most messages hold nothing to weigh, and are not read further.
    if any(map(_may_ask(lexicon).__getitem__, words)) and any(
        map(_may_give(lexicon).__getitem__, words)
    ):
        return folded, read(folded, lexicon)
    return folded, []


def _passages(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Where an ask and something given stand in reach of each other: from, to; never two of one."""
    done = 0
    row = "".join([item.letter for item in items])
    for place, letter in enumerate(row):
        if letter not in ASKS or place < done:
            continue
        start, end = max(done, place - _BEFORE), min(len(row), place + _AFTER)
        if not GIVEN_FOR[letter].isdisjoint(row[start:end]):
            yield start, end
            done = end


def _weight(items: Sequence[Item], start: int, end: int) -> float:
    return weigh(items[start:end], begins=start == 0, ends=end == len(items))


def _with_bare_sums(items: list[Item]) -> list[Item]:
    """In an offer that names neither goods nor a price, a bare number is a sum: "200 for a pic"."""
    if all(item.letter not in "DGRFQ" for item in items):
        for item in items:
            if item.letter in "Nv":
                item.is_now("D", MONEY)
    return items
