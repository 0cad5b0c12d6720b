"""One message: offers of every kind are found, what only looks like one is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .. import Finding, recognise
from ..fold import fold
from ..lexicon import explanations, offers
from ..reading import read
from ..recogniser import heaviest
from .cost import cost

OFFERS = [
    # text, asks, gives, direction
    ("5 bilder = 200kr, deal?", {"picture"}, {"money"}, "to_reader"),
    ("jag swishar 500 om du skickar en bild på dig", {"picture"}, {"money"}, "to_reader"),
    ("skicka en selfie så får du snus", {"picture"}, {"nicotine"}, "to_reader"),
    ("how much for a picture?", {"picture", "price"}, set(), "to_reader"),
    ("vad tar du för en bild?", {"picture", "price"}, set(), "to_reader"),
    ("I'll buy you new shoes if you turn your camera on", {"camera"}, {"clothes"}, "to_reader"),
    ("vbucks for a pic of you?", {"picture"}, {"game"}, "to_reader"),
    ("come over to mine and I'll get you vodka", {"meeting"}, {"alcohol"}, "to_reader"),
    (
        "you get my old phone if you send a video of you",
        {"video"},
        {"electronics"},
        "to_reader",
    ),
    ("ge mig 200 vbucks så får du en bild på mig", {"picture"}, {"game"}, "from_writer"),
    ("han sa att jag får 500 om jag skickar en bild på mig", {"picture"}, {"money"}, "told"),
]
NO_OFFERS = [
    "kan du skicka en bild på cykeln? jag swishar 300 när jag hämtar",
    "Can you send a picture of the bike? I'll pay 300 when I pick it up.",
    "mormor vill ha en bild på dig, jag swishar för utskriften",
    "Skolfoto kostar 200 kr, beställ bilderna senast fredag.",
    "ska vi ses på bio? jag har köpt biljetter",
    "How much is this camera?",
    "A picture is worth a thousand words.",
    "trade my skin for 500 robux, screenshot in chat",
    "Never send a picture for money. Tell an adult.",
    "hej, vad gör du?",
    "",
]
EVASIONS = [
    "ｓｅｎｄ ａ ｐｉｃ ａｎｄ ｙｏｕ ｇｅｔ ｖｂｕｃｋｓ",
    "sеnd а рiс and you get vbucks",  # Cyrillic е, а, р, с
    "send a p\u200bi\u200bc and you get v\u200bbucks",
    "send a p i c and you get v b u c k s",
    "send a p1c and you get vbuck5",
    "seeend a piiic and you get vbuuucks",
    "send a 🤳 and you get 💵",
    "skicka en pic and you get vbucks",
]


@pytest.mark.parametrize(("text", "asks", "gives", "direction"), OFFERS)
def test_offer_is_found_with_who_asks_what_for_what(
    text: str, asks: set[str], gives: set[str], direction: str
) -> None:
    found = recognise(text)
    assert found.is_offer
    assert found.kind == ("offer" if gives else "price")
    [frame] = found.frames
    assert asks <= set(frame.asks)
    assert gives <= set(frame.gives)
    assert frame.direction == direction
    assert 0 <= frame.start < frame.end <= len(text)


@pytest.mark.parametrize("text", NO_OFFERS)
def test_everyday_message_is_no_offer(text: str) -> None:
    assert recognise(text) == Finding()
    assert not recognise(text).kind


@pytest.mark.parametrize("text", EVASIONS)
def test_dressed_up_offer_is_found(text: str) -> None:
    assert recognise(text).is_offer


def test_spans_are_places_in_the_text_as_it_was_written() -> None:
    text = "hej 😀 s k i c k a en ｂｉｌｄ på dig så får du 5️⃣00 kr"
    found = recognise(text)
    shown = {span.role: text[span.start : span.end] for span in found.spans}
    assert shown["picture"].startswith("ｂｉｌｄ")
    assert shown["money"].endswith("kr")


def test_pressure_is_named_beside_the_offer() -> None:
    found = recognise("200 kr för en bild på dig, men säg inget till nån")
    assert "secrecy" in found.frames[0].pressure
    assert "secrecy" in found.reasons


def test_amount_stays_an_amount() -> None:
    found = recognise("skicka en bild på dig så får du 500 kr")
    assert any(span.role == "money" for span in found.spans)


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("8a41", []), ("s21", []), ("30x40", []), ("5bilder", []), ("snap4you", []),
        ("200kr", ["200"]), ("kr200", ["200"]), ("för50", ["50"]), ("500:-", ["500"]),
    ],
)  # fmt: skip
def test_number_behind_letters_is_a_sum_only_where_they_say_so(text: str, sums: list[str]) -> None:
    items = read(fold(text), offers())
    assert [item.word for item in items if item.letter in "NvD" and item.word.isdigit()] == sums


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("reader", ["child", "professional"])
def test_every_reason_has_a_sentence_for_each_reader(language: str, reader: str) -> None:
    for text, *_rest in OFFERS:
        sentences = recognise(text).explained(language, reader)  # type: ignore[arg-type]
        assert sentences
        assert all(sentence.endswith(".") for sentence in sentences)


def test_every_language_explains_the_same_reasons() -> None:
    keys = {language: set(texts) for language, texts in explanations().items()}
    assert keys["sv"] == keys["en"]


def test_a_higher_line_finds_less() -> None:
    text = OFFERS[0][0]
    assert recognise(text, line=heaviest(text) - 0.01).is_offer
    assert not recognise(text, line=heaviest(text)).is_offer


@given(st.text(alphabet=st.characters(), max_size=200))
@settings(max_examples=300)
def test_no_text_raises_and_every_span_stays_within_it(text: str) -> None:
    for span in recognise(text).spans:
        assert 0 <= span.start < span.end <= len(text)


PIECES = st.sampled_from(
    [
        *("pic ", "send ", "500 ", "kr", "p i c ", "a", "1", "a1", "$", ".", " ", "\n", "å", "📷"),
        *(
            "aaa",
            "du får ",
            "om ",
            "if you ",
            "'",
            "-",
            "a.",
            "p\u200b",
            "how much ",
            "!",
            "@",
            "ｐ",
        ),
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=6).map("".join))
@settings(max_examples=40, deadline=None)
def test_a_text_a_hundred_times_as_long_costs_no_more_than_a_hundred_times(piece: str) -> None:
    # Twice the hundred for the noise of a busy machine; what is quadratic costs ten thousand times.
    assert cost(recognise, piece, 100_000) <= 200 * max(cost(recognise, piece, 1_000), 0.0002)
