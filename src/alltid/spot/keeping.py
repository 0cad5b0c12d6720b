"""Keeps the lexicons: finds what is wrong with them, and shows what a word is to them."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

from . import lexicon
from .blame import problems as blame_problems
from .fold import fold
from .lexicon import ROLES, SHORTEST_HEAD, LexiconWrong, Row
from .refusal import Refused

FILES = ("offer", "grammar")
_NEAREST = 5
_REPEATED = re.compile(r"(.)\1\1")


def root_of(path: str | None) -> Traversable:
    """A folder of lexicons by its name, or the one that comes with Alltid; raises Refused."""
    if path is None:
        return lexicon.folder()
    root = Path(path)
    if not root.is_dir():
        raise Refused(f"There is no folder {path}. Name one that holds a folder for each language.")
    if not lexicon.languages(root):
        raise Refused(f"{path} holds no folder for a language, such as {path}/sv. Name another.")
    return root


def problems(root: Traversable) -> list[str]:
    """Everything wrong with the lexicons of a folder, one sentence each with file and line."""
    found = list(_unreadable(root))
    if found:
        return found
    found = [line for problem in lexicon.problems(root) for line in problem.splitlines()]
    # Blame's words come with Alltid; a folder that has none of them is none the worse.
    found += blame_problems(root)
    return found


def _unreadable(root: Traversable) -> Iterator[str]:
    """Files that are not there, or hold something else than tables of words."""
    for language in lexicon.languages(root):
        for name in (*FILES, "explain"):
            label = f"{language}/{name}.toml"
            try:
                tables = tomllib.loads((root / language / f"{name}.toml").read_text("utf-8"))
            except FileNotFoundError:
                yield f"{label}:1: there is no such file. Every language has one."
            except UnicodeDecodeError:
                yield f"{label}:1: it is not written in UTF-8. Save it so."
            except tomllib.TOMLDecodeError as error:
                yield f"{label}:{_line(str(error))}: it is not TOML: {error}."
            else:
                if name != "explain":
                    yield from _shapeless(label, tables)


def _shapeless(label: str, tables: dict[str, object]) -> Iterator[str]:
    for role, table in tables.items():
        words = table.get("words") if isinstance(table, dict) else None
        if not isinstance(words, list) or not all(isinstance(word, dict) for word in words):
            yield f'{label}:1: [{role}] has no `words = [{{ lemma = "…" }}, …]`. Write it so.'
        elif not all("lemma" in word for word in words):
            yield f"{label}:1: a row of [{role}] has no `lemma`. Give it one."


def _line(message: str) -> str:
    """The line that tomllib names in its message, 1 where it names none."""
    return message.partition("at line ")[2].partition(",")[0] or "1"


def check(root: Traversable) -> tuple[list[str], int]:
    """What `alltid spot lexicon check` prints, and its status: 0 when sound, else 1."""
    found = problems(root)
    if found:
        many = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        return [*found, f"{many} in {_near(str(root))}."], 1
    lemmas = _lemmas(root)
    forms = {(lemma.row.language, form) for lemma in lemmas for form in lemma.folded}
    return [
        f"The lexicons are sound: {', '.join(lexicon.languages(root))}; {len(lemmas):,} lemmas, "
        f"{len(forms):,} forms; version {lexicon.build(root).version}."
    ], 0


def rows(root: Traversable) -> list[Row]:
    """Every row of every language; raises Refused where a file cannot be read."""
    try:
        return [
            row
            for language in lexicon.languages(root)
            for name in FILES
            for row in lexicon.read_rows(root, language, name)
        ]
    except LexiconWrong as wrong:
        raise Refused(f"{wrong} `alltid spot lexicon check` tells more.") from None


def show(word: str, root: Traversable, language: str) -> tuple[list[str], int]:
    """What `alltid spot lexicon show` prints of a word, and its status: 0 when it is one, else 1.

    language: of the explanations.
    """
    lemmas = _lemmas(root)
    known = frozenset(form for lemma in lemmas for form in lemma.folded)
    folded = fold(word, known).text.strip()
    said: list[str] = []
    having = [lemma for lemma in lemmas if folded in lemma.folded]
    if not having and (having := [lemma for lemma in lemmas if lemma.ends(folded)]):
        said = [f"{word} stands in no lexicon; it is read as a compound that ends in this:", ""]
    once = lexicon.squeeze(folded) if _REPEATED.search(folded) else ""
    if not having and (having := [lemma for lemma in lemmas if lemma.squeezed(once)]):
        said = [f"{word} stands in no lexicon; it is read as this, with letters repeated:", ""]
    if not having:
        return _nearest(word, folded, [form for lemma in lemmas for form in lemma.forms]), 1
    for lemma in having:
        said += [*_told(lemma, root, language), ""]
    return said[:-1], 0


class _Lemma:
    """One lemma of a row, which may hold several, with its own forms."""

    def __init__(self, row: Row, lemma: str) -> None:
        self.row, self.lemma = row, lemma
        # Irregular forms and tails are the row's; only a row of one lemma says whose they are.
        alone = row if row.lemma == lemma else replace(row, lemma=lemma, forms=())
        self.forms = tuple(dict.fromkeys(alone.spelled()))
        if row.lemma.startswith(f"{lemma}|"):
            self.forms += row.forms
        self.folded = tuple(fold(form).text for form in self.forms)

    def ends(self, word: str) -> bool:
        """Whether a word is a compound that ends in it."""
        return (
            self.row.head
            and word.isalpha()
            and any(
                word.endswith(form) and len(word) > len(form) + 1
                for form in self.folded
                if len(form) >= SHORTEST_HEAD
            )
        )

    def squeezed(self, once: str) -> bool:
        """Whether it is a word when every letter is there once."""
        group = ROLES[self.row.role].group if self.row.role in ROLES else ""
        return group in ("asks", "gives") and once in map(lexicon.squeeze, self.folded)


def _lemmas(root: Traversable) -> list[_Lemma]:
    return [_Lemma(row, lemma) for row in rows(root) for lemma in row.lemma.split("|")]


def _told(of: _Lemma, root: Traversable, language: str) -> Iterator[str]:
    row = of.row
    group = ROLES[row.role].group if row.role in ROLES else "unknown"
    yield f"{of.lemma}: {row.role} ({group}), {row.language}"
    yield f"  forms: {', '.join(of.forms)}"
    yield f"  inflection class: {row.inflect}"
    if row.head:
        yield "  may stand last in a compound"
    yield f"  stands in: {_near(str(root / row.file))}:{row.line}"
    if group == "grammar":
        yield "  explanation: none; a word of grammar only ties others together"
        return
    explained = lexicon.read_explanations(root)
    told = explained.get(language, explained[row.language]).get(row.explain or row.role, {})
    yield f"  to a child: {told.get('child', '–')}"
    yield f"  to a professional: {told.get('professional', '–')}"


def _nearest(word: str, folded: str, forms: list[str]) -> list[str]:
    near = difflib.get_close_matches(folded, dict.fromkeys(forms), _NEAREST, 0.6)
    if not near:
        return [f"{word} stands in no lexicon, and nothing there is like it."]
    return [f"{word} stands in no lexicon. The nearest: {', '.join(near)}."]


def _near(path: str) -> str:
    """A path as one types it from here, where it is below."""
    here = os.path.relpath(path)
    return path if here.startswith("..") else here
