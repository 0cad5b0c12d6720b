"""The first look at a buffer of messages: which may hold an offer at all, a nanosecond a byte.

Messages lie side by side in a block, each ended by a line feed. Plain loops that the processor does
for 32 bytes at once note what fold.py would undo: signs among letters, letters that stand apart,
repeated ones, and whatever is neither ASCII nor å, ä or ö. Then every second place is looked up
with the three letters after it, which finds every word that asks for something, wherever it begins.
What was noted or found is read by compiled.py; what neither was holds nothing that is asked.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from . import reading, recogniser
from .compiled import (
    ALNUM,
    CODES,
    JOINT,
    LONGEST,
    NEVER,
    SEED,
    UNKNOWN,
    Record,
    compiled,
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
from .lexicon import Entry, Lexicon

Bytes = npt.NDArray[np.uint8]

BLOCK = 1 << 16
# Room before and after a block, so that no place of it has too few neighbours.
EDGE = 16
_BITS = 20
_ASK, _FIRST, _SECOND, _SIGNED = 1, 2, 4, 8
_DRESSED, _PLAIN, _JOINT, _NOTHING = 0, 1, 2, 3
_ASKS, _ASKS_FOR_NOTHING, _DRESSED_UP = 1, 2, 3
_LONGEST_WORD = 64
_PART = 64
# In everyday messages of any kind; of a phrase, another word is looked for where it has one.
_EVERYDAY = frozenset(
    "a and any at back by call come day for get go going house i in is it live look me mine my night"
    " of on one or out over see the time to what with you att den det du en han hem hit hur jag kan"
    " kom komma kommer med min mig mot på ser som till upp ut vi över".split()
)


class _Asks:
    """What asks, as the sieve looks for it: words alone, words beside others, and pictures.

    kinds: of each word, how it asks. sought: the forms that are looked for, with nought for what is
    no letter. shown: code points that ask. beside: signs that make a short word ask.
    """

    def __init__(self, words: Lexicon) -> None:
        self.kinds: dict[str, int] = {}
        self.pairs: set[str] = set()
        self.sought: set[bytes] = set()
        self.short: set[bytes] = set()
        self.shown: set[int] = set()
        self.beside: set[str] = set()
        # A lexicon that asks with less than two letters makes every message one to be read.
        self.anywhere = False
        self._often = Counter(token for tokens, _entry in _phrases(words) for token in tokens)
        for found in (words.words, words.squeezed):
            for form, entries in found.items():
                if _has(entries, recogniser.ASKS):
                    self._add_word(form, _ASK)
        for tokens, entry in _phrases(words):
            if entry.letter in recogniser.ASKS:
                self._add_phrase(tokens)
        for form, entry in words.heads.items():
            if entry.letter in recogniser.ASKS:
                self.sought.add(_bytes(form) + b"\0")

    def rarest(self, parts: Iterable[str]) -> str:
        """The word that is met least, of some."""
        return min(parts, key=lambda part: (part in _EVERYDAY, self._often[part], part))

    def _add_word(self, form: str, kind: int) -> None:
        spelled = _bytes(form)
        self.kinds[form] = self.kinds.get(form, 0) | kind
        if len(spelled) > 2:
            self.sought.add(b"\0" + spelled + b"\0")
        elif len(spelled) == 2:
            self.short.add(spelled)
        else:
            self.anywhere = True

    def _add_phrase(self, tokens: list[str]) -> None:
        """Look for the rarest word of a phrase, or for two of its words side by side."""
        if shown := [ord(token) for token in tokens if not token[0].isalpha() and token > "\x7f"]:
            self.shown.add(shown[0])
            return
        parts = [part for token in tokens for part in token.split("'")]
        spelled = [place for place, part in enumerate(parts) if _is_word(part)]
        pairs = [place for place in spelled if place + 1 in spelled]
        rare = [part for part in parts if len(part) > 2 and _is_word(part) and part not in _EVERYDAY]
        if rare:
            self._add_beside(self.rarest(rare), parts, pairs)
        elif pairs:
            pair = min(pairs, key=lambda place: sum(self._often[part] for part in parts[place:][:2]))
            first, second = parts[pair : pair + 2]
            self.pairs.add(f"{first} {second}")
            self.kinds[first] = self.kinds.get(first, 0) | _FIRST
            self.kinds[second] = self.kinds.get(second, 0) | _SECOND
            self.sought.add(b"\0" + _bytes(first) + b"\0" + _bytes(second) + b"\0")
        elif any(len(parts[place]) > 2 for place in spelled):
            self._add_word(self.rarest(parts[at] for at in spelled if len(parts[at]) > 2), _ASK)
        elif two := [parts[place] for place in spelled if len(parts[place]) == 2]:
            self._add_word(self.rarest(two), _SIGNED)
            self.beside.update(sign for token in tokens for sign in token if not sign.isalpha())
        else:
            self.anywhere = True

    def _add_beside(self, key: str, parts: list[str], pairs: list[int]) -> None:
        at = parts.index(key)
        if at in pairs:
            self._add_word(key, _FIRST)
            self.pairs.add(f"{key} {parts[at + 1]}")
        elif at - 1 in pairs:
            self._add_word(key, _SECOND)
            self.pairs.add(f"{parts[at - 1]} {key}")
        else:
            self._add_word(key, _ASK)


def _is_word(part: str) -> bool:
    return part.isalpha() and ord(max(part)) < 256


def sieve(words: Lexicon) -> Record:
    """What the first look needs of a lexicon."""
    asks = _Asks(words)
    heads = [form for form, entry in words.heads.items() if entry.letter in recogniser.ASKS]
    gives, money = _gives(words, asks)
    bits = np.zeros(1 << _BITS - 3, np.uint8)
    for window in _windows(asks.sought, _common(words)):
        place = _place(int.from_bytes(window, "little"))
        bits[place >> 3] |= 1 << (place & 7)
    bangs = np.zeros(1 << 16, np.uint8)
    for form in recogniser._known(words):
        for end in range(1, len(form)):
            if not form[end:].strip("il"):
                last = (b"\0" + _bytes(form[:end]))[-2:]
                bangs[last[0] << 8 | last[1]] = 1
    beside = np.zeros(256, np.uint8)
    beside[[ord(sign) for sign in asks.beside]] = 1
    return record(
        **named(
            ask=table((_hash(form), kind) for form, kind in asks.kinds.items()),
            pair=table((_hash(pair), 1) for pair in asks.pairs),
            head=table((_hash(form, -1), 1) for form in heads),
            known=table((_hash(form), 1) for form in recogniser._known(words)),
            give=table((_hash(form), 1) for form in gives),
        ),
        **leet(),
        anywhere=asks.anywhere,
        bits=bits,
        bangs=bangs,
        beside=beside,
        money=money,
        give_heads=any(entry.letter in recogniser.GIVES for entry in words.heads.values()),
        looks=_looks(asks.shown),
        short=np.array([[*form] for form in sorted(asks.short)] or [[1, 1]], np.uint8),
    )


def _phrases(words: Lexicon) -> Iterator[tuple[list[str], Entry]]:
    for first, found in phrases_of(words).items():
        for rest, entry in found:
            yield [first, *rest], entry


def _has(found: tuple[Entry, ...], letters: frozenset[str]) -> bool:
    return any(entry.letter in letters for entry in found)


def _gives(words: Lexicon, asks: _Asks) -> tuple[set[str], Bytes]:
    """Words without one of which nothing is given, and 1 for each sign of ASCII that gives.

    Of a phrase it is the rarest word. What is not made of letters is told by the row's other signs.
    """
    gives = {form for form, found in words.words.items() if _has(found, recogniser.GIVES)}
    money = np.zeros(256, np.uint8)
    for sign, letter in reading._SIGNS.items():
        if sign.isascii() and letter in recogniser.GIVES:
            money[ord(sign)] = 1
    money[ord("0") : ord("9") + 1] = 1
    for tokens, entry in _phrases(words):
        spelled = [part for token in tokens for part in token.split("'") if _is_word(part)]
        if entry.letter in recogniser.GIVES and spelled:
            gives.add(asks.rarest(spelled))
        elif entry.letter in recogniser.GIVES and tokens[0].isascii():
            money[ord(tokens[0][0])] = 1
    return gives, money


def _bytes(form: str) -> bytes:
    """A folded form as it stands in a block: å, ä and ö with the bit of small letters set."""
    return bytes(byte | 0x20 for byte in form.encode())


def _hash(form: str, way: int = 1) -> int:
    return hash_of("\n".join(_bytes(part)[::way].decode("latin-1") for part in form.split(" ")))


def _windows(forms: Iterable[bytes], common: Counter[bytes]) -> Iterator[bytes]:
    """Of each form the rarest four bytes at an even place, and the rarest at an odd one."""
    for form in forms:
        for parity in (0, 1):
            places = range(parity, len(form) - 3, 2)
            yield min((form[place : place + 4] for place in places), key=lambda w: (common[w], w))


def _common(words: Lexicon) -> Counter[bytes]:
    """How often four bytes stand in the lexicon's own words, a sample of its languages."""
    tokens = [token for each, _entry in _phrases(words) for token in each]
    spelled = (b"\0" + _bytes(token) + b"\0" for token in (*words.words, *tokens))
    return Counter(form[at : at + 4] for form in spelled for at in range(len(form) - 3))


