"""The recogniser's reading and weighing, compiled for the gate of bulk.py: over bytes, by numbers.

What fold.py, reading.py, recogniser.py and evidence.py do with a message is done here again, without
places and reasons, a few hundred times as fast. Nothing is decided by it: a message that it weighs
as an offer, or that it does not understand, is read by recognise(). Every word, phrase, weight and
sign comes from those files; how they are put together is written twice, and the tests of bulk.py
hold the two together.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from . import evidence, fold, lexicon, reading, recogniser
from .lexicon import ROLES, Entry, Lexicon

Codes = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile a function when it is first called, for this process only."""
    inner = function.__name__.startswith("_")
    return cast(
        _Function,
        numba.njit(
            nogil=True, error_model="numpy", no_cpython_wrapper=inner, no_cfunc_wrapper=True
        )(function),
    )


# Beyond these nothing is compiled: code points of rare scripts, and messages as long as a chapter.
CODES = 0x20000
LONGEST = 1 << 15
# Sums of the same weights in another order differ by less.
_ROUNDING = 1e-6

# --- hashes of words ---------------------------------------------------------------------------

_SEED, _PRIME, _ALL = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1
SEED, PRIME = np.uint64(_SEED), np.uint64(_PRIME)


def hash_of(text: str) -> int:
    """FNV-1a over code points, as `_hash` does it."""
    found = _SEED
    for sign in text:
        found = ((found ^ ord(sign)) * _PRIME) & _ALL
    return found


@compiled
def step(found: np.uint64, code: int) -> np.uint64:
    """The hash of a text and one more sign."""
    return np.uint64((found ^ np.uint64(code)) * PRIME)


@compiled
def hash_codes(codes: Codes, start: int, end: int) -> np.uint64:
    """The hash of a part of a text."""
    found = SEED
    for place in range(start, end):
        found = step(found, codes[place])
    return found


def table(pairs: Iterable[tuple[int, int]]) -> tuple[Hashes, Codes]:
    """An open hash table: hash → number; the hash nought stands for nothing."""
    held = dict(pairs)
    size = 16
    while size < 3 * len(held):
        size *= 2
    keys, values = np.zeros(size, np.uint64), np.full(size, -1, np.int32)
    for key, value in held.items():
        place = (key ^ key >> 32) & (size - 1)
        while keys[place]:
            place = (place + 1) & (size - 1)
        keys[place], values[place] = key, value
    return keys, values


@compiled
def look_up(keys: Hashes, values: Codes, key: np.uint64) -> int:
    """What a table holds for a hash, or -1."""
    mask = np.int64(keys.size - 1)
    place = np.int64(key ^ (key >> np.uint64(32))) & mask
    while keys[place] != 0:
        if keys[place] == key:
            return np.int64(values[place])
        place = (place + 1) & mask
    return -1


# --- what each sign is -------------------------------------------------------------------------

LETTER, DIGIT, SIGN, JOINT, ALPHA, UNKNOWN = 1, 2, 4, 8, 16, 32
_JOINTS = " .,-_*~/|"


@cache
def signs() -> dict[str, Any]:
    """What each code point folds to (`at[code]` to `at[code + 1]` in `codes`), and its kind."""
    at, codes = np.zeros(CODES + 1, np.int32), []
    kinds = np.zeros(CODES, np.uint8)
    for code in range(CODES):
        sign = chr(code)
        folded = fold._signs.get(code)
        if folded is None:
            try:
                folded = fold._fold_sign(sign)
            except TypeError:
                folded = chr(0)
        codes += [ord(part) if ord(part) < CODES else 0 for part in folded]
        at[code + 1] = len(codes)
        plain = lexicon.WORD.fullmatch(sign)
        if "a" <= sign <= "z" or sign in "åäö":
            kinds[code] = LETTER | ALPHA
        elif sign.isascii() and sign.isdigit():
            kinds[code] = DIGIT
        elif plain:
            kinds[code] = SIGN | (ALPHA if sign.isalpha() else 0)
        if not sign.isascii() and (sign.isdigit() or unicodedata.category(sign) == "Nd"):
            kinds[code] = UNKNOWN
        if sign in _JOINTS:
            kinds[code] |= JOINT
    kinds[0] = UNKNOWN
    return {"at": at, "codes": np.array(codes, np.int32), "kinds": kinds}


