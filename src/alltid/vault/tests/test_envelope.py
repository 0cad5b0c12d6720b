"""Envelopes: what opens, what does not, and which of the refusals it is."""

import json
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.vault.envelope import (
    Label,
    age_file,
    open_identity,
    open_text,
    pad,
    seal_identity,
    seal_text,
)
from alltid.vault.errors import EnvelopeBroken, EnvelopeMisplaced, KeySubstituted, NotForThisKey
from alltid.vault.identity import Identity
from alltid.vault.parameters import PADDING_STEP

from .plain_age import opened_by_age

HOLDER = Identity.from_bytes(b"\x07" * 32)
STRANGER = Identity.from_bytes(b"\x08" * 32)
HERE = Label("message", "3f1c", 2)
SEALED = seal_text(HERE, "child", {"text": "hej"}, [HOLDER.recipient])


@given(st.text())
def test_any_text_comes_back_as_it_was(text: str) -> None:
    sealed = seal_text(HERE, "child", {"text": text}, [HOLDER.recipient])
    opened = open_text(sealed, HOLDER, HERE)
    assert (opened.author, opened.body) == ("child", {"text": text})


def test_lone_surrogate_from_a_broken_keyboard_comes_back_as_it_was() -> None:
    sealed = seal_text(HERE, "child", {"text": "hej \ud83d"}, [HOLDER.recipient])
    assert open_text(sealed, HOLDER, HERE).body["text"] == "hej \ud83d"


@given(st.binary(max_size=2000))
def test_padding_fills_to_whole_steps_and_only_adds_spaces(text: bytes) -> None:
    padded = pad(text)
    assert len(padded) % PADDING_STEP == 0
    assert len(padded) - len(text) < PADDING_STEP
    assert padded.startswith(text)
    assert not padded[len(text) :].strip(b" ")


@given(st.integers(0, 80), st.integers(0, 80))
def test_two_short_texts_are_sealed_at_one_length(first: int, second: int) -> None:
    sealed = [
        seal_text(HERE, "child", {"text": "a" * size}, [HOLDER.recipient])
        for size in (first, second)
    ]
    # Inside: age itself adds a stanza of random length outside ("grease").
    inside = {len(pyrage.decrypt(age_file(stored), [HOLDER.age])) for stored in sealed}
    assert inside == {PADDING_STEP}


def test_stranger_is_told_it_is_not_for_this_key() -> None:
    sealed = seal_text(HERE, "child", {"text": "hej"}, [HOLDER.recipient])
    with pytest.raises(NotForThisKey):
        open_text(sealed, STRANGER, HERE)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_every_flipped_byte_is_told_as_broken(place: int, flip: int) -> None:
    flipped = bytearray(SEALED)
    flipped[place] ^= flip
    with pytest.raises(EnvelopeBroken):
        open_text(bytes(flipped), HOLDER, HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [Label("note", "3f1c", 2), Label("message", "9999", 2), Label("message", "3f1c", 3)],
)
def test_moved_envelope_is_told_as_misplaced(elsewhere: Label) -> None:
    sealed = seal_text(HERE, "child", {"text": "hej"}, [HOLDER.recipient])
    with pytest.raises(EnvelopeMisplaced):
        open_text(sealed, HOLDER, elsewhere)


def test_identity_behind_another_recipient_is_told_as_substituted() -> None:
    key, other = Identity.generate(), Identity.generate()
    sealed = seal_identity(HERE, key, [HOLDER.recipient])
    assert open_identity(sealed, HOLDER, HERE, key.recipient).reveal() == key.reveal()
    with pytest.raises(KeySubstituted):
        open_identity(sealed, HOLDER, HERE, other.recipient)


def test_age_command_opens_an_envelope_as_readable_json(tmp_path: Path) -> None:
    sealed = seal_text(HERE, "child", {"text": "åäö"}, [HOLDER.recipient])
    opened = json.loads(opened_by_age(age_file(sealed), HOLDER, tmp_path).stdout)
    assert opened["body"] == {"text": "åäö"}
    assert opened["sequence"] == 2
