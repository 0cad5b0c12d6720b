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
from .models import CaseKeyCopy, Referral, Writing
from .referral import escrow


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
            _reseal_notes(old, key, unlocked)
            _reseal_referrals(old, key, unlocked)
            _forget_hands(team, leaving, unlocked.user)
            rotation.retire_empty_generations(team)
    except KeySubstituted:
        alarm(team, unlocked.user)
        raise
    return key


def _reseal_notes(old: list[int], key: TeamKey, unlocked: Unlocked) -> None:
    copies = CaseKeyCopy.objects.filter(
        case__disclosure__rank__lt=Disclosure.Rank.CLOSED, team_key__in=old
    ).select_related("case", "team_key")
    for copy in copies.iterator():
        identity = copy.open(unlocked.team_identity(copy.team_key))
        CaseKeyCopy.of(copy.case, identity, key).save(force_insert=True)
        copy.delete()


def _reseal_referrals(old: list[int], key: TeamKey, unlocked: Unlocked) -> None:
    """What the team is asked to take over, so that whoever leaves can open none of it."""
    for referral in Referral.objects.filter(team_key__in=old).select_related("team_key"):
        escrow.reseal(referral, unlocked.team_identity(referral.team_key), key)


def _forget_hands(team: Team, leaving: User, by: User) -> None:
    """What they carried, or were asked, has nobody; what they were writing there is gone."""
    threads = Disclosure.objects.filter(team=team)
    theirs = Q(case__owner=leaving) | Q(case__cover=leaving) | Q(case__events__by=leaving)
    asked = Q(case__deadlines__wanted__in=[Wanted.ACCEPT, Wanted.READER])
    concerned = threads.filter(theirs | asked).distinct()
    for disclosure in concerned.select_related("team").iterator():
        hands.release(disclosure, leaving, by)
    Writing.objects.filter(user=leaving, disclosure__in=threads).delete()
    ever = Disclosure.objects.filter(Q(team=team) | Q(handings__giving=team))
    Draft.objects.filter(user=leaving, subject__in=ever.values("pk")).delete()
