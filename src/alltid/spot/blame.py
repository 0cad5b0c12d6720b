"""Finds blame and other harm in a reply that an adult is about to send to a child.

What is looked for stands in `lexicons/<language>/blame.toml`, a phrase a line, for a counsellor to
edit, in the language of phrases.py. What is quoted is not read. What stands in `unless` makes a
phrase harmless, before it in the clause or a few words after it; `spoken` (somebody else says it)
does so before any phrase, and `harmless` (it is not your fault) anywhere in the clause. A sentence
in which no phrase stands is weighed (harm.py); so is one in which a phrase stands among kind words.

    [blame]
    better = "The sentence that the adult can send instead."
    why = "What the sentence does to a child."
    rows = [
        { phrase = "varför {past} du", unless = ["behöver inte"] },
    ]
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources.abc import Traversable
from itertools import chain, pairwise

from . import harm
from .fold import Folded, fold
from .lexicon import LexiconWrong, folder, languages
from .phrases import Phrase, Phrasebook, Row, read

TAGS = (
    "blame", "blame_late", "should_have", "control", "lecture", "doubt", "interrogation",
    "false_promise", "image_request", "off_channel", "minimise", "shock", "criminal_warning",
)  # fmt: skip
STOPS = frozenset({"image_request", "off_channel"})
# Who is asked this many things that happened, in one message, is being interrogated.
QUESTIONS = 3
# The reading itself leans on these lists under [words]: of single words, and of phrases.
LISTS = ("but", "joins", "question_words", "spoken", "harmless", "asks", "caring", "demands")
# So far on either side of a phrase may stand what makes it harmless; it keeps the reading linear.
REACH = 30
# What follows a phrase excuses it when it begins within so many words: "it is illegal for him".
NEAR = 4
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Flag:
    """A place in the text as it was written, what harm it does, and what could stand instead."""

    start: int
    end: int
    tag: str
    stops: bool
    better: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Flags:
    """Every place that the adult should look at again, in order; true when there is any."""

    flags: tuple[Flag, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether the reply must not be sent as it is."""
        return any(flag.stops for flag in self.flags)

    def __iter__(self) -> Iterator[Flag]:
        return iter(self.flags)

    def __len__(self) -> int:
        return len(self.flags)


# A longer text is read in pieces, which keeps the reading linear whatever stands in it.
_PIECE = 1_500


def blame(text: str) -> Flags:
    """Find what could hurt the child who reads this reply; raises nothing, and is linear."""
    if len(text) <= _PIECE:
        return _blame(text)
    return Flags(
        tuple(
            replace(flag, start=flag.start + begin, end=flag.end + begin)
            for begin in range(0, len(text), _PIECE)
            for flag in _blame(text[begin : begin + _PIECE])
        )
    )


def _blame(text: str) -> Flags:
    books = _books()
    folded = fold(text.translate(_ONE_FOR_ONE))
    words = _words(folded.text)
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for book in books:
        for tag, first, last in chain(_phrases(words, book), _questions(words, book)):
            places = found[book.language, tag]
            # Two places that touch each other are one.
            if places and first <= places[-1][1] + 1:
                places[-1] = (places[-1][0], max(last, places[-1][1]))
            else:
                places.append((first, last))
    sentences = list(_sentences(words))
    begins = [first for first, _last in sentences]
    flags = []
    touched: set[int] = set()  # sentences in which a phrase stands
    by_language = {book.language: book for book in books}
    for (language, tag), places in found.items():
        for first, last in places:
            around = range(max(0, bisect_right(begins, first) - 1), bisect_right(begins, last))
            touched.update(around)
            if tag not in _CERTAIN and _kind(words, [sentences[each] for each in around]):
                continue
            flags.append(_flag(folded, words, (first, last), tag, by_language[language]))
    for number, (first, last) in enumerate(sentences):
        if number not in touched and (tag := harm.tag_of(_weighed(words, first, last))):
            book = max(books, key=lambda each: each.knows(words.words[first : last + 1]))
            flags.append(_flag(folded, words, (first, last), tag, book))
    return Flags(tuple(sorted(flags, key=lambda flag: (flag.start, flag.end, flag.tag))))