# --- the lexicon and the weights, by numbers -----------------------------------------------------

SWEDISH, ENGLISH = 1, 2
CURRENCY, CLOCK, TWO, FOUR, COLON, MONEY_SIGN, AMOUNT = 1, 2, 4, 8, 16, 32, 64
# A letter of a role may be counted by what stands before it; these sets are indexed by the letter.
_SETS = {
    "asks": 1, "gives": 2, "counted": 4, "two": 8, "passed": 16, "not_words": 32,
}  # fmt: skip


Record = Any  # a numpy record: numba takes it by one pointer, whatever it holds


def record(**arrays: Any) -> Record:
    """One record of arrays and numbers, under their names."""
    held = {name: np.asarray(array) for name, array in arrays.items()}
    kind = np.dtype([(name, array.dtype, array.shape) for name, array in held.items()])
    made = np.zeros(1, kind)
    for name, array in held.items():
        made[name][0] = array
    return made.view(np.recarray)[0]


class _Meanings:
    """Numbers for what words can be."""

    def __init__(self) -> None:
        self.rows: list[list[int]] = []
        self._numbers: dict[tuple[Entry, ...], int] = {}
        self.roles = list(ROLES)

    def number(self, entries: tuple[Entry, ...]) -> int:
        if entries not in self._numbers:
            self._numbers[entries] = len(self.rows)
            languages = {entry.language for entry in entries}
            row = [0]
            if len(languages) == 1:
                row = [SWEDISH * ("sv" in languages) + ENGLISH * ("en" in languages)]
            for mostly in ("en", "sv"):
                item = reading.Item("x", 0, 0, "", entries)
                _choose(item, mostly)
                row += [ord(item.letter), self.roles.index(item.role) if item.role else -1]
            self.rows.append(row)
        return self._numbers[entries]


def _choose(item: reading.Item, mostly: str) -> None:
    """Let reading.py choose a word's letter in a message that is mostly in one language."""
    one = Entry("other", mostly, "", "")
    around = [reading.Item("F", 0, 0, "", (one,)) for _each in range(2)]
    reading._choose([item, *around])


def _reversed_table(numbers: Mapping[str, int]) -> tuple[Hashes, Codes]:
    return table((hash_of(form[::-1]), number) for form, number in numbers.items())


