"""A glance at one row: whether an ask and something that is given for it can both stand there.

The sieve finds what asks, and of thirty such messages one has something given as well. Before a
message is read in full, its words and pairs of words are looked up here for what they may be at
most, in one pass over its bytes and without any of the reading's order; so it may say yes too
often, and never no where compiled.py would find both.
"""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from . import compiled, reading
from .compiled import (
    A_DOTS,
    A_RING,
    COMMA,
    FEW,
    O_DOTS,
    PRIME,
    SEED,
    SUM,
    UNKNOWN,
    Codes,
    Record,
    hash_of,
    record,
)
from .lexicon import Entry, Lexicon

Bytes = npt.NDArray[np.uint8]
_MIX = 0x9E3779B97F4A7C15
MIX, FOUR, FIVE = map(np.uint64, (_MIX, 0xFFFFFFFF, 0xFFFFFFFFFF))
EIGHT, THREE, SIX = map(np.uint64, (8, 0xFFFFFF, 0xFFFFFFFFFFFF))
THRICE, TWICE_THRICE = np.uint64(0x010101), np.uint64(0x000100010001)
# Of a key, which is a word, or two or three of them: the asks it may be and those it may be given
# for, four bits each (compiled._asks), and whether a longer one begins with it.
ASKED, GIVEN, BEGINS = 0x0F, 4, 0x100
EVERY, ANY = 0xFF, 0x1FF
# The rest of a number in `held` tells keys apart that fell on the same place.
_TAG, _HALF = 0xFFFFFE00, 32
TAG, HALF = np.int64(_TAG), np.uint64(_HALF)
_RUN = re.compile(r"[a-zåäö]+|[0-9]+")
# A sign beyond ASCII of a folded message, and one that is not understood.
BEYOND, NOT_KNOWN = 0xF8, 0xFF
# What stands for signs beyond ASCII is their first byte; of these the commonest say nothing.
_PUNCTUATION = re.compile("[\u2000-\u203f]")


def glance(words: Lexicon) -> Record:
    """What a glance needs of a lexicon."""
    asks, given = compiled._asks(), compiled._given()
    found: dict[int, int] = {}
    signs = np.zeros(256, np.uint8)

    def bits(entry: Entry) -> int:
        return int(asks[ord(entry.letter)]) | int(given[ord(entry.letter)]) << GIVEN

    def add(key: int, more: int) -> None:
        if more:
            found[key] = found.get(key, 0) | more

    money = int(given[ord("D")]) << GIVEN
    for tokens, entry in _spelled(words):
        runs = [run for token in tokens for run in _RUN.findall(token)]
        if runs and bits(entry):
            keys = _keys(runs[:3])
            for key in keys[:-1]:
                add(key, BEGINS)
            add(keys[-1], bits(entry))
        elif not runs:
            signs[_first(tokens[0])] |= bits(entry)
    for word in reading._CURRENCY:
        if _RUN.fullmatch(word):
            add(_keys([word])[0], money)
    for form, entry in words.heads.items():
        add(_tail(form), bits(entry))
    for sign, letter in reading._SIGNS.items():
        signs[_first(sign)] |= int(asks[ord(letter)]) | int(given[ord(letter)]) << GIVEN
    signs[BEYOND] = np.bitwise_or.reduce(signs[128:])
    signs[NOT_KNOWN] = EVERY
    number, hour = (int(given[ord(letter)]) << GIVEN for letter in "Nv")
    return record(
        held=_held(found),
        signs=signs,
        letters=_letters(),
        number=number,
        hour=hour,
        punctuation=any(
            _PUNCTUATION.search(token) for each, _ in _spelled(words) for token in each
        ),
    )


def _spelled(words: Lexicon) -> Iterator[tuple[list[str], Entry]]:
    for form, entry in words.entries():
        yield [form], entry
    for first, found in compiled.phrases_of(words).items():
        for rest, entry in found:
            yield [first, *rest], entry


def _letters() -> Bytes:
    """Bytes of ASCII as they are hashed: small letters and digits, and nought for the rest."""
    letters = np.zeros(256, np.uint8)
    for byte in range(128):
        if chr(byte).isalnum():
            letters[byte] = ord(chr(byte).lower())
    return letters


def _bytes(run: str) -> bytes:
    return bytes(byte | 0x20 for byte in run.encode())


def _keys(runs: list[str]) -> list[int]:
    """Of words in a row: the first, the first two, and so on."""
    keys: list[int] = []
    for run in runs:
        before = keys[-1] * _MIX if keys else 0
        keys.append((before + hash_of(_bytes(run).decode("latin-1"))) & compiled._ALL)
    return keys


