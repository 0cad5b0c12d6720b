"""A team's keys: made with the team, given to those let in, made anew when somebody leaves."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from alltid.vault.identity import Identity

from .models import (
    AuditEvent,
    Draft,
    Invitation,
    Membership,
    RecoverySheet,
    Team,
    TeamKey,
    TeamKeyCopy,
    User,
)
from .unlocking import Unlocked, end_all

_INVITATION_DAYS = 7
# No letters or digits that are mistaken for each other when read aloud.
_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class LastMember(Exception):
    """The last member who can open a team's keys is not removed without a recovery check."""


class NobodyToLetIn(Exception):
    """The person has not made their way in yet, or has made it anew since they were looked at."""


class InvitationUsed(Exception):
    """Somebody else used this code a moment ago."""


def new_generation(team: Team) -> TeamKey:
    """Make the next generation of a team's key, sealed to everyone let in and to the sheets."""
    newest = team.keys.first()
    identity = Identity.generate()
    key = TeamKey.objects.create(
        team=team, number=newest.number + 1 if newest else 1, recipient=identity.recipient
    )
    for membership in team.memberships.filter(let_in__isnull=False).select_related("user"):
        key.seal_to(identity, user=membership.user)
    for sheet in team.sheets.all():
        key.seal_to(identity, sheet=sheet)
    return key


@transaction.atomic
def found_team(
    team: Team, lead: User, keepers: tuple[str, str], sheets: Sequence[Identity] = ()
) -> list[Identity]:
    """Give a new team its lead, its first key and two recovery sheets, which are returned.

    The sheets' identities (made here, unless printed already) are forgotten; only their
    recipients are stored.
    """
    identities = list(sheets) or [Identity.generate() for _keeper in keepers]
    for number, (keeper, identity) in enumerate(zip(keepers, identities, strict=True), start=1):
        RecoverySheet.objects.create(
            team=team, number=number, keeper=keeper, recipient=identity.recipient
        )
    Membership.objects.create(
        team=team, user=lead, role=Membership.Role.LEAD, let_in=timezone.now()
    )
    new_generation(team)
    AuditEvent.write("team_founded", actor=lead, team=team, subject=team.pk)
    return identities


def code_digest(code: str) -> bytes:
    """What is stored of an invitation's code; a stolen database alone does not give it away."""
    plain = "".join(character for character in code.upper() if character in _CODE_ALPHABET)
    return salted_hmac("alltid.invitation", plain, algorithm="sha256").digest()


@transaction.atomic
def invite(team: Team, role: str, by: User, user: User | None = None) -> str:
    """A code (60 bits, seven days) for a new member, or for `user` who lost their passphrase."""
    code = "-".join(
        "".join(secrets.choice(_CODE_ALPHABET) for _ in range(4)) for _group in range(3)
    )
    Invitation.objects.create(
        code_digest=code_digest(code),
        team=team,
        role=role,
        user=user,
        made_by=by,
        expires=timezone.now() + timedelta(days=_INVITATION_DAYS),
    )
    AuditEvent.write(
        "invited",
        actor=by,
        team=team,
        subject=user.pk if user else "",
        why="passphrase lost" if user else "",
    )
    return code


@transaction.atomic
def join(invitation: Invitation, user: User) -> Membership:
    """Use an invitation up: the user belongs to the team and waits to be let in.

    Someone who lost their passphrase loses every old copy and unlocked session here: their new
    identity opens nothing until another member seals the keys to it. Raises InvitationUsed.
    """
    used, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    if not used:
        raise InvitationUsed
    mended_by = invitation.made_by if invitation.user_id else None
    membership, _made = Membership.objects.update_or_create(
        team=invitation.team,
        user=user,
        defaults={"let_in": None, "role": invitation.role, "mended_by": mended_by},
    )
    if invitation.user_id:
        forget_identity(user)
    AuditEvent.write("joined", actor=user, team=invitation.team, subject=user.pk)
    return membership


def may_mend(by: User, membership: Membership) -> bool:
    """Whether this member may make the other's way in anew: a lead, and where no other one is, all.

    A code that is used takes an account over, so it is for those whom a team trusts with its doors.
    """
    leads = set(membership.team.leads().values_list("user", flat=True))
    return by.pk in leads or not leads - {membership.user_id}


def another_lets_in(by: User, membership: Membership) -> bool:
    """Whether somebody else has to let this member in: who made the code does not, unless alone."""
    if membership.mended_by_id != by.pk:
        return False
    others = membership.team.memberships.filter(let_in__isnull=False, user__is_active=True)
    return others.exclude(user__in=[by, membership.user]).exists()


@transaction.atomic
def forget_identity(user: User) -> None:
    """Drop what only a user's old identity opened; the caller gives them a new one."""
    TeamKeyCopy.objects.filter(user=user).delete()
    Membership.objects.filter(user=user).update(let_in=None)
    Draft.objects.filter(user=user).delete()
    end_all(user)


@transaction.atomic
def let_in(membership: Membership, unlocked: Unlocked) -> None:
    """Seal every live generation of the team's key to a member.

    Raises NotForThisKey where the one who lets in holds no copy themselves, and NobodyToLetIn.
    """
    user = User.objects.select_for_update().get(pk=membership.user_id)
    if not user.recipient or user.recipient != membership.user.recipient:
        raise NobodyToLetIn
    for key in membership.team.keys.all():
        key.seal_to(unlocked.team_identity(key), user=user)
    membership.let_in = timezone.now()
    membership.save(update_fields=["let_in"])
    AuditEvent.write("let_in", actor=unlocked.user, team=membership.team, subject=user.pk)


def may_remove(membership: Membership, now_checked_within: timedelta = timedelta(days=400)) -> bool:
    """Whether the team can still be opened without this member: another one, or a checked sheet."""
    team, recent = membership.team, timezone.now() - now_checked_within
    others = TeamKeyCopy.objects.filter(
        key=team.current_key(),
        user__is_active=True,
        user__in=team.memberships.filter(let_in__isnull=False).values("user"),
    ).exclude(user=membership.user)
    return others.exists() or team.sheets.filter(checked__gt=recent).exists()


def forget_member(membership: Membership) -> TeamKey:
    """Take a member's copies and unlocked sessions, and make the team's next generation.

    The caller re-seals the keys of open cases in the same transaction. Raises LastMember.
    """
    if not may_remove(membership):
        raise LastMember
    team, user = membership.team, membership.user
    TeamKeyCopy.objects.filter(key__team=team, user=user).delete()
    # A code that they made, or that was made for them, would be a way back in.
    team.invitations.filter(Q(made_by=user) | Q(user=user)).delete()
    end_all(user)
    membership.delete()
    return new_generation(team)
