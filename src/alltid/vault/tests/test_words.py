"""Words: the laws that the lists keep, and that a child's writing of them opens what it should."""

import hashlib
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.vault import words
from alltid.vault.parameters import RECEIPT_BITS, WORD_BITS
from alltid.vault.words import (
    ENOUGH,
    FROZEN,
    LANGUAGES,
    fold,
    read,
    slips_between,
    split,
    wordlist,
    words_for,
)

receipts = st.integers(0, 2**RECEIPT_BITS - 1)
languages = st.sampled_from(LANGUAGES)
places = st.integers(0, 5)
each_list = pytest.mark.parametrize("language", LANGUAGES)


# --- the laws of a list ------------------------------------------------------------------------


@each_list
def test_list_is_the_frozen_one(language: str) -> None:
    path = Path(words.__file__).with_name("wordlists") / f"{language}.txt"
    text = path.read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(text).hexdigest() == FROZEN[language]
    assert text.decode().split("\n") == [*wordlist(language), ""]


@each_list
def test_list_has_2048_short_plain_words_in_order(language: str) -> None:
    own = wordlist(language)
    assert len(own) == len(set(own)) == 2**WORD_BITS == 2048
    assert list(own) == sorted(own, key=lambda word: (fold(word), word))
    for word in own:
        assert word == unicodedata.normalize("NFC", word.lower())
        assert word.isalpha()
        assert ENOUGH <= len(fold(word)) <= 9


@each_list
def test_first_four_letters_name_one_word(language: str) -> None:
    starts = [fold(word)[:ENOUGH] for word in wordlist(language)]
    assert len(set(starts)) == len(starts)


def shorter(word: str) -> set[str]:
    """A word, and it without each of its letters: two near words have one of these in common."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


@each_list
def test_no_slip_makes_a_word_another_word_or_its_first_four_letters(language: str) -> None:
    meets = defaultdict(set)
    for word in map(fold, wordlist(language)):
        for written in {word, word[:ENOUGH]}:
            for rest in shorter(written):
                meets[rest].add((word, written))
    too_near = {
        (word, other)
        for word in map(fold, wordlist(language))
        for rest in shorter(word)
        for other, written in meets[rest]
        if other != word and slips_between(word, written, 1) <= 1
    }
    assert not too_near


@given(st.text("abå", max_size=6), st.text("abå", max_size=6))
def test_slips_are_counted_as_the_definition_says(one: str, other: str) -> None:
    def slips(a: str, b: str) -> int:
        if not a or not b:
            return len(a) + len(b)
        ways = [slips(a[1:], b) + 1, slips(a, b[1:]) + 1, slips(a[1:], b[1:]) + (a[0] != b[0])]
        if a[:2] == b[1::-1] and len(a) > 1 and len(b) > 1:
            ways.append(slips(a[2:], b[2:]) + 1)
        return min(ways)

    assert slips_between(one, other) == min(slips(one, other), 3)
    assert slips_between(one, other, 1) == min(slips(one, other), 2)


def test_changed_list_stops_the_start_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FROZEN, "sv", "0" * 64)
    with pytest.raises(RuntimeError, match=r"sv\.txt was changed"):
        words._List.frozen("sv")


# --- numbers -----------------------------------------------------------------------------------


def test_number_is_written_highest_bits_first() -> None:
    first, second, last = wordlist("sv")[0], wordlist("sv")[1], wordlist("sv")[-1]
    assert words_for(0, "sv") == (first,) * 6
    assert words_for(1, "sv") == (first,) * 5 + (second,)
    assert words_for(1 << (RECEIPT_BITS - WORD_BITS), "sv") == (second,) + (first,) * 5
    assert words_for(2**RECEIPT_BITS - 1, "sv") == (last,) * 6


@pytest.mark.parametrize("number", [-1, 2**RECEIPT_BITS])
def test_number_out_of_range_is_refused_and_not_told(number: int) -> None:
    with pytest.raises(ValueError, match="66 bits") as refused:
        words_for(number, "sv")
    assert str(number) not in str(refused.value)


def test_language_without_a_list_is_refused_for_writing_and_read_all_the_same() -> None:
    with pytest.raises(ValueError, match="no list"):
        words_for(7, "xx")
    assert read(list(words_for(7, "sv")), "xx").numbers == (7,)


# --- what a child types ------------------------------------------------------------------------


def wrong_case(word: str) -> str:
    return word.upper()


def decomposed(word: str) -> str:
    return unicodedata.normalize("NFD", word)


def without_rings(word: str) -> str:
    return word.translate(str.maketrans("åäöé", "aaoe"))


def first_four(word: str) -> str:
    return word[:ENOUGH]


def first_four_without_rings(word: str) -> str:
    return fold(word)[:ENOUGH]


def zero_width(word: str) -> str:
    return "\ufeff" + "\u200b".join(word)


def full_width(word: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter < "z" else letter for letter in word)


def as_it_stands(word: str) -> str:
    return word


writings = st.sampled_from(
    [
        as_it_stands,
        wrong_case,
        decomposed,
        without_rings,
        first_four,
        first_four_without_rings,
        zero_width,
        full_width,
    ]
)


@given(receipts, languages, languages, st.lists(writings, min_size=6, max_size=6))
def test_child_writes_each_word_in_any_way_and_the_number_is_read(
    number: int, shown: str, page: str, ways: list
) -> None:
    typed = [way(word) for way, word in zip(ways, words_for(number, shown), strict=True)]
    reading = read(typed, page)
    assert number in reading.numbers
    assert len(reading.numbers) <= 2
    assert (reading.unknown, reading.count) == ((), 6)
    if shown == page:
        assert reading.numbers[0] == number


@given(receipts, languages, st.sampled_from([" ", "\n", ", ", ". ", " - ", "\t", "\u2028", ";"]))
def test_child_pastes_the_words_in_one_piece_and_they_are_read(
    number: int, language: str, between: str
) -> None:
    assert read(split(between.join(words_for(number, language))), language).numbers[0] == number


@given(receipts, languages, st.sampled_from(["{}. {}", "{}) {}", "{}.{}", "{}{}", "({}) {}"]))
def test_child_pastes_a_numbered_list_and_the_numbers_are_dropped(
    number: int, language: str, form: str
) -> None:
    lines = (form.format(i, word) for i, word in enumerate(words_for(number, language), 1))
    assert read(split("\n".join(lines)), language).numbers[0] == number


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("", []),
        (" \n .,-_ 1) 2. ", []),
        ("Räv; TIGER/uggla", ["Räv", "TIGER", "uggla"]),
        ("fox's  fox’s", ["fox's", "fox’s"]),
        ("ra\u0308v\u00adar\u200b", ["rävar"]),
        ("\ufb01nch \u2460 owl", ["finch", "owl"]),
        ("f0x", ["f0x"]),
    ],
)
def test_splitting_keeps_words_and_nothing_else(typed: str, seen: list[str]) -> None:
    assert split(typed) == seen


@given(st.text(), languages)
def test_whatever_is_typed_is_read_without_an_error(typed: str, language: str) -> None:
    read(split(typed), language)
    reading = read([typed] * 6, language)
    assert reading.count == 6
    assert bool(reading.numbers) != bool(reading.unknown)


@st.composite
def slipped(draw: st.DrawFn) -> tuple[str, int, str]:
    """A list's language, the number of a word, and the word with one slip."""
    language, number = draw(languages), draw(st.integers(0, 2**WORD_BITS - 1))
    word = fold(wordlist(language)[number])
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyzåäö"))
    slip = draw(st.sampled_from(["another", "missing", "spare", "swapped"]))
    head, here, tail = word[:at], word[at], word[at + 1 :]
    made = {
        "another": head + letter + tail,
        "missing": head + tail,
        "spare": head + letter + here + tail,
        "swapped": head + tail[:1] + here + tail[1:],
    }
    return language, number, made[slip]


