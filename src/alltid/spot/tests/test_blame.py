"""A reply: what hurts the child who reads it is found, kind sentences are left alone."""

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.spot import blame
from alltid.spot.blame import STOPS, TAGS, problems

# Practice's own seeds (docs/spot.md tells what others were written).
HARMFUL = [
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
KIND = [
    "Tack för att du berättade.",
    "Det är inte ditt fel, även om du skickade bilden.",
    "Att du tog emot pengarna gör det inte till ditt fel.",
    "Du behöver inte visa någon bild för mig.",
    "Du borde ha fått hjälp tidigare, och det är vi vuxna som har ansvar för det.",
    "Jag kan inte lova att jag aldrig berättar för någon, men jag försöker säga det till dig först.",
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
    "",
    "Hej!",
]


@pytest.mark.parametrize(("reply", "tag"), HARMFUL)
def test_harmful_sentence_is_flagged_with_what_it_does_and_a_better_one(
    reply: str, tag: str
) -> None:
    flags = blame(reply)
    flag = next(flag for flag in flags if flag.tag == tag)
    assert flag.stops == (tag in STOPS)
    assert flags.stops == any(each.tag in STOPS for each in flags)
    assert flag.better
    assert flag.why
    assert not blame(flag.better), "the better sentence is flagged itself"


@pytest.mark.parametrize("reply", KIND)
def test_kind_sentence_is_left_alone(reply: str) -> None:
    assert not blame(reply)
    assert not blame(reply).stops


@pytest.mark.parametrize(
    ("reply", "place"),
    [
        ("Tack för att du skriver. Varför skickade du bilden? Jag är här.", "Varför skickade du"),
        ("😀 Ｗｈｙ ｄｉｄ ｙｏｕ answer him?", "Ｗｈｙ ｄｉｄ"),
    ],
)
def test_place_of_a_flag_is_in_the_reply_as_it_was_written(reply: str, place: str) -> None:
    [flag] = blame(reply)
    assert place in reply[flag.start : flag.end]


@pytest.mark.parametrize(
    "reply",
    [
        'Han sa "varför berättade du för någon", och det var fel av honom.',
        'When he wrote "you should have kept quiet", he was wrong.',
    ],
)
def test_what_another_said_is_not_held_against_the_writer(reply: str) -> None:
    assert not blame(reply)


def test_only_the_picture_and_another_channel_stop_a_reply() -> None:
    assert {"image_request", "off_channel"} == STOPS
    assert set(TAGS) >= STOPS
    assert not blame("Varför skickade du bilden?").stops
    assert blame("Skicka bilden till mig så att jag ser.").stops


def test_phrases_of_alltid_are_sound() -> None:
    assert problems() == []


@given(st.text(alphabet=st.characters(), max_size=200))
@settings(max_examples=200)
def test_no_reply_raises_and_every_flag_stays_within_it(reply: str) -> None:
    for flag in blame(reply):
        assert 0 <= flag.start < flag.end <= len(reply)
        assert flag.tag in TAGS


PIECES = st.sampled_from(
    [
        *("varför ", "du ", "why did you ", "skicka ", "bilden ", ". ", "? ", '"', "'", "a", "1"),
        *(
            "\n",
            "inte ",
            "I promise ",
            "och ",
            "borde ha ",
            "you should ",
            ", ",
            "p\u200b",
            "ｐ",
            "-",
        ),
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=6).map("".join))
@settings(max_examples=15, deadline=None)
def test_a_reply_ten_times_as_long_costs_no_more_than_ten_times(piece: str) -> None:
    def cost(length: int) -> float:
        reply = (piece * (length // len(piece) + 1))[:length]
        took = []
        # What the collector of a whole test run costs is not the reply's.
        gc.disable()
        try:
            for _again in range(3):
                begun = time.process_time()
                blame(reply)
                took.append(time.process_time() - begun)
        finally:
            gc.enable()
        return min(took)

    cost(1_000)  # phrases are compiled when they are first met
    # Three times the ten for the noise of a busy machine; what is quadratic costs a hundred times.
    assert cost(10_000) <= 30 * max(cost(1_000), 0.0005)
