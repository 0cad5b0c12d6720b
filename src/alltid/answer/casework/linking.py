"""A child who wrote twice, the second time without the words: two threads held together."""

from django.db import transaction

from alltid.tell.models import Disclosure

from .. import access, chronology
from .events import Kind
from .turn import Place, Refusal


def link(place: Place, other: Disclosure) -> None:
    """Note in both cases that one child may have written both; nothing is merged."""
    _both(place, other, Kind.LINKED)


def unlink(place: Place, other: Disclosure) -> None:
    """Note in both cases that they do not belong together."""
    _both(place, other, Kind.UNLINKED)


def _both(place: Place, other: Disclosure, kind: Kind) -> None:
    here = place.disclosure
    with transaction.atomic():
        # Both talks first, and in one order for everybody, so that two at once do not wait for
        # each other.
        for one in sorted((here, other), key=lambda one: one.pk):
            one.held()
        with place.turn() as turn:
            turn.need(other.pk != here.pk and other.team_id == here.team_id, Refusal.SAME_THREAD)
            linked = str(other.pk) in turn.state.linked
            turn.need(linked == (kind is Kind.UNLINKED), Refusal.DONE_ALREADY)
            turn.add(kind, other=str(other.pk))
            access.write_log(place.user, other, f"case_{kind}")
            key = place.unlocked.newest_key(other.team)
            with chronology.held(other, place.now, key) as there:
                there.add(kind, place.user, place.now, other=str(here.pk))
