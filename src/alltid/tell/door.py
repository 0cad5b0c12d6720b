"""What a child's words lead to: a talk, a card nobody wrote with, or what is left of a talk."""

from collections.abc import Iterable
from dataclasses import dataclass

from alltid.vault.identity import Identity

from .models import Card, Disclosure
from .tombstone import Tombstone


@dataclass(frozen=True)
class Door:
    """A way back that was found, and the child's identity.

    held: the talk, a card that nobody wrote with, or what is left of a talk that is gone.
    """

    identity: Identity
    held: Disclosure | Card | Tombstone


def find_door(ways: Iterable[tuple[bytes, Identity]]) -> Door | None:
    """What lies behind one of several (locator, identity) pairs."""
    for locator, identity in ways:
        for found in (
            Disclosure.objects.filter(locator=locator).select_related("policy"),
            Card.objects.filter(locator=locator),
            Tombstone.objects.filter(mark=Tombstone.mark_of(locator)).select_related("policy"),
        ):
            held = found.select_related("team__cover").first()
            if held is not None:
                return Door(identity, held)
    return None
