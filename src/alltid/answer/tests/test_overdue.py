"""What a case wants in time: who sees it, who is told, in which order, and once only."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alltid.people.models import Team, User
from alltid.tell.models import Disclosure

from .. import access, hands, inbox, notices
from ..casework import children, ending, handover, notes, risk, second_person
from ..casework.events import Duty, Risk, Role, Way
from ..casework.tests.desk import place
from ..casework.turn import Refused
from ..chronology import catch_up
from ..models import CaseDeadline, Notice, Recusal

ZONE = ZoneInfo("Europe/Stockholm")
# A Monday without a holiday.
TEN = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
minutes = lambda n: timedelta(minutes=n)  # noqa: E731
hours = lambda n: timedelta(hours=n)  # noqa: E731


@pytest.fixture
def town(cast):
    """The cast, each with an address, all seen today."""
    for name in cast.people:
        User.objects.filter(name=name).update(email=f"{name.lower()}@example.org")
    User.objects.update(seen=TEN)
    return cast


def told(now):
    """The names of those who get a mail in a round at that moment."""
    mail.outbox.clear()
    notices.run(now)
    return sorted(one.to[0].partition("@")[0] for one in mail.outbox)


def answered(town, at=TEN):
    """A thread that Bo has read and answered: nothing in it waits for anybody."""
    child = town.tell(at=at)
    opened = access.open_disclosure(town["Bo"].unlocked(), child.pk)
    opened.reply("Thank you.", 1, at)
    Disclosure.objects.filter(pk=child.pk).update(read_by_child=2)
    return child


def test_a_level_waits_for_the_lead_and_she_is_told_then_the_cover_teams_lead(town):
    child = answered(town)
    risk.set_level(place(town, child, now=TEN), Risk.HIGH, "")
    due = CaseDeadline.objects.get(wanted="confirm").due
    assert due == TEN + hours(6)
    assert told(due) == []
    opens = TEN + hours(22)
    assert told(opens + minutes(1)) == ["lo"]
    assert told(opens + minutes(2)) == []
    assert "mio" in told(due + hours(24) - minutes(1) + minutes(2) + hours(16))


def test_what_is_immediate_is_told_at_night_and_climbs_within_the_hour(town):
    night = TEN + hours(13)
    User.objects.update(seen=night)
    child = answered(town, night)
    risk.set_level(place(town, child, now=night), Risk.IMMEDIATE, "")
    due = CaseDeadline.objects.get(wanted="confirm").due
    assert due == night + hours(1)
    assert told(due) == []
    assert told(due + minutes(1)) == ["lo"]
    assert told(due + minutes(59)) == []
    assert told(due + hours(1)) == ["mio"]
    assert told(due + hours(2)) == []


def test_who_carries_it_is_told_first_and_the_cover_in_their_place(town):
    child = answered(town)
    lines = {"stands": "a", "next_step": "b", "beware": "c"}
    handover.hand_over(place(town, child, now=TEN), town.user("Lo"), **lines)
    handover.accept(place(town, child, "Lo", now=TEN))
    due = CaseDeadline.objects.get(wanted="set_risk").due
    assert told(due + hours(16) + minutes(1)) == ["lo"]


def test_a_step_in_time_is_told_to_nobody_and_a_mended_one_not_again(town):
    child = answered(town)
    due = CaseDeadline.objects.get(wanted="set_risk").due
    monday = due + hours(16) + minutes(1)
    assert told(due - minutes(1)) == []
    assert told(monday) == ["bo"]
    risk.set_level(place(town, child, "Lo", now=monday), Risk.LOW, "")
    told(monday + minutes(20))
    assert not Notice.objects.filter(kind="step", about__startswith="set_risk").exists()


def test_the_child_has_read_the_answer_meanwhile_and_nobody_is_told_that_not(town):
    child = answered(town)
    Disclosure.objects.update(read_by_child=0)
    risk.set_level(place(town, child, "Lo", now=TEN), Risk.IMMEDIATE, "")
    due = CaseDeadline.objects.get(wanted="unread_answer").due
    Disclosure.objects.update(read_by_child=2)
    told(due + minutes(1))
    assert not CaseDeadline.objects.filter(wanted="unread_answer").exists()
    assert not Notice.objects.filter(about__startswith="unread").exists()


def test_from_whom_it_is_hidden_is_told_nothing_and_sees_nothing_due(town):
    child = answered(town)
    risk.set_level(place(town, child, now=TEN), Risk.IMMEDIATE, "")
    Recusal.objects.create(disclosure=child.disclosure, user=town.user("Lo"), by=town.user("Bo"))
    due = CaseDeadline.objects.get(wanted="confirm").due
    assert "lo" not in told(due + hours(2))
    assert inbox.falls_due(town.user("Lo"), town.north, due) == []
    assert inbox.falls_due(town.user("Bo"), town.north, due) != []


def test_danger_that_nobody_has_read_at_night_is_told_again_to_leads_then_to_the_cover(town):
    night = TEN + hours(13)
    User.objects.update(seen=night)
    town.reads_along("Dag")
    child = town.tell(at=night, now="threatened")
    assert told(night) == ["bo", "dag", "lo"]
    alarm = night + minutes(30)
    assert told(alarm) == []
    assert told(alarm + minutes(1)) == ["lo"]
    assert told(alarm + minutes(20)) == []
    assert told(alarm + hours(1)) == ["mio"]
    read = night + hours(1) + minutes(30)
    found = inbox.falls_due(town.user("Bo"), town.north, read + minutes(1))
    assert [(one["wanted"], one["late"]) for one in found] == [("Read what the child wrote", True)]
    access.open_disclosure(town["Bo"].unlocked(), child.pk).mark_read(
        access.open_disclosure(town["Bo"].unlocked(), child.pk).lines()
    )
    assert "Read what the child wrote" not in [
        one["wanted"] for one in inbox.falls_due(town.user("Bo"), town.north, read + minutes(2))
    ]


def test_a_first_answer_that_is_due_before_the_promise_is_told_and_stands_above_the_inbox(town):
    Team.objects.filter(name="North").update(reads_within=2400)
    child = town.tell(at=TEN)
    opened = access.open_disclosure(town["Bo"].unlocked(), child.pk)
    opened.mark_read(opened.lines())
    hands.pass_on(child.again(), town.user("Lo"), str(town.user("Bo").pk))
    due = CaseDeadline.objects.get(wanted="answer").due
    assert due == TEN + timedelta(days=1, hours=6) < child.again().due
    found = inbox.falls_due(town.user("Bo"), town.north, due - minutes(1))
    assert "Answer the child for the first time" in [one["wanted"] for one in found]
    assert told(due + hours(16) + minutes(1)) == ["bo"]
    opened = access.open_disclosure(town["Bo"].unlocked(), child.pk)
    opened.reply("Thank you.", 1, due + hours(17))
    assert not CaseDeadline.objects.filter(wanted="answer").exists()


def test_what_says_no_more_than_the_promise_stands_once_in_the_inbox(town):
    child = town.tell(at=TEN)
    opened = access.open_disclosure(town["Bo"].unlocked(), child.pk)
    opened.mark_read(opened.lines())
    assert opened.case.deadlines.get(wanted="answer").due == child.again().due
    found = inbox.falls_due(town.user("Bo"), town.north, child.again().due + minutes(1))
    assert "Answer the child for the first time" not in [one["wanted"] for one in found]


def test_a_debrief_that_bo_is_owed_is_told_to_lo_and_stands_under_his_name(town):
    child = answered(town)
    risk.set_level(place(town, child, now=TEN), Risk.HIGH, "")
    due = CaseDeadline.objects.get(wanted="debrief").due
    assert due == TEN + timedelta(days=3, hours=6)
    risk.confirm(place(town, child, "Lo", now=TEN))
    notes.met(place(town, child, now=TEN), Way.IN_PERSON, "well")
    found = inbox.falls_due(town.user("Lo"), town.north, due)
    mine = [one for one in found if one["wanted"] == "A colleague holds the debrief"]
    assert [one["who"] for one in mine] == ["Bo"]
    assert told(due + hours(16) + minutes(1)) == ["lo"]
    with pytest.raises(Refused):
        second_person.hold_debrief(place(town, child, now=TEN), str(town.user("Bo").pk))
    second_person.hold_debrief(place(town, child, "Lo", now=TEN), str(town.user("Bo").pk))
    assert not CaseDeadline.objects.filter(wanted="debrief").exists()


def test_the_day_that_the_child_was_told_falls_due_and_stands_in_the_row(town):
    child = answered(town)
    opened = access.open_disclosure(town["Bo"].unlocked(), child.pk)
    day = (TEN + timedelta(days=14)).date()
    ending.tell_child(place(town, child, now=TEN), opened, "We close.", day, 2)
    child.reads()
    catch_up(child.again(), child.again().case, TEN)
    due = CaseDeadline.objects.get(wanted="close").due
    assert due == TEN + timedelta(days=14, hours=6)
    found = inbox.falls_due(town.user("Bo"), town.north, due + minutes(1))
    assert "Close it, as the child was told, or tell them another day" in [
        one["wanted"] for one in found
    ]
    row = inbox.context(town.user("Bo"), town.north, None, TEN)["rows"][0]
    assert row["closing"]


def test_the_mail_says_nothing_of_the_case(town):
    child = answered(town)
    risk.set_level(place(town, child, now=TEN), Risk.IMMEDIATE, "canary")
    told(CaseDeadline.objects.get(wanted="confirm").due + hours(2))
    assert mail.outbox
    for one in mail.outbox:
        whole = one.message().as_string()
        for word in ("canary", "confirm", "risk", "North", str(child.pk), "http"):
            assert word not in whole


def test_what_falls_due_stands_above_the_inbox_soonest_first(town):
    late, soon = answered(town, TEN - hours(72)), answered(town)
    risk.set_level(place(town, soon, now=TEN), Risk.IMMEDIATE, "")
    found = inbox.falls_due(town.user("Bo"), town.north, TEN)
    assert str(late.pk) in found[0]["url"]
    assert [one["late"] for one in found] == sorted((one["late"] for one in found), reverse=True)
    assert {one["who"] for one in found} == {"Bo"}
    assert inbox.falls_due(town.user("Cato"), town.south, TEN) == []


def test_the_inbox_asks_as_often_for_twenty_cases_as_for_one(town):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            inbox.context(town.user("Bo"), town.north, None, TEN + hours(80))
        return len(asked)

    answered(town)
    one = queries()
    for _case in range(5):
        answered(town)
    assert queries() == one


def test_the_inbox_asks_as_often_for_twenty_that_nobody_has_read_as_for_one(town):
    def queries(at):
        with CaptureQueriesContext(connection) as asked:
            found = inbox.falls_due(town.user("Bo"), town.north, at)
        assert found
        return len(asked)

    night = TEN + hours(13)
    asked = []
    for _child in range(5):
        child = town.tell(at=night, now="not_safe")
        hands.pass_on(child.again(), town.user("Lo"), str(town.user("Bo").pk))
        asked.append(queries(night + hours(2)))
    assert asked[0] == asked[-1]


def test_a_closed_case_is_opened_again_by_the_round_when_the_child_has_written(town):
    child = answered(town)
    ada = children.add(place(town, child, now=TEN), Role.SELF, "", identifiable=False)
    children.decide(place(town, child, now=TEN), ada, Duty.NOT_NOW, "not known")
    opened = access.open_disclosure(town["Bo"].unlocked(), child.pk)
    day = (TEN + timedelta(days=14)).date()
    ending.tell_child(place(town, child, now=TEN), opened, "We close.", day, 2)
    child.reads()
    later = TEN + timedelta(days=15)
    ending.close(place(town, child, now=later), "")
    child.say("hello?", at=later + hours(1))
    notices.run(later + hours(1))
    case = child.again().case
    assert (case.closed, case.events.latest("sequence").kind) == (False, "reopened")


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_tell_a_step_once(town):
    child = answered(town)
    risk.set_level(place(town, child, now=TEN), Risk.IMMEDIATE, "")
    due = CaseDeadline.objects.get(wanted="confirm").due
    barrier = Barrier(2)

    def round_at_once(_number):
        barrier.wait()
        try:
            return notices.run(due + minutes(1)).sent
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(round_at_once, range(2))) == 1


def test_that_the_lead_asks_stands_in_the_inbox_once_the_duty_is_decided_too_late(town):
    child = answered(town)
    risk.set_level(place(town, child, now=TEN), Risk.HIGH, "because")
    children.add(place(town, child, now=TEN), Role.SELF, "Ada", identifiable=True)
    asks = "The lead asks why the duty to report is not decided"
    for later, stands in ((3, False), (5, True)):
        now = TEN + hours(later)
        found = [row["wanted"] for row in inbox.falls_due(town.user("Bo"), town.north, now)]
        assert (asks in found) == stands
