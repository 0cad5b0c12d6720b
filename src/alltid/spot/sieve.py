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
    ALNUM, CODES, JOINT, LONGEST, NEVER, SEED, UNKNOWN, Record, compiled, hash_of, leet, look_up,
    named, record, signs, step, table, weighed,
)  # fmt: skip
from .lexicon import Entry, Lexicon

Bytes = npt.NDArray[np.uint8]

BLOCK = 1 << 16
# Room before and after a block, so that no place of it has too few neighbours.
EDGE = 16
_BITS = 17
_ASK, _FIRST, _SECOND = 1, 2, 4
_DRESSED, _PLAIN, _JOINT, _NOTHING = 0, 1, 2, 3
_LONGEST_WORD = 64
_PART = 64
# In everyday messages of any kind; of a phrase, another word is looked for where it has one.
_EVERYDAY = frozenset(
    "a and any at back by call come day for get go going house i in is it live look me mine my night"
    " of on one or out over see the time to what with you att den det du en han hem hit hur jag kan"
    " kom komma kommer med min mig mot på ser som till upp ut vi över".split()
)


class Unsieved(ValueError):
    """A lexicon asks with something that the sieve cannot look for."""


def sieve(words: Lexicon) -> Record:
    """What the first look needs of a lexicon; raises Unsieved."""
    asks: dict[str, int] = {}
    pairs: dict[str, int] = {}
    shown: set[int] = set()
    keys = [form for form, found in words.words.items() if _has(found, recogniser.ASKS)]
    keys += [form for form, found in words.squeezed.items() if _has(found, recogniser.ASKS)]
    often = Counter(token for first, rest in _phrases(words) for token in (first, *rest))
    for first, found in words.phrases.items():
        for rest, entry in found:
            if entry.letter in recogniser.ASKS:
                _phrase([first, *rest], often, asks, pairs, shown)
    for form in keys:
        asks[form] = asks.get(form, 0) | _ASK
    heads = [form for form, entry in words.heads.items() if entry.letter in recogniser.ASKS]
    gives, money = _gives(words, often)
    bits = np.zeros(1 << _BITS, np.uint8)
    whole = (b"\0" + _bytes(form) + b"\0" for form in asks if len(_bytes(form)) > 2)
    ends = (_bytes(form) + b"\0" for form in heads)
    for window in _windows((*whole, *ends), _common(words)):
        bits[_place(int.from_bytes(window, "little"))] = 1
    bangs = np.zeros(1 << 16, np.uint8)
    for form in recogniser._known(words):
        for end in range(1, len(form)):
            if not form[end:].strip("il"):
                last = (b"\0" + _bytes(form[:end]))[-2:]
                bangs[last[0] << 8 | last[1]] = 1
    short = [_bytes(form) for form in asks if len(_bytes(form)) < 3]
    if any(len(form) < 2 for form in short):
        raise Unsieved("A single letter asks for something; bulk.py cannot look for it.")
    return record(
        **named(
            ask=table((_hash(form), value) for form, value in asks.items()),
            pair=table((_hash(pair), 1) for pair in pairs),
            head=table((_hash(form, -1), 1) for form in heads),
            known=table((_hash(form), 1) for form in recogniser._known(words)),
            give=table((_hash(form), 1) for form in gives),
        ),
        money=money,
        give_heads=any(entry.letter in recogniser.GIVES for entry in words.heads.values()),
        bits=bits,
        bangs=bangs,
        looks=_looks(shown),
        short=np.array([[*form] for form in short] or [[1, 1]], np.uint8),
        **leet(),
    )


def _phrases(words: Lexicon) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((first, rest) for first, found in words.phrases.items() for rest, _entry in found)


def _has(found: tuple[Entry, ...], letters: frozenset[str]) -> bool:
    return any(entry.letter in letters for entry in found)


def _gives(words: Lexicon, often: Counter[str]) -> tuple[set[str], Bytes]:
    """Words without one of which nothing is given, and 1 for each sign of ASCII that gives.

    Of a phrase it is the rarest word. What is not made of letters is told by the row's other signs.
    """
    gives = {form for form, found in words.words.items() if _has(found, recogniser.GIVES)}
    money = np.zeros(256, np.uint8)
    for sign, letter in reading._SIGNS.items():
        if sign.isascii() and letter in recogniser.GIVES:
            money[ord(sign)] = 1
    money[ord("0") : ord("9") + 1] = 1
    for first, found in words.phrases.items():
        for rest, entry in found:
            tokens = [token.partition("'")[0] for token in (first, *rest)]
            spelled = [token for token in tokens if token.isalpha() and ord(token[0]) < 256]
            if entry.letter in recogniser.GIVES and spelled:
                gives.add(min(spelled, key=lambda token: (token in _EVERYDAY, often[token])))
            elif entry.letter in recogniser.GIVES and tokens[0].isascii():
                money[ord(tokens[0][0])] = 1
    return gives, money


