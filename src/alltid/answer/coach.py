"""The coach reads an answer before the child does: what in it could hurt, and what to say instead.

It speaks to the writer alone, about this text alone; nothing of it is kept. Only asking for the
picture and moving off the channel stop an answer; everything else is said once, and then sent.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from alltid.spot import blame
from alltid.spot.blame import Flag

# Of a sentence longer than this many letters, only the words themselves are shown.
LONG = 200
# Where a sentence ends: the sign and the blanks after it, or a line.
_END = re.compile(r"[.!?…]+\s*|\n+")


@dataclass(frozen=True)
class Advice:
    """One place of an answer.

    before, quote, after: the sentence, the words in it that could hurt in the middle. start, end:
    where the sentence stands, in UTF-16 units, as a page counts them. heard: what the page sends
    back once this has stood on the screen.
    """

    before: str
    quote: str
    after: str
    start: int
    end: int
    stops: bool
    why: str
    better: str
    heard: str

    @classmethod
    def of(cls, text: str, flag: Flag, ends: list[int]) -> "Advice":
        """What is said of a place that the recogniser found; ends: where sentences end."""
        at = bisect_right(ends, flag.start)
        start, end = ends[at - 1], ends[bisect_left(ends, flag.end, at)]
        if end - start > LONG:
            start, end = flag.start, flag.end
        quote = text[flag.start : flag.end]
        before, after = text[start : flag.start], text[flag.end : end].rstrip()
        first = _units(text[:start])
        heard = sha256(f"{flag.tag}\0{quote}".encode("utf-8", "replace")).hexdigest()[:16]
        return cls(
            before, quote, after, first, first + _units(before + quote + after), flag.stops,
            flag.why, flag.better, heard,
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """What stands there now, and would go."""
        return self.before + self.quote + self.after


@dataclass(frozen=True)
class Coaching:
    """What the coach says of one answer, in the order of the text; heard: what was said before."""

    advice: tuple[Advice, ...] = ()
    heard: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str, heard: str = "") -> "Coaching":
        """Read an answer. heard: as the page sent it, `said` of an earlier reading."""
        ends = [0, *(end.end() for end in _END.finditer(text)), len(text)]
        found = tuple(Advice.of(text, flag, ends) for flag in blame(text))
        return cls(found, frozenset(heard.split()))

    @property
    def stops(self) -> bool:
        """Whether the answer cannot be sent as it is."""
        return any(one.stops for one in self.advice)

    @property
    def holds_back(self) -> bool:
        """Whether the answer waits: it stops, or something is in it that was not said yet."""
        return self.stops or any(one.heard not in self.heard for one in self.advice)

    @property
    def said(self) -> str:
        """What the page sends back with the answer, so that the same is not said twice."""
        return " ".join(dict.fromkeys(one.heard for one in self.advice))

    def sentence(self) -> str:
        """What is said above an answer that waits."""
        if self.stops:
            return _(
                "Nothing was sent: something in it must not reach a child. Read what stands under "
                "your answer, and write it another way."
            )
        return _(
            "Nothing was sent yet. Read what stands under your answer; then change it, or send it "
            "anyway."
        )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
