"""Who answers, who may not see, who is writing: one deed each, in one transaction with its line
in the log."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from alltid.people.models import Membership, Team, User
from alltid.tell.models import Disclosure
from alltid.tell.who_answers import WhoAnswers

from . import access
from .casework.events import Event, Kind
from .chronology import held
from .models import Case, Recusal, Writing


class NobodyElseReads(Exception):
    """Hidden from this one too, nobody would read it but the one who hides it."""


class NoSuchMember(Exception):
    """The one who was chosen is not, or no longer, somebody who can be chosen."""


def members(team: Team) -> "QuerySet[Membership]":
    """Everyone in a team who was let in, in the order of their names."""
    return (
        team.memberships.filter(let_in__isnull=False, user__is_active=True)
        .select_related("user")
        .order_by("user__first_name", "user__name")
    )


def who_can_answer(disclosure: Disclosure) -> list[User]:
    """Members of its team from whom it is not hidden."""
    hidden = disclosure.recusals.values("user")
    return [member.user for member in members(disclosure.team).exclude(user__in=hidden)]


def hidden_from(disclosure: Disclosure) -> list[User]:
    """Members of its team from whom it is hidden."""
    here = disclosure.recusals.filter(user__memberships__team=disclosure.team_id)
    return [recusal.user for recusal in here.select_related("user").order_by("at")]


def who_answers(disclosure: Disclosure) -> WhoAnswers:
    """What a child's page may know of it."""
    case = Case.objects.filter(disclosure=disclosure).first()
    return WhoAnswers(
        carries=case.carried_by if case else None,
        hidden_from=frozenset(disclosure.recusals.values_list("user", flat=True)),
    )


def _one_of(users: list[User], chosen: str) -> User:
    for user in users:
        if str(user.pk) == chosen:
            return user
    raise NoSuchMember


@transaction.atomic
def pass_on(disclosure: Disclosure, by: User, chosen: str) -> None:
    """Give it to another member, or take it oneself; raises NoSuchMember, NotAudited."""
    to = _one_of(who_can_answer(disclosure), chosen)
    with held(disclosure, timezone.now()) as here:
        access.find(by, disclosure.pk)
        access.write_log(by, disclosure, "passed", to.pk)
        here.add(Kind.PASSED, by, timezone.now(), to=str(to.pk))


def _another_reads(disclosure: Disclosure, *besides: User) -> bool:
    """Whether somebody besides these, from whom it is not hidden, can read today."""
    readers = disclosure.team.readers(timezone.now()).exclude(user__in=besides)
    return readers.exclude(user__in=disclosure.recusals.values("user")).exists()


@transaction.atomic
def hide(disclosure: Disclosure, by: User, chosen: str) -> None:
    """Hide it from another member, a lead included; only a lead can keep it alone.

    Raises NoSuchMember, NobodyElseReads, NotAudited.
    """
    # One at a time in a team: two at once would each count the other's reader.
    Team.objects.select_for_update().get(pk=disclosure.team_id)
    others = [user for user in who_can_answer(disclosure) if user != by]
    member = _one_of(others, chosen)
    if not (_another_reads(disclosure, by, member) or disclosure.team.is_led_by(by)):
        raise NobodyElseReads
    access.write_log(by, disclosure, "recused", member.pk)
    Recusal.objects.get_or_create(disclosure=disclosure, user=member, defaults={"by": by})
    release(disclosure, member, by)
    Writing.objects.filter(disclosure=disclosure, user=member).delete()


def release(disclosure: Disclosure, member: User, by: User) -> None:
    """Nothing in the case is theirs to do any more; where nothing was, nothing is noted."""
    if not Case.objects.filter(disclosure=disclosure).exists():
        return
    with held(disclosure, timezone.now()) as here:
        before = here.state
        event = Event(
            before.sequence, Kind.RELEASED, timezone.now(), codes={"whom": str(member.pk)}
        )
        if before.after(event) != before:
            here.add(Kind.RELEASED, by, timezone.now(), whom=str(member.pk))


@transaction.atomic
def show_again(disclosure: Disclosure, by: User, chosen: str) -> None:
    """Show it again to a member it was hidden from; raises NoSuchMember, NotAudited."""
    member = _one_of(hidden_from(disclosure), chosen)
    access.write_log(by, disclosure, "shown", member.pk)
    Recusal.objects.filter(disclosure=disclosure, user=member).delete()


def note_writing(disclosure: Disclosure, user: User, now: datetime) -> None:
    """Note that a member is at the keyboard."""
    Writing.objects.update_or_create(disclosure=disclosure, user=user, defaults={"at": now})


def stop_writing(disclosure: Disclosure, user: User) -> None:
    """Note that a member has sent what they wrote, or has thrown it away."""
    Writing.objects.filter(disclosure=disclosure, user=user).delete()


def who_else_writes(disclosure: Disclosure, user: User, now: datetime) -> list[User]:
    """The other members who wrote a moment ago."""
    writing = disclosure.writing.now(now).exclude(user=user).select_related("user")
    return [one.user for one in writing.order_by("user__first_name")]
