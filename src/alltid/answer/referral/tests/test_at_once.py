"""Two people end an asking at the same moment: one wins, the other is told, and all holds."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.http import Http404
from django.utils import timezone

from alltid.people.models import Team
from alltid.tell.handing import SettledMeanwhile, refuse
from alltid.tell.models import Handing, KeyCopy

from ... import access
from ...casework.tests.desk import place, state
from ...casework.turn import HappenedMeanwhile, Refused
from ...models import CaseEvent, CaseKeyCopy, Referral
from .. import asking
from .scene import again, ask, opens

pytestmark = pytest.mark.django_db(transaction=True)
FASTER = (SettledMeanwhile, HappenedMeanwhile, Refused, Http404)


def at_once(*deeds):
    """What came of each deed, begun together: None, or what it raised."""
    barrier = Barrier(len(deeds))

    def run(deed):
        barrier.wait()
        try:
            return deed()
        except FASTER as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.fixture
def told(cast):
    Team.objects.filter(name="South").update(kind=Team.Kind.NOT_MANDATED)
    told = cast.tell(text="canary")
    opens(cast, told).case  # noqa: B018 - makes the case before two at once want it
    return told


def deeds(cast, told, handing):
    """What can end an asking, each by another person with what they had before them."""
    cato, mio, now = cast["Cato"].unlocked(), cast["Mio"].unlocked(), timezone.now()
    cato_asked, mio_asked, lo = again(handing), again(handing), place(cast, told, "Lo")
    disclosure = told.again()
    return {
        "yes": lambda: asking.accept(cato, cato_asked, now),
        "also yes": lambda: asking.accept(mio, mio_asked, now),
        "no": lambda: asking.decline(mio, mio_asked, "canary", now),
        "never mind": lambda: asking.withdraw(lo),
        "the child's no": lambda: refuse(disclosure, str(handing.pk), now),
    }


PAIRS = [
    ("yes", "also yes"), ("yes", "no"), ("yes", "never mind"), ("no", "never mind"),
    ("yes", "the child's no"), ("never mind", "the child's no"), ("no", "the child's no"),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_two_end_it_at_once_and_one_is_told_that_the_other_was_faster(cast, told, pair):
    handing = ask(cast, told)
    can = deeds(cast, told, handing)
    came = at_once(*(can[name] for name in pair))
    ended, lost = again(handing), [one for one in came if one is not None]
    if "the child's no" in pair:
        # A child is never turned away: their no counts, before or after, or comes too late.
        assert len(lost) == (ended.state == Handing.State.REFUSED)
    else:
        assert len(lost) == 1
    assert not ended.is_open
    taken = ended.state == Handing.State.ACCEPTED
    teams = {copy.team_key.team.name for copy in KeyCopy.objects.filter(team_key__isnull=False)}
    assert teams == {"South" if taken else "North"}
    assert {copy.team_key.team.name for copy in CaseKeyCopy.objects.all()} == teams
    opened = opens(cast, told, "Cato" if taken else "Bo")
    assert opened.lines()[0].body["text"] == "canary"
    assert opened.case.pk
    assert not Referral.objects.exists()
    assert state(told).team_asked is None
    assert [event.sequence for event in CaseEvent.objects.order_by("sequence")] == list(
        range(1, state(told).sequence + 1)
    )


def test_bo_answers_in_the_moment_of_the_yes_and_it_is_sent_or_given_back(cast, told):
    handing = again(ask(cast, told))
    opened, cato = opens(cast, told), cast["Cato"].unlocked()
    came = at_once(
        lambda: opened.reply("Thank you.", 1, timezone.now()),
        lambda: asking.accept(cato, handing, timezone.now()),
    )
    assert came[1] is None
    sent = told.again().messages.filter(from_child=False).count()
    assert (sent, type(came[0])) in [(1, type(None)), (0, access.HandedOn)]


def test_ada_writes_in_the_moment_of_the_yes_and_cato_reads_it(cast, told):
    handing = again(ask(cast, told))
    cato = cast["Cato"].unlocked()
    at_once(
        lambda: told.say("one more thing") and None,
        lambda: asking.accept(cato, handing, timezone.now()),
    )
    texts = [line.body["text"] for line in opens(cast, told, "Cato").lines()]
    assert texts == ["canary", "one more thing"]
    assert told.again().waits
