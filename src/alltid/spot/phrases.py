"""The small language in which a counsellor writes what to look for in a reply.

    du|ni {past} ju (faktiskt)      one word or the other; a named list; what may be left out
    [måste du|du måste] radera      one of several
    skicka ... bild*                up to five words of the same clause; any ending
    ^ radera                        at the beginning of a sentence

A comma, a question mark or a full stop is a word of its own.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, reduce
from importlib.resources.abc import Traversable
from itertools import chain
from operator import add, or_

_PART = re.compile(r"\.\.\.|[][()|^]|\{\w+\}|[.?!,;:]|[^][\s()|^{}.?!,;:]+|\S")
_LETTERS = "[^ .?!,;:]*"
_GAP = f"(?:{_LETTERS}+ ){{0,5}}?"
# Written in a hurry: dont, youre, ive; but ill and well are other words than i'll and we'll.
_APOSTROPHE_MAY_GO = re.compile(r".*(?:n't|'ve)|you'.*|i'm")


class PhraseWrong(ValueError):
    """A phrase cannot be read; one sentence, without its end."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as a regular expression over words with a space after each.

    `first` are the words that it can begin with; `empty` says that it can be nothing at all.
    """

    regex: str
    first: frozenset[str] = frozenset()
    empty: bool = False

    def __or__(self, other: "Phrase") -> "Phrase":
        either = f"{self.regex}|{other.regex}"
        return Phrase(either, self.first | other.first, self.empty or other.empty)

    def __add__(self, other: "Phrase") -> "Phrase":
        first = self.first | other.first if self.empty else self.first
        return Phrase(self.regex + other.regex, first, self.empty and other.empty)

    def grouped(self) -> "Phrase":
        """The same, safe to stand beside others."""
        return Phrase(f"(?:{self.regex})", self.first, self.empty)

    def match(self, line: str, start: int, end: int) -> re.Match[str] | None:
        """The phrase where it begins at `start`, which is the beginning of a word."""
        return _compiled(self.regex).match(line, start, end)

    def search(self, line: str, start: int, end: int) -> re.Match[str] | None:
        """The phrase wherever it stands between two beginnings of words."""
        return _compiled(f"(?<= )(?:{self.regex})").search(line, start, end)


# Compiled when a word first calls for it: all of them at once would hold up the first reply.
_compiled = cache(re.compile)


def parse(phrase: str, lists: Mapping[str, Sequence[str]], within: tuple[str, ...] = ()) -> Phrase:
    """Read a phrase; raises PhraseWrong."""
    parts = iter([*_PART.findall(phrase.lower()), ""])
    return _sequence(parts, "", lists, within)


def either(phrases: Sequence[str], lists: Mapping[str, Sequence[str]], *within: str) -> Phrase:
    """One phrase for any of several; raises PhraseWrong."""
    if not phrases:
        raise PhraseWrong("it is an empty list")
    any_of = reduce(or_, (parse(phrase, lists, within) for phrase in phrases))
    return any_of.grouped()


def _sequence(
    parts: Iterator[str], until: str, lists: Mapping[str, Sequence[str]], within: tuple[str, ...]
) -> Phrase:
    """Read until a bracket closes: outside brackets a bar parts words, inside whole phrases."""
    done: list[Phrase] = []
    read: list[Phrase] = []
    joins = False
    for part in parts:
        if part in ("", ")", "]"):
            if part != until:
                raise PhraseWrong("a bracket has no fellow")
            if joins or not read:
                raise PhraseWrong("it has an empty alternative")
            return reduce(or_, [*done, reduce(add, read)])
        if part == "|":
            if joins or not read:
                raise PhraseWrong("it has an empty alternative")
            if until:
                done.append(reduce(add, read))
                read = []
            else:
                joins = True
            continue
        piece = _piece(part, parts, lists, within)
        if joins:
            read[-1] = (read[-1] | piece).grouped()
        else:
            read.append(piece)
        joins = False
    raise PhraseWrong("a bracket has no fellow")


def _piece(
    part: str, parts: Iterator[str], lists: Mapping[str, Sequence[str]], within: tuple[str, ...]
) -> Phrase:
    if part == "(":
        inner = _sequence(parts, ")", lists, within).grouped()
        return Phrase(f"{inner.regex}?", inner.first, True)
    if part == "[":
        return _sequence(parts, "]", lists, within).grouped()
    if part == "^":
        return Phrase(r"(?<=[.?!;:] )", empty=True)
    if part == "...":
        return Phrase(_GAP, frozenset({"*"}), True)
    if part[0] == "{":
        name = part.strip("{}")
        if name not in lists:
            raise PhraseWrong(f"there is no list `{name}` under [words]")
        if name in within:
            raise PhraseWrong(f"the list `{name}` holds itself")
        return either(lists[name], lists, *within, name)
    words = {part, part.replace("'", "")} if _APOSTROPHE_MAY_GO.fullmatch(part) else {part}
    spelled = "|".join(re.escape(word).replace(r"\*", _LETTERS) for word in sorted(words))
    return Phrase(f"(?:{spelled}) " if len(words) > 1 else spelled + " ", frozenset(words))


# --- a file of phrases --------------------------------------------------------------------------

_LINE = re.compile(r"^[ \t]*(?:\{[^\n]*?\bphrase\s*=|\[(\w+)\]|(\w+)\s*=)", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What to look for, which tag it has, and what around it makes it harmless."""

    tag: str
    phrase: Phrase
    unless: Phrase | None


