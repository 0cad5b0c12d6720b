"""By when what has to happen: by risk, on the clock and on open hours, also in odd nights."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alltid.people.hours import Hours

from ...duty import pack
from ...duty.terms import Clocked
from ...duty.timer import read
from ..closing import Thread
from ..deadlines import Deadline, deadlines, first_read
from ..events import Duty, Receiver, Risk, Role, What
from ..proposals import proposals
from ..state import Asked, Child, Referral, State, Step
from ..timers import PRACTICE, Span, Wanted, due_at, misfits, of, of_pack, soon_until
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


def found(state, thread=TALK, timers=PRACTICE):
    return {one.wanted: one.due for one in deadlines(state, thread, HOURS, timers)}


def risk(level, **changes):
    return State(risk=level, risk_at=TEN, risk_by="Bo", **changes)


@pytest.mark.parametrize(
    ("level", "confirm", "review"),
    [
        (Risk.IMMEDIATE, at(2026, 3, 2, 11), at(2026, 3, 9, 23, 30)),
        (Risk.HIGH, at(2026, 3, 2, 16), at(2026, 3, 9, 23, 30)),
        (Risk.MEDIUM, at(2026, 3, 4, 16), at(2026, 4, 2, 23, 30)),
        (Risk.LOW, at(2026, 3, 4, 16), at(2026, 4, 2, 23, 30)),
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
    [(Risk.IMMEDIATE, at(2026, 3, 2, 12)), (Risk.HIGH, at(2026, 3, 2, 16))],
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
        found(
            risk(Risk.MEDIUM, children={"one": replace(sent, feedback_asked=(TEN,) * asked)})
        ).get(Wanted.FEEDBACK)
        for asked in range(3)
    ]
    assert dues == [at(2026, 3, 16, 23, 30), at(2026, 7, 2, 23, 30), None]


def test_a_child_is_written_to_again_and_an_unread_answer_is_seen_to():
    state = risk(Risk.HIGH, answers=1, newest_answer=2, contacts=(TEN,), answered=TEN)
    assert found(state)[Wanted.CONTACT] == at(2026, 3, 5, 23, 30)
    assert Wanted.UNREAD_ANSWER not in found(state)
    unread = replace(TALK, read_by_child=1)
    assert found(state, unread)[Wanted.UNREAD_ANSWER] == at(2026, 3, 9, 23, 30)
    assert Wanted.UNREAD_ANSWER not in found(state, replace(unread, reachable=False))
    # Once somebody has reached for the child, it is looked at again later, and then no more.
    waits = [
        found(replace(state, risk=Risk.LOW, seen_to=seen), unread).get(Wanted.UNREAD_ANSWER)
        for seen in range(3)
    ]
    assert waits == [at(2026, 3, 16, 23, 30), at(2026, 4, 1, 23, 30), None]
    # What waits for us has its promise.
    assert Wanted.CONTACT not in found(state, replace(unread, waits=True))


WAITS = replace(TALK, waits=True, unread=True, promised=at(2026, 3, 9, 16))


@pytest.mark.parametrize(
    ("level", "due"),
    [
        # Nobody has rung yet: from when it was to be read.
        (Risk.IMMEDIATE, at(2026, 3, 2, 11, 30)),
        (Risk.HIGH, at(2026, 3, 2, 16)),
        (Risk.LOW, at(2026, 3, 3, 16)),
        (Risk.UNKNOWN, at(2026, 3, 3, 16)),
    ],
)
def test_a_child_is_answered_by_risk_and_never_later_than_promised(level, due):
    for timers in (PRACTICE, of("SE")):
        assert found(State(risk=level), WAITS, timers)[Wanted.ANSWER] == due
        sooner = replace(WAITS, promised=at(2026, 3, 2, 11))
        assert found(State(risk=level), sooner, timers)[Wanted.ANSWER] == at(2026, 3, 2, 11)
    for no_more in (TALK, replace(WAITS, reachable=False)):
        assert Wanted.ANSWER not in found(State(risk=level), no_more)
    assert Wanted.ANSWER not in found(State(risk=level, answers=1), WAITS)


def test_what_is_immediate_is_answered_at_once_after_acting_and_danger_is_immediate():
    acted = State(risk=Risk.IMMEDIATE, acted=at(2026, 3, 2, 12, 10))
    assert found(acted, WAITS)[Wanted.ANSWER] == at(2026, 3, 2, 12, 30)
    danger = replace(WAITS, danger=True)
    assert found(State(), danger)[Wanted.ANSWER] == at(2026, 3, 2, 11, 30)
    assert found(State(risk=Risk.LOW), danger)[Wanted.ANSWER] == at(2026, 3, 3, 16)


def test_what_a_child_told_is_read_the_same_day_and_danger_within_the_half_hour_also_at_night():
    assert first_read(WAITS, HOURS, PRACTICE) == at(2026, 3, 2, 16)
    night = replace(WAITS, told=at(2026, 3, 2, 23), danger=True, promised=at(2026, 3, 3, 8, 30))
    assert first_read(night, HOURS, PRACTICE) == at(2026, 3, 3, 0, 30)
    soon = replace(night, promised=at(2026, 3, 3, 0))
    assert first_read(soon, HOURS, PRACTICE) == at(2026, 3, 3, 0)


def test_a_debrief_is_held_in_time_also_when_the_case_is_closed():
    owed = risk(Risk.HIGH, debriefs={"Bo": "", "Lo": "Bo"}, owed_since={"Bo": TEN, "Lo": TEN})
    debriefs = [one for one in deadlines(owed, TALK, HOURS, PRACTICE) if one.subject]
    assert debriefs == [Deadline(Wanted.DEBRIEF, at(2026, 3, 5, 16), "Bo")]
    assert deadlines(replace(owed, closed=TEN), TALK, HOURS, PRACTICE) == debriefs


def test_a_case_closes_on_the_day_that_the_child_was_told_or_once_the_answer_is_read():
    told = State(closing_told=TEN, closing_on=date(2026, 3, 18), answered=TEN, newest_answer=2)
    assert found(told)[Wanted.CLOSE] == at(2026, 3, 18, 16)
    unread = replace(TALK, read_by_child=1)
    assert found(told, unread)[Wanted.CLOSE] == at(2026, 6, 1, 16)
    too_soon = replace(told, closing_on=date(2026, 3, 10))
    assert found(too_soon)[Wanted.CLOSE] == at(2026, 3, 16, 16)


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
        (at(2026, 3, 6, 18), "same day", at(2026, 3, 9, 16)),
        (at(2026, 3, 6, 15), "1 working day", at(2026, 3, 9, 16)),
        (at(2026, 3, 6, 10, 7), "at once", at(2026, 3, 6, 10, 30)),
        # Over Epiphany.
        (at(2027, 1, 5, 15), "2 open hours", at(2027, 1, 7, 9)),
        # The night in which the clock goes forward, and the one in which it goes back.
        (at(2026, 3, 28, 12), "1 day", at(2026, 3, 29, 23, 30)),
        (at(2026, 3, 29, 1, 30), "1 hour", at(2026, 3, 29, 3, 30)),
        (at(2026, 10, 25, 1, 30), "2 hours", at(2026, 10, 25, 2, 30).replace(fold=1)),
    ],
)
def test_timers_end_at_half_hours_also_over_odd_nights(start, timer, due):
    assert due_at(read(timer), start, HOURS).timestamp() == due.timestamp()


def test_a_team_without_hours_has_times_all_the_same():
    none = Hours({}, [], "SE", "Europe/Stockholm")
    for timer in ("2 working days", "30 open minutes", "1 day", "30 minutes"):
        assert TEN < due_at(read(timer), TEN, none) <= TEN + timedelta(days=8)


ALL = [PRACTICE, *map(of_pack, pack.packs())]
ASKED = st.tuples(st.sampled_from(ALL), st.sampled_from([*Span, *PRACTICE.by_risk]))


@given(st.datetimes(FIRST, LAST), ASKED, st.sampled_from(Risk), st.integers(0, 3))
def test_no_timer_ends_before_it_began_nor_tells_a_minute(start, asked, level, nth):
    timers, wanted = asked
    began = start.replace(tzinfo=ZONE)
    due = timers.due(wanted, level, began, HOURS, nth)
    if due is not None:
        assert due.timestamp() >= began.timestamp()
        assert due.timestamp() % 1800 == 0


@given(st.datetimes(FIRST, LAST), ASKED)
def test_what_is_more_urgent_is_never_due_later(start, asked):
    timers, wanted = asked
    # Two open hours for reading may end after a day that is nearly over.
    assume(wanted is not Wanted.READ)
    levels = (Risk.IMMEDIATE, Risk.HIGH, Risk.MEDIUM)
    dues = [timers.due(wanted, level, start.replace(tzinfo=ZONE), HOURS) for level in levels]
    ends = [due.timestamp() for due in dues if due is not None]
    # "Now" runs on the clock also where a day that is nearly over ends sooner.
    assert all(sooner <= later + 3600 for sooner, later in pairwise(ends))


# --- the packs ---------------------------------------------------------------------------------

SWEDEN = pack.load("SE")


def test_a_team_in_sweden_goes_by_its_pack_and_one_whose_pack_is_a_draft_by_practice():
    assert found(State(), timers=of("SE")) == {Wanted.SET_RISK: at(2026, 3, 3, 16)}
    for country in ("NO", "XX"):
        assert of(country) is PRACTICE
    assert of("SE").by_risk[Wanted.READER] == PRACTICE.by_risk[Wanted.READER]


def test_a_lawyer_changes_a_time_and_the_desk_follows():
    changed = dict(SWEDEN.steps)
    changed["duty_decision", "high"] = (Clocked("identifiable", read("3 days")),)
    changed["duty_lead", "high"] = ()
    changed["feedback", "high"] = changed["feedback", "medium"]
    timers = of_pack(replace(SWEDEN, steps=changed))
    known = Child("one", Role.SELF, TEN)
    state = risk(Risk.HIGH, confirmed_by="Lo", children={"one": known})
    assert found(state, timers=timers)[Wanted.DECIDE_DUTY] == at(2026, 3, 5, 23, 30)
    assert Wanted.LEAD_ON_DUTY not in found(state, timers=timers)
    assert found(state, timers=of("SE"))[Wanted.LEAD_ON_DUTY] == at(2026, 3, 2, 14)
    assert timers.due(Wanted.FEEDBACK, Risk.HIGH, TEN, HOURS, 1) == at(2026, 7, 2, 23, 30)


def test_a_pack_that_the_desk_cannot_follow_is_named():
    changed = dict(SWEDEN.steps)
    changed["feedback", "low"] = (Clocked("told", read("3 days")),)
    changed["closing_notice", "low"] = ()
    first, second = misfits(replace(SWEDEN, steps=changed))
    assert first.startswith("sweden.toml: the step `closing_notice` has one time")
    assert second.startswith("sweden.toml: the desk counts the step `feedback` from `referred`")
    assert not [wrong for one in pack.packs() for wrong in misfits(one)]


@pytest.mark.parametrize(
    ("country", "now", "until"),
    [
        ("SE", TEN, at(2026, 3, 3, 10)),
        # Four open hours from Friday afternoon end on Monday.
        ("SE", at(2026, 3, 6, 15), at(2026, 3, 9, 11)),
        ("XX", at(2026, 3, 6, 15), at(2026, 3, 7, 15)),
    ],
)
def test_what_falls_due_at_the_weekend_is_seen_on_friday(country, now, until):
    assert soon_until(country, now, HOURS) == until


@given(CHRONOLOGIES)
def test_any_chronology_has_deadlines_each_wanted_once_soonest_first(events):
    due = deadlines(fold(events), TALK, HOURS, PRACTICE)
    assert [one.due for one in due] == sorted(one.due for one in due)
    assert len({(one.wanted, one.subject) for one in due}) == len(due)


@given(CHRONOLOGIES)
def test_proposals_fill_what_room_there_is_and_repeat_nothing(events):
    state = fold(events)
    proposed = proposals(state, TEN.date())
    assert len(proposed) + len(state.steps) <= 5
    assert not {one.what for one in proposed} & {step.what for step in state.steps.values()}