def tables(words: Lexicon) -> Record:
    """Number a lexicon, with the weights of its evidence."""
    meanings, lengths = _Meanings(), lexicon._HEAD_LENGTHS
    word = table((hash_of(form), meanings.number(found)) for form, found in words.words.items())
    head = _reversed_table({form: meanings.number((found,)) for form, found in words.heads.items()})
    tail = _reversed_table({form[-min(lengths) :]: 1 for form in words.heads})
    squeezed = table(
        (hash_of(form), meanings.number(found)) for form, found in words.squeezed.items()
    )
    phrases, phrase, follow = [], [], []
    firsts = {}
    for first, found in words.phrases.items():
        firsts[hash_of(first)] = len(phrases)
        phrases.append([len(phrase), len(phrase) + len(found)])
        for rest, entry in found:
            phrase.append([meanings.number((entry,)), len(follow), len(follow) + len(rest)])
            follow += [hash_of(each) for each in rest]
    weights, bias = evidence.weights()
    numbers = {feature: number for number, feature in enumerate(weights)}
    first = table(firsts.items())
    known = table((hash_of(form), 1) for form in recogniser._known(words))
    features = table((hash_of(feature), number) for feature, number in numbers.items())
    marks = table((hash_of(each), mark) for each, mark in _marks().items())
    sign_letters = np.zeros(CODES, np.uint8)
    for sign, letter_of_sign in reading._SIGNS.items():
        sign_letters[ord(sign)] = ord(letter_of_sign)
    return record(
        **signs(),
        **named(word=word, head=head, tail=tail, squeezed=squeezed, first=first),
        **named(known=known, marks=marks, feature=features),
        # What a word can be: languages, letter and role where the message is mostly English, letter
        # and role where it is mostly Swedish.
        meanings=np.array(meanings.rows, np.int32),
        # From, to in `phrase`; there: meaning, from, to in `follow`, the words that follow.
        phrases=np.array(phrases, np.int32),
        phrase=np.array(phrase, np.int32),
        follow=np.array(follow, np.uint64),
        sign_letters=sign_letters,
        sets=_sets(),
        **leet(),
        weights=np.array(list(weights.values()), np.float64),
        role_features=np.array([numbers.get(f"r={role}", -1) for role in ROLES], np.int32),
        bias=bias,
        money=list(ROLES).index("money"),
        head_lengths=np.array([min(lengths), max(lengths)]),
        reach=np.array([recogniser._BEFORE, recogniser._AFTER]),
    )


def leet() -> dict[str, Codes]:
    """What signs stand for among letters, by code; everything else stands for itself."""
    plain, with_l = (np.arange(256, dtype=np.int32) for _each in range(2))
    for code, letter in fold._LEET.items():
        plain[code] = with_l[code] = letter
    for code, letter in fold._LEET_WITH_L.items():
        with_l[code] = letter
    return {"leet": plain, "leet_with_l": with_l}


def named(**tables: tuple[Hashes, Codes]) -> dict[str, Hashes | Codes]:
    return {
        f"{name}_{part}": array
        for name, parts in tables.items()
        for part, array in zip(("keys", "values"), parts, strict=True)
    }


# The units in fold.py's pattern of an amount.
_AMOUNTS = re.compile(r"\(\?:(.*)\)\?")


def _marks() -> dict[str, int]:
    marks = dict.fromkeys(reading._CURRENCY, CURRENCY)
    for each in reading._CLOCK:
        marks[each] = marks.get(each, 0) | CLOCK
    for each, mark in {"2": TWO, "4": TWO | FOUR, ":": COLON}.items():
        marks[each] = marks.get(each, 0) | mark
    for each in "$€£":
        marks[each] = marks.get(each, 0) | MONEY_SIGN
    for each in _AMOUNTS.search(fold._AMOUNT.pattern)[1].split("|"):
        marks[each] = marks.get(each, 0) | AMOUNT
    return marks


def _sets() -> npt.NDArray[np.uint8]:
    sets = np.zeros(256, np.uint8)
    for name, letters in {
        "asks": recogniser.ASKS,
        "gives": recogniser.GIVES,
        "counted": reading._COUNTED,
        "two": frozenset("aPVCYUGM"),
        "passed": evidence._PASSED,
        "not_words": evidence._NOT_OTHER_WORDS,
    }.items():
        for letter in letters:
            sets[ord(letter)] |= _SETS[name]
    return sets


# --- a message -----------------------------------------------------------------------------------


def room(held: Record) -> Record:
    """Where messages of up to LONGEST bytes are read, one after the other: made once."""
    names = "text other token_start token_end letter meaning role item_start item_end row"
    signs_ = {name: np.zeros(LONGEST + 32, np.int32) for name in names.split()}
    hashes = {name: np.zeros(LONGEST + 32, np.uint64) for name in ("token_hash", "item_hash")}
    seen = {"seen": np.zeros(held.weights.size, np.int64), "turn": np.zeros(1, np.int64)}
    return record(**signs_, **hashes, **seen)


