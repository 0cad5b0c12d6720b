"""When a case may be closed; plain Python. PRACTICE: no unread message from the child, duty decided
for every child concerned, the child told a fortnight ahead, the lead for what was grave, debriefs
held."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from alltid.people.hours import Hours

from .state import State
from .timers import Span, Timers


@dataclass(frozen=True)
class Thread:
    """What the talk with the child says at this moment.

    told: the hour in which it began; reachable: whether an answer still reaches the child;
    read_by_child: the sequence up to which the child has read.
    """

    told: datetime
    danger: bool
    unread: bool
    waits: bool
    reachable: bool
    read_by_child: int


class Missing(StrEnum):
    """What has to happen before it can be closed."""

    UNREAD = "unread"
    UNANSWERED = "unanswered"
    NOBODY_CONCERNED = "nobody_concerned"
    DUTY = "duty"
    CHILD_NOT_TOLD = "child_not_told"
    TOLD_LATELY = "told_lately"
    LEAD = "lead"
    DEBRIEF = "debrief"
    PRANK_READER = "prank_reader"
    HAND_OVER = "hand_over"
    ANOTHER_TEAM = "another_team"


def told_enough(state: State, told: datetime, hours: Hours, timers: Timers) -> datetime:
    """When a child who was told at a moment has had the time that is theirs; aware."""
    return timers.due(Span.CLOSING_NOTICE, state.risk, told, hours) or told


def _not_before(state: State, hours: Hours, timers: Timers) -> datetime:
    """When the child's time is over, and not before the day that they were told."""
    if state.closing_told is None or state.closing_on is None:
        return datetime.max.replace(tzinfo=UTC)
    over = told_enough(state, state.closing_told, hours, timers)
    return max(over, datetime.combine(state.closing_on, time(), ZoneInfo(hours.zone)))


def what_is_missing(
    state: State, thread: Thread, hours: Hours, timers: Timers, *, by_lead: bool, now: datetime
) -> list[Missing]:
    """What stands between a case and its closing, in the order of the desk; empty when nothing."""
    told = state.closing_told
    soon = now < _not_before(state, hours, timers)
    lacks = {
        Missing.UNREAD: thread.unread,
        Missing.UNANSWERED: thread.waits and not thread.unread,
        # What two people hold for a prank need not concern a child.
        Missing.NOBODY_CONCERNED: not state.children and not state.prank_agreed,
        Missing.DUTY: bool(state.undecided),
        Missing.PRANK_READER: state.prank is not None and not state.prank_agreed,
        Missing.CHILD_NOT_TOLD: thread.reachable and told is None,
        Missing.TOLD_LATELY: thread.reachable and told is not None and soon,
        Missing.HAND_OVER: state.hand_over is not None,
        Missing.ANOTHER_TEAM: state.team_asked is not None,
        Missing.DEBRIEF: bool(state.owed),
        Missing.LEAD: state.was_grave and not by_lead,
    }
    return [missing for missing, lacking in lacks.items() if lacking]
