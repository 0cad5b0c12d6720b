"""Lexicons: sound, with every form, and each mistake named by file and line."""

import shutil
from pathlib import Path

import pytest

from ..inflection import forms_of
from ..lexicon import build, folder, offers, problems, read_rows
from . import few


@pytest.fixture
def lexicons(tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    return few.copy(tmp_path / "lexicons")


def append(path: Path, role: str, row: str) -> int:
    """Put a row first under a role; the number of its line."""
    text = path.read_text()
    before, head, after = text.partition(f"[{role}]\nwords = [\n")
    path.write_text(before + head + row + "\n" + after)
    return (before + head).count("\n") + 1


def test_lexicons_of_alltid_are_sound() -> None:
    assert problems() == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_each_language_has_four_hundred_lemmas_of_an_offer(language: str) -> None:
    lemmas = {
        lemma for row in read_rows(folder(), language, "offer") for lemma in row.lemma.split("|")
    }
    assert len(lemmas) >= 400


@pytest.mark.parametrize(
    ("lemma", "language", "inflect", "wanted"),
    [
        ("bild", "sv", "er", {"bilden", "bilder", "bilderna", "bildens"}),
        ("jacka", "sv", "or", {"jackan", "jackor", "jackorna"}),
        ("kille", "sv", "e-ar", {"killen", "killar", "killarna"}),
        ("skicka", "sv", "verb-a", {"skickar", "skickade", "skickat"}),
        ("köpa", "sv", "verb-er", {"köper", "köpte", "köpt", "köp"}),
        ("picture", "en", "noun", {"pictures", "picture's"}),
        ("party", "en", "noun", {"parties"}),
        ("swap", "en", "verb", {"swaps", "swapped", "swapping"}),
        ("share", "en", "verb", {"shares", "shared", "sharing"}),
    ],
)
def test_forms_are_generated(lemma: str, language: str, inflect: str, wanted: set[str]) -> None:
    assert wanted <= set(forms_of(lemma, language, inflect))


@pytest.mark.parametrize("word", ["bild", "bilderna", "selfiebild", "piiics", "📷"])
def test_word_of_an_ask_is_found_in_its_forms(word: str) -> None:
    lexicon = offers()
    assert lexicon.may_be(word, frozenset("PVC"))


def test_a_word_without_its_rings_is_found_too() -> None:
    found = offers().find("tröja")
    bare = offers().find("troja")
    assert found
    assert bare
    assert {entry.role for entry in found.entries} <= {entry.role for entry in bare.entries}


@pytest.mark.parametrize(
    ("role", "row", "sentence"),
    [
        ("picture", '    { lemma = "bild", inflect = "er" },', "already at"),
        ("picture", '    { lemma = "foo", inflect = "nonsense" },', "no class `nonsense`"),
        ("picture", '    { lemma = "foo", head = true },', "too short"),
        ("picture", '    { lemma = "foobar", explain = "nothing" },', "is not explained in"),
        ("picture", '    { lemma = "foobar", colour = "red" },', "`colour` is none of"),
        ("picture", "    { lemma = 5 },", "not written as it should be"),
    ],
)
def test_each_mistake_is_named_with_file_and_line(
    lexicons: Path, role: str, row: str, sentence: str
) -> None:
    line = append(lexicons / "sv" / "offer.toml", role, row)
    found = problems(lexicons)
    assert any(sentence in each and f"sv/offer.toml:{line}" in each for each in found)


def test_unknown_role_is_named_with_file_and_line(lexicons: Path) -> None:
    path = lexicons / "en" / "offer.toml"
    path.write_text(path.read_text() + '\n[colour]\nwords = [\n    { lemma = "red" },\n]\n')
    last = path.read_text().count("\n") - 1
    assert any(
        f"en/offer.toml:{last}: there is no role `colour`" in each for each in problems(lexicons)
    )


def test_file_that_is_no_toml_is_named(lexicons: Path) -> None:
    (lexicons / "sv" / "grammar.toml").write_text("[[[")
    assert any("sv/grammar.toml: it is not TOML" in each for each in problems(lexicons))


def test_another_word_gives_another_version(lexicons: Path) -> None:
    before = build(lexicons).version
    assert before == build(lexicons).version
    assert build().version == offers().version != before
    append(lexicons / "sv" / "offer.toml", "picture", '    { lemma = "foobar" },')
    assert build(lexicons).version != before


def test_a_language_is_added_by_a_folder(lexicons: Path) -> None:
    shutil.copytree(lexicons / "en", lexicons / "fi")
    (lexicons / "fi" / "grammar.toml").write_text("")
    row = '[picture]\nwords = [\n    { lemma = "kuva" },\n]\n'
    (lexicons / "fi" / "offer.toml").write_text(row)
    assert problems(lexicons) == []
    lexicon = build(lexicons)
    assert "fi" in lexicon.languages
    assert lexicon.may_be("kuva", frozenset("P"))
