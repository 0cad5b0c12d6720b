"""Telling and coming back: the steps that a view calls, each with its keys and its promises."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction

from alltid.people.models import Team
from alltid.people.secrets import CHILD_GATE, RETURN_GATE, newest_pepper, peppers
from alltid.vault import words
from alltid.vault.identity import Identity
from alltid.vault.receipt import Root, number_for

from .handing import unseen
from .models import CHILD, Card, Disclosure, Door, KeyCopy, find_door
from .visit import WORDS_SHOWN, Capsule, was_ended

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """A message that is on disk: its disclosure, the words (for ten minutes), and the capsule."""

    disclosure: Disclosure
    words: tuple[str, ...] | None
    capsule: Capsule


class TalkEnded(Exception):
    """What is sent again belongs to a talk that the child has ended."""


def tell(
    team: Team, body: dict[str, Any], *, form: bytes, language: str, acute: bool, now: datetime
) -> Told:
    """Receive a first message; a double tap gives the same words and one disclosure.

    Raises KdfBusy, NoKey, and TalkEnded where this very message was told, and ended since; a
    database that cannot write raises Django's OperationalError.
    """
    number = number_for(settings.ALLTID["RECEIPT_KEY"], form, body)
    root = Root.of(number, settings.ALLTID["SALT"], CHILD_GATE)
    version, pepper = newest_pepper()
    capsule = Capsule(root.locator(pepper), root.identity(pepper))
    if was_ended(capsule.locator):
        raise TalkEnded
    disclosure, new = Disclosure.objects.receive(
        team,
        body | {"language": language},
        locator=capsule.locator,
        child_recipient=capsule.identity.recipient,
        pepper_version=version,
        acute=acute,
        now=now,
    )
    shown = new or now - read_thread(disclosure, capsule.identity)[0].at <= WORDS_SHOWN
    return Told(disclosure, words.words_for(number, language) if shown else None, capsule)


def was_told(body: dict[str, Any], *, form: bytes) -> bool:
    """Whether this very form and body were received before: a Reload long after. Raises KdfBusy."""
    number = number_for(settings.ALLTID["RECEIPT_KEY"], form, body)
    root = Root.of(number, settings.ALLTID["SALT"], RETURN_GATE)
    locators = [root.locator(pepper) for pepper in peppers().values()]
    told = Disclosure.objects.filter(locator__in=locators)
    return told.exists() or any(map(was_ended, locators))


def tell_by_card(
    card: Card, identity: Identity, body: dict[str, Any], *, form: bytes, acute: bool, now: datetime
) -> Disclosure:
    """Receive the first message behind a printed card; the card's words go on working.

    Where somebody wrote with it a moment earlier, this is the next message of that talk.
    """
    with transaction.atomic():
        locator = bytes(card.locator)
        disclosure, new = Disclosure.objects.receive(
            card.team,
            body,
            locator=locator,
            child_recipient=identity.recipient,
            pepper_version=card.pepper_version,
            acute=acute,
            now=now,
            form=form,
        )
        if not new:
            disclosure.add_message(body, form=form, acute=acute, now=now)
        Card.objects.filter(pk=card.pk).delete()
    return disclosure


def tell_more(
    disclosure: Disclosure,
    identity: Identity,
    body: dict[str, Any],
    *,
    form: bytes,
    acute: bool,
    now: datetime,
) -> None:
    """Store a further message of the child's, once a form.

    Raises a VaultError where what it would be sealed to is not this talk's key.
    """
    _case_key(disclosure, identity)
    disclosure.add_message(body, form=form, acute=acute, now=now)


def come_back(number: int) -> Door | None:
    """Find what lies behind six words: one Argon2, then one cheap look a live pepper.

    Raises KdfBusy.
    """
    root = Root.of(number, settings.ALLTID["SALT"], RETURN_GATE)
    return find_door((root.locator(pepper), root.identity(pepper)) for pepper in peppers().values())


@dataclass(frozen=True)
class Line:
    """One message as the child's page shows it."""

    author: str
    name: str
    text: str
    at: datetime
    from_child: bool
    sequence: int


def _case_key(disclosure: Disclosure, identity: Identity) -> Identity:
    """The disclosure's identity, opened with the child's; raises a VaultError."""
    return KeyCopy.objects.get(disclosure=disclosure, team_key__isnull=True).open(identity)


def read_thread(disclosure: Disclosure, identity: Identity) -> list[Line]:
    """Every message of a child's thread, oldest first; raises a VaultError."""
    case = _case_key(disclosure, identity)
    lines = []
    for message in disclosure.messages.order_by("sequence"):
        opened = message.open(case)
        lines.append(
            Line(
                author=opened.author,
                name=opened.body.get("name", ""),
                text=opened.body["text"],
                at=datetime.fromisoformat(opened.body["at"]),
                from_child=opened.author == CHILD,
                sequence=message.sequence,
            )
        )
    return lines


def mark_read_by_child(disclosure: Disclosure) -> None:
    """Note that the child has before them the newest answer, and that another team is asked.

    A database that can be read and not written (a full disk) keeps no answer from a child.
    """
    try:
        handing = unseen(disclosure)
        if disclosure.read_by_child >= disclosure.sequence and not handing.exists():
            return
        with transaction.atomic():
            handing.update(seen=True)
            Disclosure.objects.filter(pk=disclosure.pk).update(read_by_child=disclosure.sequence)
    except DatabaseError:
        log.exception("That a child read an answer could not be noted.")