NEVER, PERHAPS, UNSURE = 0, 1, 2
ALNUM = LETTER | DIGIT
RING, DOTS = 0x30A, 0x308
A, O, A_RING, A_DOTS, O_DOTS = map(ord, "aoåäö")
AT, DOLLAR, BANG, BAR, APOSTROPHE, UNDERSCORE = map(ord, "@$!|'_")
DOT, COMMA, COLON_SIGN, BLANK, PERCENT = map(ord, ".,: %")
# Letters of roles (lexicon.ROLES) that are made here.
WORD, NUMBER, D, FOR, BEGINS, ENDS = map(ord, "xNDf^$")
REACH = evidence._REACH
WORD_SEED = np.uint64(hash_of("w="))


@compiled
def weighed(data: npt.NDArray[np.uint8], start: int, end: int, held: Record, space: Record) -> int:
    """Whether recognise() would find an offer in the UTF-8 from start to end: NEVER, or it may.

    The text is valid UTF-8.
    """
    if end - start > LONGEST:
        return UNSURE
    size = _folded(data, start, end, held, space.text)
    if size < 0:
        return UNSURE
    text, other = space.text, space.other
    joined = _joined(text, size, other, held.kinds)
    if joined >= 0:
        text, other, size = other, text, joined
    if _has_leet(text, size, held.kinds):
        size = _without_leet(text, size, other, held)
        text = other
    tokens = _tokens(text, size, held.kinds, space)
    if tokens < 0:
        return UNSURE
    items = _items(text, tokens, held, space)
    items = _counted(items, held, space)
    return _offered(text, items, held, space)


@compiled
def _folded(data: npt.NDArray[np.uint8], start: int, end: int, held: Record, text: Codes) -> int:
    """fold.fold up to the letters that stand apart; the number of signs, or -1."""
    plain = True
    for place in range(start, end):
        if data[place] >= 128:
            plain = False
            break
    if plain:
        for place in range(start, end):
            code = np.int32(data[place])
            if 65 <= code <= 90:
                code += np.int32(32)
            text[place - start] = code
        return end - start
    size, place = 0, start
    before = -1  # the one sign that the last code point was folded to
    while place < end:
        first = np.int32(data[place])
        if first < 0x80:
            code, length = first, 1
        elif first < 0xE0:
            code, length = first & 0x1F, 2
        elif first < 0xF0:
            code, length = first & 0x0F, 3
        else:
            code, length = first & 0x07, 4
        for follows in range(1, length):
            code = code << 6 | (np.int32(data[place + follows]) & 0x3F)
        place += length
        if code >= CODES:
            return -1
        from_, to = held.at[code], held.at[code + 1]
        if size + to - from_ > LONGEST:
            return -1
        if to == from_:
            if code == RING and before == A:
                text[size - 1] = A_RING
            elif code == DOTS and before == A:
                text[size - 1] = A_DOTS
            elif code == DOTS and before == O:
                text[size - 1] = O_DOTS
        for each in range(from_, to):
            text[size] = held.codes[each]
            size += 1
        before = text[size - 1] if to - from_ == 1 else -1
    return size


@compiled
def _joined(text: Codes, size: int, into: Codes, kinds: npt.NDArray[np.uint8]) -> int:
    """fold._without: "p i c" is "pic"; the number of signs, or -1 where nothing stands apart."""
    found, done, out = False, 0, 0
    place = 0
    while place + 4 < size:
        if (
            kinds[text[place + 1]] & ALNUM
            or not kinds[text[place]] & ALNUM
            or (place and kinds[text[place - 1]] & ALNUM)
        ):
            place += 1
            continue
        end = 0
        for gap in (3, 2, 1):
            end = _apart(text, size, place, gap, kinds)
            if end:
                break
        if not end:
            place += 1
            continue
        letters = total = 0
        for each in range(place, end, gap + 1):
            letters += (kinds[text[each]] & LETTER) != 0
            total += 1
        if letters * 2 > total:
            found = True
            for each in range(done, place):
                into[out] = text[each]
                out += 1
            for each in range(place, end, gap + 1):
                into[out] = text[each]
                out += 1
            done = end
        place = end
    if not found:
        return -1
    for each in range(done, size):
        into[out] = text[each]
        out += 1
    return out


