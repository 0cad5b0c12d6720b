"""No picture gets in, and no word gets lost for it."""

import base64
import re
import textwrap
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile
from django.test import Client, RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.web.pictures import SHORTEST, SkipEveryFile, cut_pictures

BEGINNINGS = {
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "JPEG of a camera": b"\xff\xd8\xff\xe1\x1f\xfeExif\x00",
    "raw JPEG": b"\xff\xd8\xff\xdb\x00\x43",
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "GIF87": b"GIF87a\x40\x01",
    "GIF89": b"GIF89a\x40\x01",
    "WebP": b"RIFF\x24\x9a\x01\x00WEBPVP8 ",
    "HEIC": b"\x00\x00\x00\x18ftypheic\x00\x00",
    "HEIC of a phone": b"\x00\x00\x00\x24ftypmif1\x00\x00",
    "MP4": b"\x00\x00\x00\x20ftypisom\x00\x00",
    "MP4 of a phone": b"\x00\x00\x00\x18ftypmp42\x00\x00",
    "QuickTime": b"\x00\x00\x00\x14ftypqt  \x00\x00",
    "3GP": b"\x00\x00\x00\x14ftyp3gp4\x00\x00",
    "PDF": b"%PDF-1.7\n%",
    "ZIP": b"PK\x03\x04\x14\x00\x08\x00",
}
WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="=", exclude_categories=["Cs"]), max_size=60
)
IN_ONE_LINE = {
    "standard": lambda raw: base64.b64encode(raw).decode(),
    "url-safe": lambda raw: base64.urlsafe_b64encode(raw).decode(),
    "unpadded": lambda raw: base64.b64encode(raw).decode().rstrip("="),
}
IN_LINES = {
    "mail": lambda raw: "\r\n".join(textwrap.wrap(base64.b64encode(raw).decode(), 76)),
    "quoted mail": lambda raw: "\n> ".join(textwrap.wrap(base64.b64encode(raw).decode(), 64)),
}


@pytest.mark.parametrize("kind", BEGINNINGS)
@pytest.mark.parametrize("way", IN_ONE_LINE)
@settings(max_examples=30)
@given(rest=st.binary(min_size=200, max_size=2000), before=WORDS, after=WORDS)
def test_a_picture_between_words_is_cut_and_the_words_survive(
    kind: str, way: str, rest: bytes, before: str, after: str
) -> None:
    written = IN_ONE_LINE[way](BEGINNINGS[kind] + rest)
    assert cut_pictures(f"{before} ({written}) {after}") == (f"{before} () {after}", 1)


@pytest.mark.parametrize("kind", BEGINNINGS)
@pytest.mark.parametrize("way", IN_LINES)
@settings(max_examples=30)
@given(rest=st.binary(min_size=200, max_size=2000), before=WORDS, after=WORDS)
def test_a_picture_in_lines_is_cut_but_for_an_end_that_could_be_a_word(
    kind: str, way: str, rest: bytes, before: str, after: str
) -> None:
    written = IN_LINES[way](BEGINNINGS[kind] + rest)
    text, count = cut_pictures(f"{before} ({written}) {after}")
    assert count == 1
    assert text.startswith(f"{before} (")
    assert text.endswith(f") {after}")
    left = text[len(before) + 2 : len(text) - len(after) - 2].lstrip("\r\n> ")
    assert left == "" or (re.fullmatch(r"[\w+/]{1,75}", left) and written.endswith(left))


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_a_picture_pasted_right_after_a_word_is_cut(kind: str) -> None:
    for word in ("h", "he", "hej", "bild", "bilden"):
        written = base64.b64encode(BEGINNINGS[kind] + bytes(300)).decode()
        assert cut_pictures(f"{word}{written} sen") == (f"{word} sen", 1)


@pytest.mark.parametrize("kind", BEGINNINGS)
@pytest.mark.parametrize("after", ["hjälp", "Hej", "help mig", "0701234567", "snälla"])
@given(size=st.integers(200, 1000))
def test_words_on_lines_of_their_own_around_a_picture_survive(
    kind: str, after: str, size: int
) -> None:
    raw = (BEGINNINGS[kind] + bytes(range(256)) * 5)[:size]
    for written in (base64.b64encode(raw).decode(), base64.encodebytes(raw).decode().strip()):
        text, count = cut_pictures(f"titta\n{written}\n{after}\n")
        assert count == 1
        assert text.startswith("titta\n")
        assert text.endswith(f"\n{after}\n")
        assert len(text) < len(f"titta\n\n{after}\n") + 76


