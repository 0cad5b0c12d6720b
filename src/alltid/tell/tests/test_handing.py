"""Ada reads who is asked and who reads now, and says no where she can."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alltid.people.hours import hour_of
from alltid.people.models import AuditEvent, Team
from alltid.people.tests.scene import Person
from alltid.tell.handing import Handing, SettledMeanwhile
from alltid.tell.models import Disclosure

from .conftest import Ada

NO = {"en": "No, I don't want that", "sv": "Nej, det vill jag inte"}
State = Handing.State


@pytest.fixture
def asked(ada: Ada, bo: Person, north: Team, south: Team) -> Handing:
    """Ada has told North, and Bo has asked South."""
    ada.tell("what happened")
    Disclosure.objects.update(read_by_staff=1)
    return Handing.objects.create(
        disclosure=Disclosure.objects.get(),
        giving=north,
        receiving=south,
        asked=hour_of(timezone.now()),
        asked_by=bo.user,
        refusable=True,
        keeps=False,
    )


def talk(ada: Ada) -> None:
    """Ada looks at her talk again, as by its six words."""
    ada.send("more/", do="language")


def says_no(ada: Ada) -> None:
    """Ada presses the button."""
    ada.send("no/", handing=ada.hidden("handing"))


def ends(handing: Handing, state: State, **more: Any) -> None:
    """The asking ends."""
    handing.settle(state, timezone.now(), **more)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize(
    ("state", "keeps", "sentences"),
    [
        (State.OPEN, False, ("Bo has asked the grown-ups at", "can't read any more then")),
        (State.OPEN, True, ("can still read, but they don't answer",)),
        (State.ACCEPTED, False, ("reads this and answers you now", "They can't read it any more")),
        (State.ACCEPTED, True, ("They can still read",)),
        (State.DECLINED, False, ("They have not seen this talk. We are still here",)),
        (State.WITHDRAWN, False, ("They have not seen this talk. We are still here",)),
        (State.REFUSED, False, ("It's good that you said what you want.",)),
    ],
)
def test_ada_reads_how_it_stands_and_always_in_her_language(
    ada: Ada,
    asked: Handing,
    lo: Person,
    state: State,
    keeps: bool,
    sentences: tuple[str, ...],
    language: str,
) -> None:
    Handing.objects.update(keeps=keeps)
    if state != State.OPEN:
        ends(asked, state, accepted_by=lo.user if state == State.ACCEPTED else None)
    ada.language = language
    talk(ada)
    assert ada.sees(asked.receiving.place)
    assert all(ada.sees(sentence) == (language == "en") for sentence in sentences)
    assert ada.sees(NO[language]) == (state in (State.OPEN, State.ACCEPTED))


def test_before_the_yes_ada_says_no_and_they_do_not_get_to_read_it(
    ada: Ada, asked: Handing
) -> None:
    talk(ada)
    says_no(ada)
    asked.refresh_from_db()
    assert (asked.state, asked.refused) == (State.REFUSED, asked.settled)
    assert ada.sees("You said no")
    assert not ada.sees(NO["en"])
    with pytest.raises(SettledMeanwhile):
        ends(asked, State.ACCEPTED)


def test_after_the_yes_ada_says_no_and_waits_for_an_answer_about_it(
    ada: Ada, asked: Handing, lo: Person
) -> None:
    Disclosure.objects.update(rank=Disclosure.Rank.QUIET)
    ends(asked, State.ACCEPTED, accepted_by=lo.user)
    talk(ada)
    says_no(ada)
    assert ada.sees("You have said no to this. Lo knows that")
    assert Handing.objects.get().state == State.ACCEPTED
    assert Disclosure.objects.get().waits
    assert AuditEvent.objects.filter(verb="refused_by_child").count() == 2
    assert not ada.sees(NO["en"])


def test_a_second_tap_on_no_changes_nothing_more(ada: Ada, asked: Handing) -> None:
    talk(ada)
    number = ada.hidden("handing")
    for _tap in range(2):
        ada.send("no/", handing=number)
    assert AuditEvent.objects.filter(verb="refused_by_child").count() == 2


def test_where_she_cannot_stop_it_ada_reads_why_and_a_made_up_no_does_nothing(
    ada: Ada, asked: Handing
) -> None:
    Handing.objects.update(refusable=False)
    talk(ada)
    assert ada.sees("because it's their job to keep children safe")
    assert not ada.sees(NO["en"])
    ada.send("no/", handing=str(asked.pk))
    assert Handing.objects.get().is_open


@pytest.mark.parametrize("number", ["", "x", "99999"])
def test_a_no_to_what_is_not_there_shows_the_talk(ada: Ada, asked: Handing, number: str) -> None:
    talk(ada)
    assert ada.send("no/", handing=number).status_code == 200
    assert ada.sees("Who reads now") or ada.sees("We ask for help")
    assert Handing.objects.get().is_open


def test_a_no_without_a_visit_asks_for_the_words(asked: Handing) -> None:
    page = Client().post("/en/no/", {"handing": str(asked.pk)})
    assert page.status_code == 200
    assert Handing.objects.get().is_open
    assert not page.cookies


def test_that_ada_has_seen_it_is_noted_when_it_stands_before_her(ada: Ada, asked: Handing) -> None:
    assert not Handing.objects.get().seen
    talk(ada)
    assert Handing.objects.get().seen


def test_whom_another_team_took_over_from_is_not_said_to_be_away(
    ada: Ada, asked: Handing, bo: Person, lo: Person, north: Team, south: Team
) -> None:
    held = Disclosure.objects.get()
    held.add_reply(str(bo.user.pk), "Bo", "Thank you.", read_up_to=1, now=timezone.now())
    ends(asked, State.ACCEPTED, accepted_by=lo.user)
    Disclosure.objects.update(team=south)
    talk(ada)
    assert not ada.sees("is away")
    assert ada.sees("Before, it was Bo and others")


def test_what_ada_is_told_of_an_end_holds_for_every_team_that_reads(
    ada: Ada, asked: Handing, north: Team, south: Team
) -> None:
    Team.objects.filter(pk=north.pk).update(keeps_after_end=True)
    Team.objects.filter(pk=south.pk).update(keeps_after_end=False)
    Disclosure.objects.update(team=south)
    talk(ada)
    ada.send("end/", do="ask")
    # North holds its copy still.
    assert ada.sees("We may have to keep what was written.")
    Disclosure.objects.get().copies.filter(team_key__isnull=False).delete()
    ada.send("end/", do="ask")
    assert ada.sees("What you and we have written here is erased.")
