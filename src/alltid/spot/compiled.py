"""The recogniser's reading and weighing, compiled for the gate of bulk.py: over bytes, by numbers.

What fold.py, reading.py, recogniser.py and evidence.py do with a message is done here again,
without places and reasons, some fifty times as fast. Nothing is decided by it: a message that it
weighs as an offer, or that it does not understand, is read by recognise(). Every word, phrase,
weight and sign comes from those files; how they are put together is written twice, and the tests of
bulk.py hold the two together.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
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
    """Compile a function when it is first called; other processes find it compiled."""
    # Only what is called from outside needs a way in from Python; that halves the time to compile.
    ways: dict[str, Any] = {
        "no_cpython_wrapper": function.__name__.startswith("_"),
        "no_cfunc_wrapper": True,
        "cache": True,
    }
    return cast(_Function, numba.njit(nogil=True, error_model="numpy", **ways)(function))


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
    while size < 2 * len(held):
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
JOINTS = " .,-_*~/|"


@cache
def signs() -> dict[str, Any]:
    """What each code point folds to (`at[code]` to `at[code + 1]` in `codes`), and its kind."""
    at, codes = np.zeros(CODES + 1, np.int32), []
    kinds = np.zeros(CODES, np.uint8)
    for code in range(CODES):
        sign = chr(code)
        folded = fold._signs.get(code)
        if folded is None:
            folded = fold._fold_sign(sign)
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
        if sign in JOINTS:
            kinds[code] |= JOINT
    kinds[0] = UNKNOWN
    return {"at": at, "codes": np.array(codes, np.int32), "kinds": kinds}


# --- the lexicon and the weights, by numbers ---------------------------------------------------

# Of a word that plays a part beside a number, or is a number's sign.
CURRENCY, CLOCK, TWO, FOUR, COLON_MARK, MONEY_SIGN, AMOUNT, TYING, TOWARDS, BEFORE_SUM = (
    1 << each for each in range(10)
)
# Of the letter of a role.
COUNTED, AFTER_TWO, PASSED, NO_WORD = (1 << each for each in range(4))
_AFTER_TWO = frozenset("aPVCYUGM")
# The units in fold.py's pattern of an amount.
_AMOUNTS = re.compile(r"\(\?:(.*)\)\?")

Record = Any  # a numpy record: numba takes it by one pointer, whatever it holds


@cache
def _sources() -> str:
    """A hash of every file that what is compiled depends on.

    numba keeps what it has compiled until that function's own file changes, and would not see that
    another one has. What it is called with has this hash in its type, so that it is made anew.
    """
    modules = (fold, lexicon, reading, evidence, recogniser)
    paths = [Path(str(module.__file__)) for module in modules]
    paths += [Path(__file__).with_name(f"{name}.py") for name in ("compiled", "sieve", "glance")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def record(**arrays: Any) -> Record:
    """One record of arrays and numbers, under their names."""
    held = {name: np.asarray(array) for name, array in arrays.items()}
    held[f"of_{_sources()}"] = np.zeros(1, np.uint64)
    kind = np.dtype([(name, array.dtype, array.shape) for name, array in held.items()])
    made = np.zeros(1, kind)
    for name, array in held.items():
        made[name][0] = array
    return made.view(np.recarray)[0]


def named(**tables: tuple[Hashes, Codes]) -> dict[str, Any]:
    """The two arrays of each table, under names for a record."""
    held: dict[str, Any] = {}
    for name, (keys, values) in tables.items():
        held[f"{name}_keys"], held[f"{name}_values"] = keys, values
    return held


def leet() -> dict[str, Codes]:
    """What signs stand for among letters, by code; everything else stands for itself."""
    plain, with_l = np.arange(256, dtype=np.int32), np.arange(256, dtype=np.int32)
    for code, letter in fold._LEET.items():
        plain[code] = with_l[code] = letter
    for code, letter in fold._LEET_WITH_L.items():
        with_l[code] = letter
    return {"leet": plain, "leet_with_l": with_l}


Phrase = tuple[tuple[str, ...], Entry]


def phrases_of(words: Lexicon) -> dict[str, list[Phrase]]:
    """First word → the words that follow and the entry, the longest first."""
    return {
        first: sorted((each for found in following.values() for each in found), key=_shorter)
        for first, following in words.phrases.items()
    }


def _shorter(phrase: Phrase) -> int:
    return -len(phrase[0])


class _Meanings:
    """Numbers for what words can be.

    A row has the number of the one language that the word is of, or -1; then, for a message that
    is mostly of each language and for one of none, the letter and the role of the word.
    """

    def __init__(self, words: Lexicon) -> None:
        self.rows: list[list[int]] = []
        self.languages = sorted(words.languages)
        self._roles = list(ROLES)
        self._numbers: dict[tuple[Entry, ...], int] = {}

    def number(self, entries: tuple[Entry, ...]) -> int:
        if entries not in self._numbers:
            self._numbers[entries] = len(self.rows)
            word = lexicon._word(entries)
            row = [self.languages.index(word.only) if word.only else -1]
            for mostly in (*self.languages, ""):
                entry = word.among.get(mostly, word.otherwise)
                row += [ord(entry.letter), self._roles.index(entry.role)]
            self.rows.append(row)
        return self._numbers[entries]


def tables(words: Lexicon) -> Record:
    """Number a lexicon, with the weights of its evidence."""
    meanings, lengths = _Meanings(words), lexicon._HEAD_LENGTHS
    phrases = phrases_of(words)
    lexemes: list[list[int]] = []
    phrase: list[list[int]] = []
    follow: list[int] = []
    lexeme = {}
    two: dict[int, int] = {}
    twos: list[tuple[int, int]] = []
    for form in {**words.words, **phrases}:
        known, begun = words.words.get(form), phrases.get(form, [])
        alone = next((entry for rest, entry in begun if not rest), None)
        lexeme[hash_of(form)] = len(lexemes)
        lexemes.append(
            [
                meanings.number(known) if known else -1,
                meanings.number((alone,)) if alone else -1,
                any(rest for rest, _entry in begun),
            ]
        )
        for second in dict.fromkeys(rest[0] for rest, _entry in begun if rest):
            two[hash_of(f"{form} {second}")] = len(twos)
            longer = [each for each in begun if each[0][:1] == (second,)]
            twos.append((len(phrase), len(phrase) + len(longer)))
            for rest, entry in longer:
                phrase.append([meanings.number((entry,)), len(follow), len(follow) + len(rest)])
                follow += map(hash_of, rest)
    heads = {form: meanings.number((found,)) for form, found in words.heads.items()}
    squeezed = {form: meanings.number(found) for form, found in words.squeezed.items()}
    offer = evidence._held()["offer"]
    features = {feature: number for number, feature in enumerate(offer.weights)}
    sign_letters = np.zeros(CODES, np.uint8)
    for sign, letter in reading._SIGNS.items():
        sign_letters[ord(sign)] = ord(letter)
    return record(
        **signs(),
        **leet(),
        **named(
            lexeme=table(lexeme.items()),
            two=table(two.items()),
            head=table((hash_of(form[::-1]), number) for form, number in heads.items()),
            tail=table((hash_of(form[: -min(lengths) - 1 : -1]), 1) for form in heads),
            squeezed=table((hash_of(form), number) for form, number in squeezed.items()),
            known=table((hash_of(form), 1) for form in recogniser._known(words)),
            mark=table((hash_of(each), mark) for each, mark in _marks().items()),
            feature=table((hash_of(each), number) for each, number in features.items()),
        ),
        # Meaning as a word, as a phrase of one word, whether longer phrases begin with it. `twos`:
        # by two words, from and to in `phrase`; there: meaning, from, to in `follow`.
        lexemes=np.array(lexemes, np.int32),
        twos=np.array(twos, np.int32),
        phrase=np.array(phrase, np.int32),
        follow=np.array(follow, np.uint64),
        meanings=np.array(meanings.rows, np.int32),
        languages=len(meanings.languages),
        sign_letters=sign_letters,
        asks=_asks(),
        given=_given(),
        parts=_parts(),
        weights=np.array(list(offer.weights.values()), np.float64),
        role_features=np.array([features.get(f"r={role}", -1) for role in ROLES], np.int32),
        bias=offer.bias,
        money=list(ROLES).index("money"),
        head_lengths=np.array([min(lengths), max(lengths)]),
        reach=np.array([recogniser._BEFORE, recogniser._AFTER]),
    )


def _marks() -> dict[str, int]:
    marks: dict[str, int] = {}
    amounts = _AMOUNTS.search(fold._AMOUNT.pattern)
    for words, mark in (
        (reading._CURRENCY, CURRENCY),
        (reading._CLOCK, CLOCK),
        (reading._TYING, TYING),
        (reading._BEFORE_SUM, BEFORE_SUM),
        (evidence._TOWARDS, TOWARDS),
        (("2", "4"), TWO),
        (("4",), FOUR),
        ((":",), COLON_MARK),
        ("$€£", MONEY_SIGN),
        (amounts[1].split("|") if amounts else (), AMOUNT),
    ):
        for word in words:
            marks[word] = marks.get(word, 0) | mark
    return marks


def _asks() -> npt.NDArray[np.uint8]:
    """A bit of its own for the letter of each role that asks."""
    bits = np.zeros(256, np.uint8)
    for place, letter in enumerate(sorted(recogniser.ASKS)):
        bits[ord(letter)] = 1 << place
    return bits


def _given() -> npt.NDArray[np.uint8]:
    """The bits of the asks that a letter may be given for."""
    bits, asks = np.zeros(256, np.uint8), _asks()
    for ask, letters in recogniser.GIVEN_FOR.items():
        for letter in letters:
            bits[ord(letter)] |= asks[ord(ask)]
    return bits


def _parts() -> npt.NDArray[np.uint8]:
    bits = np.zeros(256, np.uint8)
    for letters, part in (
        (reading._COUNTED, COUNTED),
        (_AFTER_TWO, AFTER_TWO),
        (evidence._PASSED, PASSED),
        (evidence._NOT_OTHER_WORDS, NO_WORD),
    ):
        for letter in letters:
            bits[ord(letter)] |= part
    return bits


# --- a message ---------------------------------------------------------------------------------


def room(held: Record) -> Record:
    """Where messages of up to LONGEST bytes are read, one after the other: made once."""
    names = "text other token_start token_end letter noted role meaning item_start item_end row"
    codes = {name: np.zeros(LONGEST + 32, np.int32) for name in names.split()}
    hashes = {name: np.zeros(LONGEST + 32, np.uint64) for name in ("token_hash", "item_hash")}
    return record(
        **codes,
        **hashes,
        bytes=np.zeros(2 * LONGEST + 64, np.uint8),
        of_language=np.zeros(held.languages + 1, np.int64),
        seen=np.zeros(held.weights.size, np.int64),
        turn=np.zeros(1, np.int64),
    )


NEVER, PERHAPS, UNSURE = 0, 1, 2
ALNUM = LETTER | DIGIT
RING, DOTS = 0x30A, 0x308
SMALL_A, SMALL_O, A_RING, A_DOTS, O_DOTS = map(ord, "aoåäö")
AT, DOLLAR, BANG, BAR, APOSTROPHE, UNDERSCORE, EQUALS = map(ord, "@$!|'_=")
DOT, COMMA, COLON, BLANK, PERCENT, QUESTION = map(ord, ".,: %?")
# Letters of roles (lexicon.ROLES) that are told apart here.
WORD, NUMBER, HOUR, D, E, F, H, I, L, P, S, T, U, V, Y = map(  # noqa: E741 - letters of roles
    ord, "xNvDEfHILPSTUVY"
)
BODY, OF, THE, IF, THEN, SEND, BEGINS, ENDS = map(ord, "yoaihs^$")
READERS, WRITERS, THINGS, OTHERS, WRITER_SENDS, OTHER_SENDS = map(ord, "1345mr")
REACH = evidence._REACH
SUM, FEW, LONGEST_SUM = reading._SUM, reading._FEW, reading._LONGEST_SUM
LONGEST_WORD = lexicon._LONGEST_WORD
WORD_SEED = np.uint64(hash_of("w="))


@compiled
def weighed(
    data: npt.NDArray[np.uint8],
    start: int,
    end: int,
    dressed: bool,
    line: float,
    held: Record,
    space: Record,
) -> int:
    """Whether recognise() would find an offer in the UTF-8 from start to end: NEVER, or it may.

    The text is valid UTF-8. dressed: whether letters may stand apart or signs stand for letters;
    sieve.py knows. line: as recognise() takes it.
    """
    text = space.text
    size = folded(data, start, end, dressed, held, space)
    if size < 0:
        return UNSURE
    tokens = _tokens(text, size, held.kinds, space)
    if tokens < 0:
        return UNSURE
    items = _items(text, tokens, held, space)
    items = _counted(text, items, held, space)
    return _offered(text, items, line, held, space)


@compiled
def folded(
    data: npt.NDArray[np.uint8], start: int, end: int, dressed: bool, held: Record, space: Record
) -> int:
    """fold.fold into space.text; the number of signs, or -1. As `weighed` takes it."""
    if end - start > LONGEST:
        return -1
    text, other = space.text, space.other
    size = _folded(data, start, end, held, text)
    if size < 0 or not dressed:
        return size
    joined = _joined(text, size, other, held.kinds)
    if joined >= 0:
        size = joined
        for place in range(size):
            text[place] = other[place]
    if _has_leet(text, size, held.kinds):
        size = _without_leet(text, size, other, held)
        for place in range(size):
            text[place] = other[place]
    return size


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
            if code == RING and before == SMALL_A:
                text[size - 1] = A_RING
            elif code == DOTS and before == SMALL_A:
                text[size - 1] = A_DOTS
            elif code == DOTS and before == SMALL_O:
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
        unit = max(look_up(held.mark_keys, held.mark_values, amount), 0)
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
        and (text[place] == DOT or text[place] == COMMA or text[place] == COLON
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
def _compound(text: Codes, start: int, end: int, held: Record) -> int:
    """Lexicon.find for a word that has no entry of its own: what it can be by its end, or -1."""
    if end - start <= 3:
        return -1
    shortest, longest = held.head_lengths[0], held.head_lengths[1]
    if end - start > shortest + 1:
        backwards, meaning = SEED, -1
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
def _sum(text: Codes, start: int, end: int) -> int:
    """reading._number: the letter of a number."""
    value = digits = 0
    for place in range(start, end):
        code = text[place]
        if code == DOT or code == COLON:
            return WORD
        if code != COMMA and code != BLANK:
            digits += 1
            value = value * 10 + code - 48
            if digits > LONGEST_SUM:
                return WORD
    return NUMBER if value >= SUM else HOUR if value >= FEW else WORD


@compiled
def _items(text: Codes, tokens: int, held: Record, space: Record) -> int:
    """reading.read with its choice of languages; the number of items."""
    count = place = 0
    of_language = space.of_language
    for language in range(held.languages):
        of_language[language] = 0
    while place < tokens:
        start, end, found = (
            space.token_start[place],
            space.token_end[place],
            space.token_hash[place],
        )
        place += 1
        first = text[start]
        letter, meaning = np.int64(held.sign_letters[first]), -1
        if letter == 0:
            lexeme = look_up(held.lexeme_keys, held.lexeme_values, found)
            if lexeme >= 0:
                meaning = np.int64(held.lexemes[lexeme, 0])
                if end - start > LONGEST_WORD:
                    meaning = -1
                phrase, length = np.int64(held.lexemes[lexeme, 1]), 0
                if held.lexemes[lexeme, 2] and place < tokens:
                    second = step(found, BLANK)
                    for each in range(space.token_start[place], space.token_end[place]):
                        second = step(second, text[each])
                    two = look_up(held.two_keys, held.two_values, second)
                    if two >= 0:
                        for each in range(held.twos[two, 0], held.twos[two, 1]):
                            from_, to = held.phrase[each, 1], held.phrase[each, 2]
                            same = place + to - from_ <= tokens
                            for follows in range(from_, to):
                                same = same and (
                                    held.follow[follows]
                                    == space.token_hash[place + follows - from_]
                                )
                                if not same:
                                    break
                            if same:
                                phrase, length = np.int64(held.phrase[each, 0]), to - from_
                                break
                if phrase >= 0:
                    meaning = phrase
                    letter = np.int64(held.meanings[meaning, 1])
                    place += length
            if letter == 0:
                kind = held.kinds[first]
                if meaning < 0 and kind & LETTER and end - start <= LONGEST_WORD:
                    meaning = _compound(text, start, end, held)
                if meaning >= 0:
                    letter = WORD
                    if held.meanings[meaning, 0] >= 0:
                        of_language[held.meanings[meaning, 0]] += 1
                elif kind & DIGIT:
                    letter = _sum(text, start, end)
                    if start and held.kinds[text[start - 1]] & LETTER:
                        before = space.token_hash[place - 2]
                        mark = max(look_up(held.mark_keys, held.mark_values, before), 0)
                        letter = letter if mark & BEFORE_SUM else WORD
                elif kind & ALPHA:
                    letter = WORD
                else:
                    continue
        space.letter[count] = letter
        space.meaning[count] = meaning
        space.role[count] = -1
        space.item_hash[count] = found
        space.item_start[count] = start
        space.item_end[count] = end
        count += 1
    # The one that most words are of; of two, the first; and none where no word is.
    mostly, most = held.languages, 0
    for language in range(held.languages):
        if of_language[language] > most:
            mostly, most = language, of_language[language]
    for each in range(count):
        meaning = np.int64(space.meaning[each])
        if meaning >= 0:
            if space.letter[each] == WORD:
                space.letter[each] = held.meanings[meaning, 2 * mostly + 1]
            space.role[each] = held.meanings[meaning, 2 * mostly + 2]
    return count


@compiled
def _mark(item: int, held: Record, space: Record) -> int:
    return max(look_up(held.mark_keys, held.mark_values, space.item_hash[item]), 0)


@compiled
def _counted(text: Codes, items: int, held: Record, space: Record) -> int:
    """reading._counted: numbers with what they count; the number of items that are left."""
    kept = place = 0
    while place < items:
        at = whole = place
        letter, role = np.int64(space.letter[at]), np.int64(space.role[at])
        place += 1
        number = held.kinds[text[space.item_start[at]]] & DIGIT != 0
        if letter == D and _mark(at, held, space) & MONEY_SIGN:
            role = held.money
            if place < items and held.kinds[text[space.item_start[place]]] & DIGIT:
                whole = place
                place += 1
        elif number and letter != F and place < items:
            mark, next_ = _mark(at, held, space), _mark(place, held, space)
            after = space.letter[place]
            if mark & TWO and held.parts[after] & AFTER_TWO and kept:
                letter, role = np.int64(F if mark & FOUR else WORD), np.int64(-1)
            elif next_ & CURRENCY:
                letter, role = np.int64(D), np.int64(held.money)
                place += 1
            elif after == PERCENT or next_ & CLOCK:
                letter, role = np.int64(WORD), np.int64(-1)
            elif held.parts[after] & COUNTED and not next_ & TYING:
                continue
            elif (
                next_ & COLON_MARK
                and place + 1 < items
                and held.kinds[text[space.item_start[place + 1]]] & DIGIT
            ):
                space.letter[place + 1], space.role[place + 1] = WORD, -1
                letter, role = np.int64(WORD), np.int64(-1)
        space.letter[kept], space.role[kept] = letter, role
        space.item_hash[kept] = space.item_hash[whole]
        space.item_start[kept] = space.item_start[whole]
        space.item_end[kept] = space.item_end[whole]
        kept += 1
    return kept


@compiled
def _offered(text: Codes, items: int, line: float, held: Record, space: Record) -> int:
    """recogniser._passages, and whether one of them weighs more than the line."""
    asked = given = 0
    for place in range(items):
        asked |= held.asks[space.letter[place]]
        given |= held.given[space.letter[place]]
    if asked & given == 0:
        return NEVER
    before, after = held.reach[0], held.reach[1]
    done = 0
    for place in range(items):
        asked = held.asks[space.letter[place]]
        if place < done or asked == 0:
            continue
        start, end = max(done, place - before), min(items, place + after)
        given = 0
        for each in range(start, end):
            given |= held.given[space.letter[each]]
        if asked & given:
            if _weight(text, start, end, items, held, space) > line - _ROUNDING:
                return PERHAPS
            done = end
    return NEVER


@compiled
def _weight(text: Codes, start: int, end: int, items: int, held: Record, space: Record) -> float:
    """evidence.weigh for a passage."""
    letter, noted, row, turn = space.letter, space.noted, space.row, space.turn
    turn[0] += 1
    for place in range(start, end):
        noted[place] = COMMA if _mark(place, held, space) & TOWARDS else letter[place]
    total = held.bias
    size = 0
    if start == 0:
        row[0] = BEGINS
        size = 1
    last, pair, beside = SEED, WORD_SEED, np.int64(0)
    for place in range(start, end):
        code = np.int64(noted[place])
        if code == P or code == V:
            code = _whose(noted, start, place, end)
        elif code == SEND:
            code = _sender(noted, start, place, end)
        if not held.parts[code] & PASSED:
            row[size] = code
            size += 1
            total += _one(step(SEED, code), held, space)
        word = True
        for each in range(space.item_start[place], space.item_end[place]):
            word = word and held.kinds[text[each]] & ALPHA != 0
        plain, alone, both = SEED, WORD_SEED, step(pair, BLANK)
        here = step(step(SEED, beside), EQUALS)
        if word:
            plain = space.item_hash[place]
            for each in range(space.item_start[place], space.item_end[place]):
                alone, both = step(alone, text[each]), step(both, text[each])
                here = step(here, text[each])
            if not held.parts[letter[place]] & NO_WORD:
                total += _one(alone, held, space)
            if last != SEED:
                total += _one(both, held, space)
        if beside:
            total += _one(here, held, space)
            total += _one(step(step(last, EQUALS), code), held, space)
        last, pair, beside = plain, alone, code
        if space.role[place] >= 0:
            total += _number_of(np.int64(held.role_features[space.role[place]]), held, space)
    if end == items:
        row[size] = ENDS
        size += 1
        total += _one(step(SEED, ENDS), held, space)
    for first in range(size):
        found = step(SEED, row[first])
        apart = step(found, UNDERSCORE)
        for second in range(first + 1, min(first + REACH + 1, size)):
            if second < first + 4:
                found = step(found, row[second])
                total += _one(found, held, space)
            if second > first + 1:
                total += _one(step(apart, row[second]), held, space)
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
def _whose(letter: Codes, start: int, place: int, end: int) -> int:
    """evidence._whose: whose picture it is."""
    if place + 1 < end and letter[place + 1] == OF:
        first = second = 0
        for each in range(place + 2, min(place + 5, end)):
            if letter[each] != THE:
                if first == 0:
                    first = np.int64(letter[each])
                elif second == 0:
                    second = np.int64(letter[each])
        thing = second == T or second == E
        if (first == Y and not thing) or first == BODY:
            return READERS
        if first == U:
            return THINGS if thing else WRITERS
        if first == H:
            return OTHERS
        if first == T or first == E or first == L or first == D:
            return THINGS
        if place + 2 < end and letter[place + 2] == THE:
            return THINGS
    before = np.int64(letter[place - 1]) if place > start else 0
    if before == Y:
        return READERS
    if before == U:
        return WRITERS
    if before == T or before == E or before == L:
        return THINGS
    return np.int64(letter[place])


@compiled
def _sender(letter: Codes, start: int, place: int, end: int) -> int:
    """evidence._sender: who sends."""
    after = np.int64(letter[place + 1]) if place + 1 < end else 0
    before = np.int64(letter[place - 1]) if place > start else DOT
    subject = 0
    asked = before == THEN or before == DOT or before == QUESTION or before == COMMA or before == IF
    if after == I or (after == Y and asked):
        subject = after
    else:
        for earlier in range(place - 1, max(start - 1, place - 5), -1):
            code = np.int64(letter[earlier])
            if code == DOT or code == QUESTION:
                break
            if code == I or code == Y or code == H or code == S:
                subject = code
                break
    if subject == I:
        return WRITER_SENDS
    return OTHER_SENDS if subject == H or subject == S else SEND
