"""Two members at the same moment, each with a connection: both are told, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from alltid.tell.models import AnsweredMeanwhile, Disclosure

from ... import access
from ...models import Case, CaseEvent
from .. import children, ending, handover, linking, notes, risk
from ..events import Duty, Risk, Role
from ..turn import HappenedMeanwhile, NotYet
from .desk import place, state, words

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds):
    """What came of each deed, begun together: its value, or what it raised."""
    barrier = Barrier(len(deeds))

    def run(deed):
        barrier.wait()
        try:
            return deed()
        except (HappenedMeanwhile, NotYet, AnsweredMeanwhile) as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_bo_and_lo_set_the_risk_at_once_and_one_is_told_of_the_other(cast):
    told = cast.tell()
    bo, lo = place(cast, told), place(cast, told, "Lo")
    came = at_once(
        lambda: risk.set_level(bo, Risk.HIGH, "as Bo sees it"),
        lambda: risk.set_level(lo, Risk.LOW, "as Lo sees it"),
    )
    lost = [one for one in came if one is not None]
    assert len(lost) == 1
    assert lost[0].events
    assert [event.sequence for event in CaseEvent.objects.order_by("sequence")] == list(
        range(1, state(told).sequence + 1)
    )


def test_bo_and_lo_answer_at_once_and_one_answer_is_sent(cast):
    told = cast.tell()
    opened = [access.open_disclosure(cast[name].unlocked(), told.pk) for name in ("Bo", "Lo")]
    came = at_once(*(lambda one=one: one.reply("Thank you.", 1, timezone.now()) for one in opened))
    assert sorted(type(one) for one in came if one) == [AnsweredMeanwhile]
    assert state(told).answers == told.again().messages.filter(from_child=False).count() == 1


def test_bo_hands_over_while_lo_writes_and_what_lo_wrote_can_be_sent_again(cast):
    told = cast.tell()
    bo, lo = place(cast, told), place(cast, told, "Lo")
    lines = {"stands": "a", "next_step": "b", "beware": "c"}
    came = at_once(
        lambda: handover.hand_over(bo, cast.user("Lo"), **lines),
        lambda: notes.note(lo, "what Lo typed"),
    )
    assert [type(one) for one in came if one] == [HappenedMeanwhile]
    notes.note(place(cast, told, "Lo"), "what Lo typed")
    assert {"text": "what Lo typed"} in words(cast, told)


def test_a_child_writes_in_the_moment_of_closing_and_is_never_closed_over(cast):
    told = cast.tell()
    told.again().mark_read_by_staff(1)
    child = children.add(place(cast, told), Role.SELF, "", identifiable=False)
    children.decide(place(cast, told), child, Duty.NOT_NOW, "not known")
    opened = access.open_disclosure(cast["Bo"].unlocked(), told.pk)
    day = (timezone.now() + timedelta(days=15)).date()
    ending.tell_child(place(cast, told), opened, "We close this.", day, 1)
    told.reads()
    here = place(cast, told, now=timezone.now() + timedelta(days=16))
    at_once(lambda: ending.close(here, ""), lambda: told.say("wait") and None)
    again = told.again()
    assert again.rank == Disclosure.Rank.WAITING
    assert again.unread


def test_two_link_two_threads_crosswise_and_neither_waits_for_ever(cast):
    one, two = cast.tell(), cast.tell()
    bo, lo = place(cast, one), place(cast, two, "Lo")
    came = at_once(
        lambda: linking.link(bo, two.again()),
        lambda: linking.link(lo, one.again()),
    )
    assert [type(fault) for fault in came if fault] == [HappenedMeanwhile]
    assert state(one).linked == {str(two.pk)}
    assert state(two).linked == {str(one.pk)}


def test_both_open_a_new_thread_and_write_and_there_is_one_case(cast):
    told = cast.tell()
    at_once(
        *(
            lambda name=name: access.open_disclosure(cast[name].unlocked(), told.pk).case
            for name in ("Bo", "Lo")
        )
    )
    assert Case.objects.count() == 1
