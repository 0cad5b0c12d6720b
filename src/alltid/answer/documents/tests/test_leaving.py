"""What may leave about a child, and that every document asks."""

import pytest

from alltid.answer.documents import case_file, record_note, referral_file, referral_paper
from alltid.answer.documents.leaving import MustStay, Terms, may_leave
from alltid.answer.documents.record_note import Arrived, RecordNote

from .examples import AT, CASE, NOTE, SWEDEN, WHOLE

DOCUMENTS = {
    "report on paper": lambda terms: referral_paper.pdf(WHOLE, terms, "en"),
    "report as a file": lambda terms: referral_file.write(WHOLE, terms),
    "case on paper": lambda terms: case_file.pdf(CASE, terms, "en"),
    "case as a file": lambda terms: case_file.write(CASE, terms),
    "note": lambda terms: record_note.text(NOTE, terms, "en"),
}


@pytest.mark.parametrize("kind", ["mandated", "health_record", "not_mandated"])
@pytest.mark.parametrize("age", ["", "under_10", "10_12", "13_15", "16_17"])
@pytest.mark.parametrize("decided", [False, True])
def test_only_an_undecided_child_who_may_be_under_13_in_health_care_stays(kind, age, decided):
    stays = kind == "health_record" and age in ("", "under_10", "10_12") and not decided
    assert may_leave(SWEDEN, kind, age, decided) is not stays


@pytest.mark.parametrize(("kind", "age"), [("healthrecord", "10_12"), ("health_record", "13")])
def test_a_slip_in_kind_or_age_opens_nothing(kind, age):
    with pytest.raises(ValueError, match="is no"):
        may_leave(SWEDEN, kind, age, decided=True)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("age", ["10_12", ""])
def test_every_document_about_ada_stays_until_the_clinician_has_decided(document, age):
    with pytest.raises(MustStay, match="Decide for this child that it may leave"):
        DOCUMENTS[document](Terms(SWEDEN, "health_record", age))
    assert DOCUMENTS[document](Terms(SWEDEN, "health_record", age, decided=True))


def test_bo_hears_in_swedish_why_a_document_stays():
    with pytest.raises(MustStay, match="Besluta för det här barnet"):
        referral_paper.pdf(WHOLE, Terms(SWEDEN, "health_record", "10_12"), "sv")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "3 June 2026\nThe child was asked.\n"),
        ("sv", "3 juni 2026\nBarnet tillfrågades.\n"),
    ],
)
def test_until_then_the_note_says_only_that_ada_was_asked(language, said):
    note = RecordNote(AT, Arrived.ASKED, "tavi-noka", NOTE.decided, "A talk")
    assert record_note.text(note, Terms(SWEDEN, "health_record", "10_12"), language) == said
