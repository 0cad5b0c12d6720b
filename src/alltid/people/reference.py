"""A short name for a thread that can be said aloud: "tavi-noka". It tells nothing by itself."""

from uuid import UUID

_CONSONANTS = "bdfgklmnprstvj"
_VOWELS = "aeiou"


def reference(subject: UUID) -> str:
    """Four syllables, 24 bits of a random id: enough to tell threads apart in talk."""
    number = subject.int
    syllables = []
    for _place in range(4):
        number, consonant = divmod(number, len(_CONSONANTS))
        number, vowel = divmod(number, len(_VOWELS))
        syllables.append(_CONSONANTS[consonant] + _VOWELS[vowel])
    return "".join(syllables[:2]) + "-" + "".join(syllables[2:])
