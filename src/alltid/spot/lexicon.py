"""The words that an offer is made of, by language, as people who are no programmers keep them.

A file of `lexicons/<language>/` is TOML: a table for each role, and in its `words` one row a line:
a lemma or a phrase, its inflection class, and, where it is not the role's own, the key of its
explanation. Their forms are made here, once, and folded as a message is (fold.py).

    [picture]
    words = [
        { lemma = "bild", inflect = "er", head = true },
        { lemma = "skärmdump", inflect = "ar" },
        { lemma = "hur du ser ut|hur snygg du är" },
    ]

`forms` adds irregular forms; `head` lets the word stand last in a compound ("spegelbild"), and
`tails` lists what may follow it in one ("snusdosa"). A bar parts lemmas that share a row. Which
roles there are, and what they are for, stands in ROLES.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from .fold import fold
from .inflection import classes, forms_of

# A head of three letters would be found at the end of words that have nothing to do with it.
SHORTEST_HEAD = 4
SHORTEST_FORM = 1


@dataclass(frozen=True, slots=True)
class Role:
    """What a word does in a message: its group, and its letter in the line of roles (rules.py)."""

    group: str
    letter: str


ROLES: dict[str, Role] = {
    # asks
    "picture": Role("asks", "P"),
    "video": Role("asks", "V"),
    "camera": Role("asks", "C"),
    "meeting": Role("asks", "M"),
    "more": Role("asks", "O"),
    "price": Role("asks", "Q"),
    # gives
    "money": Role("gives", "D"),
    "nicotine": Role("gives", "G"),
    "alcohol": Role("gives", "G"),
    "drugs": Role("gives", "G"),
    "clothes": Role("gives", "G"),
    "electronics": Role("gives", "G"),
    "game": Role("gives", "G"),
    "ride": Role("gives", "R"),
    "gift": Role("gives", "F"),
    "other": Role("gives", "F"),
    # pressure
    "secrecy": Role("pressure", "~"),
    "delete": Role("pressure", "~"),
    "move_app": Role("pressure", "~"),
    "threat": Role("pressure", "~"),
    "debt": Role("pressure", "~"),
    "hurry": Role("pressure", "~"),
    "everyone": Role("pressure", "~"),
    "age_flattery": Role("pressure", "~"),
    # everyday: what makes an exchange an ordinary one
    "sale": Role("everyday", "L"),
    "thing": Role("everyday", "T"),
    "family": Role("everyday", "H"),
    "school": Role("everyday", "E"),
    "ticket": Role("everyday", "E"),
    "treat": Role("everyday", "E"),
    "advert": Role("everyday", "A"),
    "news": Role("everyday", "B"),
    # grammar: who does what to whom
    "i": Role("grammar", "I"),
    "me": Role("grammar", "U"),
    "you": Role("grammar", "Y"),
    "they": Role("grammar", "H"),
    "someone": Role("grammar", "S"),
    "send": Role("grammar", "s"),
    "take": Role("grammar", "t"),
    "give": Role("grammar", "p"),
    "gave": Role("grammar", "k"),
    "get": Role("grammar", "g"),
    "want": Role("grammar", "w"),
    "trade": Role("grammar", "b"),
    "sell": Role("grammar", "l"),
    "if": Role("grammar", "i"),
    "when": Role("grammar", "j"),
    "for": Role("grammar", "f"),
    "of": Role("grammar", "o"),
    "each": Role("grammar", "e"),
    "then": Role("grammar", "h"),
    "not": Role("grammar", "n"),
    "said": Role("grammar", "z"),
    "deal": Role("grammar", "d"),
    "the": Role("grammar", "a"),
    "body": Role("grammar", "y"),
    "who": Role("grammar", "q"),
    "past": Role("grammar", "c"),
    "number": Role("grammar", "N"),
    "hour": Role("grammar", "v"),
    "alone": Role("grammar", "u"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One form of a word in one language: its role, the role's letter, and what explains it."""

    role: str
    language: str
    lemma: str
    explain: str
    letter: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a lexicon file, and where it stands."""

    file: str
    line: int
    language: str
    role: str
    lemma: str
    inflect: str = "fixed"
    forms: tuple[str, ...] = ()
    head: bool = False
    tails: tuple[str, ...] = ()
    explain: str = ""

    @property
    def where(self) -> str:
        """File and line, as an error names them."""
        return f"{self.file}:{self.line}"

    def spelled(self) -> list[str]:
        """Every form as it is written, before folding."""
        spelled = [
            form
            for lemma in self.lemma.split("|")
            for form in ([lemma] if " " in lemma else forms_of(lemma, self.language, self.inflect))
        ]
        tailed = [self.lemma + tail for tail in self.tails]
        return [*spelled, *self.forms, *tailed]


class Word(NamedTuple):
    """What a word can be, and what it is among words that are mostly of a language."""

    entries: tuple[Entry, ...]
    only: str  # the one language that it is a word of, or nothing
    among: dict[str, Entry]
    otherwise: Entry


_GROUPS = ("asks", "gives", "grammar", "everyday", "pressure")


def _word(entries: tuple[Entry, ...]) -> Word:
    languages = sorted({entry.language for entry in entries})
    among = {}
    for language in languages:
        own = [entry for entry in entries if entry.language == language]
        first = min(own, key=lambda entry: _GROUPS.index(ROLES[entry.role].group))
        among[language] = next(entry for entry in entries if entry.letter == first.letter)
    only = languages[0] if len(languages) == 1 else ""
    return Word(entries, only, among, among[languages[0]])


class LexiconWrong(Exception):
    """A lexicon cannot be used; one sentence a problem, each with file and line."""


# A word of a message is looked up once; so many are remembered. A longer one is none of ours.
_REMEMBERED, _LONGEST_WORD = 200_000, 40


@dataclass(slots=True, eq=False)
class Lexicon:
    """Every form of every language, ready to be looked up."""

    words: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    # First word → second word (or nothing) → (the words after the first, entry), longest first.
    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], Entry]]]] = field(default_factory=dict)
    heads: dict[str, Entry] = field(default_factory=dict)
    # A word in which a letter was repeated is looked up with every letter once.
    squeezed: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    version: str = ""
    languages: tuple[str, ...] = ()
    _found: dict[str, Word | None] = field(default_factory=dict)

    def find(self, word: str) -> Word | None:
        """What a folded word can be, None where it is no word of ours."""
        try:
            return self._found[word]
        except KeyError:
            if len(word) > _LONGEST_WORD:
                return None
            entries = self._look_up(word)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = self._found[word] = _word(entries) if entries else None
            return found

    def _look_up(self, word: str) -> tuple[Entry, ...]:
        if entries := self.words.get(word):
            return entries
        for length in _HEAD_LENGTHS:
            if length + 2 <= len(word) and (entry := self.heads.get(word[-length:])):
                return (entry,)
        if len(word) > 3 and _RUN.search(word):
            return self.squeezed.get(squeeze(word), ())
        return ()

    def phrase(self, words: Sequence[str], place: int) -> tuple[int, Entry] | None:
        """The longest phrase that begins at a word: how many words it has, and its entry."""
        following = self.phrases.get(words[place])
        if following is None:
            return None
        second = words[place + 1] if place + 1 < len(words) else ""
        longer = following.get(second)
        if longer is not None:
            for rest, entry in longer:
                if len(rest) == 1 or tuple(words[place + 1 : place + 1 + len(rest)]) == rest:
                    return 1 + len(rest), entry
        alone = following.get("")
        return (1, alone[0][1]) if alone else None

    def may_be(self, word: str, letters: frozenset[str]) -> bool:
        """Whether a folded word, or a phrase that begins with it, can have one of these letters."""
        found = self.find(word)
        if found and any(entry.letter in letters for entry in found.entries):
            return True
        following = self.phrases.get(word, {})
        return any(entry.letter in letters for rest in following.values() for _r, entry in rest)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Every form with every entry."""
        for form, entries in self.words.items():
            for entry in entries:
                yield form, entry


