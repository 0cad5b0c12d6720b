"""Tells whether a message reads as a threat tied to a demand, with or without an offer.

"send it or I'll show everyone" gives nothing and is no offer, and a child who has it looked at must
not read that nothing was seen. Words of threats alone are everyday words ("otherwise", "report
you"), so three things stand near each other: a phrase of a threat, something that is demanded, and
the tie between the two ("or", "if you don't").
"""

import re

from .fold import fold
from .lexicon import Lexicon, offers
from .reading import read

# Letters of lexicon.ROLES: a picture, a video, the camera, a meeting, more, money; sending, paying.
_DEMANDED = frozenset("PVCMODsp")
_TIE = re.compile(
    r"\b(?:or|else|otherwise|unless|eller|annars"
    r"|(?:if|om) \w+ (?:don'?t|do not|won'?t|inte|ej))\b"
)
_NEAR = 14


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
        if any(each.letter in _DEMANDED for each in near) and _TIE.search(
            folded.text[near[0].start : near[-1].end]
        ):
            return True
    return False
