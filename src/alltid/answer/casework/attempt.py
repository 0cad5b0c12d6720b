"""Trying a deed: done, or the sentence that says why not and what to do now."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from alltid.tell.models import AnsweredMeanwhile, EndedByChild

from ..models import CaseEvent
from .events import Kind
from .forms import DeedForm
from .turn import HappenedMeanwhile, NotYet, Place, Refusal, Refused
from .words import HAPPENED, REFUSED, lacking, said, said_day


def attempt(form: DeedForm, place: Place) -> str:
    """Do what a whole form says; a sentence where it was not done, "" where it was."""
    return tried(form.do, place)


def tried(deed: Callable[[Place], None], place: Place) -> str:
    """Do something in a case; a sentence where it was not done, "" where it was."""
    try:
        deed(place)
    except Refused as refused:
        return str(REFUSED[refused.why]) % {"day": said_day(refused.day)}
    except NotYet as not_yet:
        return " ".join(lacking(not_yet.missing, not_yet.days))
    except HappenedMeanwhile as meanwhile:
        return _(
            "Nothing was changed, for meanwhile this happened: %(what)s. What you typed stands "
            "here. Read it again, then send it again if it is still right."
        ) % {"what": _in_words(meanwhile.events)}
    except AnsweredMeanwhile:
        return _("Nothing was sent: a colleague has answered meanwhile. Read it, then send again.")
    except EndedByChild:
        return str(REFUSED[Refusal.UNREACHABLE])
    return ""


def _in_words(events: Iterable[CaseEvent]) -> str:
    return "; ".join(happened(event) for event in events)


def happened(event: CaseEvent) -> str:
    """What happened, in a line: who, what, and the codes in words."""
    who = event.by.first_name if event.by else _("The system")
    codes = ", ".join(said(Kind(event.kind), event.codes))
    line = f"{who} {HAPPENED[event.kind]}"
    return f"{line}: {codes}" if codes else line