def _looks(shown: set[int]) -> Bytes:
    """What is to be thought of each code point beyond ASCII: dressed up, plain, a joint, nothing.

    A picture that asks counts as dressed up: its message is read.
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
            looks[code] = _JOINT if any(kinds[part] & JOINT for part in folded) else _PLAIN
    return looks


def _place(window: int) -> int:
    return ((window * _MIX) & 0xFFFFFFFF) >> (32 - _BITS)


_MIX = 2654435761
MIX, SHIFT = np.uint32(_MIX), np.uint32(32 - _BITS)
UNIT, EIGHTH, SEVEN, EIGHT, SIXTEEN, BYTE = map(np.uint32, (1, 3, 7, 8, 16, 255))
ONCE, TWICE, THRICE, FOUR = map(np.uint64, (1, 2, 3, 4))
_MIXED, _RUN, _APART, _RARE, _SHORT, _GAP = 1, 2, 4, 8, 16, 32

# --- the look ------------------------------------------------------------------------------------


def block() -> Record:
    """Where messages are looked at, some hundreds at once: made once."""
    size = BLOCK + LONGEST + 4 * EDGE
    parts = "text letters digits marks word leads single blanks notes".split()
    return record(
        **{name: np.zeros(size, np.uint8) for name in parts},
        starts=np.zeros(BLOCK + 2, np.int64),
        read=np.zeros(BLOCK + 2, np.uint8),
        run=np.zeros(BLOCK + 2, np.uint8),
        hits=np.zeros(size, np.int64),
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
        bang = (byte == 33) & (word[i] != 0)
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
    """1 where a sign of ASCII stands that lexicon.WORD passes over, but for a line feed."""
    for i in range(size):
        byte = text[i]
        rare = (byte == 35) | (byte == 39) | (byte == 42) | (byte == 60) | (byte >= 64)
        low = (byte <= 32) & (byte != 10)
        blanks[i] = (low | rare) & (letters[i] == 0) & (byte < 128)


@compiled
def _note_gaps(blanks: Bytes, size: int, notes: Bytes) -> None:
    """_GAP where words may stand further apart than by one sign."""
    for i in range(size):
        notes[i] = notes[i] | (_GAP if blanks[i] & blanks[i + 1] else 0)


@compiled
def _dressed(place: int, note: int, held: Record, space: Record) -> bool:
    """Whether what was noted can make a word that was not there before."""
    return bool(
        (note & _SHORT and _asked(place + 1, held, space))
        or (note & _GAP and _beside(place, held, space))
        or (note & _MIXED and _leet(place, held, space))
        or (note & _RUN and _repeated(place, held, space))
        or (note & _APART and _three_apart(place, space))
        or (note & _RARE and _rare(place, held, space))
    )


@compiled
def _three_apart(place: int, space: Record) -> bool:
    single, text = space.single, space.text
    count, at = 1, place
    while count < 3:
        if space.leads[at]:
            at += 1
        step_ = 2
        while step_ < 5 and not single[at + step_]:
            step_ += 1
        if step_ == 5 or text[at + 1] == 10:
            return False
        at += step_
        count += 1
    return True


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
    return look_up(held.ask_keys, held.ask_values, found) > 0


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
    while space.word[end] or _may_be_letter(text[end]):
        if end - start > 2 * _LONGEST_WORD:
            return True
        code = letters[end] if letters[end] else text[end]
        found = step(found, held.leet[code])
        with_l = step(with_l, held.leet_with_l[code])
        if space.word[end]:
            bare, bare_with_l = found, with_l
        end += 1
    return (
        look_up(held.known_keys, held.known_values, found) > 0
        or look_up(held.known_keys, held.known_values, with_l) > 0
        or look_up(held.known_keys, held.known_values, bare) > 0
        or look_up(held.known_keys, held.known_values, bare_with_l) > 0
    )


@compiled
def _may_be_letter(byte: int) -> bool:
    return byte == 64 or byte == 36 or byte == 33 or byte == 124


@compiled
def _rare(place: int, held: Record, space: Record) -> bool:
    """Whether a sign can join, hide or be a letter, or shows what is asked."""
    text, letters = space.text, space.letters
    byte = text[place]
    if byte == 33:
        if space.digits[place - 1]:
            return _leet(place, held, space)
        last = np.int64(letters[place - 2]) << 8 | letters[place - 1]
        while text[place + 1] == 33:
            place += 1
        return held.bangs[last] != 0 or space.word[place + 1] != 0 or text[place + 1] >= 128
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
    if looks != _DRESSED and _beside(place, held, space):
        return True
    if looks == _PLAIN:
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
def _start(place: int, letters: Bytes) -> int:
    """Where the word at a place begins, or -1 where it is too long for one."""
    start = place
    while letters[start - 1]:
        start -= 1
        if place - start > _LONGEST_WORD:
            return -1
    return start


@compiled
def _pair(start: int, place: int, held: Record, space: Record) -> bool:
    """Whether the word that begins at start asks with the next one, which begins after place."""
    letters, text = space.letters, space.text
    found = SEED
    while letters[start]:
        found = step(found, letters[start])
        start += 1
    while not letters[place]:
        if text[place] == 10:
            return False
        place += 1
    found, end = step(found, 10), place
    while letters[end]:
        found = step(found, letters[end])
        end += 1
        if end - place > _LONGEST_WORD:
            return True
    return look_up(held.pair_keys, held.pair_values, found) > 0


@compiled
def _beside(place: int, held: Record, space: Record) -> bool:
    """Whether the words on both sides of a place ask together."""
    letters, text = space.letters, space.text
    before = place
    while not letters[before]:
        if text[before] == 10:
            return False
        before -= 1
    before = _start(before, letters)
    return before < 0 or _pair(before, place, held, space)


@compiled
def _asked(place: int, held: Record, space: Record) -> bool:
    """Whether the word at a place asks, by itself or with what is beside it."""
    letters = space.letters
    start = _start(place, letters)
    if start < 0:
        return True
    found, end = SEED, start
    while letters[end]:
        found = step(found, letters[end])
        end += 1
        if end - place > _LONGEST_WORD:
            return True
    kind = look_up(held.ask_keys, held.ask_values, found)
    if kind > 0 and (
        kind & _ASK
        or (kind & _FIRST and _pair(start, end, held, space))
        or (kind & _SECOND and _beside(start - 1, held, space))
        or (kind & _SIGNED and _signed(start, end, held, space))
    ):
        return True
    found = SEED
    for each in range(end - 1, start - 1, -1):
        found = step(found, letters[each])
        if look_up(held.head_keys, held.head_values, found) > 0:
            return True
    return False


@compiled
def _signed(start: int, end: int, held: Record, space: Record) -> bool:
    """Whether a sign that makes a short word ask stands before or after it."""
    text, letters = space.text, space.letters
    place = start - 1
    while not letters[place] and text[place] != 10:
        if held.beside[text[place]]:
            return True
        place -= 1
    place = end
    while not letters[place] and text[place] != 10:
        if held.beside[text[place]]:
            return True
        place += 1
    return False


@compiled
def _may_give(start: int, end: int, held: Record, space: Record) -> bool:
    """Whether a row in which nothing is dressed up has a word, a number or a sign that gives."""
    text, letters = space.text, space.letters
    place = start
    while place < end:
        if letters[place]:
            found = SEED
            while letters[place]:
                found = step(found, letters[place])
                place += 1
            if look_up(held.give_keys, held.give_values, found) > 0:
                return True
        else:
            # Beyond ASCII there are pictures and currencies.
            if held.money[text[place]] or text[place] >= 128:
                return True
            place += 1
    return False


@compiled
def _sample(windows: npt.NDArray[np.uint16], size: int, bits: Bytes, hits: npt.NDArray[np.int64]) -> int:
    """Every second place at which four bytes are looked for; their number."""
    count = 0
    for i in range(np.uint64(0), np.uint64(size >> 1), FOUR):
        a, b, c = np.uint32(windows[i]), np.uint32(windows[i + ONCE]), np.uint32(windows[i + TWICE])
        d, e = np.uint32(windows[i + THRICE]), np.uint32(windows[i + FOUR])
        first = np.uint32((a | b << SIXTEEN) * MIX) >> SHIFT
        second = np.uint32((b | c << SIXTEEN) * MIX) >> SHIFT
        third = np.uint32((c | d << SIXTEEN) * MIX) >> SHIFT
        fourth = np.uint32((d | e << SIXTEEN) * MIX) >> SHIFT
        first = bits[first >> EIGHTH] >> (first & SEVEN) & UNIT
        second = bits[second >> EIGHTH] >> (second & SEVEN) & UNIT
        third = bits[third >> EIGHTH] >> (third & SEVEN) & UNIT
        fourth = bits[fourth >> EIGHTH] >> (fourth & SEVEN) & UNIT
        if first | second | third | fourth:
            place = np.int64(i * TWICE)
            hits[count] = place
            count += np.int64(first)
            hits[count] = place + 2
            count += np.int64(second)
            hits[count] = place + 4
            count += np.int64(third)
            hits[count] = place + 6
            count += np.int64(fourth)
    return count


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

    Each is doubled, and one more where it may be dressed up. The number is -1 where a row is no valid UTF-8, or may be none. data, offsets: as Arrow holds them.
    skip: 1 for rows to leave out, or empty.
    """
    rows, row, found = offsets.size - 1, 0, 0
    while row < rows:
        count = _fill(data, offsets, skip, row, rows, space)
        if _is_wrong(space.text, space.starts[count] + EDGE // 2, space.notes):
            return -1
        for each in range(count):
            start, end = offsets[row + each], offsets[row + each + 1]
            long = end - start > LONGEST and not (skip.size and skip[row + each])
            space.read[each], space.run[each] = _DRESSED_UP if long or held.anywhere else 0, 0
            if long and not _is_text(data, start, end, space.single, space.notes):
                return -1
        _look(count, held, space)
        for each in range(count):
            if space.read[each] & _ASKS:
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
                    if notes[place] & _RUN:
                        space.run[row] = 1
                    if not space.read[row] and _dressed(place, notes[place], held, space):
                        space.read[row] = _DRESSED_UP
    hits = _sample(letters.view(np.uint16), size, held.bits, space.hits)
    row = 0
    for hit in range(hits):
        place = space.hits[hit] + 1
        if not letters[place]:
            place -= 1
        while row + 1 < count and space.starts[row + 1] <= place:
            row += 1
        if space.read[row] == 0 and _asked(place, held, space):
            gives = held.give_heads or space.run[row]
            if gives or _may_give(space.starts[row], space.starts[row + 1], held, space):
                space.read[row] = _ASKS
            else:
                space.read[row] = _ASKS_FOR_NOTHING


@compiled
def read_marked(
    data: Bytes,
    offsets: npt.NDArray[np.int64],
    marked: npt.NDArray[np.int64],
    line: float,
    words: Record,
    space: Record,
) -> int:
    """The rows of `marked` in which recognise() may find an offer, to its front; their number."""
    found = 0
    for place in range(marked.size):
        row, dressed = marked[place] >> 1, marked[place] & 1 != 0
        if weighed(data, offsets[row], offsets[row + 1], dressed, line, words, space) != NEVER:
            marked[found] = row
            found += 1
    return found
