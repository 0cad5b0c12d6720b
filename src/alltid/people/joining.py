"""Making a way in: generated secrets that are offered, written down, proved and only then used.

Until it is confirmed an offer lies nowhere but in the page of the person it is for, signed, so
that a passphrase cannot be thought up by changing the form.
"""

from dataclasses import dataclass, field

import pyotp
import segno
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from alltid.vault.identity import Identity

from .keys import code_digest, join
from .models import AuditEvent, Invitation, Team, User
from .passphrase import generate
from .signin import SignedIn, protect
from .unlocking import end_all

_OFFER_SECONDS = 3600


class OfferSpent(Exception):
    """The offer is older than an hour, was changed, or was made for somebody else."""


@dataclass(frozen=True)
class Offer:
    """New secrets for one person: five words and a TOTP secret (RFC 6238, base32)."""

    bound_to: str
    passphrase: str = field(repr=False)
    totp_secret: str = field(repr=False)

    @classmethod
    def make(cls, bound_to: object, language: str) -> "Offer":
        """Fresh secrets, bound to an invitation or a user."""
        return cls(str(bound_to), generate(language), pyotp.random_base32())

    def signed(self) -> str:
        """The text that the form carries."""
        return signing.dumps([self.bound_to, self.passphrase, self.totp_secret], salt="offer")

    @classmethod
    def read(cls, text: str, bound_to: object) -> "Offer":
        """The offer in a form; raises OfferSpent."""
        try:
            offer = cls(*signing.loads(text, salt="offer", max_age=_OFFER_SECONDS))
        except signing.BadSignature:
            raise OfferSpent from None
        if offer.bound_to != str(bound_to):
            raise OfferSpent
        return offer

    def shows(self, code: str) -> bool:
        """Whether an app that was given the TOTP secret shows this code now."""
        digits = "".join(character for character in code if character.isdigit())
        return pyotp.TOTP(self.totp_secret).verify(digits, valid_window=1)

    def grouped_secret(self) -> str:
        """The TOTP secret in groups of four, for typing into an app by hand."""
        return " ".join(self.totp_secret[i : i + 4] for i in range(0, len(self.totp_secret), 4))

    def address(self, name: str) -> str:
        """What an authenticator app reads from a QR code (otpauth://…)."""
        return pyotp.TOTP(self.totp_secret).provisioning_uri(name=name, issuer_name="Alltid")

    def qr(self, name: str) -> SafeString:
        """The same as a picture: an inline SVG without any style."""
        svg = segno.make(self.address(name), error="m").svg_inline(
            border=0, omitsize=True, svgclass=None, lineclass=None
        )
        return mark_safe(svg)  # noqa: S308 -- segno made it of numbers alone


def invitation_for(code: str) -> Invitation | None:
    """The live invitation of a code."""
    return (
        Invitation.objects.filter(code_digest=code_digest(code), expires__gt=timezone.now())
        .select_related("team", "user", "made_by")
        .first()
    )


def make_account(invitation: Invitation, offer: Offer, user: User) -> User:
    """Give a new user, or one who lost their passphrase, a fresh identity.

    Raises KdfBusy, InvitationUsed.
    """
    protect(user, Identity.generate(), offer.passphrase, offer.totp_secret)
    user.failures, user.retry_at, user.totp_step = 0, None, 0
    with transaction.atomic():
        user.save()
        join(invitation, user)
    return user


def change_secrets(signed: SignedIn, passphrase: str, totp_secret: str) -> None:
    """Seal the same identity under new secrets and end every session; raises KdfBusy."""
    user = signed.user
    protect(user, signed.identity, passphrase, totp_secret)
    with transaction.atomic():
        user.save()
        end_all(user)
        for team in Team.objects.of(user):
            AuditEvent.write("secrets_changed", actor=user, team=team, subject=user.pk)


def leave_everywhere(user: User) -> None:
    """Sign a user out of every browser: sessions end with the changed unusable password."""
    user.set_unusable_password()
    with transaction.atomic():
        user.save(update_fields=["password"])
        end_all(user)
