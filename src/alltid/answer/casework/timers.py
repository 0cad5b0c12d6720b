"""How long each step may take, by risk: as the pack of the team's country has it, and by PRACTICE's
table where no pack says it.

Plain Python. Timers are written and counted as in the packs (`answer/duty`). Where one ends is
rounded to a half hour, like every due time that is stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from alltid.people.hours import Hours, half_hour_up

from ..duty import clock, pack
from ..duty.terms import Pack
from ..duty.timer import Timer, Unit, read
from .events import Risk

# The end of a day for a team that has no hours at all.
_EVENING = time(16, 0)
# A team that never opens has a week for what it would have done in its open time.
_NEVER_OPEN = timedelta(days=7)


class Wanted(StrEnum):
    """What has to happen by a time."""

    READ = "read"
    ANSWER = "answer"
    SET_RISK = "set_risk"
    CONFIRM = "confirm"
    DECIDE_DUTY = "decide_duty"
    LEAD_ON_DUTY = "lead_on_duty"
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
    DEBRIEF = "debrief"
    CLOSE = "close"


# What a lead does; the rest is for whoever carries the case.
FOR_LEADS = frozenset({Wanted.CONFIRM, Wanted.LEAD_ON_DUTY, Wanted.REVIEW, Wanted.ANOTHER_TEAM})


class Span(StrEnum):
    """What takes its time without anybody having to do something at its end."""

    CLOSING_NOTICE = "closing_notice"
    KEPT_OPEN = "kept_open"


ByRisk = Mapping[Risk, tuple[Timer, ...]]


@dataclass(frozen=True)
class Timers:
    """What a team's cases are timed by: for the nth time something is wanted, the nth timer."""

    by_risk: Mapping[Wanted | Span, ByRisk]

    def due(
        self,
        of: Wanted | Span,
        risk: Risk,
        began: datetime,
        hours: Hours,
        nth: int = 0,
        *,
        promised: datetime | None = None,
        exact: bool = False,
    ) -> datetime | None:
        """When it is due; None where it is not wanted at this risk, or not so often.

        promised: by when the child was told, which is never passed.
        """
        timers = self.by_risk[of][risk]
        if nth >= len(timers):
            return None
        due = due_at(timers[nth], began, hours, exact=exact)
        return due if promised is None else min(due, promised)


def due_at(timer: Timer, began: datetime, hours: Hours, *, exact: bool = False) -> datetime:
    """When a timer ends: at a half hour, which for a timer of days is the last one of its day.

    exact: to the minute, for what began with a mail of ours and so tells nothing of a child.
    """
    try:
        due = clock.due(timer, began, hours)
    except clock.NeverOpen:
        return half_hour_up(began + _NEVER_OPEN)
    if timer.unit in (Unit.DAYS, Unit.MONTHS):
        return due - timedelta(minutes=29)
    return due if exact else half_hour_up(due)


def end_of(day: date, hours: Hours, begun: datetime) -> datetime:
    """When a day ends for a step: with its last open hour, or in the late afternoon.

    begun: when the step was given that day; in the evening of the day itself it has until midnight.
    """
    zone = ZoneInfo(hours.zone)
    stretches = hours.on(day)
    ends = half_hour_up(stretches[-1][1] if stretches else datetime.combine(day, _EVENING, zone))
    return ends if ends > begun else datetime.combine(day + timedelta(days=1), time(), zone)


# --- where no pack says it -----------------------------------------------------------------------


def _by_risk(immediate: str, high: str, *others: str) -> ByRisk:
    lower = tuple(map(read, others))
    return {
        Risk.IMMEDIATE: (read(immediate),),
        Risk.HIGH: (read(high),),
        Risk.MEDIUM: lower,
        Risk.LOW: lower,
        Risk.UNKNOWN: lower,
    }


