"""The desk over HTTP: each deed from its own form, and a refused one with what was typed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from alltid.people.models import AuditEvent
from alltid.tell.models import Disclosure

from ...models import Case, CaseEvent
from .. import notes, risk
from ..events import Risk
from ..forms import DEEDS
from .desk import place, state


def url(told, name=""):
    return f"/staff/thread/{told.pk}/" + (f"case/{name}/" if name else "")


def seen(told):
    case = Case.objects.filter(disclosure=told.pk).first()
    return case.sequence if case else 0


def does(client, told, name, **typed):
    return client.post(url(told, name), {"seen": seen(told)} | typed)


def html(response):
    return response.content.decode()


def test_bo_carries_a_case_from_its_page_and_every_deed_stands_in_chronology_and_log(cast):
    told = cast.tell(text="canary of Ada")
    bo = cast.browser("Bo")
    bo.get(url(told))
    for name, typed in (
        ("risk", {"risk": "medium", "because": "an offer, weeks ago"}),
        ("child", {"role": "self", "who": "Ada, 4 B", "identifiable": "on"}),
        ("note", {"text": "call the nurse"}),
        ("ways", {"reach": "at school", "never": "by phone at home"}),
        ("raise", {"flag": "meeting", "because": "on Friday"}),
        ("step", {"what": "own", "text": "ask Lo", "day": "2099-01-01"}),
    ):
        sent = does(bo, told, name, **typed)
        assert (sent.status_code, sent["Location"]) == (303, url(told) + "#case"), name
    page = html(bo.get(url(told)))
    for said in (
        "an offer, weeks ago", "Ada, 4 B", "call the nurse", "by phone at home",
        "a meeting is planned", "ask Lo", "Bo set the risk: medium",
    ):  # fmt: skip
        assert said in page
    child = next(iter(state(told).children))
    does(bo, told, "duty", child=child, duty="consult", because="")
    assert "consult without a name" in html(bo.get(url(told)))
    logged = AuditEvent.objects.filter(subject=told.pk, verb__startswith="case_")
    assert logged.count() == CaseEvent.objects.count() == 7


def test_who_comes_second_gets_their_words_back_and_reads_what_happened(cast):
    told = cast.tell()
    bo, lo = cast.browser("Bo"), cast.browser("Lo")
    bo.get(url(told))
    does(lo, told, "risk", risk="high", because="")
    sent = bo.post(url(told, "note"), {"seen": 0, "text": "what Bo typed"})
    assert sent.status_code == 409
    page = html(sent)
    assert "meanwhile this happened: Lo set the risk: high" in page
    assert "what Bo typed" in page
    number = re.search(r'name="seen" value="(\d+)"[^>]*id="note-seen"', page)[1]
    again = bo.post(url(told, "note"), {"seen": number, "text": "what Bo typed"})
    assert again.status_code == 303


def test_a_refused_deed_says_why_and_keeps_what_was_typed(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    bo.get(url(told))
    sent = does(bo, told, "prank", because=" ")
    assert sent.status_code == 409
    assert "The reason is missing." in html(sent)
    sent = does(bo, told, "risk", risk="terrible", because="typed before")
    assert sent.status_code == 422
    assert "typed before" in html(sent)


def test_each_deed_of_a_child_stands_on_that_child_when_it_is_refused(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    for _child in range(2):
        does(bo, told, "child", role="self", who="")
    first, second = state(told).children
    page = html(does(bo, told, "duty", child=second, duty="not_now", because=""))
    part = page[page.index(f'id="duty-{first}-child"') :]
    assert part.index("The reason is missing.") > part.index("Child 2")


def test_lo_finds_what_is_hers_and_bo_does_not(cast):
    told = cast.tell()
    risk.set_level(place(cast, told), Risk.LOW, "")
    assert "Confirm the risk" in html(cast.browser("Lo").get(url(told)))
    assert "Confirm the risk" not in html(cast.browser("Bo").get(url(told)))


def test_the_desk_lists_what_is_missing_and_closes_when_nothing_is(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    page = html(bo.get(url(told)))
    assert "No child concerned is noted." in page
    assert "The child waits for an answer." in page
    does(bo, told, "child", role="self", who="")
    does(bo, told, "duty", child=next(iter(state(told).children)), duty="report", because="")
    day = (timezone.now() + timedelta(days=15)).date().isoformat()
    sent = does(bo, told, "tell-closing", day=day, text="We close it then.", read_up_to=1)
    assert sent.status_code == 303
    assert told.again().messages.filter(from_child=False).count() == 1
    shut = does(bo, told, "close", text="")
    assert shut.status_code == 409
    CaseEvent.objects.filter(kind="closing_told").update(
        at=timezone.now() - timedelta(days=15), codes={"day": timezone.now().date().isoformat()}
    )
    unread = does(bo, told, "close", text="well")
    assert unread.status_code == 409
    assert "The child has not read our newest answer. It stays open" in html(unread)
    told.reads()
    assert does(bo, told, "close", text="well").status_code == 303
    assert told.again().rank == Disclosure.Rank.CLOSED
    assert "Open it again" in html(bo.get(url(told)))


def test_a_deed_that_there_is_not_is_nowhere(cast):
    told = cast.tell()
    assert cast.browser("Bo").post(url(told, "blame")).status_code == 404


def test_the_form_of_each_deed_has_a_name_of_its_own_and_a_word_on_its_button():
    assert len(DEEDS) == 45
    assert all(form.button and form.name == name for name, form in DEEDS.items())


def test_bo_links_a_thread_by_its_address_and_not_one_of_another_team(cast):
    told, other, foreign = cast.tell(), cast.tell(), cast.tell("South")
    bo = cast.browser("Bo")
    away = does(bo, told, "link", other=f"https://alltid.example/staff/thread/{foreign.pk}/")
    assert away.status_code == 409
    here = does(bo, told, "link", other=f"https://alltid.example/staff/thread/{other.pk}/#case")
    assert here.status_code == 303
    assert url(other) in html(bo.get(url(told)))


def test_a_picture_pasted_into_a_note_is_cut_out(cast):
    told = cast.tell()
    import base64

    picture = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(300)).decode()
    does(cast.browser("Bo"), told, "note", text=f"before {picture} after")
    assert picture[:60] not in html(cast.browser("Bo").get(url(told)))


def test_bo_notes_what_a_child_told_him_and_nobody_can_be_answered_there(cast):
    bo = cast.browser("Bo")
    assert bo.get("/staff/inbox/north/concern/").status_code == 200
    sent = bo.post("/staff/inbox/north/concern/", {"source": "in_person", "text": "she said hi"})
    assert sent.status_code == 303
    page = html(bo.get(sent["Location"]))
    assert "she said hi" in page
    assert "No child can read an answer here." in page
    assert "Send to the child" not in page
    assert "noted by an adult" in html(bo.get("/staff/inbox/north/"))
    assert AuditEvent.objects.filter(verb="noted").count() == 1
    assert Case.objects.get().owner == cast.user("Bo")


def test_an_empty_concern_says_what_to_do(cast):
    sent = cast.browser("Bo").post("/staff/inbox/north/concern/", {"text": "typed"})
    assert sent.status_code == 422
    assert "Choose what it is" in html(sent)
    assert "typed" in html(sent)


@pytest.mark.parametrize("entries", [25])
def test_the_newest_entries_stand_on_the_page_and_the_others_behind_a_link(cast, entries):
    told = cast.tell()
    for number in range(entries):
        notes.note(place(cast, told), f"entry-{number:02}")
    bo = cast.browser("Bo")
    page = html(bo.get(url(told)))
    assert "entry-24" in page
    assert "entry-04" not in page
    assert "Show 5 earlier entries" in page
    assert "entry-04" in html(bo.get(url(told) + "?chronology=all"))


def test_the_child_reads_nothing_of_the_case(cast):
    from alltid.tell.telling import read_thread

    told = cast.tell(text="hej")
    notes.note(place(cast, told), "only for us")
    assert [line.text for line in read_thread(told.again(), told.child)] == ["hej"]
