"""A child's visit leaves nothing on the device: signed forms, spent forms, and the capsule.

The capsule is what a page carries so that a visit can go on without the six words: the locator
and the child's identity, sealed to a key of this quarter of an hour.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db.models.functions import TruncDay
from django.utils import timezone

from alltid.vault.envelope import Label, open_text, seal_text
from alltid.vault.errors import VaultError
from alltid.vault.identity import Identity
from alltid.vault.parameters import SECRET_BYTES

from .passing import VISIT_MINUTES, SpentForm, VisitKey

FORM_HOURS = 4
# A page that is reloaded as long after shows nothing of what was sent with it.
FORMS_KEPT = timedelta(days=14)
NONCE_MINUTES = 15
SECOND_LOOK = 60  # seconds in which the same form may be sent again: a double tap, a lost answer
WORDS_SHOWN = timedelta(minutes=10)

_forms = signing.TimestampSigner(salt="alltid.tell.form")


class FormOld(Exception):
    """The form was made too long ago, or not here."""


class VisitOver(Exception):
    """The capsule is older than a quarter of an hour, or not one of ours."""


def new_form() -> str:
    """A signed, timestamped 256-bit id for one form."""
    return _forms.sign(base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode())


def read_form(signed: str, minutes: int | None = FORM_HOURS * 60) -> bytes:
    """The 32 bytes of a form's id, of any age where `minutes` is None; raises FormOld."""
    age = None if minutes is None else minutes * 60
    try:
        return base64.urlsafe_b64decode(_forms.unsign(signed, max_age=age))
    except (signing.BadSignature, binascii.Error, ValueError):
        raise FormOld from None


def first_use(form: bytes, now: datetime) -> datetime:
    """When this form was first sent: now, or earlier where it was sent before."""
    digest = hashlib.sha256(form).digest()
    spent, _made = SpentForm.objects.get_or_create(digest=digest, defaults={"first_used": now})
    return spent.first_used


def is_spent(form: bytes, now: datetime) -> bool:
    """Whether the form was first sent longer ago than a double tap."""
    return now - first_use(form, now) > timedelta(seconds=SECOND_LOOK)


def was_sent_before(signed: str, now: datetime) -> bool:
    """Whether a form of any age was first sent longer ago than a double tap: a Reload.

    What it holds is then not shown again. A form that is not one of ours was never sent.
    """
    try:
        return is_spent(read_form(signed, minutes=None), now)
    except FormOld:
        return False


def _ended_mark(locator: bytes) -> bytes:
    return hashlib.sha256(b"alltid/1/ended" + locator).digest()


def note_end(locator: bytes, now: datetime) -> None:
    """Remember of an ended talk only that its first message, sent again, begins no new one."""
    SpentForm.objects.get_or_create(digest=_ended_mark(locator), defaults={"first_used": now})


def was_ended(locator: bytes) -> bool:
    """Whether a talk with this locator was ended of late."""
    return SpentForm.objects.filter(digest=_ended_mark(locator)).exists()


def forget_forms(now: datetime) -> int:
    """Forget forms that were spent long ago, and of the others the hour; how many are forgotten.

    The exact time is wanted for a minute only, and would tell when somebody was here.
    """
    gone, _ = SpentForm.objects.filter(first_used__lt=now - FORMS_KEPT).delete()
    day = TruncDay("first_used", tzinfo=UTC)
    settled = SpentForm.objects.filter(first_used__lt=now - timedelta(seconds=2 * SECOND_LOOK))
    settled.exclude(first_used=day).update(first_used=day)
    return gone


_this_quarter: VisitKey | None = None


def _visit_key(now: datetime) -> VisitKey:
    global _this_quarter
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    if _this_quarter is None or _this_quarter.made != quarter:
        identity = Identity.generate()
        _this_quarter, _made = VisitKey.objects.get_or_create(
            made=quarter, defaults={"recipient": identity.recipient, "secret": identity.reveal()}
        )
        VisitKey.objects.filter(made__lt=now - timedelta(minutes=2 * VISIT_MINUTES)).delete()
    return _this_quarter


@dataclass(frozen=True)
class Capsule:
    """What goes on with a visit: where the thread lies, and the child's identity."""

    locator: bytes
    identity: Identity

    def seal(self, now: datetime | None = None) -> str:
        """The text of a hidden field, good for a quarter of an hour."""
        now = now or timezone.now()
        key = _visit_key(now)
        body = {
            "locator": self.locator.hex(),
            "identity": self.identity.reveal(),
            "expires": (now + timedelta(minutes=VISIT_MINUTES)).timestamp(),
        }
        sealed = seal_text(Label("visit", str(key.pk)), "", body, [key.recipient])
        return f"{key.pk}.{base64.urlsafe_b64encode(sealed).decode()}"

    @classmethod
    def open(cls, text: str, now: datetime | None = None) -> "Capsule":
        """Read a hidden field; raises VisitOver."""
        now = now or timezone.now()
        number, _, rest = text.partition(".")
        key = (
            VisitKey.objects.filter(pk=int(number)).first()
            if number.isascii() and number.isdigit() and len(number) < 19
            else None
        )
        if key is None:
            raise VisitOver
        try:
            body = open_text(
                base64.urlsafe_b64decode(rest), Identity(key.secret), Label("visit", str(key.pk))
            ).body
        except (VaultError, binascii.Error, ValueError):
            raise VisitOver from None
        if body["expires"] < now.timestamp():
            raise VisitOver
        return cls(bytes.fromhex(body["locator"]), Identity(body["identity"]))


def forget_visit_key() -> None:
    """Look this quarter's key up anew: after its row went, and between tests."""
    global _this_quarter
    _this_quarter = None