# Found by phrases alone, and never weighed away: what stops a reply, and the count of questions.
_CERTAIN = STOPS | {"interrogation"}
# A sentence that weighs so far below the line of harm is kind, whatever phrase stands in it.
_KIND = -0.9
_FEW = 3


def _flag(
    folded: Folded, words: "_Words", place: tuple[int, int], tag: str, book: Phrasebook
) -> Flag:
    texts = book.texts[tag]
    start, end = folded.original(words.places[place[0]][0], words.places[place[1]][1])
    return Flag(start, end, tag, tag in STOPS, texts["better"], texts["why"])


def _sentences(words: "_Words") -> Iterator[tuple[int, int]]:
    """First and last word of each sentence, its sign not counted."""
    begin = 0
    for number, word in enumerate([*words.words, "."]):
        if word in _ENDS:
            if number > begin:
                yield begin, number - 1
            begin = number + 1


def _weighed(words: "_Words", first: int, last: int) -> list[str]:
    """The words of a sentence with the sign that ends it, as they are weighed."""
    return [word for word in words.words[first : last + 2] if word not in ".;:"]


def weighed(text: str) -> list[str]:
    """The words of a whole reply as they are weighed: for learning (evaluation/learn.py)."""
    words = _words(fold(text.translate(_ONE_FOR_ONE)).text)
    return _weighed(words, 0, len(words.words))


def _kind(words: "_Words", sentences: Sequence[tuple[int, int]]) -> bool:
    """Whether the first few of the sentences that a phrase stands in weigh as kind ones."""
    weights = [harm.weigh(_weighed(words, *place)) for place in sentences[:_FEW]]
    return bool(weights) and max(weights) < _KIND


# --- words -------------------------------------------------------------------------------------

# One sign stays one sign, so that every place holds.
_ONE_FOR_ONE = str.maketrans("…œŒꟹ", ".oOo")
_WORD = re.compile(r"[a-zåäö0-9]+(?:['-][a-zåäö]+)*|[.?!,;:\n]")
_QUOTED = re.compile(r"\"[^\"\n]*+\"|(?<![^\s(])'(?=\w)[^'\n]*+(?:'\w[^'\n]*+)*+'(?!\w)")
_ENDS = frozenset(".?!;")
_SPACE = re.compile(" ")


@dataclass(slots=True)
class _Words:
    """A folded text as one line, a space after each word, and where each word stood.

    The line begins with a full stop, as if something had been said before.
    """

    line: str = ". "
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)


def _words(text: str) -> _Words:
    quoted = [each.span() for each in _QUOTED.finditer(text) if " " in each[0].strip("\"' ")]
    if not _WORD.search(_QUOTED.sub(" ", text)):
        quoted = []  # a reply that is one quotation speaks to the child all the same
    read, upcoming = _Words(), iter([*quoted, (len(text), len(text))])
    at = len(read.line)
    start, end = next(upcoming)
    for each in _WORD.finditer(text):
        while each.start() >= end and start < len(text):
            start, end = next(upcoming)
        word = each[0].replace("\n", ".")
        if each.start() > start or len(word) > LONGEST_WORD:
            word = "-"
        if not word[0].isalnum() and read.words[-1:] == [word]:
            continue  # "..." is one end, and a quotation one word
        read.words.append(word)
        read.starts.append(at)
        read.places.append(each.span())
        at += len(word) + 1
    read.line += "".join(word + " " for word in read.words)
    read.starts.append(at)
    return read


def _phrases(words: _Words, book: Phrasebook) -> Iterator[tuple[str, int, int]]:
    """Tag, first and last word of each phrase that nothing around it makes harmless."""
    line, starts, last = words.line, words.starts, len(words.words)
    clauses = _clauses(words, book.words["but"])
    # Who writes the same thing over and over is read once.
    seen: dict[tuple[str, int, int], list[tuple[str, int]]] = {}
    for number, word in enumerate(words.words):
        rows = book.starting(word)
        if not rows:
            continue
        begin, end = max(clauses[number][0], number - REACH), min(number + 2 * REACH, last)
        around = line[starts[begin] - 2 : starts[end]]  # with the sign before it
        final = min(clauses[number][1], end)
        key = (around, number - begin, final - begin)
        if key not in seen:
            seen[key] = list(_harmful(around, rows, book, *key[1:]))
        for tag, length in seen[key]:
            yield tag, number, number + length - 1


