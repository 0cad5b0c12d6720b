"""What a report holds, what it still needs, and what of it leaves."""

from dataclasses import replace
from operator import attrgetter

import pytest
from django.utils import translation
from hypothesis import given

from alltid.answer.documents.referral import (
    ASKED,
    REQUIRED,
    Answer,
    Informed,
    Recipient,
    Reporter,
    Source,
    Worry,
    missing,
)

from .examples import ACUTE, EMPTY, WHOLE
from .reports import REPORTS


def needed(report):
    return [one.key for one in missing(report) if one.required]


def asked(report):
    return [one.key for one in missing(report) if not one.required]


def test_an_empty_report_needs_all_that_its_reporter_can_say():
    assert needed(EMPTY) == [key for key in REQUIRED if key != "worry.telephoned"]


def test_a_whole_report_needs_and_asks_nothing():
    assert missing(WHOLE) == []


def test_what_cannot_be_known_is_asked_for_no_more():
    unknown = replace(WHOLE, child=replace(WHOLE.child, name="", age=""))
    assert asked(unknown) == ["child.name", "child.age"]
    assert asked(replace(unknown, unknowable=("child.name", "child.personal_number"))) == [
        "child.age"
    ]


@given(report=REPORTS)
def test_a_report_is_never_held_up_by_what_cannot_be_known(report):
    """Whoever answers for themselves, and says unknown of all the rest, can always report."""
    said = replace(
        report,
        recipient=Recipient(municipality="Norrby"),
        reporter=Reporter("Bo Berg", "Counsellor", "Norra skolan", "0123-456 78"),
        worry=Worry("A worry.", (Source.OBSERVED,), acute=Answer.UNKNOWN),
        informed=Informed(Answer.NO, "", Answer.UNKNOWN, Answer.UNKNOWN),
        unknowable=tuple(ASKED),
    )
    assert missing(said) == []


@given(report=REPORTS)
def test_what_is_required_cannot_be_waved_away(report):
    assert needed(replace(report, unknowable=(*REQUIRED, *ASKED))) == needed(report)


def test_a_danger_now_needs_a_telephone_call():
    silent = replace(ACUTE, worry=replace(ACUTE.worry, telephoned="  "))
    assert needed(ACUTE) == []
    assert needed(silent) == ["worry.telephoned"]


def test_nobody_asks_where_a_child_with_protected_identity_is():
    assert not {"child.address", "child.school", "child.where_now"} & {*asked(ACUTE.for_sending())}


def test_a_child_whom_nothing_names_can_be_talked_about_without_a_name():
    assert "child" in asked(EMPTY)
    assert "child" not in asked(WHOLE)
    assert "child" not in asked(replace(EMPTY, child=replace(EMPTY.child, school="Norra, 4B")))


@pytest.mark.parametrize("key", [*REQUIRED, *ASKED])
def test_every_key_is_a_place_in_the_report_and_a_sentence_in_both_languages(key):
    attrgetter(key)(EMPTY)
    said = {}
    for language in ("en", "sv"):
        with translation.override(language):
            said[language] = str((REQUIRED | ASKED)[key])
    assert said["en"] != said["sv"]
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in said.values())


@given(report=REPORTS)
def test_nothing_of_a_third_party_leaves_unless_it_is_included(report):
    leaving = report.for_sending()
    assert all(one.included for one in leaving.statements)
    assert all(one.included or not one.name + one.age + one.situation for one in leaving.others)
    assert [one.relation for one in leaving.others] == [one.relation for one in report.others]
    assert leaving.for_sending() == leaving
    assert leaving.words == report.words


@given(report=REPORTS)
def test_where_identity_is_protected_no_place_leaves(report):
    hidden = replace(report, child=replace(report.child, protected_identity=Answer.YES))
    leaving = hidden.for_sending()
    assert leaving.child.address == leaving.child.school == leaving.child.where_now == ""
    assert not any(one.address for one in leaving.guardians)
    seen = replace(report, child=replace(report.child, protected_identity=Answer.NO))
    assert seen.for_sending().child == seen.child
