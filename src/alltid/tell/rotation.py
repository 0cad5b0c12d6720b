"""Removing a member: their copies go, the team gets a new key, open cases are sealed to it anew."""

from django.db import transaction
from django.db.models import PROTECT

from alltid.people.keys import forget_member
from alltid.people.models import AuditEvent, Membership, Team, TeamKey
from alltid.people.unlocking import Unlocked

from .models import Disclosure, KeyCopy


def remove_member(membership: Membership, unlocked: Unlocked, why: str = "") -> TeamKey:
    """Take a member out in one transaction; they open nothing that comes later.

    Raises LastMember, and NotForThisKey where the one who removes cannot open an open case.
    """
    team, leaving = membership.team, membership.user_id
    with transaction.atomic():
        # Opened before the copies go: someone may be removing themselves.
        identities = {key.pk: unlocked.team_identity(key) for key in team.keys.all()}
        key = forget_member(membership)
        for old, identity in identities.items():
            open_cases = KeyCopy.objects.filter(
                team_key=old, disclosure__rank__lt=Disclosure.Rank.CLOSED
            ).select_related("disclosure")
            for copy in open_cases.iterator():
                KeyCopy.of(copy.disclosure, copy.open(identity), team_key=key).save()
                copy.delete()
        AuditEvent.write("removed", actor=unlocked.user, team=team, subject=leaving, why=why)
        retire_empty_generations(team)
    return key


def retire_empty_generations(team: Team) -> None:
    """A generation that opens nothing any more goes, with every copy of its identity."""
    newest = team.current_key()
    for key in team.keys.all():
        if key != newest and not _opens_something(key):
            key.delete()


def _opens_something(key: TeamKey) -> bool:
    """Whether anything is sealed to a generation, here or in a package above."""
    return any(
        getattr(key, str(relation.get_accessor_name())).exists()
        for relation in key._meta.related_objects
        if relation.on_delete is PROTECT
    )
