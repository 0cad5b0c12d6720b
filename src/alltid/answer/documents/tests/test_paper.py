"""What leaves on paper: read back from the PDF, its words and its tags."""

import io
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from alltid.answer.documents import case_file, referral_paper
from alltid.answer.documents.case_file import About, Entry
from alltid.answer.documents.referral import Words
from alltid.people import typeset

from .examples import ACUTE, AT, CASE, EMPTY, SCHOOL, WHOLE
from .reports import CASES, REPORTS

REFERRAL, CASE_FILE = "answer/documents/referral.typ", "answer/documents/case_file.typ"

# What typst, or another typesetter, would do something with if it were its own.
MARKUP = [
    *"#*_$=-+/\\<>[]{}()@`~'\":;&%|",
    '#panic("x")',
    "#include",
    "#sys.inputs.data",
    "$x^2$",
    "= x",
    "@ref",
    "<label>",
    "//",
    "/*",
    "\\u{41}",
    "https://x.example",
    "---",
    "...",
    "ffi",
]
WRITTEN = st.lists(
    st.sampled_from(MARKUP)
    | st.text("abcdefghijklmnopqrstuvwxyzåäöABCÅÄÖ0123456789éüß", max_size=40)
    | st.sampled_from(["\n", "\n\n", "\r\n", " ", "\t", "тест", "я"])
).map("".join)


def report_paper(report, language="en"):
    with translation.override(language):
        return typeset.made(REFERRAL, referral_paper.page(report.for_sending(), language))


def case_paper(case, language="en"):
    with translation.override(language):
        return typeset.made(CASE_FILE, case_file.page(case, language))


def words_of(paper):
    """The text layer; whatever breaks a line or a page has become one space."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    return " ".join(text.split())


def unbroken(text):
    return "".join(text.split())


def tags_of(paper):
    """The kinds of the structure tree's elements, in reading order."""

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            return [tag for one in node for tag in walk(one)]
        if not isinstance(node, dict):
            return []
        own = [node["/S"]] if "/S" in node else []
        return own + (walk(node["/K"]) if "/K" in node else [])

    return walk(PdfReader(io.BytesIO(paper)).trailer["/Root"]["/StructTreeRoot"])


@given(text=WRITTEN)
def test_what_a_child_wrote_stands_on_the_paper_as_it_was_written(text):
    report = replace(WHOLE, words=(Words(text, AT),))
    assert unbroken(text) in unbroken(words_of(report_paper(report)))


@given(text=WRITTEN)
def test_what_an_adult_wrote_stands_there_as_it_was_written(text):
    report = replace(WHOLE, worry=replace(WHOLE.worry, done=f"x{text}x"))
    assert unbroken(f"x{text}x") in unbroken(words_of(report_paper(report)))


@given(report=REPORTS)
def test_any_report_can_be_printed(report):
    assert tags_of(report_paper(report, "sv"))[:2] == ["/Document", "/H1"]


@given(case=CASES)
def test_any_case_can_be_printed(case):
    assert tags_of(case_paper(case, "sv"))[:2] == ["/Document", "/H1"]


@pytest.mark.parametrize("letter", ["W", "a", "😭", "م"])
def test_a_long_run_of_letters_does_not_leave_the_paper(letter):
    report = replace(WHOLE, words=(Words(letter * 600, AT),), law=letter * 600)
    places = []
    for page in PdfReader(io.BytesIO(report_paper(report))).pages:
        page.extract_text(
            visitor_text=lambda text, cm, tm, _font, _size: (
                places.append(tm[4] * cm[0] + cm[4]) if text.strip() else None
            )
        )
    width = 595
    assert len(places) > 600
    assert all(40 < place < width - 40 for place in places)