@dataclass(slots=True)
class Phrasebook:
    """A file of phrases by tag, ready for reading, and what is wrong with it."""

    language: str
    label: str
    wrong: list[str] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)
    phrases: dict[str, Phrase] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _parts: list[str] = field(default_factory=list)
    _starting: dict[str, list[Row]] = field(default_factory=dict)

    def starting(self, word: str) -> list[Row]:
        """The rows that may begin with a word."""
        found = self._starting.get(word)
        if found is None:
            if len(self._starting) > 20_000:
                self._starting.clear()
            parts = [self.rows[part] for part in self._parts if fnmatchcase(word, part)]
            found = list(dict.fromkeys(chain(self.rows.get(word, ()), *parts)))
            self._starting[word] = found
        return found

    def knows(self, words: Sequence[str]) -> int:
        """How many of these words begin a phrase here: whose language they are."""
        return sum(bool(self.starting(word)) for word in words)

    def add(self, row: Row) -> None:
        """Keep a row under every word that it can begin with."""
        for word in row.phrase.first:
            self.rows[word].append(row)
            if "*" in word and word not in self._parts:
                self._parts.append(word)

    def say(self, line: int, wrong: str) -> None:
        """Note what is wrong in a line."""
        self.wrong.append(f"{self.label}:{line}: {wrong}")


def read(
    root: Traversable, language: str, name: str, tags: Sequence[str], needed: Sequence[str]
) -> Phrasebook:
    """Read a file of `lexicons/<language>/`; what is wrong with it stands in the book."""
    label = f"{language}/{name}.toml"
    book = Phrasebook(language, label)
    text = (root / label).read_text(encoding="utf-8")
    lines: dict[str, int] = {}
    row_lines: list[int] = []
    for each in _LINE.finditer(text):
        line = text.count("\n", 0, each.end()) + 1
        if name := each[1] or each[2]:
            lines.setdefault(name, line)
        else:
            row_lines.append(line)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        book.say(int(at[1]) if at else text.count("\n"), f"it is not TOML: {error}.")
        return book
    lists: dict[str, list[str]] = tables.pop("words", {})
    for name in needed:
        if name not in lists:
            book.say(lines.get("words", 1), f"there is no list `{name}` under [words].")
            lists[name] = ["-"]
    for name, phrases in lists.items():
        try:
            book.phrases[name] = either(phrases, lists, name)
        except PhraseWrong as wrong:
            book.say(lines.get(name, 1), f"`{name}`: {wrong}.")
        book.words[name] = frozenset(phrases)
    for tag in tags:
        texts = book.texts[tag] = tables.get(tag, {})
        for key in ("better", "why"):
            if not str(texts.get(key, "")).strip():
                book.say(lines.get(tag, 1), f"`{tag}` has no sentence `{key}`.")
    seen: dict[str, int] = {}
    upcoming = iter(row_lines)
    for tag, table in tables.items():
        if tag not in tags:
            book.say(lines[tag], f"there is no tag `{tag}`. Tags: {', '.join(tags)}.")
        for row in table.get("rows", ()):
            line = next(upcoming, 0)
            if not {"phrase"} <= row.keys() <= {"phrase", "unless"}:
                book.say(line, "a row has a `phrase`, perhaps `unless`, and nothing else.")
                continue
            first = seen.setdefault(row["phrase"], line)
            if first != line:
                book.say(line, f"`{row['phrase']}` stands already in line {first}.")
            try:
                phrase = parse(row["phrase"], lists)
                unless = either(row["unless"], lists) if "unless" in row else None
            except PhraseWrong as wrong:
                book.say(line, f"`{row['phrase']}`: {wrong}.")
                continue
            if phrase.empty or "*" in phrase.first:
                book.say(line, f"`{row['phrase']}` must begin with a word.")
                continue
            book.add(Row(tag, phrase, unless))
    return book
