"""A stranger, a thief and a rogue colleague at the staff's doors."""

from unicodedata import normalize

from alltid.people.passphrase import canonical


def test_stranger_sends_a_passphrase_of_megabytes_and_only_its_beginning_is_folded() -> None:
    assert len(canonical("\ufdfa" * 1_000_000)) <= 500 * len(normalize("NFKC", "\ufdfa"))