@pytest.mark.parametrize(
    ("language", "title", "marked"),
    [
        (
            "en",
            "Report of concern for a child, to social services",
            "The child’s own words, written 3 June 2026 at 14:05",
        ),
        (
            "sv",
            "Orosanmälan till socialtjänsten",
            "Barnets egna ord, skrivna 3 juni 2026 klockan 14:05",
        ),
    ],
)
def test_social_services_read_a_tagged_paper_in_their_language(language, title, marked):
    paper = referral_paper.pdf(WHOLE, SCHOOL, language)
    read, tags = PdfReader(io.BytesIO(paper)), tags_of(paper)
    assert read.metadata.title == title
    assert read.trailer["/Root"]["/Lang"] == language
    assert b"pdfuaid:part" in paper
    assert tags.count("/H1") == 1
    assert tags.count("/BlockQuote") == 2
    assert tags.count("/TH") == 2 * tags.count("/Table") > 0
    assert marked in words_of(paper)


def test_every_page_carries_reference_date_number_and_who_sends():
    pages = PdfReader(io.BytesIO(referral_paper.pdf(ACUTE, SCHOOL, "en"))).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        text = " ".join(page.extract_text().split())
        assert f"Page {number} of {len(pages)}" in text
        assert "Reference tavi-noka, 3 June 2026 at 14:05. Sent by a person; nothing is" in text


def test_bos_report_says_all_that_is_known():
    text = words_of(referral_paper.pdf(WHOLE, SCHOOL, "en"))
    for said in (
        "19 kap. 1 § socialtjänstlagen (2025:400)",
        "Bo Berg",
        "School counsellor",
        "0123-456 78",
        "Ada Alm",
        "Personal identity number Not known",
        "Storgatan 1, Norrby",
        "Guardian One",
        "How it is known The child told it.",
        "Danger now No",
        "Worry earlier Not known",
        "The child knows Yes",
        "The guardians know No",
        "Telling them could be a danger No",
        "snälla säg inget till mamma än",
        "Interpreter needed No",
        "Her phone: somebody else reads it",
    ):
        assert said in text


def test_nothing_of_third_parties_is_on_it_but_what_bo_included():
    text = words_of(referral_paper.pdf(WHOLE, SCHOOL, "en"))
    assert "own trouble at home" not in text
    assert "Eva-Li" not in text
    assert "Plays the same game" not in text
    assert "Sister Own report: No" in text
    assert "Mio-Li Ek" in text
    assert "Ada has been tired in the mornings." in text


def test_danger_protected_identity_and_silence_at_home_stand_first():
    text = words_of(referral_paper.pdf(ACUTE, SCHOOL, "en"))
    stops = text[: text.index("The worry")]
    assert "Danger now." in stops
    assert "Protected identity." in stops
    assert "Do not tell the guardians yet" in stops
    assert "Storgatan" not in text
    assert "Norra skolan, class 4B" not in text
    assert "Address Told by telephone" in text
    calm = words_of(referral_paper.pdf(WHOLE, SCHOOL, "en"))
    assert "Danger now." not in calm[: calm.index("The worry")]


def test_a_report_that_lacks_something_calls_itself_a_draft_and_says_what():
    text = words_of(referral_paper.pdf(EMPTY, SCHOOL, "en"))
    assert text.startswith("Draft: Report of concern")
    assert "Say who reports, by first name and surname." in text
    assert "The child’s name would help." not in text
    assert "Draft" not in words_of(referral_paper.pdf(WHOLE, SCHOOL, "en"))


def test_a_reviewer_sees_without_colour_what_is_about_third_parties():
    text = words_of(case_file.pdf(CASE, SCHOOL, "en"))
    assert "2 3 June 2026 at 14:05 A friend" in text
    assert "THIRD PARTY · about: A friend · by: The child min kompis har också" in text
    assert "STAFF · by: Bo Berg Bo is on leave" in text
    assert "CHILD · by: The child hej" in text
    assert "Not reviewed: not to be handed on." in text
    assert tags_of(case_file.pdf(CASE, SCHOOL, "sv")).count("/BlockQuote") == 4


def test_a_case_without_third_parties_says_so():
    alone = replace(CASE, entries=(Entry(AT, "Note", "Bo", About.STAFF, "A note."),))
    assert "No entry is marked so." in words_of(case_file.pdf(alone, SCHOOL, "en"))
