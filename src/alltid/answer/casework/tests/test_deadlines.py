"""By when what has to happen: by risk, on the clock and on open hours, also in odd nights."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.people.hours import Hours

from ..closing import Thread
from ..deadlines import deadlines
from ..events import Duty, Receiver, Risk, Role, What
from ..proposals import proposals
from ..state import Asked, Child, Referral, State, Step
from ..timers import TIMERS, Timer, Wanted
from .test_state import CHRONOLOGIES, fold

ZONE = ZoneInfo("Europe/Stockholm")
WEEK = {str(day): [["08:00", "16:00"]] for day in range(5)}
HOURS = Hours(WEEK, [], "SE", "Europe/Stockholm")
# A Monday without a holiday.
TEN = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
# Plain ones, as hypothesis wants them.
FIRST, LAST = (datetime.fromisoformat(day) for day in ("2026-01-01", "2027-12-31"))
TALK = Thread(TEN, False, False, False, True, 9)


def at(*parts):
    return datetime(*parts, tzinfo=ZONE)


def found(state, thread=TALK):
    return {one.wanted: one.due for one in deadlines(state, thread, HOURS)}


def risk(level, **changes):
    return State(risk=level, risk_at=TEN, risk_by="Bo", **changes)


@pytest.mark.parametrize(
    ("level", "confirm", "review"),
    [
        (Risk.IMMEDIATE, at(2026, 3, 2, 11), at(2026, 3, 9, 10)),
        (Risk.HIGH, at(2026, 3, 2, 16), at(2026, 3, 9, 10)),
        (Risk.MEDIUM, at(2026, 3, 4, 16), at(2026, 4, 1, 10)),
        (Risk.LOW, at(2026, 3, 4, 16), at(2026, 4, 1, 10)),
    ],
)
def test_the_lead_confirms_and_reviews_in_time(level, confirm, review):
    assert found(risk(level)) == {Wanted.CONFIRM: confirm, Wanted.REVIEW: review}
    assert Wanted.CONFIRM not in found(risk(level, confirmed_by="Lo"))


def test_nobody_has_judged_yet_and_danger_is_taken_at_its_word():
    assert found(State()) == {Wanted.SET_RISK: at(2026, 3, 4, 16)}
    assert found(State(), replace(TALK, danger=True)) == {Wanted.SET_RISK: at(2026, 3, 2, 11, 30)}


@pytest.mark.parametrize(
    ("level", "due"),
    [(Risk.IMMEDIATE, at(2026, 3, 2, 12, 30)), (Risk.HIGH, at(2026, 3, 2, 16))],
)
def test_the_duty_is_decided_from_when_the_child_is_known(level, due):
    known = Child("one", Role.SELF, TEN + timedelta(hours=2))
    state = risk(level, children={"one": known})
    assert found(state)[Wanted.DECIDE_DUTY] == due
    for decided in (replace(known, duty=Duty.CONSULT), replace(known, identified=None)):
        assert Wanted.DECIDE_DUTY not in found(replace(state, children={"one": decided}))


def test_social_services_are_asked_twice_and_then_let_be():
    sent = Child(
        "one",
        Role.SELF,
        identified=TEN,
        duty=Duty.REPORT,
        referrals=(Referral(Receiver.SOCIAL_SERVICES, TEN, "Bo"),),
    )
    dues = [
        found(risk(Risk.HIGH, children={"one": replace(sent, feedback_asked=(TEN,) * asked)})).get(
            Wanted.FEEDBACK
        )
        for asked in range(3)
    ]
    assert dues == [at(2026, 3, 16, 10), at(2026, 6, 30, 10), None]


def test_a_child_is_written_to_again_and_an_unread_answer_is_seen_to():
    state = risk(Risk.HIGH, answers=1, newest_answer=2, contacts=(TEN,))
    assert found(state)[Wanted.CONTACT] == at(2026, 3, 5, 10)
    assert Wanted.UNREAD_ANSWER not in found(state)
    unread = replace(TALK, read_by_child=1)
    assert found(state, unread)[Wanted.UNREAD_ANSWER] == at(2026, 3, 9, 10)
    assert Wanted.UNREAD_ANSWER not in found(state, replace(unread, reachable=False))
    # What waits for us has its promise.
    assert Wanted.CONTACT not in found(state, replace(unread, waits=True))


def test_a_step_is_due_at_the_end_of_its_day_also_where_nobody_reads():
    step = Step("s", What.OWN, date(2026, 3, 3), TEN, "Bo", 1)
    assert found(State(steps={"s": step}))[Wanted.STEP] == at(2026, 3, 3, 16)
    evening = replace(step, at=at(2026, 3, 3, 17))
    assert found(State(steps={"s": evening}))[Wanted.STEP] == at(2026, 3, 4, 0)
    sunday = replace(step, day=date(2026, 3, 8))
    assert found(State(steps={"s": sunday}))[Wanted.STEP] == at(2026, 3, 8, 16)


def test_whoever_is_asked_answers_in_time_and_nothing_runs_in_a_closed_case():
    asked = Asked("Bo", TEN, "Lo")
    state = risk(Risk.HIGH, reader=asked, hand_over=asked, prank=asked, stop=asked)
    same_day = at(2026, 3, 2, 16)
    assert {
        found(state)[one] for one in (Wanted.READER, Wanted.ACCEPT, Wanted.PRANK, Wanted.STOP)
    } == {same_day}
    assert found(replace(state, closed=TEN)) == {}


@pytest.mark.parametrize(
    ("start", "timer", "due"),
    [
        # Friday evening: the next day with readers is Monday.
        (at(2026, 3, 6, 18), Timer(working_days=0), at(2026, 3, 9, 16)),
        (at(2026, 3, 6, 15), Timer(working_days=1), at(2026, 3, 9, 16)),
        # New Year's Eve to Epiphany, with 1 and 6 January as holidays.
        (at(2026, 12, 31, 17), Timer(working_days=0), at(2027, 1, 4, 16)),
        (at(2027, 1, 5, 15), Timer(open_minutes=120), at(2027, 1, 7, 9)),
        # The night in which the clock goes forward, and the one in which it goes back.
        (at(2026, 3, 28, 12), Timer(days=1), at(2026, 3, 29, 12)),
        (at(2026, 3, 29, 1, 30), Timer(minutes=60), at(2026, 3, 29, 3, 30)),
        (at(2026, 10, 24, 12), Timer(days=1), at(2026, 10, 25, 12)),
        (at(2026, 10, 25, 1, 30), Timer(minutes=120), at(2026, 10, 25, 2, 30).replace(fold=1)),
    ],
)
def test_timers_run_on_days_with_readers_and_over_odd_nights(start, timer, due):
    assert timer.due(start, HOURS).timestamp() == due.timestamp()


def test_a_team_without_hours_has_times_all_the_same():
    none = Hours({}, [], "SE", "Europe/Stockholm")
    for timer in (Timer(working_days=2), Timer(open_minutes=30), Timer(days=1), Timer(minutes=30)):
        assert TEN < timer.due(TEN, none) <= TEN + timedelta(days=8)


@given(
    st.datetimes(FIRST, LAST).map(lambda d: d.replace(tzinfo=ZONE)),
    st.sampled_from([timer for by_risk in TIMERS.values() for timer in by_risk.values()]),
)
def test_no_timer_ends_before_it_began_nor_tells_a_minute(start, timer):
    due = timer.due(start, HOURS)
    assert due.timestamp() >= start.timestamp()
    assert due.timestamp() % 1800 == 0


@given(st.datetimes(FIRST, LAST), st.sampled_from(Wanted))
def test_what_is_more_urgent_is_never_due_later(start, wanted):
    if wanted is Wanted.STEP:
        return
    dues = [
        TIMERS[wanted][level].due(start.replace(tzinfo=ZONE), HOURS).timestamp()
        for level in (Risk.IMMEDIATE, Risk.HIGH, Risk.MEDIUM)
    ]
    # "Now" runs on the clock also where a day that is nearly over ends sooner.
    assert dues[0] <= dues[1] + 1800 * 2
    assert dues[1] <= dues[2]


@given(CHRONOLOGIES)
def test_any_chronology_has_deadlines_each_wanted_once_soonest_first(events):
    due = deadlines(fold(events), TALK, HOURS)
    assert [one.due for one in due] == sorted(one.due for one in due)
    assert len({(one.wanted, one.subject) for one in due}) == len(due)


@given(CHRONOLOGIES)
def test_proposals_fill_what_room_there_is_and_repeat_nothing(events):
    state = fold(events)
    proposed = proposals(state, TEN.date())
    assert len(proposed) + len(state.steps) <= 5
    assert not {one.what for one in proposed} & {step.what for step in state.steps.values()}
