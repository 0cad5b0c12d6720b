"""The lines that are pasted into a record system."""

from dataclasses import replace

import pytest

from alltid.answer.documents.record_note import Arrived, Decision, text

from .examples import NOTE, SCHOOL


def test_bo_pastes_a_few_plain_lines():
    assert text(NOTE, SCHOOL, "en") == (
        "3 June 2026\n"
        "The child has told us something.\n"
        "Duty to report: a report to social services. "
        "Decided by Bo Berg, School counsellor, 3 June 2026.\n"
        "Next step: A talk with the child at school, by 5 June 2026.\n"
        "Reference in Alltid: tavi-noka.\n"
    )


def test_bo_pastes_them_in_swedish():
    note = replace(NOTE, next_step="Samtal med barnet i skolan.")
    assert text(note, SCHOOL, "sv") == (
        "3 juni 2026\n"
        "Barnet har berättat något för oss.\n"
        "Anmälningsplikt: orosanmälan till socialtjänsten. "
        "Beslutat av Bo Berg, School counsellor, 3 juni 2026.\n"
        "Nästa steg: Samtal med barnet i skolan, senast 5 juni 2026.\n"
        "Referens i Alltid: tavi-noka.\n"
    )


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("arrived", Arrived)
def test_each_way_and_each_decision_reads_differently(arrived, decision):
    note = replace(NOTE, arrived=arrived, decided=replace(NOTE.decided, decision=decision))
    others = {
        text(replace(NOTE, arrived=a, decided=replace(NOTE.decided, decision=d)), SCHOOL, "sv")
        for a in Arrived
        for d in Decision
        if (a, d) != (arrived, decision)
    }
    assert text(note, SCHOOL, "sv") not in others


def test_what_is_not_decided_or_planned_is_said_or_left_out():
    lines = text(replace(NOTE, decided=None, next_step=""), SCHOOL, "en").splitlines()
    assert lines[2] == "The duty to report has not been decided yet."
    assert len(lines) == 4


def test_a_name_on_two_lines_becomes_no_line_of_the_record():
    note = replace(NOTE, decided=replace(NOTE.decided, by="Bo\nBerg"), next_by=None)
    lines = text(note, SCHOOL, "en").splitlines()
    assert len(lines) == 5
    assert "Decided by Bo Berg," in lines[2]
    assert lines[3] == "Next step: A talk with the child at school."
