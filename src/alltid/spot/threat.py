"""Tells whether a message reads as a threat tied to a demand, with or without an offer.

"send it or I'll show everyone" gives nothing and is no offer, and a child who has it looked at must
not read that nothing was seen. Words of threats alone are everyday words ("otherwise", "report
you"), so three things stand near each other: a phrase of a threat, something that is demanded, and
the tie between the two ("or", "if you don't"). "If you don't come, I'll" is a demand and a tie in
one, where the writer is the one who would do it: "tell your mum if you don't come" is advice.
"""

import re

from .fold import fold
from .lexicon import Lexicon, offers
from .reading import Item, read

# Letters of lexicon.ROLES: a picture, a video, the camera, a meeting, more, money; sending, paying.
_DEMANDED = frozenset("PVCMODsp")
_TIE = re.compile(
    r"\b(?:or|else|otherwise|unless|eller|annars"
    r"|(?:if|om) \w+ (?:don'?t|do not|won'?t|inte|ej))\b"
)
_NEAR = 14
_DEMAND = re.compile(
    r"\b(?:if|om) (?:you|u|ya|du|ru|ni) (?:don'?t|do not|won'?t|inte|ej) (?:"
    r"come|answer|reply|do|call|listen|obey|agree|say|talk|write|text|get|show|open|accept|say yes"
    r"|kommer|svarar|gör|ringer|lyssnar|lyder|går med|säger|pratar|skriver|dyker upp|ställer upp"
    r"|öppnar|tackar ja|accepterar|håller|fixar)\b"
)
_WRITER, _I = "I", re.compile(r"\b(?:jag|ja|vi|i|i'll|ill|we)\b")


def threatens(text: str, lexicon: Lexicon | None = None) -> bool:
    """Whether a message threatens with something unless something is done; raises for no text."""
    folded = fold(text)
    items = read(folded, lexicon or offers())
    for place, item in enumerate(items):
        if (
            item.entry is None
            or item.entry.role != "threat"
            or " " not in folded.text[item.start : item.end]
        ):
            continue
        near = items[max(0, place - _NEAR) : place + 1 + _NEAR]
        around = folded.text[near[0].start : near[-1].end]
        if any(each.letter in _DEMANDED for each in near) and _TIE.search(around):
            return True
        if _DEMAND.search(around) and _is_writers(folded.text, items, place):
            return True
    return False


def _is_writers(text: str, items: list[Item], place: int) -> bool:
    """Whether the writer is the one who would do what a phrase of a threat says."""
    before = items[max(0, place - 2) : place]
    return any(each.letter == _WRITER for each in before) or bool(
        _I.search(text[items[place].start : items[place].end])
    )
