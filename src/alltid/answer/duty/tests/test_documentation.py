"""docs/duty-packs.md names every word that may stand in a pack, and every pack there is."""

import re
from pathlib import Path

import pytest

from alltid.answer.duty import numbers, pack, terms, timer

PAGE = (Path(__file__).resolve().parents[5] / "docs" / "duty-packs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [terms.KINDS, terms.RISKS, terms.STEPS, terms.MOMENTS, terms.FIELDS, numbers.PURPOSES,
     list(terms.Duty), list(terms.OnEnd), list(terms.TEXTS)],
)  # fmt: skip
def test_lawyer_finds_every_word_that_may_stand_in_a_pack(words):
    for word in words:
        assert re.search(rf'`"?{word}"?`', PAGE), word


@pytest.mark.parametrize("path", pack.paths(), ids=lambda path: path.name)
def test_lawyer_finds_every_pack_and_whether_it_is_a_draft(path):
    one = pack.read(path)
    (row,) = re.findall(rf"^\| \[`{path.name}`\].*$", PAGE, re.MULTILINE)

    assert f"| `{one.country}` |" in row
    assert ("draft" in row) == one.draft


def test_every_time_that_the_page_shows_is_one_that_a_pack_may_hold():
    table = PAGE[PAGE.index("| write |") : PAGE.index("When the clock is put")]
    times = [text for text in re.findall(r'"([^"]*)"', table) if text not in ("acted", "none")]

    assert len(times) > 10
    for text in times:
        timer.read(text)
