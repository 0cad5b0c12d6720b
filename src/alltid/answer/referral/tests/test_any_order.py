"""Whatever two teams and a child do about a talk in whatever order, these hold.

One team carries it, and it alone opens the case; nobody opens the talk before their team has said
yes, and afterwards only a team that said it reads on; whom it is hidden from opens nothing; what
lies ready behind two locks is there while a team is asked, and no longer; nothing said is lost.
"""

from contextlib import suppress

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

from alltid.people.models import Team
from alltid.tell import erasing
from alltid.tell.handing import SettledMeanwhile, newest, refuse
from alltid.tell.models import AnsweredMeanwhile, EndedByChild, Handing, KeyCopy

from ... import access, hands, rotation
from ...casework.tests.desk import place, state
from ...casework.turn import HappenedMeanwhile, Refused
from ...models import Case, CaseKeyCopy, Recusal, Referral
from .. import asking
from .scene import again, ask, opens

TEAMS = {"Bo": "North", "Lo": "North", "Cato": "South", "Mio": "South"}
OTHER = {"North": "South", "South": "North"}
WHO = st.sampled_from(sorted(TEAMS))
WALKS = Settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=10,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
STANDS_AGAINST = (
    Refused,
    HappenedMeanwhile,
    SettledMeanwhile,
    Http404,
    AnsweredMeanwhile,
    EndedByChild,
    hands.NobodyElseReads,
    hands.NoSuchMember,
)