@compiled
def _apart(text: Codes, size: int, place: int, gap: int, kinds: npt.NDArray[np.uint8]) -> int:
    """Where letters that stand apart by `gap` equal signs end, or nought; three are the fewest."""
    if place + 2 * gap + 2 >= size:
        return 0
    for each in range(1, gap + 1):
        if not kinds[text[place + each]] & JOINT:
            return 0
    at, count = place + gap + 1, 1
    last = 0
    while at < size and kinds[text[at]] & ALNUM:
        count += 1
        if count > 2 and (at + 1 == size or not kinds[text[at + 1]] & ALNUM):
            last = at + 1
        if at + gap + 1 >= size:
            break
        same = True
        for each in range(1, gap + 1):
            same = same and text[at + each] == text[place + each]
        if not same:
            break
        at += gap + 1
    return last


@compiled
def _has_leet(text: Codes, size: int, kinds: npt.NDArray[np.uint8]) -> bool:
    """fold._LEET_INSIDE: a sign or a number right beside a letter."""
    before = False
    letter = False
    for place in range(size):
        code = text[place]
        kind = kinds[code]
        is_letter = (kind & LETTER) != 0
        is_leet = (kind & DIGIT) != 0 or code == AT or code == DOLLAR or code == BANG or code == BAR
        if (letter and is_leet) or (before and is_letter):
            return True
        letter, before = is_letter, is_leet
    return False


@compiled
def _without_leet(text: Codes, size: int, into: Codes, held: Record) -> int:
    """fold._letters for every word with signs in it; the number of signs."""
    place = out = 0
    while place < size:
        start = place
        if (text[place] == AT or text[place] == DOLLAR) and place + 1 < size:
            place += (held.kinds[text[place + 1]] & ALNUM) != 0
        if not held.kinds[text[place]] & ALNUM:
            into[out] = text[start]
            out += 1
            place = start + 1
            continue
        plain = start == place
        while place < size:
            code = text[place]
            if not held.kinds[code] & LETTER:
                if not (
                    held.kinds[code] & DIGIT
                    or code == AT or code == DOLLAR or code == BANG or code == BAR
                ):  # fmt: skip
                    break
                plain = False
            place += 1
        for each in range(start, place):
            into[out + each - start] = text[each]
        if not plain:
            _read_leet(into, out, out + place - start, held)
        out += place - start
    return out


@compiled
def _read_leet(text: Codes, start: int, end: int, held: Record) -> None:
    """The word that signs stand for, in their place, where it is a known one."""
    after = start
    while after < end and held.kinds[text[after]] & DIGIT:
        after += 1
    if after > start:
        amount = hash_codes(text, after, end)
        unit = max(look_up(held.marks_keys, held.marks_values, amount), 0)
        if after == end or unit & AMOUNT:
            return
    bare = end
    while bare > start and (
        text[bare - 1] == AT or text[bare - 1] == DOLLAR
        or text[bare - 1] == BANG or text[bare - 1] == BAR
    ):  # fmt: skip
        bare -= 1
    for to in (end, bare):
        for with_l in (False, True):
            letters = held.leet_with_l if with_l else held.leet
            found = SEED
            for each in range(start, to):
                code = text[each]
                found = step(found, letters[code] if code < 256 else code)
            if look_up(held.known_keys, held.known_values, found) > 0:
                for each in range(start, to):
                    if text[each] < 256:
                        text[each] = letters[text[each]]
                return


