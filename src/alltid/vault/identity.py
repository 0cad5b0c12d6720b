"""Identities (secret) and recipients (public) of the age format, X25519.

Made at random, or from 32 bytes by Bech32 (BIP 173), which is how age writes them (C2SP age.md).
"""

from functools import cached_property

from pyrage import IdentityError, x25519

from .errors import VaultError
from .kdf import Gate, keyed, stretch
from .parameters import PASSPHRASE_COST

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_PREFIX = "age-secret-key-"


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if (top >> i) & 1 else 0
    return check


def _bech32(raw: bytes) -> str:
    bits = int.from_bytes(raw, "big") << (-len(raw) * 8 % 5)
    count = -(-len(raw) * 8 // 5)
    data = [(bits >> 5 * i) & 31 for i in reversed(range(count))]
    expanded = [ord(c) >> 5 for c in _PREFIX] + [0] + [ord(c) & 31 for c in _PREFIX]
    check = _polymod(expanded + data + [0] * 6) ^ 1
    data += [(check >> 5 * i) & 31 for i in reversed(range(6))]
    return (_PREFIX + "1" + "".join(_CHARSET[value] for value in data)).upper()


class Identity:
    """An age X25519 identity: opens what was sealed to its recipient. Never shown by repr."""

    def __init__(self, text: str) -> None:
        """Read `AGE-SECRET-KEY-1…`; VaultError if it is none."""
        try:
            self.age = x25519.Identity.from_str(text)
        except IdentityError:
            # The library's own text could quote what was typed.
            raise VaultError("This is no age identity.") from None

    @classmethod
    def generate(cls) -> "Identity":
        """A new random identity."""
        return cls(str(x25519.Identity.generate()))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Identity":
        """The identity whose 32 secret bytes are given; ValueError for another length."""
        if len(raw) != 32:
            raise ValueError("An identity has 32 bytes.")
        return cls(_bech32(raw))

    @classmethod
    def from_passphrase(cls, passphrase: str, salt: bytes, pepper: bytes, gate: Gate) -> "Identity":
        """The identity that a user's own identity is sealed to; raises KdfBusy."""
        stretched = stretch(passphrase.encode(), salt, PASSPHRASE_COST, gate)
        return cls.from_bytes(keyed(pepper, "passphrase", stretched))

    @cached_property
    def recipient(self) -> str:
        """The public part, `age1…`."""
        return str(self.age.to_public())

    def reveal(self) -> str:
        """The secret in age's own writing: for sealing it, and for a printed recovery sheet."""
        return str(self.age)

    def __repr__(self) -> str:
        return "<Identity>"


def fingerprint(recipient: str) -> str:
    """Four groups of four letters by which two people compare a recipient aloud."""
    return " ".join(recipient[-16:][i : i + 4] for i in range(0, 16, 4))
