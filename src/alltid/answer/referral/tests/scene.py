"""Bo asks South, Cato says yes: the steps that every test of it begins with."""

from django.utils import timezone

from alltid.tell.models import Handing

from ... import access
from ...casework.tests.desk import place
from .. import asking


def opens(cast, told, name="Bo"):
    """A thread as a member opens it."""
    return access.open_disclosure(cast[name].unlocked(), told.pk)


def ask(cast, told, name="Bo", team="South", words="Can you take over?", keeps=False, hide=()):
    """Somebody asks another team; the asking as the database has it."""
    opened = opens(cast, told, name)
    hide = (hide,) if isinstance(hide, str) else hide
    asked = asking.ask(
        place(cast, told, name),
        opened,
        cast.team(team),
        words=words,
        keeps=keeps,
        hide_from=[cast.user(one) for one in hide],
    )
    return again(asked)


def accept(cast, handing, name="Cato"):
    """Somebody says yes for their team; the asking as the database has it."""
    asking.accept(cast[name].unlocked(), again(handing), timezone.now())
    return again(handing)


def again(handing):
    """An asking as the database has it now, as its pages find it."""
    related = ("disclosure__team", "disclosure__case", "giving", "receiving", "referral__team_key")
    return Handing.objects.select_related(*related).get(pk=handing.pk)
