"""When a case may be closed; plain Python. PRACTICE: no unread message from the child, duty decided
for every child concerned, the child told long enough ahead, our answer read or unread for long, the
lead for what was grave, debriefs held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from alltid.people.hours import Hours

from .state import State
from .timers import Span, Timers


@dataclass(frozen=True)
class Thread:
    """What the talk with the child says at this moment.

    told: the hour in which it began; reachable: whether an answer still reaches the child;
    read_by_child: the sequence up to which the child has read; promised: by when the child was told
    that somebody reads, None where nothing waits.
    """

    told: datetime
    danger: bool
    unread: bool
    waits: bool
    reachable: bool
    read_by_child: int
    promised: datetime | None = None


class Missing(StrEnum):
    """What has to happen before it can be closed."""

    UNREAD = "unread"
    UNANSWERED = "unanswered"
    NOBODY_CONCERNED = "nobody_concerned"
    DUTY = "duty"
    CHILD_NOT_TOLD = "child_not_told"
    TOLD_LATELY = "told_lately"
    NOT_READ = "not_read"
    LEAD = "lead"
    DEBRIEF = "debrief"
    PRANK_READER = "prank_reader"
    HAND_OVER = "hand_over"
    ANOTHER_TEAM = "another_team"


def told_enough(state: State, told: datetime, hours: Hours, timers: Timers) -> datetime:
    """When a child who was told at a moment has had the time that is theirs; aware."""
    return timers.due(Span.CLOSING_NOTICE, state.risk, told, hours) or told


def first_day(state: State, told: datetime, hours: Hours, timers: Timers) -> date:
    """The first day on which it may close for a child who was told at a moment."""
    return told_enough(state, told, hours, timers).astimezone(ZoneInfo(hours.zone)).date()


def _not_before(state: State, hours: Hours, timers: Timers) -> date:
    """The day on which the child's time is over, and not before the one that they were told."""
    if state.closing_told is None or state.closing_on is None:
        return date.max
    return max(state.closing_on, first_day(state, state.closing_told, hours, timers))


def kept_open_until(state: State, thread: Thread, hours: Hours, timers: Timers) -> date | None:
    """Until this day a case stays open for a child who has not read our answer; None where read."""
    if state.answered is None or thread.read_by_child >= state.newest_answer:
        return None
    over = timers.due(Span.KEPT_OPEN, state.risk, state.answered, hours)
    if over is None or not thread.reachable:
        return None
    return over.astimezone(ZoneInfo(hours.zone)).date() + timedelta(days=1)


def days(
    state: State, thread: Thread, hours: Hours, timers: Timers, now: datetime
) -> Mapping[Missing, date]:
    """The first day on which each need not hold it open any more, where time alone heals it."""
    found = (
        {Missing.CHILD_NOT_TOLD: first_day(state, now, hours, timers)}
        if state.closing_told is None
        else {Missing.TOLD_LATELY: _not_before(state, hours, timers)}
    )
    kept = kept_open_until(state, thread, hours, timers)
    return found if kept is None else found | {Missing.NOT_READ: kept}


def what_is_missing(
    state: State, thread: Thread, hours: Hours, timers: Timers, *, by_lead: bool, now: datetime
) -> list[Missing]:
    """What stands between a case and its closing, in the order of the desk; empty when nothing."""
    told = state.closing_told
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    soon = today < _not_before(state, hours, timers)
    kept = kept_open_until(state, thread, hours, timers)
    lacks = {
        Missing.UNREAD: thread.unread,
        Missing.UNANSWERED: thread.waits and not thread.unread,
        # What two people hold for a prank need not concern a child.
        Missing.NOBODY_CONCERNED: not state.children and not state.prank_agreed,
        Missing.DUTY: bool(state.undecided),
        Missing.PRANK_READER: state.prank is not None and not state.prank_agreed,
        Missing.CHILD_NOT_TOLD: thread.reachable and told is None,
        Missing.TOLD_LATELY: thread.reachable and told is not None and soon,
        Missing.NOT_READ: kept is not None and today < kept,
        Missing.HAND_OVER: state.hand_over is not None,
        Missing.ANOTHER_TEAM: state.team_asked is not None,
        Missing.DEBRIEF: bool(state.owed),
        Missing.LEAD: state.was_grave and not by_lead,
    }
    return [missing for missing, lacking in lacks.items() if lacking]