@compiled
def _tokens(text: Codes, size: int, kinds: npt.NDArray[np.uint8], space: Record) -> int:
    """lexicon.WORD: words, numbers and signs; their number, or -1 for a sign that is not known."""
    count = place = 0
    while place < size:
        kind = kinds[text[place]]
        start = place
        if kind & LETTER:
            found = SEED
            while place < size and kinds[text[place]] & LETTER:
                found = step(found, text[place])
                place += 1
            if place + 1 < size and text[place] == APOSTROPHE and 97 <= text[place + 1] <= 122:
                found = step(found, APOSTROPHE)
                place += 1
                while place < size and 97 <= text[place] <= 122:
                    found = step(found, text[place])
                    place += 1
        elif kind & DIGIT:
            place = _number(text, size, place, kinds)
            found = hash_codes(text, start, place)
        elif kind & UNKNOWN:
            return -1
        else:
            place += 1
            if not kind & SIGN:
                continue
            found = step(SEED, text[start])
        space.token_hash[count] = found
        space.token_start[count] = start
        space.token_end[count] = place
        count += 1
    return count


@compiled
def _number(text: Codes, size: int, place: int, kinds: npt.NDArray[np.uint8]) -> int:
    """Where a number ends, with its thousands and its decimals."""
    while place < size and kinds[text[place]] & DIGIT:
        place += 1
    while (
        place + 3 < size
        and (text[place] == DOT or text[place] == COMMA or text[place] == COLON_SIGN
             or text[place] == BLANK)
        and kinds[text[place + 1]] & DIGIT
        and kinds[text[place + 2]] & DIGIT
        and kinds[text[place + 3]] & DIGIT
    ):  # fmt: skip
        place += 4
    if (
        place + 1 < size
        and (text[place] == DOT or text[place] == COMMA)
        and kinds[text[place + 1]] & DIGIT
    ):
        place += 1
        while place < size and kinds[text[place]] & DIGIT:
            place += 1
    return place


@compiled
def _meaning(text: Codes, start: int, end: int, found: np.uint64, held: Record) -> int:
    """Lexicon.find: the number of what a word can be, or -1."""
    meaning = look_up(held.word_keys, held.word_values, found)
    if meaning >= 0 or end - start <= 3:
        return meaning
    shortest, longest = held.head_lengths[0], held.head_lengths[1]
    if end - start > shortest + 1:
        backwards = SEED
        for length in range(1, shortest + 1):
            backwards = step(backwards, text[end - length])
        if look_up(held.tail_keys, held.tail_values, backwards) >= 0:
            meaning = look_up(held.head_keys, held.head_values, backwards)
            for length in range(shortest + 1, min(longest, end - start - 2) + 1):
                backwards = step(backwards, text[end - length])
                head = look_up(held.head_keys, held.head_values, backwards)
                meaning = head if head >= 0 else meaning
            if meaning >= 0:
                return meaning
    run = 1
    for place in range(start + 1, end):
        run = run + 1 if text[place] == text[place - 1] and text[place] != APOSTROPHE else 1
        if run == 3:
            found, last = SEED, np.int32(0)
            for each in range(start, end):
                if text[each] != last or text[each] == APOSTROPHE:
                    found = step(found, text[each])
                last = text[each]
            return look_up(held.squeezed_keys, held.squeezed_values, found)
    return -1


