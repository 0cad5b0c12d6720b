"""Envelopes: what is sealed, to whom, and where it belongs.

An envelope is an age file whose plain text is one JSON object, padded with spaces:

    {"version": 1, "kind": "message", "subject": "<id>", "sequence": 3, "author": "child", …}

In the database its SHA-256 stands before it (32 bytes), so that a damaged envelope is told from
one that was never meant for this key: age itself answers both alike for some flipped bytes.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyrage
from pyrage import x25519

from .errors import (
    EnvelopeBroken,
    EnvelopeMisplaced,
    KeySubstituted,
    NotForThisKey,
    VaultError,
)
from .identity import Identity
from .parameters import PADDING_STEP

VERSION = 1
_DIGEST = 32


@dataclass(frozen=True)
class Label:
    """Where an envelope belongs: its kind, the id it is about, its place in a sequence."""

    kind: str
    subject: str
    sequence: int = 0


@dataclass(frozen=True)
class Opened:
    """What an envelope held: who wrote it, and the body."""

    author: str
    body: dict[str, Any]


def pad(text: bytes) -> bytes:
    """Fill up with spaces to the next multiple of 256 bytes; JSON reads the same."""
    return text + b" " * (-len(text) % PADDING_STEP)


def _seal(label: Label, author: str, body: dict[str, Any], recipients: Iterable[str]) -> bytes:
    head = {
        "version": VERSION,
        "kind": label.kind,
        "subject": label.subject,
        "sequence": label.sequence,
        "author": author,
    }
    text = json.dumps(head | {"body": body}, ensure_ascii=False, separators=(",", ":"))
    age: bytes = pyrage.encrypt(
        pad(text.encode("utf-8", "surrogatepass")),
        [x25519.Recipient.from_str(recipient) for recipient in recipients],
    )
    return hashlib.sha256(age).digest() + age


def age_file(stored: bytes) -> bytes:
    """The age file inside a stored envelope, for `age -d`; raises EnvelopeBroken."""
    digest, age = bytes(stored[:_DIGEST]), bytes(stored[_DIGEST:])
    if hashlib.sha256(age).digest() != digest:
        raise EnvelopeBroken("These bytes are not those that were sealed.")
    return age


def _open(stored: bytes, identity: Identity, label: Label) -> Opened:
    age = age_file(stored)
    try:
        text = pyrage.decrypt(age, [identity.age])
    except pyrage.DecryptError:
        raise NotForThisKey("This identity does not open this envelope.") from None
    held = json.loads(text.decode("utf-8", "surrogatepass"))
    if held["version"] != VERSION or label != Label(
        held["kind"], held["subject"], held["sequence"]
    ):
        raise EnvelopeMisplaced("This envelope belongs to another place.")
    return Opened(author=held["author"], body=held["body"])


def seal_text(label: Label, author: str, body: dict[str, Any], recipients: Iterable[str]) -> bytes:
    """Seal words that people wrote (a message, a note, a draft) to recipients; stored bytes."""
    return _seal(label, author, body, recipients)


def open_text(stored: bytes, identity: Identity, label: Label) -> Opened:
    """Open words sealed by `seal_text`.

    Raises EnvelopeBroken, NotForThisKey, EnvelopeMisplaced.
    """
    return _open(stored, identity, label)


def seal_identity(label: Label, identity: Identity, recipients: Iterable[str]) -> bytes:
    """Seal an identity, so that the holders of the recipients' identities can use it."""
    return _seal(label, "", {"identity": identity.reveal()}, recipients)


def open_identity(stored: bytes, identity: Identity, label: Label, recipient: str) -> Identity:
    """Open an identity sealed by `seal_identity`, and make sure it is the recipient's.

    Raises EnvelopeBroken, NotForThisKey, EnvelopeMisplaced, and KeySubstituted where the public
    part stored beside it is another's.
    """
    inner = Identity(_open(stored, identity, label).body["identity"])
    if inner.recipient != recipient:
        raise KeySubstituted("The stored recipient is not this identity's.")
    return inner


def seal_export(text: str, recipient: str) -> bytes:
    """Seal plain words as an age file for somebody outside, who opens it with `age -d`.

    Raises VaultError where the recipient is no X25519 one (`age1…`).
    """
    return seal_file(pad(text.encode("utf-8", "surrogatepass")), recipient)


def seal_file(data: bytes, recipient: str) -> bytes:
    """Seal a file as it is for somebody outside; raises VaultError as `seal_export` does."""
    try:
        holder = x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError:
        raise VaultError("This is no age recipient.") from None
    sealed: bytes = pyrage.encrypt(data, [holder])
    return sealed
