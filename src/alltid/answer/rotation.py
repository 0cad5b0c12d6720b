"""Removing a member: what only the team opens is sealed anew, the notes with the messages."""

from django.db import transaction
from django.db.models import Q

from alltid.people.models import Draft, Membership, Team, TeamKey, User
from alltid.people.unlocking import Unlocked, alarm
from alltid.tell import rotation
from alltid.tell.models import Disclosure
from alltid.vault.errors import KeySubstituted

from . import hands
from .casework.timers import Wanted
from .models import CaseKeyCopy, Writing


def remove_member(membership: Membership, unlocked: Unlocked, why: str = "") -> TeamKey:
    """Take a member out in one transaction; they open nothing that comes later.

    Raises LastMember, and a VaultError where the one who removes cannot open an open case.
    """
    team, leaving = membership.team, membership.user
    # Opened before the copies go, and before BEGIN: a substituted key's alarm is not rolled back.
    old = [key.pk for key in team.keys.all() if unlocked.team_identity(key)]
    try:
        with transaction.atomic():
            key = rotation.remove_member(membership, unlocked, why)
            _reseal_notes(team, old, key, unlocked)
            _forget_hands(team, leaving, unlocked.user)
            rotation.retire_empty_generations(team)
    except KeySubstituted:
        alarm(team, unlocked.user)
        raise
    return key


def _reseal_notes(team: Team, old: list[int], key: TeamKey, unlocked: Unlocked) -> None:
    copies = CaseKeyCopy.objects.filter(
        case__disclosure__team=team,
        case__disclosure__rank__lt=Disclosure.Rank.CLOSED,
        team_key__in=old,
    ).select_related("case", "team_key")
    for copy in copies.iterator():
        identity = copy.open(unlocked.team_identity(copy.team_key))
        CaseKeyCopy.of(copy.case, identity, key).save(force_insert=True)
        copy.delete()


def _forget_hands(team: Team, leaving: User, by: User) -> None:
    """What they carried, or were asked, has nobody; what they were writing there is gone."""
    threads = Disclosure.objects.filter(team=team)
    theirs = Q(case__owner=leaving) | Q(case__cover=leaving) | Q(case__events__by=leaving)
    asked = Q(case__deadlines__wanted__in=[Wanted.ACCEPT, Wanted.READER])
    concerned = threads.filter(theirs | asked).distinct()
    for disclosure in concerned.select_related("team").iterator():
        hands.release(disclosure, leaving, by)
    Writing.objects.filter(user=leaving, disclosure__in=threads).delete()
    Draft.objects.filter(user=leaving, subject__in=threads.values("pk")).delete()
