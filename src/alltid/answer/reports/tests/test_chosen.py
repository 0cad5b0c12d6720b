"""Whatever the case holds, a text of the child's that nobody chose is in no report and no note."""

import io
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from alltid.answer.documents import referral_paper
from alltid.people import typeset

from ... import access
from ...casework import notes, risk
from ...casework.events import Risk, Role, Way
from ...casework.tests.desk import place
from ..matter import Matter
from .filled import WHOLE, concerned, html, url, write

NOW = timezone.now()
# Each message carries a mark of its own, so that one is never part of another or of the form.
WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=40)
ROLES = st.sampled_from(Role)


def marked(number, text):
    return f"qx{number}zj {text}"


def text_of(paper):
    pages = PdfReader(io.BytesIO(paper)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.django_db
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    said=st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=5),
    role=ROLES,
    grave=st.booleans(),
)
def test_what_nobody_chose_is_in_no_report_and_no_note(cast, monkeypatch, said, role, grave):
    # The same paper without a process of its own, which is a test of its own.
    monkeypatch.setattr(referral_paper, "printed", typeset.made)
    before = transaction.savepoint()
    told = cast.tell(text=marked(1, said[0][0]), age="10_12", now="threatened", language="sv")
    for number, (text, _chosen) in enumerate(said[1:], start=2):
        told.say(marked(number, text))
    child = concerned(cast, told, role, "Ada, 4 B")
    concerned(cast, told, Role.FRIEND, "a friend")
    risk.set_level(place(cast, told), Risk.IMMEDIATE if grave else Risk.LOW, "")
    notes.met(place(cast, told), Way.IN_PERSON, "what an adult noted")
    chosen = [str(number) for number, (_, go) in enumerate(said, start=1) if go]
    bo = cast.browser("Bo")
    page = html(bo.get(url(told, "child", child, "report")))
    # What the form was filled with goes along too, as it stands.
    known = Matter(access.open_disclosure(cast["Bo"].unlocked(), told.pk), UUID(child), NOW).known()
    there = write(bo, told, child, **known | WHOLE | {"words": chosen})
    leaves = [
        text_of(bo.post(there + "paper/").content),
        bo.post(there + "file/").content.decode(),
        html(bo.get(url(told, "child", child, "note"))),
    ]
    for number, (_, go) in enumerate(said, start=1):
        mark = f"qx{number}zj"
        assert [mark in one for one in leaves] == [go, go, False]
        assert page.count(mark) == 1, "offered once, and filled in nowhere"
    transaction.savepoint_rollback(before)