@pytest.mark.parametrize("kind", ["image/png", "image/svg+xml", "video/mp4", "application/pdf"])
def test_whatever_calls_itself_a_picture_is_cut_with_its_name(kind: str) -> None:
    written = f"data:{kind};base64," + base64.b64encode(b"anything" * 40).decode()
    assert cut_pictures(f"se {written} nu") == ("se  nu", 1)


def test_a_named_picture_broken_into_lines_with_its_name_is_cut_whole() -> None:
    raw = bytes(range(256)) * 8
    written = "data:image/png;base64," + base64.b64encode(raw).decode()
    assert cut_pictures("se\n" + "\n".join(textwrap.wrap(written, 76)) + "\nnu") == ("se\n\nnu", 1)


def test_a_named_picture_with_lines_of_one_letter_is_cut_whole() -> None:
    raw = bytes(range(256)) + bytes(900) + bytes(range(256))
    lines = textwrap.wrap("data:image/bmp;base64," + base64.b64encode(raw).decode(), 76)
    assert "A" * 76 in lines
    assert cut_pictures("\n".join(["se", *lines, "nu"])) == ("se\n\nnu", 1)


def test_several_pictures_are_counted() -> None:
    one = base64.b64encode(BEGINNINGS["PNG"] + bytes(200)).decode()
    other = base64.b64encode(BEGINNINGS["JPEG"] + bytes(200)).decode()
    assert cut_pictures(f"a {one} b {other} c") == ("a  b  c", 2)


@pytest.mark.parametrize(
    "text",
    [
        "hahaha" * 60,
        "A" * 5000,
        "a" * 199 + "\n" + "b" * 500,
        "\n".join(["hej"] * 500),
        "-" * 1000 + "_" * 1000,
        "/9j/4AAQSkZJRg",
        "data:image/png;base64,iVBORw0KGgo=",
        "Han skrev att jag får 500 kr. " * 300,
        base64.b64encode(b"hemligt " * 200).decode(),
        "",
    ],
)
def test_what_is_no_picture_passes_unchanged(text: str) -> None:
    assert cut_pictures(text) == (text, 0)


def test_the_shortest_picture_is_cut_and_a_shorter_one_is_not() -> None:
    written = base64.b64encode(BEGINNINGS["PNG"] + bytes(300)).decode()
    assert cut_pictures(written[:SHORTEST])[1] == 1
    assert cut_pictures(written[: SHORTEST - 1]) == (written[: SHORTEST - 1], 0)


@given(st.text(st.characters(), max_size=3000))
def test_nothing_that_a_child_can_type_breaks_it_or_is_changed(text: str) -> None:
    kept, count = cut_pictures(text)
    if not re.search(r"[A-Za-z0-9+/_-]{20}", text):
        assert (kept, count) == (text, 0)


PIECES = "/9j/4", "data:image/", "data:image/a,", "AAAA", "A" * 199, "\n", " ", ">", "=", "Z0eXA"


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_pieces_of_pictures_in_any_order_break_nothing(pieces: list[str]) -> None:
    text = "".join(pieces)
    kept, count = cut_pictures(text)
    assert len(kept) <= len(text)
    assert (kept == text) == (count == 0)


# Each would take hours if the time grew with the square of the length; 8 MB is the most that a
# form may hold.
@pytest.mark.parametrize(
    "piece",
    [
        "A",
        "hej ",
        "/9j/4",
        "/9j/4" * 39 + " ",
        "data:image/",
        "data:image/x,",
        "iVBORw0KGgo" + "A" * 89 + "\n",
        "/9j/4" + "A" * 55 + "\n> ",
        "\n",
        " \t>",
        "åäö",
        "/9j/4\n" + " " * 50,
        "=",
    ],
    ids=range(13),
)
def test_eight_megabytes_take_seconds_at_the_most(piece: str) -> None:
    text = piece * (8_000_000 // len(piece))
    start = time.process_time()
    cut_pictures(text)
    assert time.process_time() - start < 10


def test_a_file_is_refused_before_it_is_read(rf: RequestFactory) -> None:
    request = rf.post("/sv/")
    with pytest.raises(SkipFile):
        SkipEveryFile(request).new_file("file", "a.png", "image/png", 100)
    assert request.pictures_skipped is True


def test_a_file_is_skipped_and_the_words_beside_it_come_through(client: Client) -> None:
    picture = SimpleUploadedFile("a.png", BEGINNINGS["PNG"] + bytes(100_000), "image/png")
    answer = client.post("/sv/", {"before": "1", "file": picture, "text": "det här hände"}).json()
    assert answer["text"] == "det här hände"
    assert answer["skipped"] is True
    assert answer["files"] == 0


def test_a_form_without_a_file_is_not_said_to_have_had_one(client: Client) -> None:
    assert client.post("/sv/", {"text": "hej"}).json()["skipped"] is False
