"""Children who meet on one card, floods from many places, and hands in the database."""

import hashlib
import secrets

import pytest
from django.utils import timezone

from alltid.people.models import Team
from alltid.tell.models import Card, Disclosure, Message, SpentForm
from alltid.tell.telling import read_thread, tell_by_card
from alltid.vault.identity import Identity
from alltid.vault.parameters import LOCATOR_BYTES

from .conftest import Ada


@pytest.fixture
def card(north: Team) -> tuple[Card, Identity]:
    """A printed card, and the identity that its words give."""
    identity = Identity.generate()
    held = Card.objects.create(
        team=north, locator=secrets.token_bytes(LOCATOR_BYTES), recipient=identity.recipient,
        pepper_version=1, printed=timezone.now().date(),
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
