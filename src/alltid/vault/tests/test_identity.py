"""Identities: what is relied on in pyrage is pinned here."""

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.vault.errors import VaultError
from alltid.vault.identity import Identity, fingerprint
from alltid.vault.kdf import Gate

secret_bytes = st.binary(min_size=32, max_size=32)


def test_identity_of_given_bytes_is_the_one_age_knows() -> None:
    # The vector: thirty-two times 0x42, written by age-keygen's own Bech32.
    identity = Identity.from_bytes(b"\x42" * 32)
    assert identity.reveal() == (
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
    )


@given(secret_bytes)
def test_every_identity_made_from_bytes_is_read_back_the_same(raw: bytes) -> None:
    identity = Identity.from_bytes(raw)
    assert Identity(identity.reveal()).recipient == identity.recipient


def test_identity_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Identity.from_bytes(b"\0" * 31)


def test_misread_identity_is_refused_without_quoting_it() -> None:
    typed = "AGE-SECRET-KEY-1CANARY"
    with pytest.raises(VaultError) as refusal:
        Identity(typed)
    assert "CANARY" not in str(refusal.value)


def test_identity_is_never_shown_by_repr() -> None:
    identity = Identity.generate()
    assert identity.reveal() not in repr(identity)
    assert identity.reveal() not in f"{identity}"


def test_same_passphrase_salt_and_pepper_give_the_same_identity_and_others_do_not() -> None:
    gate = Gate(1)
    made = {
        Identity.from_passphrase(passphrase, salt, pepper, gate).recipient
        for passphrase, salt, pepper in [
            ("a b c d e", b"s" * 16, b"p" * 32),
            ("a b c d e", b"s" * 16, b"p" * 32),
            ("a b c d f", b"s" * 16, b"p" * 32),
            ("a b c d e", b"t" * 16, b"p" * 32),
            ("a b c d e", b"s" * 16, b"q" * 32),
        ]
    }
    assert len(made) == 4


def test_fingerprint_is_four_groups_of_the_recipient() -> None:
    recipient = Identity.from_bytes(b"\x01" * 32).recipient
    assert fingerprint(recipient).replace(" ", "") == recipient[-16:]


def test_pyrage_opens_for_each_of_several_recipients_and_for_nobody_else() -> None:
    first, second, stranger = (Identity.generate() for _ in range(3))
    sealed = pyrage.encrypt(
        b"words", [pyrage.x25519.Recipient.from_str(i.recipient) for i in (first, second)]
    )
    assert pyrage.decrypt(sealed, [first.age]) == pyrage.decrypt(sealed, [second.age]) == b"words"
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [stranger.age])
