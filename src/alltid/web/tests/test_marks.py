"""Marked places: the text stays what it was, and nothing in it becomes markup."""

import re
from html import unescape
from typing import NamedTuple

from django.utils.html import strip_spaces_between_tags
from hypothesis import given
from hypothesis import strategies as st

from alltid.web.templatetags.marks import marked


class Place(NamedTuple):
    start: int
    end: int


places = st.lists(st.builds(Place, st.integers(0, 40), st.integers(0, 40)))


def test_a_child_reads_what_was_found_in_its_place() -> None:
    text = "5 bilder = <b>200kr</b>?"
    shown = marked(text, [Place(14, 19), Place(0, 8)])
    assert shown == "<mark>5 bilder</mark> = &lt;b&gt;<mark>200kr</mark>&lt;/b&gt;?"


def test_two_marked_words_keep_the_blank_between_them_on_a_pressed_page() -> None:
    shown = marked(" pic or else\n", [Place(1, 4), Place(5, 12)])
    page = strip_spaces_between_tags(f"<div>{shown}</div>")
    assert unescape(re.sub(r"<.*?>", "", page)) == " pic or else\n"


@given(st.text(max_size=40), places)
def test_no_place_changes_a_sign_of_the_text(text: str, found: list[Place]) -> None:
    shown = marked(text, found)
    bare = re.sub(r"</?mark>", "", shown)
    assert re.sub(r"&(#?\w+);", lambda sign: unescape(sign[0]), bare) == text


@given(st.text(alphabet="<>&\"'a", max_size=40), places)
def test_whatever_is_pasted_only_marks_are_markup(text: str, found: list[Place]) -> None:
    assert "<" not in re.sub(r"</?mark>", "", marked(text, found))
