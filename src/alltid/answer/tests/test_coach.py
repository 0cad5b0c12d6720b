"""The coach: what could hurt is said before a child reads it, and two things never reach one."""

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from alltid.people.models import AuditEvent, Draft
from alltid.tell.telling import read_thread

from ..coach import Coaching

BLAME = "Thank you for telling. Why did you answer him?"
PICTURE = "Send me the picture so that I can see."
KIND = "Thank you for telling. It is not your fault. Are you safe right now?"


def url(told, deed=""):
    return f"/staff/thread/{told.pk}/{deed}"


def sends(client, told, text, **more):
    return client.post(url(told), {"text": text, "read_up_to": 1} | more)


def child_reads(told):
    return [line.text for line in read_thread(told.again(), told.child)]


def heard(page):
    return page.context["coaching"].said


def test_bo_writes_a_kind_answer_and_the_coach_says_nothing(cast):
    told = cast.tell()
    assert sends(cast.browser("Bo"), told, KIND).status_code == 303
    assert child_reads(told)[-1] == KIND


def test_bo_asks_why_and_reads_what_it_does_before_the_child_does(cast):
    told = cast.tell()
    page = sends(cast.browser("Bo"), told, BLAME)
    assert page.status_code == 422
    html = page.content.decode()
    assert "<mark>Why did you</mark>" in html
    assert escape(page.context["coaching"].advice[0].better) in html
    assert ">Send anyway</button>" in html
    assert BLAME in html
    assert child_reads(told) == ["hej"]
    assert cast["Bo"].unlocked().draft(told.pk) == BLAME


def test_bo_decides_that_it_is_right_and_sends_it_anyway(cast):
    told, bo = cast.tell(), cast.browser("Bo")
    page = sends(bo, told, BLAME)
    assert sends(bo, told, BLAME, heard=heard(page)).status_code == 303
    assert child_reads(told)[-1] == BLAME


def test_bo_changes_it_into_something_else_that_hurts_and_hears_of_that(cast):
    told, bo = cast.tell(), cast.browser("Bo")
    page = sends(bo, told, BLAME)
    worse = BLAME + " You have to delete the app tonight."
    again = sends(bo, told, worse, heard=heard(page))
    assert again.status_code == 422
    assert sends(bo, told, worse, heard=heard(again)).status_code == 303


@pytest.mark.parametrize("text", [PICTURE, "Add me on Snap and we'll talk there."])
def test_bo_asks_for_the_picture_and_it_never_reaches_the_child(cast, text):
    told, bo = cast.tell(), cast.browser("Bo")
    page = sends(bo, told, text)
    again = sends(bo, told, text, heard=heard(page))
    assert (page.status_code, again.status_code) == (422, 422)
    assert ">Send anyway</button>" not in again.content.decode()
    assert ">Send to the child</button>" in again.content.decode()
    assert child_reads(told) == ["hej"]


def test_bo_is_stopped_and_writes_it_another_way(cast):
    told, bo = cast.tell(), cast.browser("Bo")
    page = sends(bo, told, PICTURE)
    assert sends(bo, told, KIND, heard=heard(page)).status_code == 303


def test_bo_comes_back_to_a_draft_and_the_coach_has_read_it(cast):
    told, bo = cast.tell(), cast.browser("Bo")
    bo.post(url(told, "draft/"), {"text": BLAME})
    assert "<mark>Why did you</mark>" in bo.get(url(told)).content.decode()


def test_the_coach_reads_along_and_keeps_nothing(cast):
    told, bo = cast.tell(), cast.browser("Bo")
    events = AuditEvent.objects.count()
    page = bo.post(url(told, "coach/"), {"text": BLAME})
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    assert "<mark>Why did you</mark>" in page.content.decode()
    assert not Draft.objects.exists()
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("name", ["Cato", "Mio"])
def test_cato_hears_nothing_of_a_thread_of_norths(cast, name):
    told = cast.tell()
    assert cast.browser(name).post(url(told, "coach/"), {"text": BLAME}).status_code == 404


def test_bos_picture_in_a_text_is_not_read_either(cast):
    told, bo = cast.tell(), cast.browser("Bo")
    typed = BLAME + " data:image/png;base64," + "iVBORw0KGgo" * 30
    assert "iVBOR" not in bo.post(url(told, "coach/"), {"text": typed}).content.decode()


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_around_it_a_place_is_where_the_page_finds_it(before, after):
    text = f"{before}. Why did you answer him? {after}"
    units = text.encode("utf-16-le", "surrogatepass")
    for one in Coaching.of(text).advice:
        found = units[2 * one.start : 2 * one.end].decode("utf-16-le", "surrogatepass")
        assert found == one.sentence
        assert one.quote in one.sentence


@given(st.text(max_size=200))
def test_what_was_said_once_is_not_said_twice_unless_it_stops(text):
    first = Coaching.of(text + " Why did you answer him?")
    again = Coaching.of(text + " Why did you answer him?", first.said)
    assert again.holds_back == again.stops


def test_bo_writes_on_and_on_and_the_page_stays_small(cast):
    told = cast.tell()
    page = cast.browser("Bo").post(url(told, "coach/"), {"text": "why did you do it " * 600})
    assert page.status_code == 200
    assert len(page.content) < 1_000_000