@compiled
def _items(text: Codes, tokens: int, held: Record, space: Record) -> int:
    """reading.read with its choice of languages; the number of items."""
    count = place = swedish = english = 0
    while place < tokens:
        start, end, found = (
            space.token_start[place],
            space.token_end[place],
            space.token_hash[place],
        )
        place += 1
        first = text[start]
        letter, meaning = np.int32(held.sign_letters[first]), np.int64(-1)
        if not letter or end - start > 1:
            letter = np.int32(0)
            phrases = look_up(held.first_keys, held.first_values, found)
            if phrases >= 0:
                for each in range(held.phrases[phrases, 0], held.phrases[phrases, 1]):
                    from_, to = held.phrase[each, 1], held.phrase[each, 2]
                    same = place + to - from_ <= tokens
                    for follows in range(from_, to):
                        same = same and (
                            held.follow[follows] == space.token_hash[place + follows - from_]
                        )
                        if not same:
                            break
                    if same:
                        place += to - from_
                        meaning = np.int64(held.phrase[each, 0])
                        letter = held.meanings[meaning, 1]
                        break
            if not letter:
                kind = held.kinds[first]
                if kind & DIGIT:
                    letter = np.int32(NUMBER)
                elif kind & ALPHA:
                    letter = np.int32(WORD)
                    if kind & LETTER:
                        meaning = np.int64(_meaning(text, start, end, found, held))
                else:
                    continue
        if meaning >= 0:
            swedish += held.meanings[meaning, 0] == SWEDISH
            english += held.meanings[meaning, 0] == ENGLISH
        space.letter[count] = letter
        space.meaning[count] = meaning
        space.role[count] = -1
        space.item_hash[count] = found
        space.item_start[count] = start
        space.item_end[count] = end
        count += 1
    mostly = 3 if swedish > english else 1
    for each in range(count):
        meaning = np.int64(space.meaning[each])
        if meaning >= 0:
            if space.letter[each] == WORD:
                space.letter[each] = held.meanings[meaning, mostly]
            space.role[each] = held.meanings[meaning, mostly + 1]
    return count


@compiled
def _mark(item: int, held: Record, space: Record) -> int:
    return max(look_up(held.marks_keys, held.marks_values, space.item_hash[item]), 0)


@compiled
def _counted(items: int, held: Record, space: Record) -> int:
    """reading._counted: numbers with what they count; the number of items that are left."""
    kept = place = 0
    while place < items:
        at = place
        letter, role = space.letter[at], space.role[at]
        place += 1
        whole = at
        mark = _mark(at, held, space) if letter == D or letter == NUMBER else 0
        if letter == D and mark & MONEY_SIGN:
            role = np.int32(held.money)
            if place < items and space.letter[place] == NUMBER:
                whole = place
                place += 1
        elif letter == NUMBER and place < items:
            after = space.letter[place]
            next_ = _mark(place, held, space)
            if mark & TWO and held.sets[after] & 8 and kept:
                letter, role = np.int32(FOR if mark & FOUR else WORD), np.int32(-1)
            elif next_ & CURRENCY:
                letter, role = np.int32(D), np.int32(held.money)
                place += 1
            elif after == PERCENT or next_ & CLOCK:
                letter, role = np.int32(WORD), np.int32(-1)
            elif held.sets[after] & 4:
                continue
            elif next_ & COLON and place + 1 < items and space.letter[place + 1] == NUMBER:
                space.letter[place + 1], space.role[place + 1] = WORD, -1
                letter, role = np.int32(WORD), np.int32(-1)
        space.letter[kept], space.role[kept] = letter, role
        space.item_hash[kept] = space.item_hash[whole]
        space.item_start[kept] = space.item_start[whole]
        space.item_end[kept] = space.item_end[whole]
        kept += 1
    return kept


@compiled
def _offered(text: Codes, items: int, held: Record, space: Record) -> int:
    """recogniser._passages, and whether one of them weighs anything."""
    kinds = 0
    for place in range(items):
        kinds |= held.sets[space.letter[place]]
    if kinds & 3 != 3:
        return NEVER
    before, after = held.reach[0], held.reach[1]
    done = 0
    for place in range(items):
        if place < done or not held.sets[space.letter[place]] & 1:
            continue
        start, end = max(done, place - before), min(items, place + after)
        gives = False
        for each in range(start, end):
            gives = gives or held.sets[space.letter[each]] & 2 != 0
        if gives:
            if _weight(text, start, end, items, held, space) > -_ROUNDING:
                return PERHAPS
            done = end
    return NEVER