_RUN = re.compile(r"([a-zåäö])\1\1")
_EACH = re.compile(r"([a-zåäö])\1+")
_HEAD_LENGTHS = tuple(range(12, SHORTEST_HEAD - 1, -1))


def squeeze(word: str) -> str:
    """The word with every repeated letter once."""
    return _EACH.sub(r"\1", word)


def folder() -> Traversable:
    """Where the lexicons that come with Alltid lie."""
    return files("alltid.spot") / "lexicons"


def languages(root: Traversable | None = None) -> list[str]:
    """The languages that there is a folder for."""
    return sorted(each.name for each in (root or folder()).iterdir() if each.is_dir())


_ROW = re.compile(r"\s*\{.*?\blemma\s*=")


def read_rows(root: Traversable, language: str, name: str) -> list[Row]:
    """The rows of one file, with their lines; raises LexiconWrong."""
    path = root / language / f"{name}.toml"
    label = f"{language}/{name}.toml"
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LexiconWrong(f"{label}: it is not TOML: {error}.") from None
    lines = iter(
        [number for number, line in enumerate(text.split("\n"), start=1) if _ROW.match(line)]
    )
    rows, wrong = [], []
    for role, table in tables.items():
        for word in table.get("words", ()):
            line = next(lines, 0)
            row, problems = _row(label, line, language, role, word)
            rows += [row] if row else []
            wrong += problems
    if wrong:
        raise LexiconWrong("\n".join(wrong))
    return rows


_KEYS = {"lemma": str, "inflect": str, "forms": list, "head": bool, "tails": list, "explain": str}


def _row(
    label: str, line: int, language: str, role: str, word: dict[str, object]
) -> tuple[Row | None, list[str]]:
    where = f"{label}:{line}"
    wrong = [
        f"{where}: `{key}` is none of {', '.join(_KEYS)}." for key in word if key not in _KEYS
    ] + [
        f"{where}: `{key}` is not written as it should be; see the head of lexicon.py."
        for key, kind in _KEYS.items()
        if key in word and not isinstance(word[key], kind)
    ]
    if wrong:
        return None, wrong
    kept = {key: tuple(value) if isinstance(value, list) else value for key, value in word.items()}
    return Row(label, line, language, role, **kept), []  # type: ignore[arg-type]


