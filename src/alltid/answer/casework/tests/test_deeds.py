"""What each deed does in a case, who may do it, and what it writes where."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alltid.people.models import AuditEvent
from alltid.tell.models import Disclosure, EndedByChild
from alltid.vault.errors import NotForThisKey

from ... import access, hands, rotation
from ...models import Case, CaseDeadline, CaseEvent, Recusal
from .. import children, ending, handover, holding, linking, notes, risk, second_person, steps
from ..closing import Missing
from ..events import Call, Duty, Flag, Kind, Receiver, Risk, Role, Support, Way, What
from ..turn import HappenedMeanwhile, NotYet, Refusal, Refused
from .desk import place, state, words


@pytest.fixture
def told(cast):
    return cast.tell(text="canary of Ada")


def refused(why, deed, *args, **kwargs):
    with pytest.raises(Refused) as shut:
        deed(*args, **kwargs)
    assert shut.value.why is why


def today(told):
    return told.disclosure.team.local(timezone.now()).date()


def answer(cast, told, name="Bo", text="Thank you for telling."):
    opened = access.open_disclosure(cast[name].unlocked(), told.pk)
    opened.reply(text, told.again().sequence, timezone.now())


# --- how urgent --------------------------------------------------------------------------------


def test_bo_sets_the_risk_and_lo_confirms_it(cast, told):
    risk.set_level(place(cast, told), Risk.HIGH, "an adult asks for a meeting")
    assert (state(told).risk, state(told).confirmed) == (Risk.HIGH, False)
    refused(Refusal.LEAD_ONLY, risk.confirm, place(cast, told))
    risk.confirm(place(cast, told, "Lo"))
    assert state(told).confirmed_by == str(cast.user("Lo").pk)
    refused(Refusal.DONE_ALREADY, risk.confirm, place(cast, told, "Lo"))


def test_a_level_that_lo_sets_needs_no_other_word(cast, told):
    risk.set_level(place(cast, told, "Lo"), Risk.MEDIUM, "")
    assert state(told).confirmed
    assert not CaseDeadline.objects.filter(wanted="confirm").exists()


def test_lists_find_on_the_case_what_follows_from_its_events(cast, told):
    answer(cast, told)
    risk.set_level(place(cast, told), Risk.IMMEDIATE, "")
    case = Case.objects.get(disclosure=told.pk)
    assert (case.risk, case.closed, case.owner) == ("immediate", False, cast.user("Bo"))
    assert case.due == min(CaseDeadline.objects.values_list("due", flat=True))
    assert case.sequence == CaseEvent.objects.count()


def test_words_go_on_the_stop_bar_and_come_off_with_a_reason(cast, told):
    risk.raise_flag(place(cast, told), Flag.MEETING, "tomorrow")
    assert state(told).flags == {Flag.MEETING}
    refused(Refusal.REASON, risk.lower_flag, place(cast, told), Flag.MEETING, " ")
    risk.lower_flag(place(cast, told), Flag.MEETING, "it was last year")
    assert not state(told).flags
    risk.rang(place(cast, told), Call.EMERGENCY, "")
    assert AuditEvent.objects.filter(verb="case_called", subject=told.pk).count() == 1


# --- what is sealed, logged, refused -----------------------------------------------------------


def test_no_word_of_a_case_is_in_the_database_and_both_members_read_them(cast, told):
    child = children.add(place(cast, told), Role.SELF, "canary-who", identifiable=True)
    children.decide(place(cast, told), child, Duty.NOT_NOW, "canary-because")
    notes.note(place(cast, told), "canary-note")
    notes.ways(place(cast, told), "canary-reach", "canary-never")
    bodies = words(cast, told, "Lo")
    assert [*bodies[-1].values()] == ["canary-reach", "canary-never"]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "canary-" not in repr(cursor.fetchall())


def test_the_childs_copy_opens_no_word_of_a_case(cast, told):
    notes.note(place(cast, told), "for the team")
    event = CaseEvent.objects.get(kind=Kind.NOTED)
    with pytest.raises(NotForThisKey):
        event.open(told.child)


def test_what_happened_is_never_changed(cast, told):
    notes.note(place(cast, told), "as it was")
    event = CaseEvent.objects.get()
    with pytest.raises(TypeError):
        event.save()


def test_the_log_cannot_be_written_and_nothing_happens(cast, told, monkeypatch):
    here = place(cast, told)

    def full(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(AuditEvent, "write", full)
    with pytest.raises(access.NotAudited):
        risk.set_level(here, Risk.HIGH, "")
    assert not CaseEvent.objects.exists()


@pytest.mark.parametrize("name", ["Cato", "Mio", "Dag", "Eva"])
def test_a_stranger_does_nothing_in_a_case(cast, told, name):
    with pytest.raises(Http404):
        notes.note(place(cast, told, name), "from outside")
    assert not CaseEvent.objects.exists()


def test_who_was_recused_after_the_page_was_made_does_nothing(cast, told):
    here = place(cast, told, "Lo")
    Recusal.objects.create(disclosure=told.disclosure, user=cast.user("Lo"), by=cast.user("Bo"))
    with pytest.raises(Http404):
        notes.note(here, "about me?")
    assert not CaseEvent.objects.exists()


def test_who_comes_second_is_told_what_happened_meanwhile(cast, told):
    bo, lo = place(cast, told), place(cast, told, "Lo")
    risk.set_level(lo, Risk.MEDIUM, "")
    with pytest.raises(HappenedMeanwhile) as meanwhile:
        risk.set_level(bo, Risk.HIGH, "")
    assert [event.kind for event in meanwhile.value.events] == ["risk_set", "risk_confirmed"]
    assert {event.by for event in meanwhile.value.events} == {cast.user("Lo")}
    assert state(told).risk is Risk.MEDIUM


# --- children ----------------------------------------------------------------------------------


def test_each_child_concerned_has_a_decision_a_report_and_support_of_their_own(cast, told):
    ada = children.add(place(cast, told), Role.SELF, "Ada, 4 B", identifiable=True)
    other = children.add(place(cast, told), Role.DID_IT, "", identifiable=False)
    children.decide(place(cast, told), ada, Duty.REPORT, "")
    children.refer(place(cast, told), ada, Receiver.SOCIAL_SERVICES, "by phone and letter")
    children.ask_feedback(place(cast, told), ada, "an inquiry is open")
    children.support(place(cast, told), other, Support.OFFERED, "")
    found = state(told).children
    assert (found[ada].duty, found[other].duty) == (Duty.REPORT, None)
    assert len(found[ada].referrals) == len(found[ada].feedback_asked) == 1
    assert (found[ada].support, found[other].support) == (None, Support.OFFERED)
    assert [child.id for child in state(told).undecided] == [other]


def test_not_reporting_now_needs_its_reason_and_reporting_none(cast, told):
    ada = children.add(place(cast, told), Role.SELF, "", identifiable=True)
    refused(Refusal.REASON, children.decide, place(cast, told), ada, Duty.NOT_NOW, "")
    children.decide(place(cast, told), ada, Duty.CONSULT, "")
    assert state(told).children[ada].duty is Duty.CONSULT


def test_a_child_noted_by_mistake_goes_but_not_after_a_report(cast, told):
    one = children.add(place(cast, told), Role.FRIEND, "", identifiable=True)
    two = children.add(place(cast, told), Role.FRIEND, "", identifiable=True)
    children.refer(place(cast, told), two, Receiver.POLICE, "")
    children.withdraw(place(cast, told), one, "the same child")
    refused(Refusal.DONE_ALREADY, children.withdraw, place(cast, told), two, "mistake")
    refused(Refusal.NOT_THERE, children.decide, place(cast, told), one, Duty.REPORT, "")
    assert list(state(told).children) == [two]


def test_a_child_becomes_known_and_the_clock_of_the_duty_begins(cast, told):
    ada = children.add(place(cast, told), Role.SELF, "", identifiable=False)
    assert not CaseDeadline.objects.filter(wanted="decide_duty").exists()
    children.change(place(cast, told), ada, Role.SELF, "Ada", identifiable=True)
    assert CaseDeadline.objects.get(wanted="decide_duty").subject == ada
    children.decide(place(cast, told), ada, Duty.REPORT, "")
    assert not CaseDeadline.objects.filter(wanted="decide_duty").exists()


# --- steps, notes, hand over -------------------------------------------------------------------


def test_five_steps_and_no_sixth_before_one_is_done(cast, told):
    taken = [
        steps.take_up(place(cast, told), What.OWN, today(told), f"step {number}")
        for number in range(5)
    ]
    again = (place(cast, told), What.CHECK_IN, today(told), "")
    refused(Refusal.FULL, steps.take_up, *again)
    steps.finish(place(cast, told), taken[0], "went well")
    steps.drop(place(cast, told), taken[1], "not wanted")
    later = today(told) + timedelta(days=3)
    steps.move(place(cast, told), taken[2], later)
    assert state(told).steps[taken[2]].day == later
    assert len(state(told).steps) == 3


def test_a_step_has_words_or_a_name_and_a_day_to_come(cast, told):
    yesterday = today(told) - timedelta(days=1)
    refused(Refusal.WORDS, steps.take_up, place(cast, told), What.OWN, today(told), " ")
    refused(Refusal.PAST, steps.take_up, place(cast, told), What.CHECK_IN, yesterday, "")
    refused(Refusal.NOT_THERE, steps.finish, place(cast, told), "no", "")


def test_the_one_who_was_asked_answers_as_second_reader(cast, told):
    refused(
        Refusal.ANOTHER_PERSON, notes.ask_reader, place(cast, told), cast.user("Bo"), "Is it kind?"
    )
    notes.ask_reader(place(cast, told), cast.user("Lo"), "Is it kind?")
    refused(Refusal.NOT_YOURS, notes.answer_as_reader, place(cast, told), "yes")
    notes.answer_as_reader(place(cast, told, "Lo"), "yes")
    assert state(told).reader is None
    notes.met(place(cast, told), Way.IN_PERSON, "")
    assert len(state(told).contacts) == 1


def test_a_case_is_handed_over_with_three_lines_and_accepted_by_the_one_asked(cast, told):
    answer(cast, told)
    lines = {"stands": "she is calm", "next_step": "talk on Friday", "beware": "not by phone"}
    blank = lines | {"beware": " "}
    refused(Refusal.WORDS, handover.hand_over, place(cast, told), cast.user("Lo"), **blank)
    handover.hand_over(place(cast, told), cast.user("Lo"), **lines)
    refused(Refusal.NOT_YOURS, handover.accept, place(cast, told))
    assert Case.objects.get().cover is None
    handover.accept(place(cast, told, "Lo"))
    case = Case.objects.get()
    assert (case.owner, case.cover) == (cast.user("Bo"), cast.user("Lo"))
    handover.take_back(place(cast, told))
    assert Case.objects.get().cover is None


def test_who_is_asked_to_stand_in_can_say_no(cast, told):
    lines = {"stands": "a", "next_step": "b", "beware": "c"}
    handover.hand_over(place(cast, told), cast.user("Lo"), **lines)
    handover.decline(place(cast, told, "Lo"), "")
    assert state(told).hand_over is None
    refused(Refusal.NOT_YOURS, handover.accept, place(cast, told, "Lo"))


def test_bo_is_removed_and_what_he_carried_has_nobody(cast, told):
    answer(cast, told)
    risk.set_level(place(cast, told), Risk.HIGH, "")
    rotation.remove_member(cast.membership("Bo"), cast["Lo"].unlocked())
    assert (state(told).owner, state(told).owed) == ("", frozenset())
    assert Case.objects.get().owner is None
    notes.note(place(cast, told, "Lo"), "and it can still be written in")
    assert words(cast, told, "Lo")[-1] == {"text": "and it can still be written in"}


def test_a_thread_is_hidden_from_its_owner_and_nothing_in_it_is_theirs(cast, told):
    cast.reads_along("Mio")
    answer(cast, told, "Lo")
    hands.hide(told.again(), cast.user("Bo"), str(cast.user("Lo").pk))
    assert state(told).owner == ""
    assert Case.objects.get().owner is None


# --- a second person ---------------------------------------------------------------------------


def test_nobody_holds_their_own_debrief(cast, told):
    risk.set_level(place(cast, told), Risk.IMMEDIATE, "")
    me = str(cast.user("Bo").pk)
    assert state(told).owed == {me}
    refused(Refusal.ANOTHER_PERSON, second_person.hold_debrief, place(cast, told), me)
    second_person.hold_debrief(place(cast, told, "Lo"), me)
    assert not state(told).owed
    second_person.ask_debrief(place(cast, told))
    assert state(told).owed == {me}


def test_a_prank_takes_two_and_can_be_unsaid(cast, told):
    second_person.mark_prank(place(cast, told), "laughter")
    refused(Refusal.ANOTHER_PERSON, second_person.agree_prank, place(cast, told))
    second_person.agree_prank(place(cast, told, "Lo"))
    assert state(told).prank_agreed
    second_person.unmark_prank(place(cast, told))
    assert state(told).prank is None


def test_a_thread_is_stopped_by_two_and_keeps_everything(cast, told):
    refused(Refusal.REASON, second_person.ask_stop, place(cast, told), "")
    second_person.ask_stop(place(cast, told), "threats against staff")
    refused(Refusal.ANOTHER_PERSON, second_person.agree_stop, place(cast, told))
    refused(Refusal.UNREAD, second_person.agree_stop, place(cast, told, "Lo"))
    told.again().mark_read_by_staff(1)
    second_person.agree_stop(place(cast, told, "Lo"))
    again = told.again()
    assert (again.locator, again.ended, again.messages.count()) == (None, None, 1)
    assert not again.copies.filter(team_key__isnull=True).exists()
    with pytest.raises(EndedByChild):
        answer(cast, told)


def test_a_child_in_danger_is_never_stopped(cast):
    told = cast.tell(now="threatened")
    told.again().mark_read_by_staff(1)
    second_person.ask_stop(place(cast, told), "abuse")
    refused(Refusal.UNREAD, second_person.agree_stop, place(cast, told, "Lo"))


# --- two threads -------------------------------------------------------------------------------


def test_two_threads_of_one_child_are_held_together_and_apart_again(cast, told):
    second = cast.tell(linked=True)
    linking.link(place(cast, told), second.again())
    assert state(told).linked == {str(second.pk)}
    assert state(second).linked == {str(told.pk)}
    refused(Refusal.DONE_ALREADY, linking.link, place(cast, second), told.again())
    linking.unlink(place(cast, second), told.again())
    assert not state(told).linked | state(second).linked


def test_a_thread_is_not_linked_to_itself_or_to_another_teams(cast, told):
    refused(Refusal.SAME_THREAD, linking.link, place(cast, told), told.again())
    refused(Refusal.SAME_THREAD, linking.link, place(cast, told), cast.tell("South").again())


# --- the end -----------------------------------------------------------------------------------


def ready(cast, told, now=None):
    """Everything that closing needs, but for the fortnight; told to the child now."""
    told.again().mark_read_by_staff(told.again().sequence)
    child = children.add(place(cast, told), Role.SELF, "", identifiable=False)
    children.decide(place(cast, told), child, Duty.NOT_NOW, "nobody knows who it is")
    opened = access.open_disclosure(cast["Bo"].unlocked(), told.pk)
    day = today(told) + timedelta(days=14)
    text = f"We close this on {day}. You can always write again."
    ending.tell_child(place(cast, told), opened, text, day, told.again().sequence)
    told.reads()


def fortnight():
    return timezone.now() + timedelta(days=15)


def test_a_child_is_told_a_fortnight_ahead_in_an_answer_of_their_own(cast, told):
    opened = access.open_disclosure(cast["Bo"].unlocked(), told.pk)
    soon = today(told) + timedelta(days=13)
    refused(Refusal.TOO_SOON, ending.tell_child, place(cast, told), opened, "Bye.", soon, 1)
    assert told.again().messages.count() == 1
    ready(cast, told)
    assert told.again().messages.filter(from_child=False).count() == 1
    with pytest.raises(NotYet) as shut:
        ending.close(place(cast, told), "")
    assert shut.value.missing == [Missing.TOLD_LATELY]


def test_a_case_closes_and_the_child_writes_and_it_is_open_again(cast, told):
    ready(cast, told)
    ending.close(place(cast, told, now=fortnight()), "done")
    assert told.again().rank == Disclosure.Rank.CLOSED
    assert Case.objects.get().closed
    assert not CaseDeadline.objects.exists()
    refused(Refusal.CLOSED, risk.set_level, place(cast, told), Risk.LOW, "")
    told.say("are you there?")
    assert told.again().rank == Disclosure.Rank.WAITING
    cast.browser("Bo").get(f"/staff/thread/{told.pk}/")
    assert not Case.objects.get().closed
    last = CaseEvent.objects.latest("sequence")
    assert (last.kind, last.by, last.codes) == ("reopened", None, {"why": "child_wrote"})
    assert (last.at.minute, last.at.second) == (0, 0)


def test_a_child_writes_a_moment_before_the_closing_and_it_stays_open(cast, told):
    ready(cast, told)
    here = place(cast, told, now=fortnight())
    told.say("wait")
    with pytest.raises(NotYet) as shut:
        ending.close(here, "")
    assert shut.value.missing == [Missing.UNREAD]
    assert told.again().rank == Disclosure.Rank.WAITING


def test_what_was_grave_is_closed_by_a_lead_after_the_debrief(cast, told):
    risk.set_level(place(cast, told), Risk.HIGH, "")
    ready(cast, told)
    with pytest.raises(NotYet) as shut:
        ending.close(place(cast, told, now=fortnight()), "")
    assert shut.value.missing == [Missing.DEBRIEF, Missing.LEAD]
    second_person.hold_debrief(place(cast, told, "Lo"), str(cast.user("Bo").pk))
    ending.close(place(cast, told, "Lo", now=fortnight()), "")
    assert told.again().rank == Disclosure.Rank.CLOSED


def test_a_member_opens_a_closed_case_again_and_the_thread_with_it(cast, told):
    ready(cast, told)
    ending.close(place(cast, told, now=fortnight()), "")
    ending.reopen(place(cast, told), "more to do")
    assert told.again().rank == Disclosure.Rank.QUIET
    assert not Case.objects.get().closed
    refused(Refusal.DONE_ALREADY, ending.reopen, place(cast, told), "")


# --- a concern ---------------------------------------------------------------------------------


def test_what_an_adult_notes_is_a_case_without_a_way_back_for_a_child(cast):
    lo = cast.user("Lo")
    noted = Disclosure.objects.note_concern(
        cast.north, "concern", str(lo.pk), {"text": "canary", "name": "Lo"}, now=timezone.now()
    )
    assert (noted.locator, noted.waits, noted.reaches_child) == (None, False, False)
    opened = access.open_disclosure(cast["Bo"].unlocked(), noted.pk)
    line = opened.lines()[0]
    assert (line.from_child, line.body["text"], line.author) == (False, "canary", str(lo.pk))
    with pytest.raises(EndedByChild):
        opened.reply("hello?", 1, timezone.now())
    with pytest.raises(Http404):
        access.open_disclosure(cast["Cato"].unlocked(), noted.pk)


def test_a_case_with_a_long_past_costs_as_many_queries_as_a_new_one(cast, told):
    def queries():
        here = place(cast, told)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            notes.note(here, "one more")
        return len(asked)

    few = [queries() for _time in range(2)][-1]
    for number in range(20):
        notes.note(place(cast, told), f"note {number}")
    assert queries() == few


# --- keeping it over its term --------------------------------------------------------------------


def test_two_keep_a_case_over_its_term_and_the_lead_lets_it_go(cast, told):
    day = today(told) + timedelta(days=40)
    holding.ask_hold(place(cast, told), "canary of a trial", day)
    assert told.again().held_until is None
    refused(Refusal.ANOTHER_PERSON, holding.agree_hold, place(cast, told))
    holding.agree_hold(place(cast, told, "Lo"))
    assert told.again().team.local(told.again().held_until).date() == day + timedelta(days=1)
    refused(Refusal.LEAD_ONLY, holding.lift_hold, place(cast, told), "over")
    refused(Refusal.REASON, holding.lift_hold, place(cast, told, "Lo"), " ")
    holding.lift_hold(place(cast, told, "Lo"), "over")
    assert told.again().held_until is None
    refused(Refusal.NOT_THERE, holding.lift_hold, place(cast, told, "Lo"), "over")
    log = AuditEvent.objects.filter(subject=told.pk).values_list("verb", flat=True)
    assert {"case_hold_asked", "case_hold_agreed", "case_hold_lifted"} <= set(log)


def test_it_is_kept_for_a_reason_and_not_for_ever(cast, told):
    refused(Refusal.REASON, holding.ask_hold, place(cast, told), " ", today(told))
    refused(Refusal.PAST, holding.ask_hold, place(cast, told), "why", today(told))
    for_ever = today(told) + timedelta(days=400)
    refused(Refusal.TOO_LONG, holding.ask_hold, place(cast, told), "why", for_ever)
    refused(Refusal.NOT_THERE, holding.agree_hold, place(cast, told, "Lo"))
