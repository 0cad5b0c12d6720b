"""Passphrases are generated, never thought up: five words of the receipt's lists, 55 bits."""

import secrets

from alltid.vault.parameters import PASSPHRASE_WORDS, WORD_BITS
from alltid.vault.words import fold, wordlist

# Anybody may send a passphrase, and folding a very long one is work; no real one comes near.
_LONGEST = 500


def generate(language: str) -> str:
    """A new passphrase in the language's words, with hyphens between them."""
    words = wordlist(language)
    return "-".join(words[secrets.randbits(WORD_BITS)] for _ in range(PASSPHRASE_WORDS))


def canonical(typed: str) -> str:
    """One writing for a passphrase however it was typed: folded words, single spaces."""
    return " ".join(fold(word) for word in typed[:_LONGEST].replace("-", " ").split())