PRACTICE = Timers(
    {
        Span.CLOSING_NOTICE: _by_risk("14 days", "14 days", "14 days"),
        Span.KEPT_OPEN: _by_risk("90 days", "90 days", "90 days"),
        Wanted.READ: _by_risk("30 minutes", "2 open hours", "same day"),
        Wanted.ANSWER: _by_risk("at once", "same day", "1 working day"),
        Wanted.SET_RISK: _by_risk("at once", "same day", "2 working days"),
        Wanted.CONFIRM: _by_risk("1 hour", "same day", "2 working days"),
        Wanted.DECIDE_DUTY: _by_risk("at once", "same day", "same day"),
        Wanted.LEAD_ON_DUTY: _by_risk("1 hour", "4 open hours"),
        Wanted.FEEDBACK: _by_risk("2 days", "14 days", "14 days", "4 months"),
        Wanted.CONTACT: _by_risk("1 day", "3 days", "7 days"),
        Wanted.UNREAD_ANSWER: _by_risk("2 days", "7 days", "14 days", "30 days"),
        Wanted.REVIEW: _by_risk("1 week", "1 week", "1 month"),
        Wanted.READER: _by_risk("1 hour", "same day", "1 working day"),
        Wanted.ACCEPT: _by_risk("1 hour", "same day", "1 working day"),
        Wanted.ANOTHER_TEAM: _by_risk("1 hour", "same day", "1 working day"),
        Wanted.PRANK: _by_risk("same day", "same day", "2 working days"),
        Wanted.STOP: _by_risk("same day", "same day", "2 working days"),
        Wanted.DEBRIEF: _by_risk("1 working day", "3 working days", "5 working days"),
    }
)


@dataclass(frozen=True)
class Escalation:
    """How long something may be late until the lead is told, and the lead of the cover team."""

    lead: timedelta
    cover: timedelta


# No pack says it.
ESCALATION: Mapping[Risk, Escalation] = {
    Risk.IMMEDIATE: Escalation(timedelta(minutes=30), timedelta(hours=1)),
    Risk.HIGH: Escalation(timedelta(hours=4), timedelta(days=1)),
} | dict.fromkeys(
    (Risk.MEDIUM, Risk.LOW, Risk.UNKNOWN), Escalation(timedelta(days=1), timedelta(days=7))
)


# --- as the packs have it ------------------------------------------------------------------------

# What is timed → a pack's step, the moment from which the desk counts it, and how often at most.
_STEPS: Mapping[Wanted | Span, tuple[str, str, int]] = {
    Span.CLOSING_NOTICE: ("closing_notice", "closing_told", 1),
    Span.KEPT_OPEN: ("unread_kept_open", "answered", 1),
    Wanted.READ: ("first_read", "told", 1),
    Wanted.ANSWER: ("first_reply", "told", 1),
    Wanted.SET_RISK: ("risk_set", "read", 1),
    Wanted.CONFIRM: ("risk_confirmed", "risk_set", 1),
    Wanted.DECIDE_DUTY: ("duty_decision", "identifiable", 1),
    Wanted.LEAD_ON_DUTY: ("duty_lead", "identifiable", 1),
    Wanted.FEEDBACK: ("feedback", "referred", 9),
    Wanted.CONTACT: ("second_contact", "answered", 1),
    Wanted.UNREAD_ANSWER: ("unread_by_child", "answered", 9),
    Wanted.REVIEW: ("lead_review", "reviewed", 1),
}
# Where a step counts from another moment at one risk.
_MOMENTS = {("first_reply", Risk.IMMEDIATE): "acted"}


def of_pack(one: Pack) -> Timers:
    """The timers as a pack has them; PRACTICE's for what no pack says."""
    said = {
        of: {risk: tuple(each.timer for each in one.timers(step, risk)) for risk in Risk}
        for of, (step, _moment, _often) in _STEPS.items()
    }
    return Timers({**PRACTICE.by_risk, **said})


@cache
def of(country: str) -> Timers:
    """The timers of a team in a country; PRACTICE's where there is no pack to rely on."""
    found = pack.in_force(country)
    return PRACTICE if found is None else of_pack(found)


def misfits(one: Pack) -> Iterator[str]:
    """What a sound pack says of its timers that the desk cannot do: a sentence each."""
    for step, moment, often in _STEPS.values():
        for risk in Risk:
            timers = one.timers(step, risk)
            begins = _MOMENTS.get((step, risk), moment)
            if any(each.counts_from != begins for each in timers):
                yield (
                    f"{one.file}: the desk counts the step `{step}` from `{begins}`, not from "
                    f'another moment as for `{risk}`. Write from = "{begins}".'
                )
            if len(timers) > often or (step == "closing_notice" and not timers):
                yield f"{one.file}: the step `{step}` has one time for `{risk}`. Write one."


def soon_until(country: str, now: datetime, hours: Hours) -> datetime:
    """Until when what falls due is seen as soon: a day ahead, and over a holiday as far as the pack
    of the country says in open time, so that it is seen before everybody goes home."""
    found, day = pack.in_force(country), now + timedelta(days=1)
    return day if found is None else max(day, due_at(found.soon, now, hours))
