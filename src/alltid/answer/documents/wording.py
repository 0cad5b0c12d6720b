"""How a moment, an answer and the unknown are said on paper, in the active language."""

import re
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .referral import Answer, Source


def day(at: date) -> str:
    """A day with its year: "3 June 2026"; of a moment, in the zone that it carries."""
    return date_format(at, "j F Y")


def moment(at: datetime) -> str:
    """A day and a minute: "3 June 2026 at 14:05"; in the zone that the moment carries."""
    return _("%(day)s at %(time)s") % {
        "day": day(at),
        "time": f"{at.hour}:{at.minute:02}",
    }


def known(text: str) -> str:
    """A fact, or that it is not known."""
    return text if text.strip() else _("Not known")


def answered(answer: Answer, more: str = "") -> str:
    """An answer as a word, and what was said beside it."""
    word = {
        Answer.YES: pgettext("answer", "Yes"),
        Answer.NO: pgettext("answer", "No"),
        Answer.UNKNOWN: _("Not known"),
        Answer.UNASKED: _("Not asked yet"),
    }[answer]
    return f"{word}. {more}" if more.strip() else word


def source(one: Source) -> str:
    """How the reporter knows, as a sentence."""
    return {
        Source.CHILD_TOLD: _("The child told it."),
        Source.OTHER_TOLD: _("Somebody else told it."),
        Source.OBSERVED: _("The reporter saw it."),
    }[one]


def speech(language: str) -> str | None:
    """A language as a reading voice is told it, as `sv`; None where it is none."""
    return language if re.fullmatch(r"[a-z]{2,3}", language) else None
