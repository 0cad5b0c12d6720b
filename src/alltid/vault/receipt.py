"""The receipt: six words that are made from what was told, never stored.

number   = first 66 bits of HMAC-SHA256(receipt key, form id, SHA-256(canonical body))
root     = Argon2id(number, installation salt)
locator  = HMAC(pepper, "locator", root)[:16]       stored, unique
identity = HMAC(pepper, "identity", root)           the child's, derived again at each return
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import PepperWrong, SaltWrong
from .identity import Identity
from .kdf import Gate, keyed, stretch
from .parameters import LOCATOR_BYTES, RECEIPT_BITS, RECEIPT_COST


def canonical(body: Mapping[str, Any]) -> bytes:
    """One writing for one body: keys sorted, no spare spaces, UTF-8."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def number_for(receipt_key: bytes, form_id: bytes, body: Mapping[str, Any]) -> int:
    """The receipt number (66 bits) of one form sent with one body: the same on a double tap."""
    digest = hashlib.sha256(canonical(body)).digest()
    whole = keyed(receipt_key, "receipt", form_id, digest)
    return int.from_bytes(whole, "big") >> (len(whole) * 8 - RECEIPT_BITS)


@dataclass(frozen=True)
class Root:
    """What the one Argon2 of a visit gives; from here only cheap HMACs."""

    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, number: int, salt: bytes, gate: Gate) -> "Root":
        """Stretch a receipt number (11 ms); raises KdfBusy."""
        raw = number.to_bytes((RECEIPT_BITS + 7) // 8, "big")
        return cls(stretch(raw, salt, RECEIPT_COST, gate))

    def locator(self, pepper: bytes) -> bytes:
        """Where the thread is found: 16 bytes, unique, tells nothing."""
        return keyed(pepper, "locator", self.secret)[:LOCATOR_BYTES]

    def identity(self, pepper: bytes) -> Identity:
        """The child's identity, to which their copy of the case key is sealed."""
        return Identity.from_bytes(keyed(pepper, "identity", self.secret))


def pepper_mark(pepper: bytes) -> bytes:
    """What is stored of a pepper: enough to know it again, nothing to make it from."""
    return keyed(pepper, "check")


def check_pepper(pepper: bytes, mark: bytes) -> None:
    """Raise PepperWrong unless the mark was made with this pepper."""
    if not hmac.compare_digest(pepper_mark(pepper), mark):
        raise PepperWrong(
            "The pepper is not the one this database was made with. "
            "Put the right pepper back; with a wrong one every child's words would seem wrong."
        )


def salt_mark(salt: bytes) -> bytes:
    """What is stored of the salt, to know it again."""
    return keyed(salt, "check")


def check_salt(salt: bytes, mark: bytes) -> None:
    """Raise SaltWrong unless the mark was made with this salt."""
    if not hmac.compare_digest(salt_mark(salt), mark):
        raise SaltWrong(
            "The salt is not the one this database was made with. "
            "Put the right salt back; with a wrong one every child's words would seem wrong."
        )
