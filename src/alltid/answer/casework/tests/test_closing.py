"""What stands between a case and its closing, one condition at a time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alltid.people.hours import Hours

from ..closing import Missing, Thread, days, what_is_missing
from ..events import Duty, Role
from ..state import Asked, Child, State
from ..timers import PRACTICE

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
TOLD = NOW - timedelta(days=15)
HOURS = Hours({}, [], "SE", "Europe/Stockholm")
DECIDED = Child("one", Role.SELF, None, Duty.NOT_NOW)
READY = State(children={"one": DECIDED}, closing_told=TOLD, closing_on=date(2026, 3, 20))
TALK = Thread(TOLD, False, False, False, True, 3)


def missing(state, thread=TALK, by_lead=False):
    return what_is_missing(state, thread, HOURS, PRACTICE, by_lead=by_lead, now=NOW)


def test_a_case_that_lacks_nothing_can_be_closed():
    assert missing(READY) == []


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"children": {}}, Missing.NOBODY_CONCERNED),
        ({"children": {"one": DECIDED, "two": Child("two", Role.FRIEND)}}, Missing.DUTY),
        ({"closing_told": None, "closing_on": None}, Missing.CHILD_NOT_TOLD),
        ({"closing_told": TOLD + timedelta(days=2)}, Missing.TOLD_LATELY),
        ({"closing_on": date(2026, 3, 21)}, Missing.TOLD_LATELY),
        ({"debriefs": {"Bo": ""}}, Missing.DEBRIEF),
        ({"was_grave": True}, Missing.LEAD),
        ({"prank": Asked("Bo", TOLD)}, Missing.PRANK_READER),
        ({"hand_over": Asked("Bo", TOLD, "Lo")}, Missing.HAND_OVER),
    ],
)
def test_each_condition_of_the_case_alone_holds_it_open(changes, lacks):
    assert missing(replace(READY, **changes)) == [lacks]


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"unread": True, "waits": True}, Missing.UNREAD),
        ({"waits": True}, Missing.UNANSWERED),
    ],
)
def test_what_waits_in_the_talk_holds_it_open(changes, lacks):
    assert missing(READY, replace(TALK, **changes)) == [lacks]


ANSWERED = NOW - timedelta(days=20)
UNREAD = replace(TALK, read_by_child=1)


def test_an_answer_that_the_child_has_not_read_holds_it_open_for_ninety_days():
    answered = replace(READY, answers=1, newest_answer=2, answered=ANSWERED)
    assert missing(answered, UNREAD) == [Missing.NOT_READ]
    until = days(answered, UNREAD, HOURS, PRACTICE, NOW)[Missing.NOT_READ]
    assert until == date(2026, 5, 30)
    assert missing(answered) == []
    assert missing(answered, replace(UNREAD, reachable=False)) == []
    old = replace(answered, answered=NOW - timedelta(days=91))
    assert missing(old, UNREAD) == []


def test_the_day_that_is_named_is_the_first_on_which_it_closes():
    told = replace(READY, closing_told=NOW, closing_on=date(2026, 4, 1))
    day = days(told, TALK, HOURS, PRACTICE, NOW)[Missing.TOLD_LATELY]
    assert day == date(2026, 4, 3)
    for on, lacks in ((2, [Missing.TOLD_LATELY]), (3, [])):
        now = datetime(2026, 4, on, 12, tzinfo=UTC)
        assert what_is_missing(told, TALK, HOURS, PRACTICE, by_lead=False, now=now) == lacks


def test_who_cannot_be_reached_need_not_be_told():
    untold = replace(READY, closing_told=None, closing_on=None)
    assert missing(untold, replace(TALK, reachable=False)) == []


def test_a_lead_closes_what_was_grave():
    assert missing(replace(READY, was_grave=True, debriefs={"Bo": "Lo"}), by_lead=True) == []


def test_what_two_people_hold_for_a_prank_need_not_concern_a_child():
    prank = replace(READY, children={}, prank=Asked("Bo", TOLD), prank_agreed="Lo")
    assert missing(prank) == []
