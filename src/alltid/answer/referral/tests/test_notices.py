"""Who gets a mail when a talk changes hands: the other team, its lead when late, who asked."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from alltid.people.models import Team, User
from alltid.tell.handing import refuse
from alltid.tell.models import Disclosure

from ... import notices
from ...casework import risk
from ...casework.events import Risk
from ...casework.tests.desk import place
from ...models import CaseDeadline, Notice, Recusal
from .. import asking
from .scene import accept, ask, opens


@pytest.fixture
def told(cast):
    """What Ada told North and Bo answered, so that nothing else waits; both teams always read."""
    daily = {str(day): [["00:00", "23:59"]] for day in range(7)}
    Team.objects.update(opening=daily, country="")
    Team.objects.filter(name="South").update(kind=Team.Kind.NOT_MANDATED)
    for name in cast.people:
        User.objects.filter(name=name).update(email=f"{name.lower()}@example.org")
    told = cast.tell()
    opens(cast, told).reply("Thank you.", 1, timezone.now())
    Disclosure.objects.filter(pk=told.pk).update(read_by_child=2)
    risk.set_level(place(cast, told, "Lo"), Risk.MEDIUM, "")
    return told


def mailed(now):
    """The names of those who get a mail in a round at that moment."""
    mail.outbox.clear()
    notices.run(now)
    return sorted(one.to[0].partition("@")[0] for one in mail.outbox)


def later(**ahead):
    return timezone.now() + timedelta(**ahead)


def test_south_is_told_once_that_something_waits_and_the_mail_is_empty(cast, told):
    ask(cast, told, words="canary")
    assert mailed(later()) == ["cato", "mio"]
    for one in mail.outbox:
        assert one.subject == one.body == "Something waits for you."
    assert mailed(later(minutes=40)) == []


def test_unanswered_it_falls_due_to_the_leads_of_both_teams(cast, told):
    ask(cast, told)
    mailed(later())
    due = CaseDeadline.objects.get(wanted="another_team").due
    User.objects.update(seen=due)
    assert mailed(due - timedelta(minutes=1)) == []
    assert mailed(due + timedelta(minutes=1)) == ["lo", "mio"]
    assert mailed(due + timedelta(minutes=40)) == []


def test_bo_is_told_of_a_yes_and_of_a_no_and_of_his_own_taking_back_nobody(cast, told):
    asking.decline(cast["Mio"].unlocked(), ask(cast, told), "no", timezone.now())
    assert mailed(later()) == ["bo"]
    ask(cast, told)
    asking.withdraw(place(cast, told))
    assert mailed(later(hours=1)) == []
    accept(cast, ask(cast, told))
    assert mailed(later(hours=2)) == ["bo"]
    assert mailed(later(hours=3)) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_both_teams_are_told_of_the_childs_no(cast, told, when):
    handing = ask(cast, told)
    if when == "after":
        accept(cast, handing)
    mailed(later())
    refuse(told.again(), str(handing.pk), timezone.now())
    assert mailed(later(hours=1)) == ["bo", "cato", "mio"]
    assert mailed(later(hours=2)) == []


def test_what_the_child_refused_is_let_go_by_the_round_too(cast, told):
    handing = ask(cast, told)
    refuse(told.again(), str(handing.pk), timezone.now())
    notices.run(later())
    assert not told.again().handings.filter(referral__isnull=False).exists()
    assert not CaseDeadline.objects.filter(wanted="another_team").exists()


def test_whom_it_is_hidden_from_and_who_is_away_is_told_nothing(cast, told):
    ask(cast, told, hide="Mio")
    assert mailed(later()) == ["cato"]
    Recusal.objects.create(disclosure=told.disclosure, user=cast.user("Bo"), by=cast.user("Lo"))
    asking.decline(cast["Cato"].unlocked(), told.again().handings.get(), "no", timezone.now())
    assert mailed(later(hours=1)) == []


def test_at_night_only_what_is_immediate_is_told(cast, told):
    Team.objects.update(opening={})
    ask(cast, told)
    assert mailed(later()) == []
    risk.set_level(place(cast, told, "Lo"), Risk.IMMEDIATE, "")
    assert mailed(later()) == ["cato", "mio"]


def test_who_was_told_is_forgotten_when_it_is_over(cast, told):
    accept(cast, ask(cast, told))
    mailed(later())
    assert Notice.objects.filter(kind="answered").exists()
    notices.run(later(days=4))
    assert not Notice.objects.filter(kind__in=("asked", "answered")).exists()
