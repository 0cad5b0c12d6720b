"""How long each step may take, by risk: PRACTICE's table as data, until a pack brings its own.

Plain Python. A timer runs on the clock or on the team's open hours; where it ends is rounded up to
half hours, like every due time that is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from alltid.people.hours import Hours, half_hour_up

from .events import Risk

# The end of a day for a team that has no hours at all.
_EVENING = time(16, 0)
_HORIZON = 400


class Wanted(StrEnum):
    """What has to happen by a time."""

    SET_RISK = "set_risk"
    CONFIRM = "confirm"
    DECIDE_DUTY = "decide_duty"
    FEEDBACK = "feedback"
    CONTACT = "contact"
    UNREAD_ANSWER = "unread_answer"
    REVIEW = "review"
    STEP = "step"
    READER = "reader"
    ACCEPT = "accept"
    PRANK = "prank"
    STOP = "stop"
    ANOTHER_TEAM = "another_team"


# What a lead does; the rest is for whoever carries the case.
FOR_LEADS = frozenset({Wanted.CONFIRM, Wanted.REVIEW, Wanted.ANOTHER_TEAM})


@dataclass(frozen=True)
class Timer:
    """One of: minutes on the clock, open minutes, the end of the nth day with readers, days.

    working_days: 0 is the end of today, or of the next day with readers where nobody reads today
    any more.
    """

    minutes: int = 0
    open_minutes: int = 0
    working_days: int | None = None
    days: int = 0

    def due(self, start: datetime, hours: Hours) -> datetime:
        """When it ends, up to the next half hour."""
        if self.working_days is not None:
            return half_hour_up(_end_of_working_day(start, self.working_days, hours))
        if self.open_minutes:
            after = hours.after(start, self.open_minutes)
            return after or half_hour_up(start + timedelta(days=7))
        zone = ZoneInfo(hours.zone)
        # Days by the calendar, also over the night in which the clock is moved.
        moved = start.astimezone(zone) + timedelta(days=self.days)
        ends = moved.timestamp() + 60 * self.minutes
        return half_hour_up(datetime.fromtimestamp(ends, zone))


def _end_of_working_day(start: datetime, ahead: int, hours: Hours) -> datetime:
    zone = ZoneInfo(hours.zone)
    today = start.astimezone(zone).date()
    for days in range(_HORIZON):
        stretches = hours.on(today + timedelta(days=days))
        if stretches and stretches[-1][1] > start:
            if ahead == 0:
                return stretches[-1][1]
            ahead -= 1
    return datetime.combine(today + timedelta(days=7), _EVENING, zone)


def end_of(day: date, hours: Hours, begun: datetime) -> datetime:
    """When a day ends for a step: with its last open hour, or in the late afternoon.

    begun: when the step was given that day; in the evening of the day itself it has until midnight.
    """
    zone = ZoneInfo(hours.zone)
    stretches = hours.on(day)
    ends = half_hour_up(stretches[-1][1] if stretches else datetime.combine(day, _EVENING, zone))
    return ends if ends > begun else datetime.combine(day + timedelta(days=1), time(), zone)


def _by_risk(immediate: Timer, high: Timer, others: Timer) -> dict[Risk, Timer]:
    lower = (Risk.MEDIUM, Risk.LOW, Risk.UNKNOWN)
    return {Risk.IMMEDIATE: immediate, Risk.HIGH: high} | dict.fromkeys(lower, others)


NOW = Timer(minutes=30)
SAME_DAY = Timer(working_days=0)

Timers = Mapping[Wanted, Mapping[Risk, Timer]]

TIMERS: Timers = {
    Wanted.SET_RISK: _by_risk(NOW, SAME_DAY, Timer(working_days=2)),
    Wanted.CONFIRM: _by_risk(Timer(minutes=60), SAME_DAY, Timer(working_days=2)),
    Wanted.DECIDE_DUTY: _by_risk(NOW, SAME_DAY, SAME_DAY),
    Wanted.FEEDBACK: _by_risk(Timer(days=2), Timer(days=14), Timer(days=14)),
    Wanted.CONTACT: _by_risk(Timer(days=1), Timer(days=3), Timer(days=7)),
    Wanted.UNREAD_ANSWER: _by_risk(Timer(days=2), Timer(days=7), Timer(days=14)),
    Wanted.REVIEW: _by_risk(Timer(days=7), Timer(days=7), Timer(days=30)),
    Wanted.READER: _by_risk(Timer(minutes=60), SAME_DAY, Timer(working_days=1)),
    Wanted.ACCEPT: _by_risk(Timer(minutes=60), SAME_DAY, Timer(working_days=1)),
    Wanted.ANOTHER_TEAM: _by_risk(Timer(minutes=60), SAME_DAY, Timer(working_days=1)),
    Wanted.PRANK: _by_risk(SAME_DAY, SAME_DAY, Timer(working_days=2)),
    Wanted.STOP: _by_risk(SAME_DAY, SAME_DAY, Timer(working_days=2)),
}
# Social services are asked once more, long after the first time.
FEEDBACK_AGAIN = Timer(days=120)


@dataclass(frozen=True)
class Escalation:
    """How long something may be late until the lead is told, and the lead of the cover team."""

    lead: timedelta
    cover: timedelta


ESCALATION: Mapping[Risk, Escalation] = {
    Risk.IMMEDIATE: Escalation(timedelta(minutes=30), timedelta(hours=1)),
    Risk.HIGH: Escalation(timedelta(hours=4), timedelta(days=1)),
} | dict.fromkeys(
    (Risk.MEDIUM, Risk.LOW, Risk.UNKNOWN), Escalation(timedelta(days=1), timedelta(days=7))
)
