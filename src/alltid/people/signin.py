"""Signing in: the passphrase opens the user's identity, the identity opens the second factor.

There is no second password hash: whoever can open the identity is who they say.
"""

import math
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

import pyotp
from django.contrib.auth.backends import BaseBackend
from django.db.models import F, Q
from django.utils import timezone

from alltid.vault.envelope import open_identity, open_text, seal_identity, seal_text
from alltid.vault.errors import VaultError
from alltid.vault.identity import Identity
from alltid.vault.parameters import SALT_BYTES

from .models import Invitation, User
from .passphrase import canonical
from .secrets import STAFF_GATE, newest_pepper, pepper, peppers

_LONGEST_NAME = 60
_FREE_TRIES = 3
_LONGEST_WAIT = 60  # seconds: a nuisance for a guesser, no lock-out for the one it is about


class Refused(Exception):
    """Name, passphrase or code is not right."""


class Wait(Exception):
    """Too many tries of late; `seconds` until the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Wait before the next try.")
        self.seconds = seconds


@dataclass(frozen=True)
class SignedIn:
    """A user and their identity, just opened."""

    user: User
    identity: Identity


class IdentityBackend(BaseBackend):
    """Only finds the user of a session; signing in goes through `sign_in`."""

    def get_user(self, user_id: UUID | str) -> User | None:
        """The active user of a session."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def protect(user: User, identity: Identity, passphrase: str, totp_secret: str) -> None:
    """Set a user's sealed identity and second factor; the caller saves. Raises KdfBusy."""
    user.salt = secrets.token_bytes(SALT_BYTES)
    user.pepper_version, newest = newest_pepper()
    user.recipient = identity.recipient
    outer = Identity.from_passphrase(canonical(passphrase), bytes(user.salt), newest, STAFF_GATE)
    user.sealed_identity = seal_identity(user.identity_label(), identity, [outer.recipient])
    user.sealed_totp = seal_text(
        user.totp_label(), str(user.pk), {"secret": totp_secret}, [identity.recipient]
    )
    # A new unusable password ends the sessions of the old one.
    user.set_unusable_password()


def totp_secret_of(user: User, identity: Identity) -> str:
    """The user's TOTP secret (RFC 6238, base32)."""
    secret: str = open_text(bytes(user.sealed_totp), identity, user.totp_label()).body["secret"]
    return secret


def _claim_try(user: User) -> None:
    """Count this try before its code is looked at, so that parallel guesses wait like slow ones."""
    while True:
        now = timezone.now()
        claimed = (
            User.objects.filter(pk=user.pk, failures=user.failures)
            .filter(Q(retry_at__isnull=True) | Q(retry_at__lte=now))
            .update(
                failures=F("failures") + 1,
                retry_at=now + timedelta(seconds=_delay(user.failures + 1)),
            )
        )
        if claimed:
            return
        # Another try came first; this one goes behind it.
        user.refresh_from_db(fields=["failures", "retry_at"])
        left = ((user.retry_at or now) - now).total_seconds()
        if left > 0:
            raise Wait(math.ceil(left))


def _delay(failures: int) -> int:
    if failures <= _FREE_TRIES:
        return 0
    return int(min(2 ** (failures - _FREE_TRIES), _LONGEST_WAIT))


def _accept_code(user: User, secret: str, code: str) -> bool:
    """Whether the code is of this half minute or a neighbour, and was not used before."""
    totp = pyotp.TOTP(secret)
    now = timezone.now()
    digits = "".join(character for character in code if character.isdigit())
    for step in (0, -1, 1):
        moment = now + timedelta(seconds=30 * step)
        number = totp.timecode(moment)
        if pyotp.utils.strings_equal(digits, totp.at(moment)):
            return bool(
                User.objects.filter(pk=user.pk, totp_step__lt=number).update(totp_step=number)
            )
    return False


@cache
def _nobody(pepper_version: int) -> User:
    """Whom an unknown name is taken for: the same work, and no passphrase is right."""
    user = User(salt=b"\0" * SALT_BYTES, pepper_version=pepper_version)
    identity = Identity.generate()
    user.recipient = identity.recipient
    user.sealed_identity = seal_identity(
        user.identity_label(), identity, [Identity.generate().recipient]
    )
    return user


def sign_in(name: str, passphrase: str, code: str) -> SignedIn:
    """Open a user's identity by passphrase and six-digit code.

    Raises Refused (never saying which of the three was wrong), Wait, KdfBusy. Who does not know
    the passphrase makes nobody wait and learns no name (docs/adr/0007-who-waits.md); the caller
    bounds how often one visitor may ask.
    """
    known = User.objects.filter(name__iexact=name.strip()[:_LONGEST_NAME], is_active=True).first()
    # A passphrase made with a pepper that is lost opens nothing any more.
    if known is None or known.pepper_version not in peppers():
        user = _nobody(newest_pepper()[0])
    else:
        user = known
    outer = Identity.from_passphrase(
        canonical(passphrase), bytes(user.salt), pepper(user.pepper_version), STAFF_GATE
    )
    try:
        identity = open_identity(
            bytes(user.sealed_identity), outer, user.identity_label(), user.recipient
        )
        secret = totp_secret_of(user, identity)
    except VaultError:
        raise Refused from None
    _claim_try(user)
    if not _accept_code(user, secret, code):
        raise Refused
    User.objects.filter(pk=user.pk).update(failures=0, retry_at=None, seen=timezone.now())
    # Nothing is lost, so a code to make this way in anew is not for whoever holds it.
    Invitation.objects.filter(user=user).delete()
    user.refresh_from_db()
    return SignedIn(user, identity)
