"""Lo takes the whole case out for a secrecy review: marked, confirmed, and in the log."""

import io
import json
import re
from pathlib import Path

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from pypdf import PdfReader

from alltid.people.models import AuditEvent
from alltid.people.printing import NotPrinted

from ... import access, documents
from ...casework import notes, risk
from ...casework.events import Risk, Role
from ...casework.tests.desk import place, words
from ...models import CaseEvent
from .. import whole_views
from ..whole import whole
from .filled import concerned, html, url

SCHEMA = Path(documents.__file__).parent / "case-file-1.schema.json"
SURE = {"why": "the guardians ask for it", "sure": "on"}


@pytest.fixture
def told(cast):
    """A case with the child's words, a note, a friend, and what was done."""
    told = cast.tell(text="my friend got an offer too", language="en")
    told.disclosure.add_reply(
        str(cast["Bo"].user.pk), "Bo", "Thank you.", read_up_to=1, now=timezone.now()
    )
    concerned(cast, told)
    concerned(cast, told, Role.FRIEND, "a friend in 4 B")
    notes.note(place(cast, told), "a note of the team")
    risk.set_level(place(cast, told), Risk.MEDIUM, "")
    return told


def seen(client, told):
    return re.search(r'name="seen" value="([^"]+)"', html(client.get(url(told, "whole"))))[1]


def take(client, told, **fields):
    return client.post(url(told, "whole"), {"seen": seen(client, told)} | SURE | fields)


def file_of(response):
    assert response.status_code == 200
    plain = json.loads(response.content)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(plain)
    return plain["content"]


def by_text(content, text):
    return next(one for one in content["entries"] if text in one["text"])


@pytest.mark.parametrize("name", ["Bo", "Lo"])
def test_a_responder_and_a_lead_take_it_out_as_a_file_that_keeps_to_its_schema(cast, told, name):
    content = file_of(take(cast.browser(name), told, file=""))
    assert content["taken_out_by"] == name
    assert content["why"] == SURE["why"]
    for text in ("my friend got an offer too", "Thank you.", "a note of the team", "medium"):
        assert by_text(content, text)
    assert len([one for one in content["entries"] if "Thank you." in one["text"]]) == 1


def test_what_carries_words_is_a_third_partys_until_somebody_says_otherwise(cast, told):
    content = file_of(take(cast.browser("Lo"), told, file=""))
    assert by_text(content, "my friend got")["about"] == "third_party"
    assert by_text(content, "a note of the team")["about"] == "third_party"
    assert by_text(content, "set the risk")["about"] == "staff"
    friend = by_text(content, "a friend in 4 B")
    assert (friend["about"], friend["concerns"]) == ("third_party", "a friend")


def test_lo_marks_an_entry_and_so_it_stands_on_the_paper(cast, told):
    lo = cast.browser("Lo")
    opened = access.open_disclosure(cast["Lo"].unlocked(), told.pk)
    entries = whole(opened, timezone.now()).entries
    at = next(at for at, one in enumerate(entries) if "my friend" in one.text)
    given = take(lo, told, paper="", **{f"about-{at}": "child", f"concerns-{at}": "nobody else"})
    assert given["Content-Type"] == "application/pdf"
    assert given["Cache-Control"] == "no-store"
    pages = PdfReader(io.BytesIO(given.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "CHILD · about: nobody else · by: The child my friend got an offer too" in text
    assert "Not reviewed: not to be handed on." in text


def test_the_entries_stand_in_the_order_in_which_they_happened(cast, told):
    entries = whole(access.open_disclosure(cast["Lo"].unlocked(), told.pk), timezone.now()).entries
    assert [one.at for one in entries] == sorted(one.at for one in entries)
    events = [one.text for one in entries if one.kind == "What happened"]
    assert "noted a child concerned" in events[0]
    assert "set the risk" in events[-1]


def test_without_the_second_yes_nothing_leaves(cast, told):
    lo = cast.browser("Lo")
    asked = lo.post(url(told, "whole"), {"seen": seen(lo, told), "why": "they ask"})
    assert asked.status_code == 200
    assert "Take the whole case out?" in html(asked)
    refused = take(lo, told, paper="", sure="")
    assert refused.status_code == 422
    assert "Tick that you have looked at the marks" in html(refused)
    assert not CaseEvent.objects.filter(kind="taken_out").exists()


def test_without_a_reason_nothing_leaves(cast, told):
    refused = take(cast.browser("Lo"), told, paper="", why=" ")
    assert refused.status_code == 422
    assert "The reason is missing." in html(refused)


def test_it_stands_in_the_chronology_and_in_the_log_and_the_reason_is_sealed(cast, told):
    take(cast.browser("Bo"), told, paper="")
    log = AuditEvent.objects.get(verb="case_taken_out")
    assert (log.actor, log.subject, log.why) == (cast.user("Bo"), str(told.pk), "")
    assert {"because": SURE["why"]} in words(cast, told)
    assert "Bo took the whole case out for a secrecy review" in html(
        cast.browser("Lo").get(url(told))
    )


def test_something_new_came_meanwhile_and_the_marks_are_asked_for_again(cast, told):
    lo = cast.browser("Lo")
    old = seen(lo, told)
    told.say("something nobody has marked")
    refused = lo.post(url(told, "whole"), SURE | {"seen": old, "paper": ""})
    assert refused.status_code == 409
    assert "something was added to the case meanwhile" in html(refused)
    assert "something nobody has marked" in html(refused)


def test_the_printer_fails_and_the_marks_stay(cast, told, monkeypatch):
    def breaks(*_args):
        raise NotPrinted("typst is not here")

    monkeypatch.setattr(whole_views.case_file, "pdf", breaks)
    failed = take(cast.browser("Lo"), told, paper="", **{"concerns-0": "a neighbour"})
    assert failed.status_code == 503
    assert "your marks stand here" in html(failed)
    assert "a neighbour" in html(failed)
    assert not CaseEvent.objects.filter(kind="taken_out").exists()


def test_lo_goes_back_to_the_marks_and_finds_hers(cast, told):
    page = take(cast.browser("Lo"), told, again="", **{"concerns-0": "a neighbour"})
    assert page.status_code == 200
    assert 'value="a neighbour"' in html(page)
    assert SURE["why"] in html(page)
