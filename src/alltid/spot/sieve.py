"""The first look at a buffer of messages: which may hold an offer at all, a nanosecond a byte.

Messages lie side by side in a block, each ended by a line feed. Plain loops that the processor does
for 32 bytes at once note what fold.py would undo: signs among letters, letters that stand apart,
repeated ones, and whatever is neither ASCII nor å, ä or ö. Then every second place is looked up
with the three letters after it, which finds every word that asks for something, wherever it begins.
What was noted or found is read by compiled.py; what neither was holds nothing that is asked.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import recogniser
from .compiled import (
    ALNUM,
    CODES,
    JOINT,
    JOINTS,
    LONGEST,
    NEVER,
    SEED,
    SIGN,
    UNKNOWN,
    Record,
    compiled,
    folded,
    hash_of,
    leet,
    look_up,
    named,
    phrases_of,
    record,
    signs,
    step,
    table,
    weighed,
)
from .glance import may_offer, spelled
from .lexicon import Entry, Lexicon

Bytes = npt.NDArray[np.uint8]

BLOCK = 1 << 14
# Room before and after a block, so that no place of it has too few neighbours.
EDGE = 16
# How many places the filters have, as powers of two.
_BITS, _FINER = 15, 19
_DRESSED, _PLAIN, _JOINT, _NOTHING, _PASSED_OVER = 0, 1, 2, 3, 4
_ASKS, _DRESSED_UP = 1, 2
_LONGEST_WORD = 64
_PART = 64


@dataclass(frozen=True, slots=True)
class _Sought:
    """Small letters as they stand in a block, nought for what is none, and the signs around them.

    before, after: the sign of ASCII without which they do not ask, or nought.
    """

    letters: bytes
    before: int = 0
    after: int = 0


class _Asks:
    """What asks, as the sieve looks for it.

    sought: words and phrases. pairs: of those, words that stand side by side. shown: code points
    that ask.
    """

    def __init__(self, words: Lexicon) -> None:
        self.sought: set[_Sought] = set()
        self.pairs: set[bytes] = set()
        self.shown: set[int] = set()
        # A lexicon that asks with less than two letters makes every message one to be read.
        self.anywhere = False
        for form, entries in words.words.items():
            if _has(entries, recogniser.ASKS):
                self._add([form])
        for tokens, entry in _phrases(words):
            if entry.letter in recogniser.ASKS:
                self._add_phrase(tokens)
        self.sought = {each for each in self.sought if not self._is_around_another(each)}
        for each in self.sought:
            self.pairs.update(map(b"\0".join, itertools.pairwise(each.letters[1:-1].split(b"\0"))))
        for form, entry in words.heads.items():
            if entry.letter in recogniser.ASKS:
                self.sought.add(_Sought(_bytes(form) + b"\0"))

    def _add(self, parts: list[str], before: str = "\0", after: str = "\0") -> None:
        spelled = b"\0" + b"\0".join(map(_bytes, parts)) + b"\0"
        if len(spelled) > 3:
            self.sought.add(_Sought(spelled, ord(before), ord(after)))
        else:
            self.anywhere = True

    def _add_phrase(self, tokens: list[str]) -> None:
        """Look for a phrase, or for the longest part of it that stands between signs."""
        if shown := [ord(token) for token in tokens if not (token.isascii() or token.isalpha())]:
            self.shown.add(shown[0])
            return
        if any(token in _EVENTS for token in tokens):
            return
        # A hyphen parts words as a blank does.
        parts = [part for each in tokens if each not in _HYPHENS for part in each.split("'")]
        runs, at = [], 0
        for of_words, run in itertools.groupby(parts, _is_word):
            words = list(run)
            around = [*parts[at - 1 : at], "\0"][0], [*parts[at + len(words) :], "\0"][0]
            runs += [(words, around)] if of_words else []
            at += len(words)
        if runs:
            words, (before, after) = max(runs, key=lambda run: len(" ".join(run[0])))
            self._add(words, before[-1], after[0])
        else:
            self.anywhere = True

    def _is_around_another(self, sought: _Sought) -> bool:
        """Whether a part of it is sought already: then that is enough."""
        parts = sought.letters.strip(b"\0").split(b"\0")
        shorter = (
            _Sought(b"\0" + b"\0".join(parts[start:end]) + b"\0")
            for start, end in itertools.combinations(range(len(parts) + 1), 2)
        )
        return any(each in self.sought for each in shorter if each != sought)


def _is_word(part: str) -> bool:
    """Whether a part of a phrase stands in a block as it is: letters, or a number of one digit."""
    return (part.isalpha() and ord(max(part)) < 256) or (len(part) == 1 and part in _DIGITS)


def sieve(words: Lexicon) -> Record:
    """What the first look needs of a lexicon."""
    asks = _Asks(words)
    bangs = np.zeros(1 << 16, np.uint8)
    for form in recogniser._known(words):
        for end in range(1, len(form)):
            if not form[end:].strip("il"):
                last = (b"\0" + _bytes(form[:end]))[-2:]
                bangs[last[0] << 8 | last[1]] = 1
    joints = np.zeros(256, np.uint8)
    joints[[ord(sign) for sign in JOINTS]] = 1
    squeezed = {form for form, found in words.squeezed.items() if _has(found, recogniser.ASKS)}
    return record(
        **_windows(asks.sought, words),
        **named(
            squeezed=table((_hash(form), 1) for form in squeezed),
            known=table((_hash(form), 1) for form in recogniser._known(words)),
        ),
        **leet(),
        pairs=_bits(hash_of(pair.decode("latin-1")) for pair in asks.pairs),
        anywhere=asks.anywhere,
        bangs=bangs,
        joints=joints,
        looks=_looks(asks.shown),
        short=np.array(
            [
                [*each.letters[1:3], each.before, each.after]
                for each in asks.sought
                if len(each.letters) == 4
            ]
            or [[1, 1, 0, 0]],
            np.uint8,
        ),
    )


def _windows(sought: set[_Sought], words: Lexicon) -> dict[str, Any]:
    """Of everything sought, eight letters (or the four that there are) at an even and an odd place.

    filters: by a hash of the first four, bits for what follows. finer: a bit for all of it. window:
    by the letters, from and to in `places`: where in `sought` something begins and ends, where in
    it the window stands, and the signs before and after it.
    """
    letters = bytearray()
    of_window: dict[int, list[tuple[int, ...]]] = {}
    common = _common(words)
    for each in sorted(sought, key=lambda each: (each.letters, each.before, each.after)):
        spelled, start = each.letters, len(letters)
        letters += spelled
        for parity in (0, 1) if len(spelled) > 4 else ():
            at = min(
                range(parity, len(spelled) - 3, 2),
                key=lambda at: (
                    max(0, 8 - len(spelled) + at),
                    b"\0" not in spelled[at + 1 : at + 7],
                    common[spelled[at : at + 8]] + common[spelled[at : at + 4]],
                ),
            )
            found = (start, start + len(spelled), at, each.before, each.after)
            of_window.setdefault(_key(spelled[at : at + 8]), []).append(found)
    filters = np.zeros(1 << _BITS, np.uint64)
    places: list[tuple[int, ...]] = []
    ranges: list[tuple[int, int]] = []
    for found_ in of_window.values():
        ranges.append((len(places), len(places) + len(found_)))
        places += found_
        for start, end, at, *_signs in found_:
            window = letters[start + at : min(end, start + at + 8)]
            first = int.from_bytes(window[:4], "little")
            bits = sum([1 << bucket for bucket in _buckets(window)])
            filters[_place(first, _BITS)] |= np.uint64(bits)
    return {
        **named(window=table(zip(map(_mixed, of_window), itertools.count(), strict=False))),
        "filters": filters,
        "finer": _bits(map(_mixed, of_window)),
        "ranges": np.array(ranges or [(0, 0)], np.int32),
        "places": np.array(places or [(0, 0, 0, 0, 0)], np.int32),
        "sought": np.frombuffer(bytes(letters) or b"\0", np.uint8),
    }


def _phrases(words: Lexicon) -> Iterator[tuple[list[str], Entry]]:
    for first, found in phrases_of(words).items():
        for rest, entry in found:
            yield [first, *rest], entry


def _has(found: tuple[Entry, ...], letters: frozenset[str]) -> bool:
    return any(entry.letter in letters for entry in found)


def _bits(keys: Iterable[int]) -> Bytes:
    """A bit for each key, by its highest bits."""
    bits = np.zeros(1 << _FINER - 3, np.uint8)
    for key in keys:
        place = key >> 64 - _FINER
        bits[place >> 3] |= 1 << (place & 7)
    return bits


def _mixed(key: int) -> int:
    return key * _MIX_KEY & (1 << 64) - 1


def _bytes(form: str) -> bytes:
    """A folded form as it stands in a block: å, ä and ö with the bit of small letters set."""
    return bytes(byte | 0x20 for byte in form.encode())


# Signs so rare that a message with one is read, and phrases with them are not looked for.
_EVENTS = "+="
_HYPHENS = "-"
_DIGITS = "0123456789"


def _hash(form: str) -> int:
    return hash_of(_bytes(form).decode("latin-1"))


def _common(words: Lexicon) -> Counter[bytes]:
    """How often four and eight letters stand in the phrases, a sample of their languages."""
    spelled = {b"\0" + b"\0".join(map(_bytes, tokens)) + b"\0" for tokens, _ in _phrases(words)}
    return Counter(
        each[at : at + size]
        for each in spelled
        for size in (4, 8)
        for at in range(len(each) - size)
    )


def _key(window: bytes) -> int:
    """Eight letters, or else the first four, as one number."""
    return int.from_bytes(window if len(window) == 8 else window[:4], "little")


def _looks(shown: set[int]) -> Bytes:
    """What is to be thought of each code point beyond ASCII.

    It can join letters, be nothing, be passed over between words, or be plain. Else it counts as
    dressed up, as a letter does and a picture that asks: its message is read.
    """
    held = signs()
    at, codes, kinds = held["at"], held["codes"], held["kinds"]
    looks = np.full(CODES, _DRESSED, np.uint8)
    for code in range(128, CODES):
        folded = codes[at[code] : at[code + 1]]
        if not folded.size:
            looks[code] = _NOTHING
        elif code not in shown and not any(
            kinds[part] & (ALNUM | UNKNOWN) or chr(part) in "@$!|" for part in folded
        ):
            joint = any(kinds[part] & JOINT for part in folded)
            passed = not any(kinds[part] & SIGN for part in folded)
            looks[code] = _JOINT if joint else _PASSED_OVER if passed else _PLAIN
    return looks


def _place(four: int, bits: int) -> int:
    return (four * _MIX & 0xFFFFFFFF) >> 32 - bits


def _buckets(window: bytes | bytearray) -> set[int]:
    """The bits of the letters after four: of eight in the lower half, of fewer in the upper."""
    if len(window) == 8:
        return {_place(int.from_bytes(window[4:], "little"), 5)}
    fifth = {window[4] & 7} if len(window) > 4 else set(range(8))
    sixth = {window[5] & 3} if len(window) > 5 else set(range(4))
    return {32 | one | other << 3 for one in fifth for other in sixth}


_MIX, _MIX_KEY = 2654435761, 0x9E3779B97F4A7C15
MIX, MIX_KEY = np.uint32(_MIX), np.uint64(_MIX_KEY)
SHIFT = np.uint32(32 - _BITS)
BUCKET = np.uint32(27)
FIVE, LOW_BITS, UPPER = np.uint64(5), np.uint64(0x0307), np.uint64(32)
HALF, REST, LONG_HALF = map(np.uint64, (16, 32, 48))
EIGHT, BYTE = np.uint32(8), np.uint32(255)
ONCE, THRICE, SEVEN, FOUR_LETTERS = map(np.uint64, (1, 3, 7, 0xFFFFFFFF))
FINE = np.uint64(64 - _FINER)
_MIXED, _RUN, _APART, _RARE, _SHORT, _GAP = 1, 2, 4, 8, 16, 32

# --- the look ------------------------------------------------------------------------------------


def block() -> Record:
    """Where messages are looked at, some hundreds at once: made once."""
    size = BLOCK + LONGEST + 4 * EDGE
    parts = (
        *("text", "letters", "digits", "marks", "word", "leads", "single", "blanks", "notes"),
        *("even", "row_even", "row_text"),
    )
    return record(
        **{name: np.zeros(size, np.uint8) for name in parts},
        starts=np.zeros(BLOCK + 2, np.int64),
        read=np.zeros(BLOCK + 2, np.uint8),
        uneven=np.zeros(BLOCK + 2, np.uint8),
        hits=np.zeros(size, np.int64),
        windows=np.zeros(size, np.uint64),
    )


@compiled
def _fill(
    data: Bytes, offsets: npt.NDArray[np.int64], skip: Bytes, row: int, last: int, space: Record
) -> int:
    """Lay rows side by side, each after a line feed; how many found room."""
    text, starts = space.text, space.starts
    size, count = np.uint64(EDGE), 0
    for place in range(EDGE):
        text[place] = 10
    while row + count < last and size < BLOCK:
        # Unsigned numbers let this be one copy instead of a loop.
        start = np.uint64(offsets[row + count])
        length = np.uint64(offsets[row + count + 1]) - start
        starts[count] = size
        if length <= LONGEST and not (skip.size and skip[row + count]):
            for place in range(np.uint64(0), length):
                text[size + place] = data[start + place]
            size += length
        text[size] = 10
        size += ONCE
        count += 1
    starts[count] = size
    for place in range(EDGE):
        text[size + np.uint64(place)] = 10
    return count


# The loops below have no branches, keep to numbers of eight bits and look only ahead, so that the
# compiler does them for many bytes at once; each has few arrays, or it would give that up.


@compiled
def _sort_letters(text: Bytes, size: int, letters: Bytes) -> None:
    """Small letters, å, ä and ö as their two bytes; nought for everything else."""
    for i in range(size):
        before, byte, after = text[i], text[i + 1], text[i + 2]
        small, next_ = byte | 0x20, after | 0x20
        letter = (small >= 97) & (small <= 122)
        lead = (byte == 0xC3) & ((next_ == 0xA5) | (next_ == 0xA4) | (next_ == 0xB6))
        trail = (before == 0xC3) & ((small == 0xA5) | (small == 0xA4) | (small == 0xB6))
        letters[i + 1] = small if letter | lead | trail else 0


@compiled
def _sort_others(
    text: Bytes, letters: Bytes, size: int, digits: Bytes, marks: Bytes, word: Bytes, leads: Bytes
) -> None:
    """1 where a digit stands, a sign that is read as a letter, a part of a word, half an å."""
    for i in range(size):
        byte = text[i]
        digit = (byte >= 48) & (byte <= 57)
        digits[i] = digit
        marks[i] = (byte == 64) | (byte == 36) | (byte == 124)
        word[i] = (letters[i] != 0) | digit
        leads[i] = letters[i] == 0xE3


@compiled
def _sort_even(text: Bytes, letters: Bytes, single: Bytes, size: int, even: Bytes) -> None:
    """Small letters, and digits that stand alone; nought for everything else."""
    for i in range(size):
        byte = text[i]
        digit = (byte >= 48) & (byte <= 57) & (single[i] != 0)
        even[i] = byte if digit else letters[i]


@compiled
def _note_mixed(letters: Bytes, digits: Bytes, marks: Bytes, size: int, notes: Bytes) -> None:
    """_MIXED where a letter, a digit and such a sign stand side by side."""
    for i in range(size):
        here, there = letters[i] != 0, letters[i + 1] != 0
        digit, next_ = digits[i], digits[i + 1]
        mark, after = marks[i], marks[i + 1]
        notes[i] = (
            ((here | mark) & next_) | (digit & (there | after)) | (mark & there) | (here & after)
        )


@compiled
def _note_runs(letters: Bytes, size: int, notes: Bytes) -> None:
    """_RUN where a letter stands three times."""
    for i in range(size):
        one, other, third, fifth = letters[i], letters[i + 1], letters[i + 2], letters[i + 4]
        same = (one == third) & ((one == other) | ((one == 0xE3) & (one == fifth)))
        notes[i] = notes[i] | (_RUN if (one != 0) & same else 0)


@compiled
def _sort_single(word: Bytes, leads: Bytes, size: int, single: Bytes) -> None:
    """1 where a letter or digit stands alone, on both bytes of an å."""
    for i in range(size):
        one = (word[i + 2] > word[i + 1]) & (word[i + 2] > word[i + 3])
        lead = (leads[i + 2] > word[i + 1]) & (leads[i + 2] > word[i + 4])
        trail = (leads[i + 1] > word[i]) & (leads[i + 1] > word[i + 3])
        single[i + 2] = one | lead | trail


@compiled
def _note_apart(single: Bytes, size: int, notes: Bytes) -> None:
    """_APART where two that stand alone follow each other."""
    for i in range(size):
        two = single[i] & (single[i + 2] | single[i + 3] | single[i + 4])
        notes[i] = notes[i] | (_APART if two else 0)


@compiled
def _note_rare(text: Bytes, letters: Bytes, word: Bytes, size: int, notes: Bytes) -> None:
    """_RARE where something beyond ASCII, å, ä and ö stands, or a "!" that may be a letter."""
    for i in range(size):
        byte = text[i + 1]
        beyond = (byte >= 0xC2) & (letters[i + 1] == 0)
        bang = ((byte == 33) & (word[i] != 0)) | (byte == 43) | (byte == 61)
        notes[i + 1] = notes[i + 1] | (_RARE if beyond | bang else 0)


@compiled
def _note_short(letters: Bytes, size: int, first: np.uint8, second: np.uint8, notes: Bytes) -> None:
    """_SHORT where a word of these two letters stands."""
    for i in range(size):
        found = (letters[i + 1] == first) & (letters[i + 2] == second)
        alone = (letters[i] == 0) & (letters[i + 3] == 0)
        notes[i] = notes[i] | (_SHORT if found & alone else 0)


@compiled
def _sort_blanks(text: Bytes, letters: Bytes, size: int, blanks: Bytes) -> None:
    """1 where a hyphen stands or a sign of ASCII that lexicon.WORD passes over, but a line feed."""
    for i in range(size):
        byte = text[i]
        rare = (
            (byte == 35) | (byte == 39) | (byte == 42) | (byte == 45) | (byte == 60) | (byte >= 64)
        )
        low = (byte <= 32) & (byte != 10)
        blanks[i] = (low | rare) & (letters[i] == 0) & (byte < 128)


@compiled
def _note_gaps(blanks: Bytes, size: int, notes: Bytes) -> None:
    """_GAP where words may stand further apart than by one sign."""
    for i in range(size):
        notes[i] = notes[i] | (_GAP if blanks[i] & blanks[i + 1] else 0)


@compiled
def _dressed(place: int, note: int, row: int, held: Record, space: Record) -> bool:
    """Whether what was noted asks, or makes a word that was not there before."""
    if note & _GAP and not space.uneven[row]:
        space.uneven[row] = _beside(place, held, space)
    if note & _MIXED:
        # A number of one digit beside a word may be a word of a phrase.
        digit = place if space.digits[place] else place + 1
        if not (space.digits[digit - 1] or space.digits[digit + 1]):
            space.uneven[row] = 1
    return bool(
        (note & _SHORT and _short(place + 1, held, space))
        or (note & _MIXED and _leet(place, held, space))
        or (note & _RUN and _repeated(place, held, space))
        or (note & _APART and _three_apart(place, held, space))
        or (note & _RARE and _rare(place, row, held, space))
    )


@compiled
def _three_apart(place: int, held: Record, space: Record) -> bool:
    """Whether three or more stand alone with the same signs between them."""
    text = space.text
    first = place + 1 if space.leads[place] else place
    for gap in range(1, 4):
        second = first + gap + 1
        after = second + 1 if space.leads[second] else second
        if space.single[second] and space.single[after + gap + 1]:
            same = True
            for each in range(1, gap + 1):
                sign, other = _blank(text[first + each]), _blank(text[after + each])
                same = same and held.joints[sign] and sign == other
            if same:
                return True
    return False


@compiled
def _beside(place: int, held: Record, space: Record) -> bool:
    """Whether the words or numbers on both sides of a place may stand side by side in a phrase."""
    even, digits = space.even, space.digits
    end = place
    while not even[end]:
        if space.text[end] == 10:
            return False
        end -= 1
    start = end
    while even[start - 1] and digits[start - 1] == digits[end]:
        start -= 1
        if end - start > _LONGEST_WORD:
            return True
    found = SEED
    for each in range(start, end + 1):
        found = step(found, even[each])
    found = step(found, 0)
    start = end + 1
    while not even[start]:
        if space.text[start] == 10:
            return False
        start += 1
    end = start
    while even[end] and digits[end] == digits[start]:
        found = step(found, even[end])
        end += 1
        if end - start > _LONGEST_WORD:
            return True
    bit = found >> FINE
    return held.pairs[bit >> THRICE] >> (bit & SEVEN) & 1 != 0


@compiled
def _blank(sign: int) -> int:
    """A sign, or a blank for any that is folded to one."""
    return 32 if sign < 32 and sign != 10 else sign


@compiled
def _repeated(place: int, held: Record, space: Record) -> bool:
    """Whether a word with repeated letters asks for something when each is written once."""
    letters = space.letters
    start = place
    while letters[start - 1]:
        start -= 1
        if place - start > _LONGEST_WORD:
            return True
    found, last, end = SEED, np.uint32(0), start
    while letters[end]:
        if end - place > _LONGEST_WORD:
            return True
        code = np.uint32(letters[end])
        if code == 0xE3:
            code = code << EIGHT | np.uint32(letters[end + 1])
        if code != last:
            if code > 255:
                found = step(found, code >> EIGHT)
            found = step(found, code & BYTE)
        last = code
        end += 2 if code > 255 else 1
    return look_up(held.squeezed_keys, held.squeezed_values, found) > 0


@compiled
def _leet(place: int, held: Record, space: Record) -> bool:
    """Whether a word with signs in it is a known one when they are read as letters."""
    text, letters = space.text, space.letters
    start = place
    while space.word[start - 1] or _may_be_letter(text[start - 1]):
        start -= 1
        if place - start > _LONGEST_WORD:
            return True
    while not space.word[start]:
        start += 1
    if text[start - 1] == 64 or text[start - 1] == 36:
        start -= 1
    end = start
    found = with_l = bare = bare_with_l = SEED
    signs = inside = 0
    while space.word[end] or _may_be_letter(text[end]):
        if end - start > 2 * _LONGEST_WORD:
            return True
        code = letters[end] if letters[end] else text[end]
        found = step(found, held.leet[code])
        with_l = step(with_l, held.leet_with_l[code])
        signs += letters[end] == 0
        if space.word[end]:
            bare, bare_with_l, inside = found, with_l, signs
        end += 1
    return (
        look_up(held.known_keys, held.known_values, found) > 0
        or look_up(held.known_keys, held.known_values, with_l) > 0
        or (inside > 0 and look_up(held.known_keys, held.known_values, bare) > 0)
        or (inside > 0 and look_up(held.known_keys, held.known_values, bare_with_l) > 0)
    )


@compiled
def _may_be_letter(byte: int) -> bool:
    return byte == 64 or byte == 36 or byte == 33 or byte == 124


@compiled
def _rare(place: int, row: int, held: Record, space: Record) -> bool:
    """Whether a sign can join, hide or be a letter, or shows what is asked."""
    text, letters = space.text, space.letters
    byte = text[place]
    if byte == 43 or byte == 61:
        return True
    if byte == 33:
        if space.digits[place - 1]:
            return _leet(place, held, space)
        last = np.int64(letters[place - 2]) << 8 | letters[place - 1]
        while text[place + 1] == 33:
            place += 1
        if space.word[place + 1] or text[place + 1] >= 128:
            return True
        return held.bangs[last] != 0 and _leet(place, held, space)
    if byte < 0xE0:
        code, length = np.int32(byte) & 0x1F, 2
    elif byte < 0xF0:
        code, length = np.int32(byte) & 0x0F, 3
    else:
        code, length = np.int32(byte) & 0x07, 4
    for follows in range(1, length):
        code = code << 6 | (np.int32(text[place + follows]) & 0x3F)
    if code >= CODES:
        return True
    looks = held.looks[code]
    if looks == _PLAIN:
        return False
    if not space.uneven[row]:
        space.uneven[row] = _beside(place, held, space)
    if looks == _PASSED_OVER:
        return False
    if looks == _NOTHING:
        return text[place - 1] < 128 or letters[place - 1] != 0
    if looks == _JOINT:
        for near in range(place - 4, place + 7):
            if space.single[near]:
                return True
        return False
    return True


@compiled
def _asked(place: int, window: np.uint64, text: Bytes, letters: Bytes, held: Record) -> bool:
    """Whether something that asks stands around a place at which eight letters may be of it."""
    return _stands(place, window, text, letters, held) or _stands(
        place, window & np.uint64(0xFFFFFFFF), text, letters, held
    )


@compiled
def _stands(place: int, window: np.uint64, text: Bytes, letters: Bytes, held: Record) -> bool:
    key = window * MIX_KEY
    bit = key >> FINE
    # The bits lie nearer than the table.
    if not held.finer[bit >> THRICE] >> (bit & SEVEN) & 1:
        return False
    found = look_up(held.window_keys, held.window_values, key)
    if found < 0:
        return False
    for each in range(held.ranges[found, 0], held.ranges[found, 1]):
        start, end = held.places[each, 0], held.places[each, 1]
        first = place - held.places[each, 2]
        same = True
        for letter in range(end - start):
            same = same and letters[first + letter] == held.sought[start + letter]
            if not same:
                break
        after = first + end - start - 1
        if same and _signed(first, after, held.places[each, 3], held.places[each, 4], text):
            return True
    return False


@compiled
def _short(place: int, held: Record, space: Record) -> bool:
    """Whether a word of two letters asks."""
    letters, short = space.letters, held.short
    for each in range(short.shape[0]):
        same = letters[place] == short[each, 0] and letters[place + 1] == short[each, 1]
        if same and _signed(place - 1, place + 2, short[each, 2], short[each, 3], space.text):
            return True
    return False


@compiled
def _signed(start: int, end: int, before: int, after: int, text: Bytes) -> bool:
    """Whether the sign before a place and the one after another are these, where there are any."""
    if before:
        while _is_blank(text[start]):
            start -= 1
        if text[start] != before and text[start] < 128:
            return False
    if after:
        while _is_blank(text[end]):
            end += 1
        if text[end] != after and text[end] < 128:
            return False
    return True


@compiled
def _is_blank(byte: int) -> bool:
    """Whether lexicon.WORD passes over a sign of ASCII that is no letter."""
    return (byte <= 32 and byte != 10) or byte in (35, 39, 42, 60, 64) or 91 <= byte < 128


@compiled
def _evenly_asked(start: int, end: int, held: Record, space: Record) -> bool:
    """Whether a row asks when each two words and numbers of it stand apart by one sign."""
    text, even, size = space.row_text, space.row_even, EDGE
    for place in range(start, end - 1):
        letter = space.text[place] if space.digits[place] else space.letters[place]
        if letter and even[size - 1] and space.digits[place] != space.digits[place - 1]:
            even[size], text[size] = 0, 32
            size += 1
        sign = space.text[place]
        if not letter and not even[size - 1] and not _is_blank(sign):
            # Of several signs, any may be the one.
            text[size - 1] = sign if _is_blank(text[size - 1]) else 255
        even[size], text[size] = letter, sign
        size += (letter != 0) | (even[size - 1] != 0)
    for place in range(size, size + EDGE):
        even[place], text[place] = 0, 10
    hits = _sample(
        even.view(np.uint64), size + 8, held.filters, held.finer, space.hits, space.windows
    )
    for hit in range(hits):
        if _asked(space.hits[hit], space.windows[hit], text, even, held):
            return True
    return False


@compiled
def _sample(
    letters: npt.NDArray[np.uint64],
    size: int,
    filters: npt.NDArray[np.uint64],
    finer: Bytes,
    hits: npt.NDArray[np.int64],
    windows: npt.NDArray[np.uint64],
) -> int:
    """Every second place at which eight letters may be looked for, and those; their number."""
    count = 0
    low = letters[0]
    for i in range(np.uint64(0), np.uint64(size >> 3)):
        high = letters[i + ONCE]
        a, b = low, low >> HALF | high << LONG_HALF
        c, d = low >> REST | high << REST, low >> LONG_HALF | high << HALF
        low = high
        one, two = _filtered(a, filters), _filtered(b, filters)
        three, four = _filtered(c, filters), _filtered(d, filters)
        if one | two | three | four:
            place = np.int64(i << THRICE)
            one, two = one & _refined(a, finer), two & _refined(b, finer)
            three, four = three & _refined(c, finer), four & _refined(d, finer)
            hits[count], windows[count] = place, a
            count += np.int64(one)
            hits[count], windows[count] = place + 2, b
            count += np.int64(two)
            hits[count], windows[count] = place + 4, c
            count += np.int64(three)
            hits[count], windows[count] = place + 6, d
            count += np.int64(four)
    return count


@compiled
def _filtered(window: np.uint64, filters: npt.NDArray[np.uint64]) -> np.uint64:
    held = filters[np.uint32(np.uint32(window) * MIX) >> SHIFT]
    whole = np.uint64(np.uint32(np.uint32(window >> REST) * MIX) >> BUCKET)
    part = window >> REST & LOW_BITS
    return (held >> whole | held >> (part | part >> FIVE | UPPER)) & ONCE


@compiled
def _refined(window: np.uint64, finer: Bytes) -> np.uint64:
    whole = window * MIX_KEY >> FINE
    part = (window & FOUR_LETTERS) * MIX_KEY >> FINE
    return np.uint64(
        (finer[whole >> THRICE] >> (whole & SEVEN) | finer[part >> THRICE] >> (part & SEVEN)) & 1
    )


@compiled
def _note_wrong(text: Bytes, size: int, notes: Bytes) -> None:
    """Not nought where a byte cannot follow the three before it in UTF-8 (RFC 3629)."""
    for i in range(size):
        third, second, first, byte = text[i], text[i + 1], text[i + 2], text[i + 3]
        follows = (byte >= 0x80) & (byte < 0xC0)
        due = (first >= 0xC2) | (second >= 0xE0) | (third >= 0xF0)
        never = (byte == 0xC0) | (byte == 0xC1) | (byte >= 0xF5)
        early = ((first == 0xE0) & (byte < 0xA0)) | ((first == 0xF0) & (byte < 0x90))
        late = ((first == 0xED) & (byte >= 0xA0)) | ((first == 0xF4) & (byte >= 0x90))
        notes[i] = (follows != due) | never | early | late


@compiled
def _is_wrong(text: Bytes, size: int, notes: Bytes) -> bool:
    _note_wrong(text, size, notes)
    noted = notes.view(np.uint64)
    for eight in range(1, size >> 3):
        if noted[eight]:
            return True
    return False


@compiled
def _is_text(data: Bytes, start: int, end: int, text: Bytes, notes: Bytes) -> bool:
    """Whether a row is valid UTF-8, looked at by itself."""
    for part in range(start, end + 1, _PART):
        # With the three bytes that went before, and a line feed where nothing comes after.
        for each in range(_PART + 3):
            place = part + each - 3
            text[each] = data[place] if start <= place < end else np.uint8(10)
        _note_wrong(text, _PART, notes)
        for each in range(_PART):
            if notes[each]:
                return False
    return True


@compiled
def unreadable(
    data: Bytes,
    offsets: npt.NDArray[np.int64],
    skip: Bytes,
    space: Record,
    rows: npt.NDArray[np.int64],
) -> int:
    """The rows that are no valid UTF-8, into `rows`; their number."""
    count = 0
    for row in range(offsets.size - 1):
        if not (skip.size and skip[row]) and not _is_text(
            data, offsets[row], offsets[row + 1], space.text, space.notes
        ):
            rows[count] = row
            count += 1
    return count


@compiled
def mark(
    data: Bytes,
    offsets: npt.NDArray[np.int64],
    skip: Bytes,
    held: Record,
    space: Record,
    marked: npt.NDArray[np.int64],
) -> int:
    """The rows that compiled.py must read, into `marked`, each once; their number.

    Each is doubled, and one more where it may be dressed up. The number is -1 where a row is no
    valid UTF-8. data, offsets: as Arrow holds them. skip: 1 for rows to leave out, or empty.
    """
    rows, row, found = offsets.size - 1, 0, 0
    while row < rows:
        count = _fill(data, offsets, skip, row, rows, space)
        if _is_wrong(space.text, space.starts[count] + EDGE // 2, space.notes):
            return -1
        for each in range(count):
            start, end = offsets[row + each], offsets[row + each + 1]
            long = end - start > LONGEST and not (skip.size and skip[row + each])
            space.read[each], space.uneven[each] = 0, 0
            if long or held.anywhere:
                space.read[each] = _DRESSED_UP
            if long and not _is_text(data, start, end, space.single, space.notes):
                return -1
        _look(count, held, space)
        for each in range(count):
            if space.read[each]:
                marked[found] = (row + each) << 1 | (space.read[each] == _DRESSED_UP)
                found += 1
        row += count
    return found


@compiled
def _look(count: int, held: Record, space: Record) -> None:
    """Mark the rows of a block that are to be read."""
    text, letters, notes = space.text, space.letters, space.notes
    size = space.starts[count] + EDGE // 2
    _sort_letters(text, size, letters)
    _sort_others(text, letters, size, space.digits, space.marks, space.word, space.leads)
    _note_mixed(letters, space.digits, space.marks, size, notes)
    _note_runs(letters, size, notes)
    _sort_single(space.word, space.leads, size, space.single)
    _note_apart(space.single, size, notes)
    _sort_even(text, letters, space.single, size, space.even)
    _note_rare(text, letters, space.word, size, notes)
    _sort_blanks(text, letters, size, space.blanks)
    _note_gaps(space.blanks, size, notes)
    for each in range(held.short.shape[0]):
        _note_short(letters, size, held.short[each, 0], held.short[each, 1], notes)
    row = 0
    noted = notes.view(np.uint64)
    for eight in range(EDGE >> 3, size >> 3):
        if noted[eight]:
            for place in range(eight * 8, eight * 8 + 8):
                if notes[place]:
                    while row + 1 < count and space.starts[row + 1] <= place:
                        row += 1
                    if not space.read[row] and _dressed(place, notes[place], row, held, space):
                        space.read[row] = _DRESSED_UP
    even = space.even
    hits = _sample(even.view(np.uint64), size, held.filters, held.finer, space.hits, space.windows)
    row = 0
    for hit in range(hits):
        place = space.hits[hit]
        while row + 1 < count and space.starts[row + 1] <= place + 1:
            row += 1
        if not space.read[row] and _asked(place, space.windows[hit], text, even, held):
            space.read[row] = _ASKS
    for row in range(count):
        alone = space.uneven[row] and not space.read[row]
        if alone and _evenly_asked(space.starts[row], space.starts[row + 1], held, space):
            space.read[row] = _ASKS


@compiled
def read_marked(
    data: Bytes,
    offsets: npt.NDArray[np.int64],
    marked: npt.NDArray[np.int64],
    line: float,
    words: Record,
    glance: Record,
    space: Record,
) -> int:
    """The rows of `marked` in which recognise() may find an offer, to its front; their number."""
    found = 0
    for place in range(marked.size):
        row, dressed = marked[place] >> 1, marked[place] & 1 != 0
        start, end = offsets[row], offsets[row + 1]
        if dressed:
            size = folded(data, start, end, dressed, words, space)
            if size >= 0:
                bytes_ = spelled(space.text, size, words.kinds, space.bytes)
                if not may_offer(space.bytes, 0, bytes_, glance):
                    continue
        elif not may_offer(data, start, end, glance):
            continue
        if weighed(data, start, end, dressed, line, words, space) != NEVER:
            marked[found] = row
            found += 1
    return found
