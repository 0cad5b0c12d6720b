"""Children who meet on one card, floods from many places, and hands in the database."""

import hashlib
import secrets
import stat
from datetime import UTC, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from alltid.people.models import Team, TeamKey
from alltid.people.secrets import RETURN_GATE
from alltid.people.tests.scene import Person
from alltid.tell.erasing import remember, replay, sweep
from alltid.tell.models import Card, Disclosure, Message, SpentForm
from alltid.tell.telling import read_thread, tell_by_card
from alltid.tell.visit import Capsule
from alltid.vault.identity import Identity
from alltid.vault.parameters import KDF_RETURNS, LOCATOR_BYTES
from alltid.web.throttle import COMING_BACK

from .conftest import Ada
from .test_keeping import later


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    """The list of erased ids is written to a folder of this test."""
    settings.DATA = tmp_path


@pytest.fixture
def card(north: Team) -> tuple[Card, Identity]:
    """A printed card, and the identity that its words give."""
    identity = Identity.generate()
    held = Card.objects.create(
        team=north, locator=secrets.token_bytes(LOCATOR_BYTES), recipient=identity.recipient,
        pepper_version=1,
    )  # fmt: skip
    return held, identity


def say(card: tuple[Card, Identity], text: str, form: bytes) -> Disclosure:
    """Send a first message behind a card."""
    held, identity = card
    body = {"text": text, "language": "en"}
    return tell_by_card(held, identity, body, form=form, acute=False, now=timezone.now())


def test_two_children_share_a_card_and_nothing_either_told_is_lost(
    card: tuple[Card, Identity],
) -> None:
    first, second = (say(card, text, secrets.token_bytes(32)) for text in ("one", "two"))
    assert first == second
    assert [line.text for line in read_thread(first, card[1])] == ["one", "two"]


def test_ada_taps_twice_behind_a_card_and_it_is_told_once(card: tuple[Card, Identity]) -> None:
    form = secrets.token_bytes(32)
    told = say(card, "one", form)
    say(card, "one", form)
    told.add_message({"text": "one"}, form=form, acute=False, now=timezone.now())
    assert Message.objects.count() == 1


def test_thief_of_the_database_cannot_tell_in_which_talk_a_form_was_used(ada: Ada) -> None:
    words = ada.tell("hej")
    ada.come_back(words)
    ada.send("more/", text="more", do="send")
    assert Message.objects.count() == 2
    spent = {bytes(form.digest) for form in SpentForm.objects.all()}
    marks = [bytes(message.form) for message in Message.objects.exclude(form=None)]
    assert spent
    assert marks
    for mark in marks:
        assert mark not in spent
        assert hashlib.sha256(mark).digest() not in spent


# --- hands in the database ---------------------------------------------------------------------


def test_a_key_that_nobody_in_the_team_holds_stops_the_intake_at_the_next_sign_in(
    ada: Ada, north: Team, bo: Person
) -> None:
    TeamKey.objects.create(team=north, number=99, recipient=Identity.generate().recipient)
    bo.unlocked().check_teams()
    north.refresh_from_db()
    assert north.intake_stopped is not None
    assert ada.look().status_code == 503


def test_the_alarm_holds_at_once_for_a_child_who_has_the_page_open(ada: Ada, north: Team) -> None:
    ada.look()
    ada.send(text="a moment ago")
    ada.look()
    north.stop_intake()
    ada.send(text="hej")
    assert ada.seen.status_code == 503
    assert ada.sees("hej")
    assert Disclosure.objects.count() == 1


def test_the_alarm_holds_for_a_child_with_a_card(
    ada: Ada, north: Team, card: tuple[Card, Identity]
) -> None:
    north.stop_intake()
    ada.seen = ada.client.get("/en/words/")
    capsule = Capsule(bytes(card[0].locator), card[1]).seal()
    ada.send("more/", text="hej", capsule=capsule)
    assert ada.seen.status_code == 503
    assert ada.sees("hej")
    assert ada.hidden("capsule") == capsule
    assert not Disclosure.objects.exists()


def test_ada_writes_more_and_it_is_not_sealed_to_a_recipient_that_was_put_there(ada: Ada) -> None:
    words = ada.tell("hej")
    ada.come_back(words)
    Disclosure.objects.update(recipient=Identity.generate().recipient)
    ada.send("more/", text="more", do="send")
    assert ada.seen.status_code == 503
    assert ada.sees("more")
    assert Message.objects.count() == 1


# --- whoever takes the telephone afterwards ----------------------------------------------------


