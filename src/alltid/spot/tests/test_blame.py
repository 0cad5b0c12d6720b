"""What an adult is stopped from sending to a child, and what is never nagged at."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.spot.blame import STOPS, TAGS, Flags, blame, problems
from alltid.spot.lexicon import folder
from alltid.spot.tests import few
from alltid.spot.tests.cost import cost

SEEDS = [
    ("Varför skickade du bilden?", "blame"),
    ("Jag är besviken på dig.", "blame"),
    ("Varför har du inte sagt något tidigare?", "blame_late"),
    ("Du borde ha blockerat honom direkt.", "should_have"),
    ("Ge mig din mobil så tittar jag.", "control"),
    ("Man ska aldrig prata med främlingar på nätet.", "lecture"),
    ("Är du säker på att det verkligen var så?", "doubt"),
    (
        "Vad hette han, hur gammal är han, vilken dag var det och vad sa han sen?",
        "interrogation",
    ),
    ("Jag lovar att inte berätta för någon.", "false_promise"),
    ("Skicka bilden till mig så att jag ser.", "image_request"),
    ("Det är inget att bry sig om, sånt händer alla.", "minimise"),
    ("Herregud, det är det värsta jag har hört!", "shock"),
    ("Det du gjorde är faktiskt olagligt.", "criminal_warning"),
    ("Why did you answer him?", "blame"),
    ("You took the money, didn't you?", "blame"),
    ("You waited a long time to tell us this.", "blame_late"),
    ("You shouldn't have been on that app at your age.", "should_have"),
    ("You have to delete the app tonight.", "control"),
    ("Let this be a lesson.", "lecture"),
    ("Your story has changed since last time.", "doubt"),
    ("Nothing will happen to you or anyone else.", "false_promise"),
    ("It could have been much worse.", "minimise"),
    ("You could be charged for sending that.", "criminal_warning"),
    ("Add me on Snap and we'll talk there.", "off_channel"),
]
NEVER = [
    "Tack för att du berättade.",
    "Det är inte ditt fel, även om du skickade bilden.",
    "Att du tog emot pengarna gör det inte till ditt fel.",
    "Du behöver inte visa någon bild för mig.",
    "Du borde ha fått hjälp tidigare, och det är vi vuxna som har ansvar för det.",
    "Jag kan inte lova att jag aldrig berättar för någon, men jag försöker säga det till dig"
    " först.",
    "Varför han gjorde så behöver du inte förklara.",
    "Är du trygg just nu?",
    "Jag lovar att svara före klockan tio i morgon.",
    "You didn't do anything wrong by answering.",
    "You should have been asked long before now.",
    "You don't have to give me your phone.",
    "I can't promise to keep this secret, and I'll tell you why.",
    "You don't have to know who it was or when it happened.",
    "He broke the law, not you.",
    "You can stop, and I'll help you with that.",
    "I promise I'll write again on Friday.",
]
FAMILIES = [
    # Swedish puts the verb second in a question and last in what depends on it; du and ni.
    *((f"Varför {verb} du honom?", "blame") for verb in ("svarade", "träffade", "trodde")),
    *((f"Varför {verb} ni dit?", "blame") for verb in ("gick", "åkte", "följde")),
    ("Men varför i hela världen gick du dit?", "blame"),
    ("Jag undrar varför du gick dit.", "blame"),
    *((f"Why did you {verb} him?", "blame") for verb in ("answer", "meet", "trust", "believe")),
    ("I just don't understand why you went there.", "blame"),
    ("Varför berättade du inte för någon?", "blame_late"),
    ("Why didn't you tell anyone?", "blame_late"),
    ("Du skulle aldrig ha svarat.", "should_have"),
    ("Ni borde inte ha gått dit.", "should_have"),
    ("You never should have gone there.", "should_have"),
    ("Next time, ask an adult first.", "should_have"),
    ("Du måste radera kontot.", "control"),
    ("You're going to hand over your phone.", "control"),
    ("Kids your age shouldn't talk to strangers.", "lecture"),
    ("Kan det vara så att du har missförstått?", "doubt"),
    ("Are you sure that's what he said?", "doubt"),
    ("Who was it? When was it? Where did you meet?", "interrogation"),
    ("Ingen kommer att få veta något.", "false_promise"),
    ("I promise nobody will find out.", "false_promise"),
    ("Får jag se bilden?", "image_request"),
    ("Can you forward the picture to me?", "image_request"),
    ("Mejla mig i stället.", "off_channel"),
    ("Let's move this to WhatsApp.", "off_channel"),
    ("At least you didn't meet him.", "minimise"),
    ("Det kunde ha varit värre.", "minimise"),
    ("I'm absolutely horrified.", "shock"),
    ("Du kan bli dömd för det där.", "criminal_warning"),
]
HARMLESS = [
    # not
    "Du behöver inte radera något.",
    "You don't have to delete anything.",
    "Skicka inte bilden hit.",
    "Never send the picture here.",
    "Jag undrar inte varför du gjorde det.",
    "I won't ask why you went there.",
    # somebody else is meant
    "He should have known better.",
    "Vi vuxna borde ha frågat dig tidigare.",
    "Det är olagligt av honom att be om bilder.",
    "He could be charged for asking.",
    # somebody else says it
    'He said "why did you send it?" and that was wrong.',
    "Någon kanske säger ”varför skickade du den?” till dig.",
    "When he says 'send me the picture' you can say no.",
    "Your dad asked why you went there.",
    "Du undrade om du kan bli dömd.",
    # questions about now
    "Hur mår du? Är du trygg? Vill du att jag ringer någon?",
    "How are you? Are you safe tonight? Would you like to talk?",
    # a promise that can be kept, a talk in a place that is open to all
    "I promise to answer before ten.",
    "You can call the helpline tonight.",
]


def _tags(text: str) -> set[str]:
    return {flag.tag for flag in blame(text)}


@pytest.mark.parametrize(("text", "tag"), [*SEEDS, *FAMILIES])
def test_bo_writes_what_hurts_and_sees_its_tag(text: str, tag: str) -> None:
    assert tag in _tags(text)


@pytest.mark.parametrize("text", [*NEVER, *HARMLESS])
def test_bo_writes_what_helps_and_is_not_nagged(text: str) -> None:
    assert [(flag.tag, text[flag.start : flag.end]) for flag in blame(text)] == []


@pytest.mark.parametrize(("text", "tag"), SEEDS)
def test_bo_is_stopped_only_by_asking_for_a_picture_or_leaving_the_page(
    text: str, tag: str
) -> None:
    assert blame(text).stops == (tag in STOPS)


@pytest.mark.parametrize(
    ("text", "language"), [("Varför skickade du den?", "sv"), ("Why did you answer?", "en")]
)
def test_bo_is_offered_a_better_sentence_in_the_language_of_the_reply(
    text: str, language: str
) -> None:
    (flag,) = blame(text)
    assert flag.better.startswith({"sv": "Det är inte", "en": "It is not"}[language])
    assert flag.why


def test_bo_writes_nothing_and_there_are_no_flags() -> None:
    assert not blame("")
    assert blame("") == Flags()
    assert len(blame("Why did you answer?")) == 1


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("😀😀 Varför skickade du bilden?", "Varför skickade du"),
        ("Tack. Ｗｈｙ ｄｉｄ ｙｏｕ answer him?", "Ｗｈｙ ｄｉｄ ｙｏｕ"),
        ("Jag hör dig… Varför skickade du den?", "Varför skickade du"),
        ("Thank you.\n\nWhy did you answer?", "Why did you"),
        ("wh\u200by did you go", "wh\u200by did you"),
    ],
)
def test_bo_sees_the_mark_where_the_words_stand(text: str, marked: str) -> None:
    (flag,) = [flag for flag in blame(text) if flag.tag == "blame"]
    assert text[flag.start : flag.end] == marked


def test_bo_writes_two_things_and_sees_both_in_order() -> None:
    text = "Varför skickade du den? Skicka bilden till mig."
    assert [flag.tag for flag in blame(text)] == ["blame", "image_request"]
    assert blame(text).stops


def test_bo_excuses_one_sentence_and_not_the_next() -> None:
    assert "blame" in _tags("I'm not angry, but why did you go there?")
    assert "blame" in _tags("Du behöver inte svara. Varför gick du dit?")


def test_bo_puts_the_whole_reply_in_quotation_marks_and_is_read_all_the_same() -> None:
    assert "blame" in _tags('"Why did you send it?"')


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_bo_writes_anything_and_nothing_is_raised(text: str) -> None:
    for flag in blame(text):
        assert 0 <= flag.start < flag.end <= len(text)
        assert flag.tag in TAGS


_PIECES = st.sampled_from(
    ("varför skickade du", "why did you", "you should", "not", "inte", "bild", "the picture")
)
_SIGNS = st.sampled_from(
    ("...", "?", ",", '"', "'", "w h y", "vem när", "😀", "\u200b", "ｗｈｙ", "\n")
)


@given(st.lists(_PIECES | _SIGNS, min_size=1, max_size=6), st.sampled_from(["", " "]))
@settings(max_examples=12, deadline=None)
def test_mallory_writes_a_long_text_and_the_cost_grows_with_its_length(
    pieces: list[str], between: str
) -> None:
    piece = between.join(pieces) + between
    cost(blame, piece, 100)  # what is compiled when it is first met
    # What grew with the square would cost four hundred times as much; a clock needs some room.
    assert cost(blame, piece, 20_000) <= 60 * max(cost(blame, piece, 1_000), 0.001)


def test_a_counsellor_opens_the_lexicons_and_they_are_sound() -> None:
    assert problems() == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_counsellor_finds_every_tag_with_its_sentences(language: str) -> None:
    text = (folder() / language / "blame.toml").read_text(encoding="utf-8")
    assert re.findall(r"^\[(\w+)\]$", text, re.MULTILINE) == ["words", *TAGS]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The lexicons, to be spoilt."""
    return few.copy(tmp_path / "lexicons")


