"""Printed cards: six words made ahead, for a child who can write nothing down.

The words stand on the paper and nowhere else: of a card only its locator and the recipient of the
child's identity are stored, sealed to nobody until somebody writes with it.
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alltid.people.console import write_private
from alltid.people.models import AuditEvent, Team
from alltid.people.printing import pdf
from alltid.people.secrets import CHILD_GATE, newest_pepper
from alltid.vault import words
from alltid.vault.parameters import RECEIPT_BITS
from alltid.vault.receipt import Root

from .models import Card


@dataclass(frozen=True)
class NewCard:
    """A card that is not stored yet, and the number its words are made from."""

    number: int = field(repr=False)
    card: Card


def make(team: Team, count: int) -> list[NewCard]:
    """So many receipts made ahead (11 ms each), not stored. Raises KdfBusy."""
    version, pepper = newest_pepper()
    made = []
    for _card in range(count):
        number = secrets.randbits(RECEIPT_BITS)
        root = Root.of(number, settings.ALLTID["SALT"], CHILD_GATE)
        card = Card(
            team=team,
            locator=root.locator(pepper),
            recipient=root.identity(pepper).recipient,
            pepper_version=version,
        )
        made.append(NewCard(number, card))
    return made


def page(cards: list[tuple[str, ...]], address: str, language: str) -> bytes:
    """The cards as a PDF to be printed on both sides; raises NotPrinted."""
    with translation.override(language):
        data = {
            "language": language,
            "title": _("Cards"),
            "tell": _("You can always tell."),
            "whatever": _("Whatever you did."),
            "how": _("Write, and read the answer, with these six words:"),
            "address": address,
            "back": [_("Your child may have talked to someone."), _("Ask nothing tonight.")],
            "say": _("Say: you can always tell."),
            "cards": cards,
        }
        return pdf("tell/cards.typ", data)


def print_cards(team: Team, count: int, *, address: str, language: str, out: Path) -> None:
    """Make cards, write them to a PDF of mode 0600, and only then let them be used.

    Raises NotPrinted, KdfBusy, and CommandError where the file cannot be written.
    """
    made = make(team, count)
    said = [words.words_for(new.number, language) for new in made]
    write_private(out, page(said, address, language))
    try:
        with transaction.atomic():
            AuditEvent.write(
                "cards_printed", actor=None, team=team, subject=team.pk, why=str(count)
            )
            Card.objects.bulk_create([new.card for new in made])
    except Exception:
        # Cards that open nothing must not be handed out.
        out.unlink(missing_ok=True)
        raise
