"""The chronology of a case: what happened is added, and all else is folded from it.

Whoever does something in a case holds it meanwhile (`held`), so that two at once come one after the
other; each event goes in with the fields that lists need and with what has to happen next.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from alltid.people.hours import hour_of
from alltid.people.models import TeamKey, User
from alltid.tell.handing import newest
from alltid.tell.models import Disclosure, Handing

from .casework import deadlines as derived
from .casework import timers
from .casework.closing import Thread
from .casework.deadlines import Deadline
from .casework.events import Code, Kind, Why, check
from .casework.state import State, fold
from .models import Case, CaseEvent, Referral


def deadlines_of(state: State, disclosure: Disclosure) -> list[Deadline]:
    """What has to happen in a case, as its team's country and hours have it."""
    team = disclosure.team
    return derived.deadlines(state, thread_of(disclosure), team.hours, timers.of(team.country))


def thread_of(disclosure: Disclosure) -> Thread:
    """What a case has to know of the talk."""
    return Thread(
        told=disclosure.told,
        danger=disclosure.danger,
        unread=disclosure.unread,
        waits=disclosure.waits,
        reachable=disclosure.reaches_child,
        read_by_child=disclosure.read_by_child,
    )


@dataclass
class Held:
    """A case that nobody else changes until the transaction ends."""

    case: Case
    disclosure: Disclosure
    state: State
    happened: list[CaseEvent] = field(default_factory=list)

    @property
    def thread(self) -> Thread:
        """What the talk says now."""
        return thread_of(self.disclosure)

    def add(
        self,
        kind: Kind,
        by: User | None,
        now: datetime,
        *,
        child: str = "",
        words: dict[str, str] | None = None,
        **codes: Code,
    ) -> CaseEvent:
        """Add what happened. words: what a person typed, sealed; codes: see `casework.events`.

        What no member did may be a child's doing, and is noted to the hour. Raises NotACode.
        """
        check(kind, codes, child)
        event = CaseEvent(
            case=self.case,
            sequence=self.state.sequence + 1,
            kind=kind,
            at=now.replace(second=0, microsecond=0) if by else hour_of(now),
            by=by,
            child=UUID(child) if child else None,
            codes=codes,
        )
        typed = {name: text for name, text in (words or {}).items() if text.strip()}
        if typed:
            event.seal(dict(typed), self.case.recipient)
        event.save()
        self.state = self.state.after(event.plain)
        self.happened.append(event)
        return event

    def keep(self) -> None:
        """Write what lists need of the state, and what has to happen next."""
        state, case = self.state, self.case
        wanted = deadlines_of(state, self.disclosure)
        self._keep_deadlines(wanted)
        case.sequence, case.risk, case.closed = state.sequence, state.risk, state.closed is not None
        case.owner_id, case.cover_id = _user(state.owner), _user(state.cover)
        case.due = wanted[0].due if wanted else None
        case.save(update_fields=["sequence", "risk", "closed", "owner", "cover", "due"])

    def _keep_deadlines(self, wanted: list[Deadline]) -> None:
        there = {(row.wanted, row.subject): row for row in self.case.deadlines.all()}
        gone = set(there) - {(one.wanted, one.subject) for one in wanted}
        if gone:
            self.case.deadlines.filter(pk__in=[there[key].pk for key in gone]).delete()
        for one in wanted:
            row = there.get((one.wanted, one.subject))
            if row is None:
                self.case.deadlines.create(
                    team=self.disclosure.team,
                    wanted=one.wanted,
                    subject=one.subject,
                    due=one.due,
                )
            elif row.due != one.due:
                row.due = one.due
                row.save(update_fields=["due"])


def _user(pk: str) -> UUID | None:
    return UUID(pk) if pk else None


@contextmanager
def held(disclosure: Disclosure, now: datetime, key: TeamKey | None = None) -> Iterator[Held]:
    """Hold the case of a disclosure, first the talk and then the case; keep what follows.

    A closed case in which the child has written is open again before anything else happens.
    key: what a new case is sealed to, the team's newest unless it is given. Raises NoKey.
    """
    with transaction.atomic():
        fresh = disclosure.held()
        Case.objects.open_for(fresh, key)
        case = Case.objects.select_for_update().get(disclosure=fresh)
        here = Held(case, fresh, fold(event.plain for event in case.events.order_by("sequence")))
        _open_again(here, now)
        _note_childs_no(here, now)
        yield here
        here.keep()


def _open_again(here: Held, now: datetime) -> None:
    if here.state.closed is not None and here.disclosure.rank != Disclosure.Rank.CLOSED:
        here.add(Kind.REOPENED, None, now, why=Why.CHILD_WROTE)


def _note_childs_no(here: Held, now: datetime) -> None:
    if _said_no(here.state, here.disclosure):
        here.add(Kind.CHILD_REFUSED, None, now, team=here.state.team)
        Referral.objects.filter(handing__disclosure=here.disclosure).exclude(
            handing__state=Handing.State.OPEN
        ).delete()


def _said_no(state: State, disclosure: Disclosure) -> bool:
    """Whether the child refused the team that was asked last, and the case does not know it."""
    if not state.team or state.child_refused:
        return False
    handing = newest(disclosure)
    return handing is not None and handing.refused is not None


def catch_up(disclosure: Disclosure, case: Case, now: datetime) -> None:
    """Let the case follow what happened in the talk: the child wrote, read, said no, ended it."""
    state = fold(event.plain for event in case.events.order_by("sequence"))
    wanted = deadlines_of(state, disclosure)
    there = {(row.wanted, row.subject, row.due) for row in case.deadlines.all()}
    wrote = state.closed is not None and disclosure.rank != Disclosure.Rank.CLOSED
    told_no = _said_no(state, disclosure)
    if wrote or told_no or there != {(str(one.wanted), one.subject, one.due) for one in wanted}:
        with held(disclosure, now):
            pass
        case.refresh_from_db()