def read_explanations(root: Traversable) -> dict[str, dict[str, dict[str, str]]]:
    """Language → key → {child, professional}: the sentence that explains a reason."""
    return {
        language: tomllib.loads((root / language / "explain.toml").read_text(encoding="utf-8"))
        for language in languages(root)
    }


@cache
def explanations() -> dict[str, dict[str, dict[str, str]]]:
    """The sentences that come with Alltid; see `read_explanations`."""
    return read_explanations(folder())


def problems(root: Traversable | None = None) -> list[str]:
    """Everything wrong with the lexicons, a sentence each with file and line; none when sound."""
    root = root or folder()
    found: list[str] = []
    explained = read_explanations(root)
    for language in languages(root):
        rows: list[Row] = []
        for name in ("offer", "grammar"):
            try:
                rows += read_rows(root, language, name)
            except LexiconWrong as wrong:
                found.append(str(wrong))
        found += _row_problems(rows, language, explained)
    return found


def _row_problems(
    rows: list[Row], language: str, explained: dict[str, dict[str, dict[str, str]]]
) -> list[str]:
    found: list[str] = []
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.role not in ROLES:
            found.append(f"{row.where}: there is no role `{row.role}`. Roles: {', '.join(ROLES)}.")
            continue
        if row.inflect not in classes(language):
            known = ", ".join(classes(language))
            found.append(f"{row.where}: there is no class `{row.inflect}`. Classes: {known}.")
            continue
        if row.head and len(row.lemma) < SHORTEST_HEAD:
            found.append(
                f"{row.where}: `{row.lemma}` is too short to stand last in a compound; "
                f"a head has {SHORTEST_HEAD} letters at the least."
            )
        if ROLES[row.role].group != "grammar":
            key = row.explain or row.role
            found += [
                f"{row.where}: `{key}` is not explained in {other}/explain.toml."
                for other, texts in explained.items()
                if not {"child", "professional"} <= texts.get(key, {}).keys()
            ]
        for form in dict.fromkeys(map(_folded, row.spelled())):
            if not form.strip():
                found.append(f"{row.where}: `{row.lemma}` has an empty form.")
            first = seen.setdefault((row.role, form), row)
            if first is not row and form == _folded(row.lemma):
                found.append(
                    f"{row.where}: `{row.lemma}` is a `{row.role}` already at {first.where}."
                )
    return found


def build(root: Traversable | None = None) -> Lexicon:
    """Make every form of every language; raises LexiconWrong."""
    root = root or folder()
    lexicon = Lexicon(languages=tuple(languages(root)))
    # What is found changes with the words and with their weights (evidence.py).
    weights = root / "evidence.json"
    digest = hashlib.sha256(weights.read_bytes() if weights.is_file() else b"")
    for language in lexicon.languages:
        for name in ("grammar", "offer"):
            digest.update((root / language / f"{name}.toml").read_bytes())
            for row in read_rows(root, language, name):
                _add(lexicon, row)
    for following in lexicon.phrases.values():
        for phrases in following.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))
    lexicon.version = digest.hexdigest()[:16]
    return lexicon


_PLAIN = re.compile(r"[a-zåäö ']*\Z")


def _folded(spelled: str) -> str:
    """A form as it is found in a folded message."""
    lower = spelled.lower()
    return lower if _PLAIN.match(lower) else fold(lower).text


def _add(lexicon: Lexicon, row: Row) -> None:
    letter = ROLES[row.role].letter
    entry = Entry(row.role, row.language, row.lemma, row.explain or row.role, letter)
    spelled = list(dict.fromkeys(map(_folded, row.spelled())))
    bare = [each.translate(_WITHOUT_RINGS) for each in spelled if not each.isascii()]
    for form in (*spelled, *bare):
        first, *rest = WORD.findall(form)
        if rest or not form.isalpha():
            following = lexicon.phrases.setdefault(first, {})
            following.setdefault(rest[0] if rest else "", []).append((tuple(rest), entry))
            continue
        known = lexicon.words.get(form, ())
        if all((each.role, each.language) != (entry.role, entry.language) for each in known):
            lexicon.words[form] = (*known, entry)
        if row.head:
            lexicon.heads.setdefault(form, entry)
        if ROLES[row.role].group in ("asks", "gives") and len(form) > 2:
            lexicon.squeezed.setdefault(squeeze(form), (entry,))


# Written on a keyboard without them, or in a hurry: "for" is för, "far" may be får.
_WITHOUT_RINGS = str.maketrans("åäö", "aao")

# What a message is made of, after folding: words, numbers, and the signs that carry meaning.
WORD = re.compile(
    r"[a-zåäö]+(?:'[a-z]+)?|\d+(?:[.,: ]\d{3})*(?:[.,]\d+)?|[=+&/%,;:?!.\n\"()>$\u20ac\u00a3-]"
    r"|[^\x00-\x7f]"
)


@cache
def offers() -> Lexicon:
    """The lexicon of offers that comes with Alltid; raises LexiconWrong."""
    return build()
