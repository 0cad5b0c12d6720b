"""What a person wrote, on its way through the printer."""

from pathlib import Path

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from alltid.people import typeset

LETTERS = Path(__file__).with_name("letters.typ").relative_to(typeset.ROOT).as_posix()


def printed(text: str, folder: Path) -> str:
    """The text layer of a page that shows a text; whatever breaks a line is gone."""
    file = folder / "page.pdf"
    file.write_bytes(typeset.made(LETTERS, {"text": text}))
    return "".join(PdfReader(file).pages[0].extract_text().split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("printed")


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_can_be_printed(text, folder):
    shown = printed(text, folder)
    assert shown.startswith("before")
    assert shown.endswith("after")


def test_a_sign_without_a_shape_is_printed_by_its_name(folder, monkeypatch):
    no_fonts_of_the_machine(monkeypatch)
    assert "[U+1F62Dloudlycryingface]" in printed("😭", folder)
    assert "[U+0007]" in printed("\a", folder)


def test_what_only_joins_signs_needs_no_name(folder, monkeypatch):
    no_fonts_of_the_machine(monkeypatch)
    family = printed("👨\u200d👩\u200d👧 ❤\ufe0f😭", folder)
    assert "joiner" not in family
    assert "variation" not in family
    assert "[U+1F467girl]" in family


def test_signs_in_lists_and_tables_are_named_too():
    data = {"rows": [("a\a", 1, None)], "text": "b"}
    assert typeset._named(data, {7: "[U+0007]"}) == {"rows": [["a[U+0007]", 1, None]], "text": "b"}


def test_a_template_that_is_wrong_is_not_tried_again_and_again(folder):
    with pytest.raises(typst.TypstError):
        typeset.made(LETTERS, {})


def no_fonts_of_the_machine(monkeypatch):
    """As on a machine with no fonts installed; ours has some, and another has others."""
    compiled = typst.compile
    monkeypatch.setattr(
        typst,
        "compile",
        lambda *args, **named: compiled(*args, **named | {"ignore_system_fonts": True}),
    )
