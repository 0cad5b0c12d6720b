"""What has to happen in a case, and by when: follows from its state, the talk and the timers.

Plain Python.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alltid.people.hours import Hours

from .closing import Thread, days
from .events import Risk, Role
from .state import Child, State
from .timers import Timers, Wanted, end_of

# Only the hour of telling is known; nothing is late before it can be.
_TOLD_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Deadline:
    """Something wanted by a time; subject: the child, the step or the member it is about, or "".

    due: aware, a full half hour.
    """

    wanted: Wanted
    due: datetime
    subject: str = ""


@dataclass(frozen=True)
class _Case:
    state: State
    hours: Hours
    timers: Timers

    def wants(
        self,
        wanted: Wanted,
        began: datetime,
        subject: str = "",
        *,
        risk: Risk | None = None,
        nth: int = 0,
        promised: datetime | None = None,
    ) -> Iterator[Deadline]:
        """One deadline, or none where nothing is wanted at this risk, or not so often."""
        due = self.timers.due(
            wanted, risk or self.state.risk, began, self.hours, nth, promised=promised
        )
        if due is not None:
            yield Deadline(wanted, due, subject)


def deadlines(state: State, thread: Thread, hours: Hours, timers: Timers) -> list[Deadline]:
    """Everything that has to happen, soonest first; in a closed case a debrief alone."""
    case = _Case(state, hours, timers)
    found = [*_debriefs(case)]
    if state.closed is None:
        found += [*_risk(case, thread), *_people(case), *_talk(case, thread)]
        found += [*_end(case, thread)]
        for child in state.children.values():
            found += _of_child(case, child)
        for step in state.steps.values():
            found.append(Deadline(Wanted.STEP, end_of(step.day, hours, step.at), step.id))
    return sorted(found, key=lambda deadline: (deadline.due, deadline.wanted, deadline.subject))


def not_yet_judged(*, danger: bool) -> Risk:
    """What a case is taken for until somebody has judged: who tapped danger is believed."""
    return Risk.IMMEDIATE if danger else Risk.UNKNOWN


def first_read(thread: Thread, hours: Hours, timers: Timers, risk: Risk = Risk.UNKNOWN) -> datetime:
    """By when a person is to have read what a child told, never later than promised.

    All else counts from then on, for when it was read is kept nowhere.
    """
    told = thread.told + _TOLD_WITHIN
    risk = not_yet_judged(danger=thread.danger) if risk is Risk.UNKNOWN else risk
    return timers.due(Wanted.READ, risk, told, hours, promised=thread.promised) or told


def _risk(case: _Case, thread: Thread) -> Iterator[Deadline]:
    state = case.state
    if state.risk_at is None or state.risk is Risk.UNKNOWN:
        began = state.risk_at or first_read(replace(thread, promised=None), case.hours, case.timers)
        taken = not_yet_judged(danger=thread.danger)
        yield from case.wants(Wanted.SET_RISK, began, risk=taken)
        return
    if not state.confirmed:
        yield from case.wants(Wanted.CONFIRM, state.risk_at)
    yield from case.wants(Wanted.REVIEW, max(filter(None, (state.risk_at, state.reviewed))))


def _people(case: _Case) -> Iterator[Deadline]:
    """What another person has to answer."""
    state = case.state
    asked = {
        Wanted.READER: state.reader,
        Wanted.ACCEPT: state.hand_over,
        Wanted.ANOTHER_TEAM: state.team_asked,
        Wanted.PRANK: None if state.prank_agreed else state.prank,
        Wanted.STOP: None if state.stopped else state.stop,
    }
    for wanted, question in asked.items():
        if question is not None:
            yield from case.wants(wanted, question.at)


def _talk(case: _Case, thread: Thread) -> Iterator[Deadline]:
    """The first answer, a second contact, an answer that lies unread.

    What the child wrote after our first answer has its promise instead.
    """
    state = case.state
    if not thread.reachable:
        return
    if thread.waits:
        yield from _first_answer(case, thread)
        return
    if not state.contacts:
        return
    if len(state.contacts) == 1:
        yield from case.wants(Wanted.CONTACT, state.contacts[0])
    if state.answered is not None and thread.read_by_child < state.newest_answer:
        yield from case.wants(Wanted.UNREAD_ANSWER, state.answered, nth=state.seen_to)


def _first_answer(case: _Case, thread: Thread) -> Iterator[Deadline]:
    """Never later than promised; where it is immediate, once what had to be done at once is."""
    state = case.state
    if state.answers:
        return
    risk, began = state.risk, thread.told + _TOLD_WITHIN
    if risk is Risk.UNKNOWN:
        risk = not_yet_judged(danger=thread.danger)
    if risk is Risk.IMMEDIATE:
        began = state.acted or first_read(thread, case.hours, case.timers, risk)
    yield from case.wants(Wanted.ANSWER, began, risk=risk, promised=thread.promised)


def _debriefs(case: _Case) -> Iterator[Deadline]:
    """What is owed to those who carried something grave, also when it is over."""
    for whom in case.state.owed:
        yield from case.wants(Wanted.DEBRIEF, case.state.owed_since[whom], whom)


def _end(case: _Case, thread: Thread) -> Iterator[Deadline]:
    """The day that the child was told; later while the child's time is not over."""
    state = case.state
    if state.closing_on is None or state.closing_told is None:
        return
    healed = days(state, thread, case.hours, case.timers, state.closing_told)
    day = max(state.closing_on, *healed.values())
    yield Deadline(Wanted.CLOSE, end_of(day, case.hours, state.closing_told))


def _of_child(case: _Case, child: Child) -> Iterator[Deadline]:
    state = case.state
    if child.duty is None and child.identified is not None:
        began = child.identified
        # What becomes urgent later runs from then.
        if state.risk.grave and state.risk_at is not None:
            began = max(began, state.risk_at)
        yield from case.wants(Wanted.DECIDE_DUTY, began, child.id)
        yield from case.wants(Wanted.LEAD_ON_DUTY, began, child.id)
    if child.referrals:
        sent, asked = child.referrals[-1].at, len(child.feedback_asked)
        yield from case.wants(Wanted.FEEDBACK, sent, child.id, nth=asked)


def needs_another_worker(state: State) -> bool:
    """Whether a child who was harmed and one who did it are in one pair of hands."""
    roles = {child.role for child in state.children.values()}
    return Role.DID_IT in roles and len(roles) > 1
