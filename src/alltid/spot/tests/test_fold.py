"""Folding: the same word however it is dressed up, and every sign knows where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..fold import fold

KNOWN = frozenset({"pic", "pics", "photo", "bild", "snap", "video", "selfie"})


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Send a PIC", "send a pic"),
        ("får far", "får far"),
        ("fa\u030ar fo\u0308r", "får för"),  # a ring and dots of their own
        ("crème", "creme"),
        ("рісs", "pics"),  # Cyrillic
        ("ρις", "pic".replace("c", "ς")),  # a Greek final sigma looks like no c
        ("ｐｉｃ ５００", "pic 500"),
        ("𝓹𝓲𝓬 𝗽𝗶𝗰 Ⓟⓘⓒ 🅿🅸🅲 🇵🇮🇨", "pic pic pic pic pic"),
        ("p\u200bi\u200dc\ufeff", "pic"),
        ("p̶i̶c̶", "pic"),
        ("p i c s", "pics"),
        ("b-i-l-d", "bild"),
        ("s.e.l.f.i.e now", "selfie now"),
        ("p1c ph0t0 $nap v1deo se1fie", "pic photo snap video selfie"),
        ("500 kr 50k 2pm 3rd gr8", "500 kr 50k 2pm 3rd gr8"),
        ("1 2 3 4", "1 2 3 4"),
        ("don’t “go”…", 'don\'t "go"...'),
        ("5 → 2", "5 = 2"),
        ("ﬁlm", "film"),
        ("📷 🎮", "📷 🎮"),
        ("", ""),
    ],
)
def test_writing_folds_to_plain_letters(written: str, folded: str) -> None:
    assert fold(written, KNOWN).text == folded


@pytest.mark.parametrize(
    ("written", "word"),
    [("send p i c s now", "pics"), ("x ｐｉｃ", "pic"), ("p\u200bic", "pic"), ("ﬁlm pic", "pic")],
)
def test_place_of_a_folded_word_is_its_place_as_written(written: str, word: str) -> None:
    folded = fold(written, KNOWN)
    start = folded.text.index(word)
    begin, end = folded.original(start, start + len(word))
    assert fold(written[begin:end], KNOWN).text == word


@given(st.text(alphabet=st.characters(), max_size=60), st.data())
def test_any_text_folds_and_places_stay_within_it(text: str, data: st.DataObject) -> None:
    folded = fold(text, KNOWN)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    begin, stop = folded.original(start, end)
    assert 0 <= begin <= stop <= max(len(text), end)
    if folded.at is not None:
        assert len(folded.at) == len(folded.text)
        assert folded.at == sorted(folded.at)


@given(st.text(alphabet="abc å.-_ 01!$", max_size=40))
def test_folding_twice_changes_no_letters(text: str) -> None:
    once = fold(text, KNOWN).text
    assert fold(once, KNOWN).text.replace(" ", "") == once.replace(" ", "") or " " in once
