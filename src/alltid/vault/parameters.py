"""Every number of the cryptography, in one place, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Argon2Cost:
    """Argon2id cost (RFC 9106): memory in KiB, passes over it, lanes."""

    memory: int
    passes: int
    lanes: int = 1


# A stolen database is attacked offline with the pepper in the worst case, so a guess at a
# passphrase must cost real memory; 64 MiB and three passes is RFC 9106's second recommended
# option, about 150 ms on the machines this was measured on.
PASSPHRASE_COST = Argon2Cost(memory=64 * 1024, passes=3)

# Every child pays this once, on a school's small server, thirty at a time: 11 ms. The receipt's
# 66 bits carry the strength, the cost only slows a thief who has database and pepper.
RECEIPT_COST = Argon2Cost(memory=8 * 1024, passes=2)

# Six words of eleven bits.
RECEIPT_BITS = 66
RECEIPT_WORDS = 6
WORD_BITS = 11

# Sixteen bytes of an HMAC-SHA256: no two of 10^9 threads meet by chance.
LOCATOR_BYTES = 16

# Five generated words, 55 bits, behind 64 MiB of Argon2id and the pepper.
PASSPHRASE_WORDS = 5

# The length of a text tells something about it; steps of 256 bytes hide most of that and cost
# one disk sector at the most.
PADDING_STEP = 256

# Random secrets (pepper, receipt key, form ids, salts).
SECRET_BYTES = 32
SALT_BYTES = 16

# How long a key derivation waits for its turn (seconds), and how many may wait in one process,
# so that a flood of guesses neither fills the memory nor keeps a child from the first page.
KDF_WAIT = 3.0
KDF_QUEUE = 40

# How many of those places those who come back may take: six words of the public list cost nothing
# to write, so that a flood of them must not keep a child from telling. A whole class fits in.
KDF_RETURNS = 32