def _bytes(form: str) -> bytes:
    """A folded form as it stands in a block: å, ä and ö with the bit of small letters set."""
    return bytes(byte | 0x20 for byte in form.encode())


def _hash(form: str, way: int = 1) -> int:
    return hash_of("\n".join(_bytes(part)[::way].decode("latin-1") for part in form.split(" ")))


def _phrase(
    tokens: list[str],
    often: Counter[str],
    asks: dict[str, int],
    pairs: dict[str, int],
    shown: set[int],
) -> None:
    """Note the rarest word of a phrase, with the one beside it."""
    if len(tokens) == 1 and len(tokens[0]) == 1 and not tokens[0].isascii():
        shown.add(ord(tokens[0]))
        return
    parts = [token.partition("'")[0] for token in tokens]
    spelled = [place for place, part in enumerate(parts) if part.isalpha() and ord(part[0]) < 256]
    if not spelled:
        raise Unsieved(f"`{' '.join(tokens)}` asks for something without a word of letters.")

    def rarity(place: int) -> tuple[bool, bool, int]:
        part = parts[place]
        return len(part) < 3, part in _EVERYDAY, often[part]

    key = min(spelled, key=rarity)
    for other, side in ((key + 1, _FIRST), (key - 1, _SECOND)):
        if other in spelled and parts[key] == tokens[key] and parts[other] == tokens[other]:
            asks[parts[key]] = asks.get(parts[key], 0) | side
            pairs[" ".join(parts[min(key, other) : max(key, other) + 1])] = 1
            return
    asks[parts[key]] = asks.get(parts[key], 0) | _ASK


def _windows(forms: Iterable[bytes], common: Counter[bytes]) -> Iterator[bytes]:
    """Of each form the rarest four bytes at an even place, and the rarest at an odd one."""
    for form in forms:
        for parity in (0, 1):
            places = range(parity, len(form) - 3, 2)
            yield min((form[place : place + 4] for place in places), key=lambda w: (common[w], w))


def _common(words: Lexicon) -> Counter[bytes]:
    """How often four bytes stand in the lexicon's own words, a sample of its languages."""
    tokens = [token for first, rest in _phrases(words) for token in (first, *rest)]
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
EIGHT, SIXTEEN, BYTE = map(np.uint32, (8, 16, 255))
ONCE, TWICE, THRICE, FOUR = map(np.uint64, (1, 2, 3, 4))
_MIXED, _RUN, _APART, _RARE, _SHORT = 1, 2, 4, 8, 16

# --- the look ------------------------------------------------------------------------------------


def block() -> Record:
    """Where messages are looked at, some hundreds at once: made once."""
    size = BLOCK + LONGEST + 4 * EDGE
    parts = "text letters digits marks word leads single notes".split()
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
def _note_rare(text: Bytes, letters: Bytes, digits: Bytes, size: int, notes: Bytes) -> None:
    """_RARE where something beyond ASCII, å, ä and ö stands, or a "!" that may be a letter."""
    for i in range(size):
        byte = text[i + 1]
        beyond = (byte >= 0xC2) & (letters[i + 1] == 0)
        bang = (byte == 33) & ((letters[i] | digits[i]) != 0)
        notes[i + 1] = notes[i + 1] | (_RARE if beyond | bang else 0)


@compiled
def _note_short(letters: Bytes, size: int, first: np.uint8, second: np.uint8, notes: Bytes) -> None:
    """_SHORT where a word of these two letters stands."""
    for i in range(size):
        found = (letters[i + 1] == first) & (letters[i + 2] == second)
        alone = (letters[i] == 0) & (letters[i + 3] == 0)
        notes[i] = notes[i] | (_SHORT if found & alone else 0)


