"""Marked places: the text stays what it was, and nothing in it becomes markup."""

import re
from html import unescape
from typing import NamedTuple

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


@given(st.text(max_size=40), places)
def test_no_place_changes_a_sign_of_the_text(text: str, found: list[Place]) -> None:
    assert unescape(re.sub(r"</?mark>", "", marked(text, found))) == unescape(text)


@given(st.text(alphabet="<>&\"'a", max_size=40), places)
def test_whatever_is_pasted_only_marks_are_markup(text: str, found: list[Place]) -> None:
    assert "<" not in re.sub(r"</?mark>", "", marked(text, found))
