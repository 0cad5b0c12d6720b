"""A member before a case, as the tests of deeds want them."""

from django.utils import timezone

from ... import access
from ...models import Case
from ..state import fold
from ..turn import Place


def state(told):
    """The state of a case as the database has it now."""
    events = Case.objects.get(disclosure=told.pk).events.order_by("sequence")
    return fold(event.plain for event in events)


def place(cast, told, name="Bo", now=None, seen=None):
    """Somebody before the newest page of a case, unless it is an older one that they have seen."""
    case = Case.objects.open_for(told.again())
    seen = case.sequence if seen is None else seen
    return Place(cast[name].unlocked(), told.again(), seen, now or timezone.now())


def words(cast, told, name="Bo"):
    """Every word of a case as a member opens it, oldest first."""
    opened = access.open_disclosure(cast[name].unlocked(), told.pk)
    sealed = opened.case.events.filter(sealed__isnull=False).order_by("sequence")
    return [event.open(opened.case_identity).body for event in sealed]
