"""Whatever people do with a case in whatever order, three things hold.

No message that an adult has not read can be closed over; nothing that was erased can be read; a
member from whom it is hidden sees nothing.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, Phase
from hypothesis import settings as Settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alltid.people import keys
from alltid.tell import erasing
from alltid.tell.models import AnsweredMeanwhile, Disclosure, EndedByChild, Message

from ... import access, hands, inbox
from ...models import Case, CaseDeadline, CaseEvent, Recusal
from .. import children, ending, notes, risk, second_person
from ..events import Duty, Risk, Role
from ..turn import NotYet, Refused
from .desk import place, state, words

NAMES = ("Bo", "Lo", "Mio")
WHO = st.sampled_from(NAMES)
# Few walks, but long ones: each step asks the database.
WALKS = Settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=12,
    stateful_step_count=18,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
STANDS_AGAINST = (Refused, NotYet, Http404, AnsweredMeanwhile, EndedByChild, hands.NoSuchMember)


@pytest.mark.usefixtures("db")
def test_whatever_is_done_in_whatever_order(cast, tmp_path, settings):
    settings.DATA = tmp_path
    keys.let_in(cast.reads_along("Mio"), cast["Bo"].unlocked())

    class Carrying(RuleBasedStateMachine):
        """Bo, Lo and Mio of North, before one case."""

        @initialize()
        def a_child_tells(self):
            self.before = transaction.savepoint()
            self.told = cast.tell(text="canary of Ada")
            self.erased, self.said, self.now = False, 1, timezone.now()
            self.read = 0

        def teardown(self):
            if hasattr(self, "before"):
                transaction.savepoint_rollback(self.before)

        def does(self, deed, *args, **kwargs):
            try:
                with transaction.atomic():
                    return deed(*args, **kwargs)
            except STANDS_AGAINST:
                return None

        def place(self, name):
            """Before the page as it is when it has just been opened."""
            _page = self.opened(name).case
            return place(cast, self.told, name, self.now)

        def opened(self, name):
            return access.open_disclosure(cast[name].unlocked(), self.told.pk)

        there = precondition(lambda self: not self.erased)

        @there
        @rule(taps=st.sampled_from(["okay", "threatened"]))
        def the_child_writes(self, taps):
            self.told.say("canary again", at=self.now, now=taps)
            self.said = self.told.again().sequence

        @there
        @rule(name=WHO)
        def somebody_reads(self, name):
            opened = self.does(self.opened, name)
            if opened is not None:
                lines = opened.lines()
                opened.mark_read(lines)
                self.read = lines[-1].sequence

        @there
        @rule(name=WHO)
        def somebody_answers(self, name):
            opened = self.does(self.opened, name)
            if opened is not None:
                self.does(opened.reply, "Thank you.", self.read, self.now)

        @there
        @rule(name=WHO, level=st.sampled_from(Risk))
        def somebody_sets_the_risk(self, name, level):
            self.does(lambda: risk.set_level(self.place(name), level, "canary reason"))

        @there
        @rule(name=WHO, role=st.sampled_from(Role), duty=st.sampled_from(Duty))
        def somebody_decides_for_a_child(self, name, role, duty):
            child = self.does(
                lambda: children.add(self.place(name), role, "canary who", identifiable=True)
            )
            if child:
                self.does(lambda: children.decide(self.place(name), child, duty, "canary why"))

        @there
        @rule(name=WHO)
        def somebody_tells_of_the_closing(self, name):
            day = (self.now + timedelta(days=16)).date()

            def tell():
                opened = self.opened(name)
                ending.tell_child(self.place(name), opened, "We close.", day, self.read)

            self.does(tell)

        @there
        @rule(name=WHO)
        def somebody_holds_a_debrief(self, name):
            for whom in state(self.told).owed if Case.objects.exists() else ():
                self.does(lambda whom=whom: second_person.hold_debrief(self.place(name), whom))

        @there
        @rule(name=WHO)
        def somebody_closes(self, name):
            unread = self.told.again().unread
            lies = self.answer_lies_unread()
            waits = self.told.again().waits
            self.does(lambda: ending.close(self.place(name), "canary end"))
            if unread or waits or lies:
                assert self.told.again().rank != Disclosure.Rank.CLOSED

        def answer_lies_unread(self):
            """Whether the child has not read our newest answer, of less than ninety days ago."""
            told, now = self.told.again(), state(self.told) if Case.objects.exists() else None
            return (
                now is not None
                and told.reaches_child
                and told.read_by_child < now.newest_answer
                and self.now - now.answered < timedelta(days=90)
            )

        @there
        @rule()
        def the_child_reads(self):
            self.told.reads()

        @there
        @rule(name=WHO, writes=st.booleans())
        def somebody_closes_what_lacks_nothing_more(self, name, writes):
            """All that closing needs, since chance alone seldom brings it about."""
            self.somebody_reads(name)
            self.somebody_answers(name)
            self.somebody_reads(name)
            self.somebody_decides_for_a_child(name, Role.SELF, Duty.REPORT)
            self.somebody_tells_of_the_closing(name)
            self.told.reads()
            for other in NAMES:
                self.somebody_holds_a_debrief(other)
            self.time_passes(20)
            if writes:
                self.the_child_writes("okay")
            self.somebody_closes(name)

        @there
        @rule(name=WHO)
        def somebody_opens_it_again(self, name):
            self.does(lambda: ending.reopen(self.place(name), "canary more"))

        @there
        @rule(name=WHO)
        def somebody_notes(self, name):
            self.does(lambda: notes.note(self.place(name), "canary note"))

        @there
        @rule(by=WHO, whom=WHO)
        def somebody_hides_it(self, by, whom):
            def hide():
                disclosure = access.find(cast.user(by), self.told.pk)
                hands.hide(disclosure, cast.user(by), str(cast.user(whom).pk))

            with suppress(hands.NobodyElseReads):
                self.does(hide)

        @rule(days=st.integers(1, 20))
        def time_passes(self, days):
            self.now += timedelta(days=days)

        @there
        @rule()
        def it_is_erased(self):
            erasing.erase(self.told.disclosure, timezone.now(), "swept")
            self.erased = True

        @there
        @rule(years=st.integers(0, 6))
        def the_round_comes_after_years(self, years):
            """Its term may be over then, and only of what is closed."""
            was_closed = self.told.again().rank == Disclosure.Rank.CLOSED
            erasing.sweep(self.now + timedelta(days=366 * years))
            self.erased = not Disclosure.objects.exists()
            assert self.erased is (was_closed and years > 5)

        @invariant()
        def nothing_unread_is_closed(self):
            if not hasattr(self, "told") or self.erased:
                return
            again = self.told.again()
            if again.rank == Disclosure.Rank.CLOSED:
                newest = again.last_child_sequence()
                assert newest <= again.read_by_staff
                answers = again.messages.filter(from_child=False)
                assert answers.filter(sequence__gt=newest).exists()

        @invariant()
        def nothing_erased_is_read(self):
            if not getattr(self, "erased", False):
                return
            held = (Message, Case, CaseEvent, CaseDeadline, Recusal)
            assert not any(model.objects.exists() for model in held)
            for name in NAMES:
                with pytest.raises(Http404):
                    self.opened(name)

        @invariant()
        def whom_it_is_hidden_from_sees_nothing(self):
            if not hasattr(self, "told") or self.erased:
                return
            hidden = Recusal.objects.values_list("user__name", flat=True)
            for name in hidden:
                with pytest.raises(Http404):
                    self.opened(name)
                with pytest.raises(Http404):
                    notes.note(place(cast, self.told, name), "from whom it is hidden")
                user = cast.user(name)
                assert not inbox.rows(user, cast.north).exists()
                assert str(user.pk) not in (state(self.told).owner, state(self.told).cover)
            if not hidden:
                assert all("canary" in " ".join(body.values()) for body in words(cast, self.told))

    run_state_machine_as_test(Carrying, settings=WALKS)
