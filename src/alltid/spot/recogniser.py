"""Recognises an offer in one message: what is asked of the reader, what is given for it, and why.

A message is folded (fold.py), read into words with roles (reading.py), and each ask is weighed with
each thing given near it: whether it is asked of the reader, whether it is given to them, whether
the two are tied, and whether an everyday matter explains them. Evidence is counted in whole points;
an offer has THRESHOLD of them. The points are of a message, and say nothing about a person.
"""

from dataclasses import dataclass, field

from .fold import Folded, fold
from .lexicon import ROLES, Lexicon, offers
from .reading import Item, read

THRESHOLD = 6
# An ask and what is given for it stand at most so many words apart.
NEAR = 26
_ASKS, _PICTURES, _GIVES = frozenset("PVCM"), frozenset("PVC"), frozenset("DGRF")
_CLAUSE_ENDS = frozenset(".?")


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the message as it was written, and what stands there."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One offer: what is asked, what is given for it, how it presses, and who asks whom.

    direction: `to_reader` (the writer gives, the reader is asked), `from_writer` (the writer would
    send or meet for something), `told` (somebody tells of an offer they got).
    """

    asks: tuple[str, ...]
    gives: tuple[str, ...]
    pressure: tuple[str, ...]
    direction: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What was recognised in one message."""

    is_offer: bool = False
    frames: tuple[Frame, ...] = ()
    spans: tuple[Span, ...] = ()
    reasons: tuple[str, ...] = ()
    version: str = field(default="", compare=False)

    @property
    def kind(self) -> str:
        """`offer`, `price` where only a price was asked for, or nothing."""
        if not self.is_offer:
            return ""
        return "offer" if any(frame.gives for frame in self.frames) else "price"

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role of the frames, once each."""
        return tuple(
            dict.fromkeys(
                role for frame in self.frames for role in frame.asks + frame.gives + frame.pressure
            )
        )


_NOTHING = Finding()


class _Known:
    """The words that letters with signs between them may stand for."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words = frozenset(
            form
            for form, entry in lexicon.entries()
            if len(form) > 2 and ROLES[entry.role].group in ("asks", "gives", "grammar")
        )

    def __contains__(self, word: object) -> bool:
        return word in self._words


_known: dict[int, _Known] = {}


def recognise(text: str, lexicon: Lexicon | None = None) -> Finding:
    """Find the offers in one message; the same for every reader, and linear in its length.

    Raises nothing for any text. `lexicon`: another one than Alltid's own.
    """
    lexicon = lexicon or offers()
    known = _known.get(id(lexicon)) or _known.setdefault(id(lexicon), _Known(lexicon))
    folded = fold(text, known)
    items = read(folded, lexicon)
    letters = {item.letter for item in items}
    if not letters & _ASKS and "O" not in letters:
        return _NOTHING
    if not letters & _GIVES and "Q" not in letters and "N" not in letters:
        return _NOTHING
    return _Message(folded, items, lexicon).finding()


class _Message:
    """One message while it is weighed."""

    def __init__(self, folded: Folded, items: list[Item], lexicon: Lexicon) -> None:
        self.folded, self.items, self.lexicon = folded, items, lexicon
        self.line = "".join(item.letter for item in items)
        self.why: list[str] = []

    def finding(self) -> Finding:
        return _NOTHING