def _tail(form: str) -> int:
    """The last four or five bytes of a word that may end others; no hash of a word is so small."""
    return int.from_bytes(_bytes(form)[-5:], "big")


def _first(sign: str) -> int:
    return sign.encode()[0]


def _held(found: dict[int, int]) -> npt.NDArray[np.uint32]:
    """An open hash table of what each key may be."""
    size = 16
    while size < 3 * len(found):
        size *= 2
    held = np.zeros(size, np.uint32)
    for key, more in found.items():
        mixed = key * _MIX & compiled._ALL
        place, tag = mixed >> _HALF & size - 1, mixed & _TAG
        while held[place] and int(held[place]) & _TAG != tag:
            place = (place + 1) & size - 1
        held[place] |= tag | more
    return held


@compiled.compiled
def _may_be(key: np.uint64, held: Record) -> int:
    mixed, mask = key * MIX, np.int64(held.held.size - 1)
    place, tag = np.int64(mixed >> HALF) & mask, np.int64(mixed & FOUR) & TAG
    found = np.int64(held.held[place])
    while found:
        if found & TAG == tag:
            return int(found & ANY)
        place = (place + 1) & mask
        found = np.int64(held.held[place])
    return 0


@compiled.compiled
def may_offer(data: Bytes, start: int, end: int, held: Record) -> bool:
    """Whether an ask and something given for it may stand in UTF-8 with nothing left to fold.

    Or in what `spelled` made of a folded message.
    """
    bits, one, two, one_begins, two_begin = 0, SEED, SEED, False, False
    place = start
    while place < end:
        byte = data[place]
        code = held.letters[byte]
        if code == 0 and not _is_ringed(data, place, end):
            if byte != 0xE2 or held.punctuation or place + 1 >= end or data[place + 1] != 0x80:
                bits |= int(held.signs[byte])
            place += 1
            continue
        first = place
        found, last = SEED, np.uint64(0)
        if 48 <= code <= 57:
            value = 0
            while place < end and 48 <= data[place] <= 57:
                found = (found ^ np.uint64(data[place])) * PRIME
                value = value * 10 + int(data[place]) - 48 if value < SUM else value
                place += 1
            more = place + 1 < end and data[place] == COMMA and 48 <= data[place + 1] <= 57
            if more or place - first > 2:
                value = SUM
            bits |= held.number if value >= SUM else held.hour if value >= FEW else 0
        else:
            while place < end:
                code = held.letters[data[place]]
                if code == 0:
                    if not _is_ringed(data, place, end):
                        break
                    small = np.uint64(data[place + 1] | 0x20)
                    found = ((found ^ np.uint64(0xE3)) * PRIME ^ small) * PRIME
                    ringed = np.uint64(0xE300) | small
                    last = last << EIGHT << EIGHT | ringed
                    if last & SIX == ringed * TWICE_THRICE:
                        bits |= EVERY
                    place += 2
                    continue
                if code <= 57:
                    break
                found = (found ^ np.uint64(code)) * PRIME
                last = last << EIGHT | np.uint64(code)
                # Written three times and more: it may be any word.
                if last & THREE == np.uint64(code) * THRICE:
                    bits |= EVERY
                place += 1
            if place - first > 5:
                bits |= (_may_be(last & FOUR, held) | _may_be(last & FIVE, held)) & EVERY
        here, both, pair = _may_be(found, held), 0, one * MIX + found
        if two_begin:
            bits |= _may_be(two * MIX + found, held) & EVERY
        if one_begins:
            both = _may_be(pair, held)
        bits |= (here | both) & EVERY
        one, one_begins = found, here & BEGINS != 0
        two, two_begin = pair, both & BEGINS != 0
    return bool(bits & ASKED & bits >> GIVEN)


@compiled.compiled
def _is_ringed(data: Bytes, place: int, end: int) -> bool:
    """Whether å, ä or ö stands here."""
    if data[place] != 0xC3 or place + 1 >= end:
        return False
    small = data[place + 1] | 0x20
    return bool(small == 0xA5 or small == 0xA4 or small == 0xB6)


@compiled.compiled
def spelled(text: Codes, size: int, kinds: Bytes, into: Bytes) -> int:
    """A folded message as bytes for `may_offer`; their number."""
    out = 0
    for place in range(size):
        code = text[place]
        if code in (A_RING, A_DOTS, O_DOTS):
            into[out], into[out + 1] = 0xC3, code - 64
            out += 2
        else:
            beyond = NOT_KNOWN if kinds[code] & UNKNOWN else BEYOND
            into[out] = code if 0 < code < 128 else beyond
            out += 1
    return out
