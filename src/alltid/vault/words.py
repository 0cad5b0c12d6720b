"""The receipt's words: a number as six words, and six words, as a child types them, as a number.

Each list has 2,048 words, so a word is eleven bits and its number is its line, from 0. The lists
are public and frozen: a changed line would shut out every child whose words hold it. How they
were made, and the laws that they keep, is in docs/adr/0004-receipt-words.md.

What is typed here opens a talk. It is never logged and never put in an exception.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .parameters import RECEIPT_BITS, RECEIPT_WORDS, WORD_BITS

# SHA-256 of each list, a line feed after every word. They never change.
FROZEN = {
    "sv": "14ac69c6ee0edece133f80ddde2d3f971e62c0cb2f8ee2531abf0cb03ebda73c",
    "en": "ac806fd78344e2c729b8010115a5d8cb9bbf6c65f9361feb497ca1e5c8e6647e",
}
LANGUAGES: tuple[str, ...] = tuple(FROZEN)

# Letters that are enough to know a word of a list; no word is shorter.
ENOUGH = 4

# Endings of three letters and more that a child may add to a word, or put for its last vowel.
ENDINGS = {
    "sv": ("arna", "erna", "orna", "arnas", "ernas", "ornas", "ande", "ades", "ade", "are", "ens"),
    "en": ("ing", "ings", "ers", "ies", "ily"),
}

# A word is told from a slip by at most two letters; three suggestions fit under a field.
SLIPS = 2
SUGGESTIONS = 3

# What may cost work: a paste of a whole page must not. No word of a list is half as long.
READ_AT_MOST = 2 * RECEIPT_WORDS
LONGEST = 24
# Signs of a paste that are looked at. One sign can fold to eighteen, and eight million of them kept
# a core busy for twenty seconds.
PASTED_AT_MOST = 1_000

_NOT_MARKS = str.maketrans({"ø": "o", "æ": "a", "ı": "i"})
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f'’])*")


def fold(word: str) -> str:
    """The letters of a word without what children and keyboards vary: case, accents, signs."""
    small = unicodedata.normalize("NFKC", word).casefold().translate(_NOT_MARKS)
    return "".join(sign for sign in unicodedata.normalize("NFD", small) if sign.isalpha())


def split(typed: str) -> list[str]:
    """The words in what a child typed or pasted, without commas, line breaks and numbering."""
    text = unicodedata.normalize("NFKC", typed[:PASTED_AT_MOST])
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    words = (word.lstrip("0123456789") for word in _WORD.findall(seen))
    return [word for word in words if word]


def slips_between(one: str, other: str, most: int = SLIPS) -> int:
    """How many slips of a pen lead from one word to the other, or `most` + 1 if they are more.

    A slip is a letter too many, a letter missing, another letter, or two neighbours that changed
    places (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, here in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            slips = min(before[j] + 1, row[-1] + 1, before[j - 1] + (here != there))
            if i > 1 and j > 1 and here == other[j - 2] and there == one[i - 2]:
                slips = min(slips, earlier[j - 2] + 1)
            row.append(slips)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _letters(folded: str) -> int:
    """Which letters a word has, as bits."""
    bits = 0
    for letter in folded:
        bits |= 1 << (ord(letter) % 61)
    return bits


@dataclass(frozen=True)
class _List:
    """One language's words, with what finding them needs."""

    language: str
    words: tuple[str, ...] = field(repr=False)

    @classmethod
    def frozen(cls, language: str) -> "_List":
        path = Path(__file__).with_name("wordlists") / f"{language}.txt"
        words = path.read_text("utf-8").split()
        digest = hashlib.sha256("".join(f"{word}\n" for word in words).encode()).hexdigest()
        if digest != FROZEN[language]:
            raise RuntimeError(
                f"The list of words {path.name} was changed, and words that children hold would "
                "open nothing. Put back the list that Alltid came with."
            )
        return cls(language, tuple(words))

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return tuple(fold(word) for word in self.words)

    @cached_property
    def letters(self) -> tuple[int, ...]:
        return tuple(_letters(word) for word in self.folded)

    @cached_property
    def by_start(self) -> dict[str, int]:
        return {word[:ENOUGH]: number for number, word in enumerate(self.folded)}

    def near(self, folded: str, most: int) -> Iterator[tuple[int, int]]:
        """(slips, number) of each word at most so many slips away."""
        if len(folded) > LONGEST:
            return
        letters = _letters(folded)
        for number, others in enumerate(self.letters):
            # One slip takes away at most one kind of letter and brings at most one.
            if (letters ^ others).bit_count() <= 2 * most:
                slips = slips_between(folded, self.folded[number], most)
                if slips <= most:
                    yield slips, number

    def find(self, folded: str) -> int | None:
        """The number of a word that is written in full or by its first letters."""
        number = self.by_start.get(folded[:ENOUGH])
        if number is None:
            return None
        whole = self.folded[number]
        if folded == whole or (len(folded) == ENOUGH and whole.startswith(folded)):
            return number
        if whole.startswith(folded) and self._nothing_nearer(folded, number):
            return number
        return None

    def guess(self, folded: str) -> int | None:
        """The number of a word that begins right and goes on nearly right."""
        number = self.by_start.get(folded[:ENOUGH])
        if number is None or len(folded) > LONGEST:
            return None
        whole = self.folded[number]
        close = slips_between(folded, whole) <= SLIPS or self._is_form_of(folded, whole)
        return number if close and self._nothing_nearer(folded, number) else None

    def suggest(self, folded: str) -> list[str]:
        """Words that may be meant: one slip away, then those that begin so, then two slips away."""
        near = sorted(self.near(folded, SLIPS))
        start = folded[:ENOUGH]
        begin = [n for n, word in enumerate(self.folded) if word.startswith(start) and start]
        meant = dict.fromkeys([n for slips, n in near if slips <= 1] + begin + [n for _, n in near])
        return [self.words[number] for number in meant]

    def _nothing_nearer(self, folded: str, number: int) -> bool:
        """Whether no other word of the list is one slip away: then this one may be meant."""
        return all(other == number for _, other in self.near(folded, 1))

    def _is_form_of(self, folded: str, whole: str) -> bool:
        endings = ENDINGS.get(self.language, ())
        stems = {whole, whole[:-1] if whole[-1] in "aey" else whole}
        return any(folded == stem + ending for stem in stems for ending in endings)


_LISTS = {language: _List.frozen(language) for language in LANGUAGES}


def wordlist(language: str) -> tuple[str, ...]:
    """The 2,048 words of a language in their frozen order; raises ValueError for one without."""
    if language not in _LISTS:
        raise ValueError(f"There is no list of words in the language {language!r}.")
    return _LISTS[language].words


def words_for(number: int, language: str) -> tuple[str, ...]:
    """The six words of a receipt number (66 bits), the highest bits first; raises ValueError."""
    if not 0 <= number < 1 << RECEIPT_BITS:
        raise ValueError("A receipt number has 66 bits.")
    words = wordlist(language)
    shifts = range(RECEIPT_BITS - WORD_BITS, -1, -WORD_BITS)
    return tuple(words[(number >> shift) % len(words)] for shift in shifts)


@dataclass(frozen=True)
class Unknown:
    """A word that is in no list: where it stands (from 0), as typed, and what may be meant."""

    position: int
    typed: str = field(repr=False)
    suggestions: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Reading:
    """What typed words say: the numbers to try, at most two, or the words to point out."""

    numbers: tuple[int, ...] = field(repr=False)
    unknown: tuple[Unknown, ...]
    count: int


def read(typed: Sequence[str], language: str) -> Reading:
    """Read words of any language, those of the page's language first. Never raises.

    A whole word counts, and so do its first four letters or more. After them a word may differ by
    two slips or an ending, as long as no other word of its list is one slip away. Six words of one
    list give a number, for each list in which all six are found. Words that only several lists
    have between them give one number, each word taken from the first list that has it.
    """
    lists = sorted(_LISTS.values(), key=lambda one: one.language != language)
    folded = [fold(word) for word in typed[:READ_AT_MOST]]
    sure = {one.language: [one.find(word) for word in folded] for one in lists}
    found = {
        one.language: [
            one.guess(word) if number is None else number
            for word, number in zip(folded, sure[one.language], strict=True)
        ]
        for one in lists
    }
    mixed = [
        next((number for number in each if number is not None), None)
        for each in zip(*sure.values(), strict=True)
    ]
    if len(typed) == RECEIPT_WORDS:
        said = [_number(found[one.language]) for one in lists]
        if all(None in surely for surely in sure.values()):
            said.append(_number(mixed))
        numbers = tuple(dict.fromkeys(number for number in said if number is not None))
        if numbers:
            return Reading(numbers[:2], (), len(typed))

    # Most likely all were meant in the language that knows most of them: a word nearly right
    # counts in that one only, and its suggestions come first.
    lists.sort(key=lambda one: found[one.language].count(None))
    likely = found[lists[0].language]
    known = [likely[place] if n is None else n for place, n in enumerate(mixed)]
    number = _number(known) if len(typed) == RECEIPT_WORDS else None
    unknown = tuple(
        Unknown(place, typed[place], _suggestions(folded[place], lists))
        for place, n in enumerate(known)
        if n is None
    )
    return Reading(() if number is None else (number,), unknown, len(typed))


def _number(found: Sequence[int | None]) -> int | None:
    number = 0
    for one in found:
        if one is None:
            return None
        number = number << WORD_BITS | one
    return number


def _suggestions(folded: str, lists: Sequence[_List]) -> tuple[str, ...]:
    meant = dict.fromkeys(word for one in lists for word in one.suggest(folded))
    return tuple(meant)[:SUGGESTIONS]
