"""Batches: the gate leaves out nothing that recognise() finds, and a batch finds what it finds."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.spot import bulk, command, compiled, glance, recogniser, sieve
from alltid.spot.lexicon import Lexicon, offers
from alltid.spot.tests import standin
from evaluation.messages import LANGUAGES, read

OFFER = "5 bilder = 200kr, deal?"


def labelled(*names: str) -> list[str]:
    parts = ("development", "test")
    return [
        message.text
        for language in LANGUAGES
        for name in names
        for part in parts
        for message in read(language, name, part)
    ]


def one_by_one(messages: list[str | None]) -> list[dict]:
    """What a batch must give: recognise() for one message after the other."""
    rows = []
    for row, text in enumerate(messages):
        found = recogniser.recognise(text) if text is not None else recogniser.NOTHING
        if found.is_offer:
            rows.append(
                {
                    "row": row,
                    "kind": found.kind,
                    "roles": [*found.roles],
                    "reasons": [*found.reasons],
                    "spans": [
                        {"start": span.start, "end": span.end, "role": span.role}
                        for span in found.spans
                    ],
                    "frames": [
                        {"direction": each.direction, "start": each.start, "end": each.end}
                        for each in found.frames
                    ],
                    "version": offers().version,
                }
            )
    return rows


def left_out(messages: list[str]) -> list[str]:
    """Messages in which recognise() finds an offer and that the gate left out."""
    rows, _wrong = bulk._gate().choose(bulk._messages(pa.array(messages, pa.string())))
    kept = set(rows)
    return [
        text
        for row, text in enumerate(messages)
        if row not in kept and recogniser.recognise(text).is_offer
    ]


def test_command_writes_what_a_batch_finds(capsys, tmp_path):
    source, made = tmp_path / "in.parquet", tmp_path / "out.parquet"
    bodies = pa.array([*labelled("offers")[:200], None, "", "hej"], pa.string())
    pa.parquet.write_table(pa.table({"body": bodies}), source, row_group_size=70)
    typed = ["--in", str(source), "--column", "body", "--out", str(made)]

    assert command.main(typed) == 0, capsys.readouterr().err
    assert pa.parquet.read_table(made).to_pylist() == bulk.find(bodies).to_pylist()


def test_stand_in_of_other_tests_finds_what_a_batch_finds():
    bodies = pa.array([*labelled("offers")[:200], None, "", "hej"], pa.string())

    assert standin.find(bodies, 3).to_pylist() == bulk.find(bodies, 3).to_pylist()
    assert standin.SCHEMA.equals(bulk.SCHEMA)
    assert standin.SCHEMA_VERSION == bulk.SCHEMA_VERSION


# --- every way to dress a message up that fold.py undoes -----------------------------------------


def _apart(between: str):
    return lambda word: between.join(word)


DRESSES = {
    "capitals": str.upper,
    "leet": lambda text: text.translate(str.maketrans("oieastbgl", "013457891")),
    "bangs": lambda text: text.replace("i", "!").replace("l", "|"),
    "dollars": lambda text: text.replace("s", "$").replace("a", "@"),
    "full width": lambda text: "".join(
        chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text
    ),
    "lookalikes": lambda text: text.translate(str.maketrans("aceiopx", "асеіорх")),
    "mathematical": lambda text: "".join(
        chr(0x1D41A + ord(sign) - 97) if "a" <= sign <= "z" else sign for sign in text
    ),
    "boxed": lambda text: "".join(
        chr(0x1F170 + ord(sign) - 97) if "a" <= sign <= "z" else sign for sign in text
    ),
    "regional": lambda text: "".join(
        chr(0x1F1E6 + ord(sign) - 97) + "\u2060" if "a" <= sign <= "z" else sign for sign in text
    ),
    "zero width": lambda text: "\u200b".join(text),
    "combining": lambda text: "\u0336".join(text),
    "rings apart": lambda text: text.replace("å", "a\u030a").replace("ö", "o\u0308"),
    "accents": lambda text: text.replace("e", "é").replace("i", "ï"),
    "repeated": lambda text: re.sub("([aeiou])", r"\1\1\1\1", text),
    "spaced": lambda text: "  ".join(map(_apart(" "), text.split())),
    "dotted": lambda text: " ".join(map(_apart(". "), text.split())),
    "dashed": lambda text: " ".join(map(_apart("–"), text.split())),
    "starred": lambda text: text.replace(" ", "*"),
    "no-break": lambda text: text.replace(" ", "\u00a0\u00a0"),
    "emoji around": lambda text: text.replace(" ", "😀❤️ "),
    "numbers before": lambda text: re.sub(r"\b([a-zåäö])", r"44\1", text),
    "numbers after": lambda text: re.sub(r"([a-zåäö])\b", r"\1 4", text.replace(" ", "4")),
    "tabs": lambda text: text.replace(" ", "\t \t"),
    "hyphens": lambda text: text.replace(" ", " - "),
    "camera": lambda text: f"{text} 📸📷",
    "quoted": lambda text: f"“{text}”…",
}


@pytest.mark.parametrize("dress", DRESSES, ids=DRESSES)
def test_gate_keeps_every_offer_however_it_is_dressed_up(dress):
    messages = [DRESSES[dress](text) for text in labelled("offers")]

    assert left_out(messages) == []


PHRASES = compiled.phrases_of(offers())
words = sorted(
    {*offers().words, *(" ".join((first, *rest)) for first, found in PHRASES.items()
                        for rest, _entry in found)}
)  # fmt: skip
asking = sorted(
    {form for form, found in offers().words.items()
     if any(entry.letter in recogniser.ASKS for entry in found)}
    | {" ".join((first, *rest)) for first, found in PHRASES.items()
       for rest, entry in found if entry.letter in recogniser.ASKS}
)  # fmt: skip
between = st.sampled_from(
    [
        *"     !-*_’–…@$1😀\n\t",
        "  ",
        "",
        ", ",
        ". ",
        "!!",
        " - ",
        "\u00a0",
        "\u200b",
        "\ufe0f",
        "\u0301",
    ]
)
dressed = st.builds(
    lambda word, dress: DRESSES[dress](word), st.sampled_from(asking), st.sampled_from([*DRESSES])
)
piece = st.one_of(
    st.sampled_from(words), st.sampled_from(asking), dressed, st.text(max_size=5),
    st.sampled_from(["200kr", "$50", "5", "20 quid", "for", "jag ger dig", "send me", "du får"]),
)  # fmt: skip
message = st.lists(st.tuples(piece, between), max_size=12).map(
    lambda parts: "".join(part for pair in parts for part in pair)
)


@settings(max_examples=300)
@given(st.lists(message, max_size=8))
def test_gate_keeps_every_offer_that_one_message_at_a_time_has(messages):
    assert left_out(messages) == []


@settings(max_examples=300)
@given(message)
def test_glance_lets_pass_whatever_holds_an_ask_and_something_given_for_it(text):
    folded, items = recogniser._read(text, offers())
    data = np.frombuffer(folded.text.encode(), np.uint8)

    if list(recogniser._passages(items)):
        assert glance.may_offer(data, 0, data.size, bulk._gate().glance)


@pytest.mark.parametrize("text", ["skicka en bild på dig", "jag ger dig 200kr", "kom hit 10:05"])
def test_glance_leaves_out_an_ask_alone_and_a_gift_alone(text):
    data = np.frombuffer(text.encode(), np.uint8)

    assert not glance.may_offer(data, 0, data.size, bulk._gate().glance)


@settings(max_examples=100)
@given(st.lists(st.none() | message | st.sampled_from([OFFER, OFFER.upper()]), max_size=8))
def test_batch_finds_exactly_what_one_message_at_a_time_does(messages):
    assert bulk.find(pa.array(messages, pa.string())).to_pylist() == one_by_one(messages)


def test_batch_of_the_labelled_messages_finds_exactly_what_one_at_a_time_does():
    messages = labelled("offers", "negatives", "blame", "warm")

    found = bulk.find(pa.array(messages))

    assert found.to_pylist() == one_by_one(messages)
    assert len(found) > 100


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=12), max_size=6))
def test_bytes_that_are_no_text_are_named_and_the_others_read(messages):
    wrong: list[int] = []
    valid: list[str | None] = []
    for text in (part for each in messages for part in (each, f"{OFFER} å€😀".encode())):
        try:
            valid.append(text.decode())
        except UnicodeDecodeError:
            valid.append(None)
    given_ = [part for each in messages for part in (each, f"{OFFER} å€😀".encode())]

    found = bulk.find(pa.array(given_, pa.binary()), unreadable=wrong)

    assert wrong == [row for row, text in enumerate(valid) if text is None]
    assert found.to_pylist() == one_by_one(valid)


@pytest.mark.parametrize(
    "broken",
    [b"\x80", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80", b"\xff"],
)
@pytest.mark.parametrize("before", [0, 1, 44, 45, 46, 47, 48, 49, 100, 40_000])
def test_wrong_byte_is_found_wherever_it_stands(broken, before):
    wrong: list[int] = []
    texts = [b"hej", b"x" * before + broken, OFFER.encode(), b"x" * before + broken + b" hej"]

    found = bulk.find(pa.array(texts, pa.binary()), 7, wrong)

    assert (wrong, found.column("row").to_pylist()) == ([8, 10], [9])


def test_bytes_that_are_no_text_leave_nothing_for_the_next_batch():
    texts = [b"abcdefgh" * 8 + b"\xff", b"picture of you for 20 quid?"]
    array = pa.array(texts, pa.binary())

    assert bulk.find(array).column("row").to_pylist() == [1]
    assert bulk.find(array.slice(1)).column("row").to_pylist() == [0]


def test_string_array_that_holds_no_text_is_no_crash():
    array = pa.array([b"\xff\xfe", OFFER.encode(), None], pa.binary())
    mislabelled = pa.Array.from_buffers(pa.string(), 3, array.buffers(), array.null_count)
    wrong: list[int] = []

    assert bulk.find(mislabelled, unreadable=wrong).column("row").to_pylist() == [1]
    assert wrong == [0]


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.binary(), pa.large_binary(),
     pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)  # fmt: skip
def test_each_kind_of_strings_gives_the_same(kind):
    messages = [None, "hej", OFFER, "", None, OFFER, "hej då"]
    array = pa.array(messages, pa.string()).cast(kind)

    assert bulk.find(array).to_pylist() == one_by_one(messages)
    for start in range(len(messages)):
        for size in range(len(messages) - start + 1):
            part = messages[start : start + size]
            assert bulk.find(array.slice(start, size)).to_pylist() == one_by_one(part)


def test_null_whose_place_holds_bytes_is_no_message():
    array = pa.array([OFFER, OFFER])
    hidden = pa.Array.from_buffers(
        pa.string(), 2, [pa.py_buffer(b"\x02"), *array.buffers()[1:]], null_count=1
    )

    assert bulk.find(hidden).column("row").to_pylist() == [1]


def test_batches_without_rows_give_batches_without_rows():
    empty = pa.RecordBatch.from_pydict({"body": pa.array([], pa.string())})
    nothing = pa.RecordBatch.from_pydict({"body": pa.nulls(3)})

    found = [*bulk.recognise([empty, nothing], "body")]

    assert [len(each) for each in found] == [0, 0]
    assert all(each.schema.equals(bulk.SCHEMA, check_metadata=True) for each in found)
    assert len(bulk.find(pa.chunked_array([], pa.string()))) == 0


def test_rows_are_numbered_on_through_batches_and_chunks():
    batches = [
        pa.RecordBatch.from_pydict({"body": ["hej", OFFER]}),
        pa.RecordBatch.from_pydict({"body": [OFFER, "hej", OFFER]}),
    ]
    chunks = pa.chunked_array([["hej", OFFER], [OFFER, "hej", OFFER]])

    found = [
        row for each in bulk.recognise(batches, "body") for row in each.column("row").to_pylist()
    ]

    assert found == [1, 2, 4]
    assert bulk.find(chunks).column("row").to_pylist() == [1, 2, 4]
    assert bulk.find(chunks, 10).column("row").to_pylist() == [11, 12, 14]


def test_messages_keep_the_names_that_a_column_gives_them():
    batch = pa.RecordBatch.from_pydict(
        {"id": ["a", "b", "c"], "body": pa.array([b"hej", b"\xff", OFFER.encode()], pa.binary())}
    )
    wrong: list[str] = []

    found = [*bulk.recognise([batch, batch.slice(1)], "body", "id", wrong)]

    assert [each.column("row").to_pylist() for each in found] == [["c"], ["c"]]
    assert found[0].schema.equals(bulk.schema(pa.string()))
    assert wrong == ["b", "b"]


def test_column_that_is_not_there_or_holds_no_text_is_refused():
    batch = pa.RecordBatch.from_pydict({"id": [1]})

    with pytest.raises(KeyError, match="body"):
        next(bulk.recognise([batch], "body"))
    with pytest.raises(TypeError, match="column of strings, and this one holds int64"):
        next(bulk.recognise([batch], "id"))


def test_message_longer_than_a_block_is_read_as_any_other():
    around = "hej du . " * (sieve.BLOCK // 4)
    messages = ["hej", around + OFFER + around, OFFER, "x" * 1_000_000, "pic" * 100_000]

    assert bulk.find(pa.array(messages)).to_pylist() == one_by_one(messages)


def test_places_are_signs_of_the_message_as_it_was_written():
    text = "😀å 5 b\u200bilder = 200kr, deal?"
    [row] = bulk.find(pa.array([text])).to_pylist()

    assert [text[span["start"] : span["end"]] for span in row["spans"]] == [
        "5 b\u200bilder",
        "200kr",
    ]


def test_threads_wait_for_each_other_and_each_gets_its_own():
    arrays = [pa.array(["hej"] * each + [OFFER]) for each in range(40)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(bulk.find, arrays))

    assert [each.column("row").to_pylist() for each in found] == [[each] for each in range(40)]


@pytest.mark.parametrize(
    "lexicon", [{"words": {"q": "asks"}}, {"phrases": {"5": {"/": [(("/", "55"), "asks")]}}}]
)
def test_lexicon_that_asks_with_too_little_to_look_for_has_every_message_read(lexicon):
    asks = next(entry for _form, entry in offers().entries() if entry.letter in recogniser.ASKS)
    one = Lexicon(
        words=dict.fromkeys(lexicon.get("words", ()), (asks,)),
        phrases={
            first: {second: [(rest, asks) for rest, _asks in found]}
            for first, following in lexicon.get("phrases", {}).items()
            for second, found in following.items()
        },
    )
    messages = bulk._messages(pa.array(["hej", "", "hej då"]))
    rows = np.zeros(3, np.int64)

    assert sieve.mark(*messages, sieve.sieve(one), sieve.block(), rows) == 3


def test_compiled_reading_weighs_as_the_recogniser_does():
    messages = labelled("offers", "negatives")
    array = bulk._messages(pa.array(messages))
    gate = bulk._gate()
    weighed = [
        compiled.weighed(array.data, start, end, True, 0.0, gate.words, gate.reading)
        for start, end in zip(array.offsets[:-1], array.offsets[1:], strict=True)
    ]

    assert compiled.UNSURE not in weighed
    assert [
        text
        for text, found in zip(messages, weighed, strict=True)
        if (found == compiled.PERHAPS) != recogniser.recognise(text).is_offer
    ] == []


def test_recogniser_of_one_message_loads_no_library_of_batches():
    code = """
import sys
import alltid.spot
alltid.spot.recognise("hej")
print(sorted({"numpy", "numba", "pyarrow", "pyspark", "pandas", "django"} & set(sys.modules)))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (told.stdout.strip(), told.stderr) == ("[]", "")