@compiled
def _weight(text: Codes, start: int, end: int, items: int, held: Record, space: Record) -> float:
    """evidence.weigh for a passage."""
    letter, row, turn = space.letter, space.row, space.turn
    turn[0] += 1
    total = held.bias
    size = 0
    if start == 0:
        row[0] = BEGINS
        size = 1
    for place in range(start, end):
        code = letter[place]
        if code == 80 or code == 86:
            code = _whose(letter, start, place, end)
        elif code == 115:
            code = _sender(letter, start, place, end)
        if not held.sets[code] & 16:
            row[size] = code
            size += 1
            total += _one(step(SEED, code), held, space)
    if end == items:
        row[size] = ENDS
        size += 1
    for first in range(size):
        found = step(SEED, row[first])
        pair = step(found, UNDERSCORE)
        for second in range(first + 1, min(first + REACH + 1, size)):
            if second < first + 4:
                found = step(found, row[second])
                total += _one(found, held, space)
            if second > first + 1:
                total += _one(step(pair, row[second]), held, space)
    last = SEED
    for place in range(start, end):
        word = space.item_start[place] < space.item_end[place]
        for each in range(space.item_start[place], space.item_end[place]):
            word = word and held.kinds[text[each]] & ALPHA != 0
        if word:
            alone, both = WORD_SEED, step(last, BLANK)
            for each in range(space.item_start[place], space.item_end[place]):
                alone, both = step(alone, text[each]), step(both, text[each])
            if not held.sets[letter[place]] & 32:
                total += _one(alone, held, space)
            if last != SEED:
                total += _one(both, held, space)
            last = alone
        else:
            last = SEED
        if space.role[place] >= 0:
            total += _number_of(np.int64(held.role_features[space.role[place]]), held, space)
    return total


@compiled
def _one(found: np.uint64, held: Record, space: Record) -> float:
    """What a feature weighs when it is met first in a passage."""
    return _number_of(look_up(held.feature_keys, held.feature_values, found), held, space)


@compiled
def _number_of(feature: int, held: Record, space: Record) -> float:
    if feature < 0 or space.seen[feature] == space.turn[0]:
        return 0.0
    space.seen[feature] = space.turn[0]
    return held.weights[feature]


@compiled
def _thing(code: int) -> bool:
    return code == 84 or code == 69 or code == 76  # T, E, L


@compiled
def _whose(letter: Codes, start: int, place: int, end: int) -> int:
    """evidence._whose: whose picture it is."""
    if place + 1 < end and letter[place + 1] == 111:  # o
        first = second = np.int32(0)
        for each in range(place + 2, min(place + 5, end)):
            if letter[each] != 97:
                if not first:
                    first = letter[each]
                elif not second:
                    second = letter[each]
        thing = second == 84 or second == 69
        if (first == 89 and not thing) or first == 121:  # Y, y
            return 49
        if first == 85:  # U
            return 52 if thing else 51
        if first == 72:  # H
            return 53
        if _thing(first) or first == D:
            return 52
        if place + 2 < end and letter[place + 2] == 97:
            return 52
    if place > start:
        before = letter[place - 1]
        if before == 89:
            return 49
        if before == 85:
            return 51
        if _thing(before):
            return 52
    return letter[place]


@compiled
def _sender(letter: Codes, start: int, place: int, end: int) -> int:
    """evidence._sender: who sends."""
    after = letter[place + 1] if place + 1 < end else np.int32(0)
    before = letter[place - 1] if place > start else np.int32(46)
    subject = np.int32(0)
    if after == 73 or (
        after == 89 and (before == 104 or before == 46 or before == 63 or before == 44
                         or before == 105)
    ):  # fmt: skip
        subject = after
    else:
        for earlier in range(place - 1, max(start - 1, place - 5), -1):
            code = letter[earlier]
            if code == 46 or code == 63:
                break
            if code == 73 or code == 89 or code == 72 or code == 83:
                subject = code
                break
    if subject == 73:
        return 109
    return 114 if subject == 72 or subject == 83 else 115