def test_first_page_reloaded_after_the_ten_minutes_lets_nobody_into_the_talk(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.look()
    form = ada.hidden("id")
    ada.send(text="hej", id=form)
    Disclosure.objects.get().add_reply("bo", "Bo", "our answer", read_up_to=1, now=timezone.now())
    later(monkeypatch, minutes=12)
    ada.send(text="hej", id=form)
    assert ada.sees("We have it.")
    assert not ada.words
    ada.send("more/", do="language")
    assert not ada.sees("our answer")
    assert ada.sees("Write your six words.")


@pytest.mark.parametrize("hours", [0.5, 5, 100])
def test_what_was_ended_and_is_sent_again_begins_no_new_talk_and_is_not_shown(
    ada: Ada, monkeypatch: pytest.MonkeyPatch, hours: float
) -> None:
    ada.look()
    form = ada.hidden("id")
    ada.send(text="somebody said", id=form)
    ada.send("end/", do="end")
    later(monkeypatch, hours=hours)
    sweep(timezone.now() + timedelta(hours=hours))
    told = Disclosure.objects.count()
    ada.send(text="somebody said", id=form)
    assert Disclosure.objects.count() == told
    assert not ada.words
    assert not ada.sees("somebody said")


def test_page_of_a_talk_reloaded_two_days_after_shows_no_text(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ada.tell("hej")
    ada.come_back(words)
    form, capsule = ada.hidden("id"), ada.hidden("capsule")
    ada.send("more/", text="somebody said", id=form, capsule=capsule)
    sweep(timezone.now() + timedelta(days=2))
    later(monkeypatch, days=2)
    ada.send("more/", text="somebody said", id=form, capsule=capsule)
    assert not ada.sees("somebody said")


def test_thief_of_the_database_learns_the_day_of_a_visit_and_not_the_minute(ada: Ada) -> None:
    ada.come_back(ada.tell("hej"))
    assert SpentForm.objects.exists()
    sweep(timezone.now() + timedelta(minutes=15))
    for spent in SpentForm.objects.all():
        assert spent.first_used.astimezone(UTC).time() == time.min


# --- floods ------------------------------------------------------------------------------------


def test_a_flood_of_those_who_come_back_leaves_room_for_a_child_who_tells(ada: Ada) -> None:
    words = ada.tell("hej")
    places = [RETURN_GATE._places.acquire(blocking=False) for _place in range(KDF_RETURNS)]
    try:
        ada.come_back(words)
        assert ada.seen.status_code == 503
        assert ada.tell("another")
    finally:
        RETURN_GATE._places.release(len(places))
    ada.come_back(words)
    assert ada.seen.status_code == 200


@pytest.mark.parametrize("path", ["feeling/", "end/"])
def test_a_flood_of_old_forms_writes_nothing_more(ada: Ada, path: str) -> None:
    for _ask in range(COMING_BACK.burst):
        COMING_BACK.allows("127.0.0.1")
    ada.look()
    ada.send(path, text="hej")
    assert ada.seen.status_code == 429
    assert ada.sees("hej")
    assert not SpentForm.objects.exists()


# --- the list of what was erased ---------------------------------------------------------------


def test_a_long_and_torn_list_of_erased_talks_is_replayed_and_stops_no_start(
    ada: Ada, settings: Any
) -> None:
    ada.tell("hej")
    kept = Disclosure.objects.get()
    ada.tell("another")
    gone = Disclosure.objects.exclude(pk=kept.pk).get()
    for _one in range(3):
        remember(uuid4())
    path = settings.DATA / "erased.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    others = "".join(f"{uuid4()}\n" for _one in range(20_000))
    path.write_text(f"{others}\xe5\n{gone.pk}\n{str(kept.pk)[:-1]}", encoding="latin-1")
    assert replay() == 1
    assert list(Disclosure.objects.all()) == [kept]


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "FOO"])
@pytest.mark.parametrize("path", ["/", "/en/", "/en", "/en/at/north/", "/en/words/", "/en/end/"])
def test_a_method_that_no_page_has_is_refused_with_a_page(ada: Ada, method: str, path: str) -> None:
    answer = ada.client.generic(method, path, "text=hej", "application/x-www-form-urlencoded")
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert not answer.cookies
    assert not Disclosure.objects.exists()


def test_ada_chose_a_team_that_was_closed_meanwhile_and_can_send_to_the_one_before_her(
    ada: Ada, south: Team
) -> None:
    ada.look()
    Team.objects.filter(pk=south.pk).update(opened=None)
    ada.send("at/south/", text="hej")
    assert ada.seen.status_code == 404
    assert ada.sees("hej</textarea>")
    assert ada.sees('action="/en/"')
    assert ada.sees('name="do" value="here"')
    ada.send(text="hej", do="here")
    assert ada.sees("hej</textarea>")
    assert ada.sees("They are grown-ups at North School.")
    ada.send(text="hej")
    assert Disclosure.objects.get().team.name == "North"