def _harmful(
    line: str, rows: list[Row], book: Phrasebook, number: int, final: int
) -> Iterator[tuple[str, int]]:
    """Tag and length of each phrase that begins at a word of a line and is not excused."""
    starts = [at.end() for at in _SPACE.finditer(line)]
    for row in rows:
        found = row.phrase.match(line, starts[number], len(line))
        if not found:
            continue
        after = bisect_left(starts, found.end())
        end = starts[min(max(final, after), after + REACH, len(starts) - 1)]
        near = starts[min(after + NEAR, len(starts) - 1)]
        excuses = (
            book.phrases["harmless"].search(line, 1, end),
            _before(book.phrases["spoken"], line, 1, end, starts[number]),
            row.unless and _before(row.unless, line, 1, end, near),
        )
        if not any(excuses):
            yield row.tag, after - number


def _before(excuse: Phrase, line: str, begin: int, end: int, until: int) -> bool:
    """Whether an excuse stands in a clause and begins before a place in it."""
    found = excuse.search(line, begin, end)
    return found is not None and found.start() < until


def _clauses(words: _Words, but: frozenset[str]) -> list[tuple[int, int]]:
    """For each word, where its clause begins and ends: at a full stop, or at a "but"."""
    clauses: list[tuple[int, int]] = []
    begin = 0
    for number, word in enumerate([*words.words, "."]):
        if word in _ENDS or word in but:
            end = min(number + (word in _ENDS), len(words.words))
            clauses += [(begin, end)] * (number - begin)
            begin = number
    return clauses


def _questions(words: _Words, book: Phrasebook) -> Iterator[tuple[str, int, int]]:
    """From the first question to the last, where too many are asked in one message."""
    asked: list[int] = []
    begin = last = known = 0
    for number, word in enumerate([*words.words, "."]):
        if word in _ENDS:
            here = list(_asked(words, book, begin, number, word == "?"))
            known += len(here)
            # A question that begins in no known way counts beside others that do.
            if word == "?" and not here and begin < number and not _cares(words, begin, number):
                here = [begin]
            asked += here
            last = number - 1 if here else last
            begin = number + 1
    if known and len(asked) >= QUESTIONS:
        yield "interrogation", asked[0], last


def _asked(words: _Words, book: Phrasebook, begin: int, end: int, question: bool) -> Iterator[int]:
    """Where in a sentence something that happened is asked about, or demanded to be told."""
    line, starts = words.line, words.starts
    if book.phrases["demands"].search(line, starts[begin], starts[end]):
        heads = book.words["question_words"]
        yield from (each for each in range(begin, end) if words.words[each] in heads)
    elif question:
        joins = book.words["joins"]
        parts = (each + 1 for each in range(begin, end) if words.words[each] in joins)
        for first, after in pairwise(sorted({begin, end, *parts})):
            asks = book.phrases["asks"].match(line, starts[first], starts[end])
            if asks and words.words[first] not in joins and not _cares(words, first, after):
                yield first


def _cares(words: _Words, first: int, after: int) -> bool:
    """Whether a question is about how the child is and what it wants, in any language."""
    span = words.starts[first], words.starts[after]
    return any(book.phrases["caring"].search(words.line, *span) for book in _books())


@cache
def _books() -> tuple[Phrasebook, ...]:
    """Every language that comes with Alltid; raises LexiconWrong."""
    books = tuple(read(folder(), language, "blame", TAGS, LISTS) for language in languages())
    if wrong := [each for book in books for each in book.wrong]:
        raise LexiconWrong("\n".join(wrong))
    return books


def problems(root: Traversable | None = None) -> list[str]:
    """Everything wrong with the lexicons, a sentence each with file and line; none when sound."""
    root = root or folder()
    books = [read(root, language, "blame", TAGS, LISTS) for language in languages(root)]
    return [wrong for book in books for wrong in book.wrong]
