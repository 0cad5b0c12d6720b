"""What is typed for a deed is never lost: not to the lock, not to a colleague, not to a refusal."""

import re

import pytest
from django.utils import timezone

from alltid.people.models import Draft, Unlocking
from alltid.tell import erasing

from ...models import Case
from .. import notes, risk
from ..events import Risk
from .desk import place, state
from .test_desk import does, html, url


def field(page, name):
    """What stands in a text field of the desk."""
    return re.search(rf'<textarea[^>]*id="{name}"[^>]*>\s*([^<]*)</textarea>', page)[1]


def locked_out(cast):
    """Bo's browser, signed in, a quarter of an hour later."""
    bo = cast.browser("Bo")
    Unlocking.objects.all().delete()
    return bo


@pytest.mark.parametrize(
    ("name", "typed", "stands"),
    [
        ("note", {"text": "what Bo typed"}, "note-text"),
        ("hand-over", {"stands": "a", "next": "what Bo typed", "beware": ""}, "hand-over-next"),
        (
            "step",
            {"what": "own", "text": "what Bo typed", "day": "2099-01-01"},
            "step-own-text",
        ),
        ("risk", {"risk": "high", "because": "what Bo typed"}, "risk-because"),
    ],
)
def test_what_is_sent_behind_the_lock_is_not_done_and_stands_there_after_signing_in(
    cast, name, typed, stands
):
    told = cast.tell()
    notes.note(place(cast, told), "so that there is a case")
    sent = does(locked_out(cast), told, name, **typed)
    assert (sent.status_code, state(told).sequence) == (303, 1)
    assert sent["Location"].startswith("/staff/sign-in/?next=")
    page = html(cast.browser("Bo").get(url(told)))
    assert field(page, stands) == "what Bo typed"
    assert "You typed this before, and it is not done." in page
    assert "what Bo typed" not in html(cast.browser("Lo").get(url(told)))
    assert all(b"what Bo typed" not in bytes(one.sealed) for one in Draft.objects.all())


def test_what_is_refused_is_kept_until_it_is_done(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    bo.get(url(told))
    risk.set_level(place(cast, told, "Lo"), Risk.HIGH, "")
    late = bo.post(url(told, "note"), {"seen": 0, "text": "what Bo typed"})
    assert late.status_code == 409
    again = html(bo.get(url(told)))
    assert field(again, "note-text") == "what Bo typed"
    assert does(bo, told, "note", text="what Bo typed").status_code == 303
    assert not Draft.objects.exists()
    assert field(html(bo.get(url(told))), "note-text") == ""


def test_the_reason_of_a_duty_stands_at_its_child_and_where_the_child_is_gone_it_can_be_read(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    for _child in range(2):
        does(bo, told, "child", role="self", who="")
    _first, second = state(told).children
    typed = {"child": second, "duty": "not_now", "because": "what Bo typed"}
    kept = bo.post(url(told, "duty"), {"seen": 0} | typed, headers={"X-Draft": "1"})
    assert (kept.status_code, state(told).sequence) == (204, 2)
    assert field(html(bo.get(url(told))), f"duty-{second}-because") == "what Bo typed"
    lo = cast.browser("Lo")
    does(lo, told, "child-withdraw", child=second, because="twice")
    page = html(bo.get(url(told)))
    assert field(page, "typed-1") == "what Bo typed"
    assert "about something that is not there any more" in page


def test_a_draft_behind_the_lock_says_that_it_is_kept_and_without_a_session_that_it_is_not(cast):
    told = cast.tell()
    draft = {"headers": {"X-Draft": "1"}}
    kept = locked_out(cast).post(url(told, "note"), {"seen": 0, "text": "typed"}, **draft)
    assert (kept.status_code, kept.json()["kept"]) == (401, True)
    stranger = cast.browser("Bo")
    stranger.logout()
    lost = stranger.post(url(told, "note"), {"seen": 0, "text": "typed"}, **draft)
    assert (lost.status_code, lost.json()["kept"]) == (401, False)
    shut = stranger.post(url(told, "hand-over"), {"stands": "one", "beware": "two"})
    assert shut.status_code == 401
    assert field(html(shut), "typed") == "one\n\ntwo"


def test_bo_throws_away_what_he_typed(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    bo.post(url(told, "note"), {"seen": 0, "text": "typed"}, headers={"X-Draft": "1"})
    thrown = bo.post(url(told, "note"), {"seen": 0, "text": "typed", "forget": "yes"})
    assert thrown.status_code == 303
    assert not Draft.objects.exists()
    assert not Case.objects.exists()


def test_a_form_without_words_is_no_draft_and_an_answer_has_its_own(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    bo.post(url(told, "risk"), {"seen": 0, "risk": "low"}, headers={"X-Draft": "1"})
    assert not Draft.objects.exists()
    bo.post(f"/staff/thread/{told.pk}/draft/", {"text": "an answer"})
    bo.post(url(told, "note"), {"seen": 0, "text": "a note"}, headers={"X-Draft": "1"})
    unlocked = cast["Bo"].unlocked()
    assert unlocked.draft(told.pk) == "an answer"
    page = html(bo.get(url(told)))
    assert field(page, "note-text") == "a note"


def test_from_whom_it_is_hidden_can_keep_nothing_there_and_erasing_takes_all(cast):
    told = cast.tell()
    cato = cast.browser("Cato")
    draft = {"headers": {"X-Draft": "1"}}
    assert cato.post(url(told, "note"), {"seen": 0, "text": "typed"}, **draft).status_code == 404
    cast.browser("Bo").post(url(told, "note"), {"seen": 0, "text": "typed"}, **draft)
    assert Draft.objects.count() == 1
    erasing.erase(told.again(), timezone.now(), "swept")
    assert not Draft.objects.exists()