@compiled
def _dressed(place: int, note: int, held: Record, space: Record) -> bool:
    """Whether what was noted can make a word that was not there before."""
    return bool(
        note & _SHORT
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
        pair = np.int64(letters[place - 2]) << 8 | letters[place - 1]
        return (
            held.bangs[pair] != 0
            or space.digits[place - 1] != 0
            or space.word[place + 1] != 0
            or text[place + 1] >= 128
        )
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
    if looks == _NOTHING:
        return text[place - 1] < 128 or letters[place - 1] != 0
    if looks == _JOINT:
        for near in range(place - 4, place + 7):
            if space.single[near]:
                return True
        return False
    return True


@compiled
def _asked(place: int, held: Record, space: Record) -> bool:
    """Whether the word at a place is one that asks."""
    letters, text = space.letters, space.text
    start, end = place, place
    if not letters[place]:
        return False
    while letters[start - 1]:
        start -= 1
        if place - start > _LONGEST_WORD:
            return True
    found = SEED
    for each in range(start, place):
        found = step(found, letters[each])
    while letters[end]:
        found = step(found, letters[end])
        end += 1
        if end - place > _LONGEST_WORD:
            return True
    kind = look_up(held.ask_keys, held.ask_values, found)
    if kind > 0:
        if kind & _ASK:
            return True
        if kind & _FIRST:
            both, each = step(found, 10), end
            while not letters[each] and text[each] != 10:
                each += 1
            while letters[each]:
                both = step(both, letters[each])
                each += 1
                if each - end > 4 * _LONGEST_WORD:
                    return True
            if look_up(held.pair_keys, held.pair_values, both) > 0:
                return True
        if kind & _SECOND:
            to = start - 1
            while not letters[to] and text[to] != 10:
                to -= 1
            from_ = to
            while letters[from_]:
                from_ -= 1
                if to - from_ > _LONGEST_WORD:
                    return True
            both = SEED
            for each in range(from_ + 1, to + 1):
                both = step(both, letters[each])
            both = step(both, 10)
            for each in range(start, end):
                both = step(both, letters[each])
            if look_up(held.pair_keys, held.pair_values, both) > 0:
                return True
    found = SEED
    for each in range(end - 1, start - 1, -1):
        found = step(found, letters[each])
        if look_up(held.head_keys, held.head_values, found) > 0:
            return True
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
def _sample(
    windows: npt.NDArray[np.uint16], size: int, bits: Bytes, hits: npt.NDArray[np.int64]
) -> int:
    """Every second place at which four bytes are known; their number."""
    count = 0
    for i in range(np.uint64(0), np.uint64(size >> 1), FOUR):
        a, b, c = np.uint32(windows[i]), np.uint32(windows[i + ONCE]), np.uint32(windows[i + TWICE])
        d, e = np.uint32(windows[i + THRICE]), np.uint32(windows[i + FOUR])
        first = bits[np.uint32((a | b << SIXTEEN) * MIX) >> SHIFT]
        second = bits[np.uint32((b | c << SIXTEEN) * MIX) >> SHIFT]
        third = bits[np.uint32((c | d << SIXTEEN) * MIX) >> SHIFT]
        fourth = bits[np.uint32((d | e << SIXTEEN) * MIX) >> SHIFT]
        if first | second | third | fourth:
            place = np.int64(i * TWICE)
            hits[count] = place
            count += first
            hits[count] = place + 2
            count += second
            hits[count] = place + 4
            count += third
            hits[count] = place + 6
            count += fourth
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

    It is -1 where a row is no valid UTF-8, or may be none. data, offsets: as Arrow holds them.
    skip: 1 for rows to leave out, or empty.
    """
    rows, row, found = offsets.size - 1, 0, 0
    while row < rows:
        count = _fill(data, offsets, skip, row, rows, space)
        if _is_wrong(space.text, space.starts[count] + EDGE // 2, space.notes):
            return -1
        for each in range(count):
            start, end = offsets[row + each], offsets[row + each + 1]
            space.read[each], space.run[each] = end - start > LONGEST, 0
            if space.read[each] and not (skip.size and skip[row + each]):
                if not _is_text(data, start, end, space.single, space.notes):
                    return -1
        _look(count, held, space)
        for each in range(count):
            if space.read[each] == 1 and not (skip.size and skip[row + each]):
                marked[found] = row + each
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
    _note_rare(text, letters, space.digits, size, notes)
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
                        space.read[row] = 1
    hits = _sample(letters.view(np.uint16), size, held.bits, space.hits)
    row = 0
    for hit in range(hits):
        place = space.hits[hit] + 1
        while row + 1 < count and space.starts[row + 1] <= place:
            row += 1
        if space.read[row] == 0 and _asked(place, held, space):
            gives = held.give_heads or space.run[row]
            if gives or _may_give(space.starts[row], space.starts[row + 1], held, space):
                space.read[row] = 1
            else:
                space.read[row] = 2


@compiled
def read_marked(
    data: Bytes,
    offsets: npt.NDArray[np.int64],
    marked: npt.NDArray[np.int64],
    words: Record,
    space: Record,
) -> int:
    """The rows of `marked` in which recognise() may find an offer, moved to its front; their number."""
    found = 0
    for place in range(marked.size):
        row = marked[place]
        if weighed(data, offsets[row], offsets[row + 1], words, space) != NEVER:
            marked[found] = row
            found += 1
    return found