@given(slipped())
def test_one_slip_is_never_read_as_another_word_of_the_list(slip: tuple[str, int, str]) -> None:
    language, number, typed = slip
    own = words._LISTS[language]
    assert own.find(fold(typed)) in (None, number)
    assert own.guess(fold(typed)) in (None, number)


@given(slipped(), st.sampled_from(["", "a", "o"]), st.sampled_from([1, 2]))
@settings(max_examples=30)
def test_words_nearby_are_all_found_by_the_quick_search(
    slip: tuple[str, int, str], more: str, most: int
) -> None:
    language, _, typed = slip
    own, written = words._LISTS[language], fold(more + typed)
    one_by_one = [(slips_between(word, written, most), n) for n, word in enumerate(own.folded)]
    assert list(own.near(written, most)) == [near for near in one_by_one if near[0] <= most]


@given(receipts, slipped(), places)
def test_one_slip_among_six_is_read_right_or_pointed_out_with_the_right_word(
    number: int, slip: tuple[str, int, str], place: int
) -> None:
    language, meant, typed = slip
    shift = WORD_BITS * (5 - place)
    number = number & ~(2047 << shift) | meant << shift
    wanted = words_for(number, language)
    reading = read([*wanted[:place], typed, *wanted[place + 1 :]], language)
    if reading.unknown:
        [unknown] = reading.unknown
        assert (unknown.position, unknown.typed) == (place, typed)
        assert 1 <= len(unknown.suggestions) <= 3
        nearest = {slips_between(fold(word), fold(typed)) for word in unknown.suggestions}
        assert wanted[place] in unknown.suggestions or nearest == {1}
    elif number not in reading.numbers:
        # The slip made a word of another list: the words open nothing, and nothing else.
        others = (one for one in words._LISTS.values() if one.language != language)
        assert any(one.find(fold(typed)) is not None for one in others)