def _say(copied: Path, old: str, new: str) -> list[str]:
    path = copied / "en" / "blame.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    path.write_text(changed, encoding="utf-8")
    said = problems(copied)
    for sentence in said:
        file, line, _rest = sentence.split(":", 2)
        assert file == "en/blame.toml"
        assert 1 <= int(line) <= changed.count("\n") + 1
    return said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[lecture]\n", "[lectures]\n", "there is no tag `lectures`"),
        ('better = "It is not your fault', 'bettr = "It is not your fault', "no sentence `better`"),
        ("rows = [\n", 'rows = [\n    { phrase = "why|| did" },\n', "empty alternative"),
        ("rows = [\n", 'rows = [\n    { phrase = "why (did you" },\n', "a bracket has no fellow"),
        ("rows = [\n", 'rows = [\n    { phrase = "why {nobody}" },\n', "no list `nobody`"),
        ("rows = [\n", 'rows = [\n    { phrase = "... you" },\n', "must begin with a word"),
        (
            "rows = [\n",
            "rows = [\n"
            '    { phrase = "why you {verb}|would|did|were|had|didn\'t|thought|never" },\n',
            "stands already in line",
        ),
        ("rows = [\n", 'rows = [\n    { phrase = "why", because = "x" },\n', "nothing else"),
        ("rows = [\n", 'rows = [\n    { phrase = "why"\n', "it is not TOML"),
        ("\nharmless = [", "\nharmful = [", "no list `harmless`"),
        ("\nme = [", '\nme = ["{me}", ', "holds itself"),
    ],
)
def test_a_counsellor_writes_a_row_wrong_and_is_told_file_and_line(
    copied: Path, old: str, new: str, said: str
) -> None:
    sentences = _say(copied, old, new)
    assert any(said in sentence for sentence in sentences), sentences


def test_a_counsellor_writes_a_row_wrong_and_the_line_is_that_row(copied: Path) -> None:
    (sentence,) = _say(copied, "rows = [\n", 'rows = [\n    { phrase = "why (did" },\n')
    text = (copied / "en" / "blame.toml").read_text(encoding="utf-8")
    line = int(sentence.split(":")[1])
    assert 'phrase = "why (did"' in text.splitlines()[line - 1]
