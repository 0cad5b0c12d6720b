"""What a machine sees in a child's words: beside each message, and closed until it is asked for.

Every message has the same closed line, whether something was found in it or not, so that the line
itself says nothing. Nothing is sorted by it, nothing is hidden, and nothing of it is stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alltid.spot import Finding, Frame, Span, recognise
from alltid.tell.forms import LONGEST

from .access import Line

# Signs that are read while a page is made, at some 2 µs each: as many as the longest message has,
# so that a thread of any length opens as fast. Older messages are read when somebody asks for one.
READ = LONGEST

DIRECTIONS: dict[str, str | Promise] = {
    "to_reader": _("It reads as an offer to whoever got these words."),
    "from_writer": _("It reads as if the one who wrote these words would send something or meet."),
    "told": _("It reads as if somebody tells of an offer that they got."),
}


@dataclass(frozen=True)
class Passage:
    """The part of a message that reads as an offer: its places, and who asks whom."""

    text: str
    places: list[Span]
    direction: str

    @classmethod
    def of(cls, text: str, finding: Finding, frame: Frame) -> "Passage":
        """Cut a frame out of its message."""
        before = "… " if frame.start else ""
        after = " …" if frame.end < len(text) else ""
        moved = len(before) - frame.start
        places = [
            Span(span.start + moved, span.end + moved, span.role)
            for span in finding.spans
            if frame.start <= span.start and span.end <= frame.end
        ]
        passage = before + text[frame.start : frame.end] + after
        return cls(passage, places, str(DIRECTIONS[frame.direction]))


@dataclass(frozen=True)
class Seen:
    """What the recogniser found in one message; asked: whether somebody asked for this one.

    reasons: a sentence in the page's language, and the words it is about.
    """

    passages: list[Passage]
    reasons: list[tuple[str, list[str]]]
    asked: bool = False

    @classmethod
    def in_words(cls, text: str, *, asked: bool = False) -> "Seen":
        """Read one message; in a language without sentences of its own they are English."""
        finding = recognise(text)
        try:
            sentences = finding.explained(get_language() or "en", "professional")
        except KeyError:
            sentences = finding.explained("en", "professional")
        reasons = [
            (sentence, _words(text, finding, reason))
            for reason, sentence in zip(finding.reasons, sentences, strict=True)
        ]
        return cls([Passage.of(text, finding, frame) for frame in finding.frames], reasons, asked)


def _words(text: str, finding: Finding, reason: str) -> list[str]:
    """The words that are a reason, as they were written, once each."""
    said = (text[span.start : span.end] for span in finding.spans if span.role == reason)
    return list(dict.fromkeys(said))


def seen_in(lines: Iterable[Line], asked: int | None = None) -> dict[int, Seen]:
    """What is seen in a child's messages, by sequence: the one asked for, then the newest first."""
    seen: dict[int, Seen] = {}
    left = READ
    for line in sorted(lines, key=lambda line: (line.sequence == asked, line.sequence))[::-1]:
        text = line.body.get("text", "")
        if not line.from_child or not text:
            continue
        left -= len(text)
        if left < 0:
            break
        seen[line.sequence] = Seen.in_words(text, asked=line.sequence == asked)
    return seen