@pytest.mark.usefixtures("db")
def test_whatever_two_teams_and_a_child_do_about_a_talk(cast, tmp_path, settings):
    settings.DATA = tmp_path
    Team.objects.filter(name="South").update(kind=Team.Kind.NOT_MANDATED)

    class Handed(RuleBasedStateMachine):
        """Bo and Lo of North, Cato and Mio of South, and Ada."""

        @initialize()
        def a_child_tells(self):
            self.before = transaction.savepoint()
            self.told = cast.tell(text="canary of Ada")
            self.carries, self.reads_on, self.said = "North", set(), 1
            self.erased, self.steps = False, 0
            opens(cast, self.told).case  # noqa: B018 - makes the case

        def teardown(self):
            if hasattr(self, "before"):
                transaction.savepoint_rollback(self.before)

        def does(self, deed):
            """Whether it was done."""
            try:
                with transaction.atomic():
                    deed()
            except STANDS_AGAINST:
                return False
            return True

        def asked(self):
            """The last asking, as a page has it."""
            found = newest(self.told.again())
            return found and again(found)

        there = precondition(lambda self: not self.erased)
        asked_once = precondition(
            lambda self: not self.erased and self.told.again().handings.exists()
        )

        @there
        @rule(name=WHO, keeps=st.booleans(), hide=st.sampled_from(["", "", "", *TEAMS]))
        def somebody_asks_the_other_team(self, name, keeps, hide):
            team = OTHER[TEAMS[name]]
            hidden = (hide,) if TEAMS.get(hide) == team else ()
            self.does(lambda: ask(cast, self.told, name=name, team=team, keeps=keeps, hide=hidden))

        @asked_once
        @rule(name=WHO)
        def somebody_says_yes(self, name):
            def accept():
                handing = access.find_asked(cast.user(name), self.asked().pk)
                asking.accept(cast[name].unlocked(), handing, timezone.now())

            handing = self.asked()
            if self.does(accept):
                assert handing.is_open
                assert TEAMS[name] == handing.receiving.name
                self.carries = handing.receiving.name
                self.reads_on.discard(self.carries)
                if handing.keeps:
                    self.reads_on.add(handing.giving.name)

        @asked_once
        @rule(name=WHO)
        def somebody_says_no(self, name):
            def decline():
                handing = access.find_asked(cast.user(name), self.asked().pk)
                asking.decline(cast[name].unlocked(), handing, "canary", timezone.now())

            handing = self.asked()
            if self.does(decline):
                assert handing.is_open

        @there
        @rule(name=WHO)
        def somebody_takes_it_back(self, name):
            self.does(lambda: asking.withdraw(place(cast, self.told, name)))

        @asked_once
        @rule()
        def ada_says_no(self):
            handing = self.asked()
            refuse(self.told.again(), str(handing.pk), timezone.now())
            if handing.child_can_refuse and not handing.is_open:
                assert self.told.again().waits

        @there
        @rule()
        def ada_writes(self):
            self.told.say("canary again")
            self.said += 1

        @there
        @rule(name=WHO)
        def somebody_answers(self, name):
            def reply():
                opens(cast, self.told, name).reply("canary of us", self.said, timezone.now())

            if self.does(reply):
                assert TEAMS[name] == self.carries
                self.said += 1

        @there
        @rule(by=WHO, whom=WHO)
        def somebody_hides_it(self, by, whom):
            def hide():
                disclosure = access.find(cast.user(by), self.told.pk)
                hands.hide(disclosure, cast.user(by), str(cast.user(whom).pk))

            self.does(hide)

        @there
        @rule(name=WHO)
        def a_member_leaves_and_comes_back(self, name):
            """The team's next generation; who stays seals the keys to it."""
            team = cast.team(TEAMS[name])
            stays = next(one for one, of in TEAMS.items() if of == team.name and one != name)
            before = transaction.savepoint()
            rotation.remove_member(cast.membership(name), cast[stays].unlocked())
            with pytest.raises(Http404):
                opens(cast, self.told, name)
            newest_key = team.current_key()
            for model in (KeyCopy, CaseKeyCopy, Referral):
                held = model.objects.filter(team_key__team=team)
                assert not held.exclude(team_key=newest_key).exists()
            transaction.savepoint_rollback(before)

        @rule(name=st.sampled_from(["Dag", "Eva"]))
        def a_stranger_finds_nothing(self, name):
            self.steps += 1
            with pytest.raises(Http404):
                opens(cast, self.told, name)
            for handing in Handing.objects.all():
                with pytest.raises(Http404):
                    access.find_asked(cast.user(name), handing.pk)

        @precondition(lambda self: not self.erased and self.steps > 2)
        @rule()
        def it_is_erased(self):
            erasing.erase(self.told.again(), "swept")
            self.erased = True

        @invariant()
        def one_team_carries_it_and_others_open_only_what_they_keep(self):
            if not hasattr(self, "told") or self.erased:
                return
            assert self.told.again().team.name == self.carries
            copies = KeyCopy.objects.filter(team_key__isnull=False)
            teams = sorted(copies.values_list("team_key__team__name", flat=True))
            assert teams == sorted({self.carries, *self.reads_on})
            assert CaseKeyCopy.objects.get().team_key.team.name == self.carries
            hidden = set(Recusal.objects.values_list("user__name", flat=True))
            for name, team in TEAMS.items():
                may = team == self.carries and name not in hidden
                with suppress(Http404) if not may else transaction.atomic():
                    lines = opens(cast, self.told, name).lines()
                    assert may
                    assert len(lines) == self.said
                    assert not any(line.fault for line in lines)
                given = access.find_given(cast.user(name), self.told.pk)
                with suppress(Http404):
                    if given is not None and team != self.carries:
                        assert name not in hidden
                        assert access.open_to_read(cast[name].unlocked(), given).lines()
                        assert team in self.reads_on

        @invariant()
        def what_lies_ready_is_there_while_a_team_is_asked(self):
            if not hasattr(self, "told") or self.erased:
                return
            hidden = set(Recusal.objects.values_list("user__name", flat=True))
            looks = next(n for n, of in TEAMS.items() if of == self.carries and n not in hidden)
            opens(cast, self.told, looks).case  # noqa: B018 - the case follows the child
            handing = self.asked()
            is_open = bool(handing and handing.is_open)
            assert (state(self.told).team_asked is not None) == is_open
            assert Referral.objects.exists() == is_open
            assert Handing.objects.filter(state="open").count() <= 1

        @invariant()
        def nothing_of_it_is_left_when_it_is_erased(self):
            if not getattr(self, "erased", False):
                return
            held = (KeyCopy, Case, CaseKeyCopy, Handing, Referral)
            assert not any(model.objects.exists() for model in held)
            for name in TEAMS:
                with pytest.raises(Http404):
                    opens(cast, self.told, name)

    run_state_machine_as_test(Handed, settings=WALKS)
