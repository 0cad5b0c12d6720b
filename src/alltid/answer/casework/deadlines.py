"""What has to happen in a case, and by when: follows from its state, the talk and the timers.

Plain Python.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alltid.people.hours import Hours

from .closing import Thread
from .events import Risk, Role
from .state import Child, State
from .timers import FEEDBACK_AGAIN, TIMERS, Timers, Wanted, end_of

# Only the hour of telling is known; nothing is late before it can be.
_TOLD_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Deadline:
    """Something wanted by a time; subject: the child or the step that it is about, or "".

    due: aware, a full half hour.
    """

    wanted: Wanted
    due: datetime
    subject: str = ""


def deadlines(
    state: State, thread: Thread, hours: Hours, timers: Timers = TIMERS
) -> list[Deadline]:
    """Everything that has to happen, soonest first; nothing in a closed case."""
    if state.closed is not None:
        return []
    found = [*_risk(state, thread, hours, timers), *_people(state, hours, timers)]
    found += [*_talk(state, thread, hours, timers)]
    for child in state.children.values():
        found += _of_child(child, state, hours, timers)
    for step in state.steps.values():
        found.append(Deadline(Wanted.STEP, end_of(step.day, hours, step.at), step.id))
    return sorted(found, key=lambda deadline: (deadline.due, deadline.wanted, deadline.subject))


def _risk(state: State, thread: Thread, hours: Hours, timers: Timers) -> Iterator[Deadline]:
    def by(wanted: Wanted, start: datetime, risk: Risk = state.risk) -> Deadline:
        return Deadline(wanted, timers[wanted][risk].due(start, hours))

    if state.risk_at is None or state.risk is Risk.UNKNOWN:
        # A child who tapped danger is taken at their word until somebody has judged.
        taken = Risk.IMMEDIATE if thread.danger else Risk.UNKNOWN
        yield by(Wanted.SET_RISK, state.risk_at or thread.told + _TOLD_WITHIN, taken)
        return
    if not state.confirmed:
        yield by(Wanted.CONFIRM, state.risk_at)
    yield by(Wanted.REVIEW, max(filter(None, (state.risk_at, state.reviewed))))


def _people(state: State, hours: Hours, timers: Timers) -> Iterator[Deadline]:
    """What another person has to answer."""
    asked = {
        Wanted.READER: state.reader,
        Wanted.ACCEPT: state.hand_over,
        Wanted.ANOTHER_TEAM: state.team_asked,
        Wanted.PRANK: None if state.prank_agreed else state.prank,
        Wanted.STOP: None if state.stopped else state.stop,
    }
    for wanted, question in asked.items():
        if question is not None:
            yield Deadline(wanted, timers[wanted][state.risk].due(question.at, hours))


def _talk(state: State, thread: Thread, hours: Hours, timers: Timers) -> Iterator[Deadline]:
    """A second contact, and an answer that lies unread; what waits for us has a promise instead."""
    if not state.contacts or thread.waits:
        return
    newest = state.contacts[-1]
    if len(state.contacts) == 1 and thread.reachable:
        yield Deadline(Wanted.CONTACT, timers[Wanted.CONTACT][state.risk].due(newest, hours))
    if thread.reachable and state.answers and thread.read_by_child < state.newest_answer:
        timer = timers[Wanted.UNREAD_ANSWER][state.risk]
        yield Deadline(Wanted.UNREAD_ANSWER, timer.due(newest, hours))


def _of_child(child: Child, state: State, hours: Hours, timers: Timers) -> Iterator[Deadline]:
    if child.duty is None and child.identified is not None:
        start = child.identified
        # What becomes urgent later runs from then.
        if state.risk.grave and state.risk_at is not None:
            start = max(start, state.risk_at)
        yield Deadline(
            Wanted.DECIDE_DUTY, timers[Wanted.DECIDE_DUTY][state.risk].due(start, hours), child.id
        )
    if child.referrals and len(child.feedback_asked) < 2:
        sent = child.referrals[-1].at
        timer = FEEDBACK_AGAIN if child.feedback_asked else timers[Wanted.FEEDBACK][state.risk]
        yield Deadline(Wanted.FEEDBACK, timer.due(sent, hours), child.id)


def needs_another_worker(state: State) -> bool:
    """Whether a child who was harmed and one who did it are in one pair of hands."""
    roles = {child.role for child in state.children.values()}
    return Role.DID_IT in roles and len(roles) > 1