@pytest.mark.parametrize(
    ("language", "typed", "word"),
    [
        ("en", "tigers", "tiger"),
        ("en", "Tiger's", "tiger"),
        ("en", "bubbling", "bubble"),
        ("en", "badgering", "badger"),
        ("en", "tigr", None),
        ("en", "tigerlily", None),
        ("en", "tig", None),
        ("sv", "albatrossen", "albatross"),
        ("sv", "albatrosserna", "albatross"),
        ("sv", "zebror", "zebra"),
        ("sv", "zebrorna", "zebra"),
        ("sv", "zebr", "zebra"),
        ("sv", "zeb", None),
    ],
)
def test_child_adds_an_ending_and_only_the_same_word_is_read(
    language: str, typed: str, word: str | None
) -> None:
    own = words._LISTS[language]
    number = own.find(fold(typed))
    number = own.guess(fold(typed)) if number is None else number
    assert (None if number is None else own.words[number]) == word


@given(receipts, st.lists(languages, min_size=6, max_size=6), languages)
def test_child_mixes_languages_and_each_word_is_read_in_the_pages_language_first(
    number: int, shown: list[str], page: str
) -> None:
    mixed = [words_for(number, language)[place] for place, language in enumerate(shown)]
    reading = read(mixed, page)
    assert not reading.unknown
    assert 1 <= len(reading.numbers) <= 2
    finds = {name: [own.find(fold(word)) for word in mixed] for name, own in words._LISTS.items()}
    if all(None in found for found in finds.values()):
        expected = 0
        for place, in_page in enumerate(finds[page]):
            as_shown = number >> WORD_BITS * (5 - place) & 2047
            expected = expected << WORD_BITS | (as_shown if in_page is None else in_page)
        assert expected in reading.numbers or len(reading.numbers) == 2


@pytest.mark.parametrize("page", LANGUAGES)
def test_child_mixes_words_that_one_list_has_and_gets_their_number(page: str) -> None:
    number = 2**65 + 31337
    swedish, english = words_for(number, "sv"), words_for(number, "en")
    assert read([*swedish[:3], *english[3:]], page).numbers == (number,)
    assert read([*english[:3], *swedish[3:]], page).numbers == (number,)


def test_words_that_may_mean_three_numbers_give_the_two_likeliest() -> None:
    typed = ["fabrik", "tomato", "tiger", "tiger", "tiger", "tiger"]
    for page in LANGUAGES:
        first, second = read(typed, page).numbers
        other = next(language for language in LANGUAGES if language != page)
        assert words_for(first, page)[2:] == words_for(second, other)[2:] == ("tiger",) * 4


def test_word_of_no_list_is_pointed_out_with_words_of_the_language_that_is_written() -> None:
    english = list(words_for(2**65 + 12345, "en"))
    english[2] = "tigr"
    for page in LANGUAGES:
        reading = read(english, page)
        [unknown] = reading.unknown
        assert (reading.numbers, reading.count) == ((), 6)
        assert (unknown.position, unknown.typed) == (2, "tigr")
        assert unknown.suggestions[0] == "tiger"


def test_few_letters_are_pointed_out_with_words_that_begin_so() -> None:
    [unknown] = read(["ugg"], "sv").unknown
    assert unknown.suggestions[0] == "uggla"


def test_nothing_like_any_word_gets_no_suggestion() -> None:
    [unknown] = read(["qqqqqqqq"], "sv").unknown
    assert unknown.suggestions == ()


@pytest.mark.parametrize("count", [0, 1, 5, 7, 300])
def test_other_than_six_words_give_no_number(count: int) -> None:
    reading = read(["tiger"] * count, "en")
    assert (reading.numbers, reading.unknown, reading.count) == ((), (), count)


def test_pasted_page_is_not_searched_word_by_word() -> None:
    reading = read(["qqqqqqqq" * 1000] * 1000, "en")
    assert reading.count == 1000
    assert len(reading.unknown) == words.READ_AT_MOST


@pytest.mark.parametrize("sign", ["fox ", "a", "\ufdfa"])
def test_stranger_pastes_megabytes_and_only_the_beginning_is_looked_at(sign: str) -> None:
    seen = split(sign * 1_000_000)
    assert sum(map(len, seen)) <= 18 * words.PASTED_AT_MOST


def test_what_was_typed_and_read_is_not_in_a_representation() -> None:
    typed = list(words_for(123456789, "en"))
    assert repr(read(typed, "en")) == "Reading(unknown=(), count=6)"
    assert "tigr" not in repr(read(["tigr"], "en"))
    assert "tiger" not in repr(read(["tigr"], "en"))
