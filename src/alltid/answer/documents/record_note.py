"""A few neutral lines to paste into a record system; never the child's own words."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import translation
from django.utils.translation import gettext as _

from .leaving import Terms
from .wording import day


class Arrived(StrEnum):
    """How it came: the child told, the child was asked, an adult noted a concern."""

    TOLD = "told"
    ASKED = "asked"
    CONCERN = "concern"


class Decision(StrEnum):
    """What was decided about the duty to report."""

    REPORT = "report"
    CONSULT = "consult"
    NOT_NOW = "not_now"


@dataclass(frozen=True)
class Decided:
    """One duty decision: by whom (name and role), and when."""

    decision: Decision
    by: str
    role: str
    at: datetime


@dataclass(frozen=True)
class RecordNote:
    """What the record system gets about one child.

    next_step: what is done next, in a few words of an adult's own. reference: Alltid's, so that
    whoever reads the record knows where the rest lies.
    """

    at: datetime
    arrived: Arrived
    reference: str
    decided: Decided | None = None
    next_step: str = ""
    next_by: date | None = None


def text(note: RecordNote, terms: Terms, language: str) -> str:
    """The lines, in a language; where nothing else may leave, only that the child was asked.

    Raises MustStay where nothing may leave and the child was not asked.
    """
    with translation.override(language):
        if not terms.open:
            if note.arrived is not Arrived.ASKED:
                terms.require()
            asked = _("The child was asked.")
            return f"{day(note.at)}\n{asked}\n"
        return "\n".join(" ".join(line.split()) for line in _lines(note)) + "\n"


def _lines(note: RecordNote) -> list[str]:
    came = {
        Arrived.TOLD: _("The child has told us something."),
        Arrived.ASKED: _("The child was asked, and has answered."),
        Arrived.CONCERN: _("An adult has noted a worry about the child."),
    }[note.arrived]
    lines = [day(note.at), came, _decision(note.decided)]
    if note.next_step.strip():
        lines.append(_next(note.next_step, note.next_by))
    return [*lines, _("Reference in Alltid: %(reference)s.") % {"reference": note.reference}]


def _decision(decided: Decided | None) -> str:
    if decided is None:
        return _("The duty to report has not been decided yet.")
    sentence = {
        Decision.REPORT: _("Duty to report: a report to social services. Decided by %(who)s."),
        Decision.CONSULT: _(
            "Duty to report: social services are consulted without a name. Decided by %(who)s."
        ),
        Decision.NOT_NOW: _("Duty to report: no report now. Decided by %(who)s."),
    }[decided.decision]
    who = ", ".join(one for one in (decided.by, decided.role, day(decided.at)) if one.strip())
    return sentence % {"who": who}


def _next(step: str, by: date | None) -> str:
    step = step.strip().rstrip(".")
    if by is None:
        return _("Next step: %(step)s.") % {"step": step}
    return _("Next step: %(step)s, by %(day)s.") % {"step": step, "day": day(by)}
