"""Bo makes a report about one child, once: over HTTP, from the desk to the log."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from pypdf import PdfReader

from alltid.people.models import AuditEvent, Unlocking
from alltid.people.printing import NotPrinted
from tests.cast import Told

from ... import access, documents
from ...casework import children, linking, notes, risk, steps
from ...casework.events import Call, Duty, Kind, Receiver, Risk, Role, What
from ...casework.tests.desk import place, state, words
from ...chronology import held
from ...models import CaseEvent, Report
from .. import views
from .filled import SENT, WHOLE, concerned, html, url, write

AT = timezone.now()
SCHEMA = Path(documents.__file__).parent / "referral-1.schema.json"


@pytest.fixture
def told(cast):
    """Ada, 10, has written twice."""
    told = cast.tell(text="first canary", age="10_12", about="me")
    told.say("second canary")
    return told


@pytest.fixture
def ada(cast, told):
    """Ada as the child concerned."""
    return concerned(cast, told)


def paper_of(response):
    assert response.status_code == 200, html(response)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    return " ".join(text.split())


def file_of(response):
    assert response.status_code == 200, html(response)
    plain = json.loads(response.content)
    Draft202012Validator(
        json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=FormatChecker()
    ).validate(plain)
    return plain["content"]


def test_bo_makes_the_report_and_has_it_as_paper_and_as_file(cast, told, ada):
    bo = cast.browser("Bo")
    there = write(bo, told, ada, words=["2"], child__name="Ada Alm")
    text = paper_of(bo.post(there + "paper/", {"language": "en"}))
    assert text.startswith("Report of concern for a child, to social services")
    for said in ("Norrby", "Ada Alm", "Bo Berg", "second canary", "The child’s own words, written"):
        assert said in text
    content = file_of(bo.post(there + "file/"))
    assert [one["text"] for one in content["words"]] == ["second canary"]
    assert content["law"].endswith("Socialtjänstlagen (2025:400)")
    assert content["child"]["name"] == "Ada Alm"


def test_both_are_downloads_that_no_cache_keeps_and_only_a_post_gives_them(cast, told, ada):
    bo = cast.browser("Bo")
    there = write(bo, told, ada)
    for ending, kind in (("paper", "application/pdf"), ("file", "application/json")):
        given = bo.post(f"{there}{ending}/")
        assert given["Content-Type"] == kind
        assert given["Cache-Control"] == "no-store"
        assert given["Content-Disposition"].startswith("attachment; filename=")
        assert "Ada" not in given["Content-Disposition"]
        assert bo.get(f"{there}{ending}/").status_code == 405


def test_the_paper_speaks_the_language_that_bo_chose_and_first_that_of_the_country(cast, told, ada):
    bo = cast.browser("Bo")
    there = write(bo, told, ada)
    assert "Orosanmälan till socialtjänsten" in paper_of(bo.post(there + "paper/"))
    assert "Report of concern" in paper_of(bo.post(there + "paper/", {"language": "en"}))


def test_the_form_is_filled_with_what_the_case_knows(cast, told, ada):
    friend = concerned(cast, told, Role.FRIEND, "A friend in 4 B")
    notes.ways(place(cast, told), "at school, with Bo", "by phone at home")
    risk.set_level(place(cast, told), Risk.IMMEDIATE, "")
    risk.rang(place(cast, told), Call.SOCIAL_SERVICES, "")
    page = html(cast.browser("Bo").get(url(told, "child", ada, "report")))
    for known in ("Ada, 4 B", "at school, with Bo", "by phone at home", "A friend in 4 B",
                  "Bo called social services", "North School"):  # fmt: skip
        assert known in page
    assert '<option value="yes" selected>Yes</option>' in page.split('id="id_worry.acute"')[1][:300]
    other = html(cast.browser("Bo").get(url(told, "child", friend, "report")))
    assert "by phone at home" not in other, "how to reach Ada is not how to reach her friend"


def test_it_asks_in_the_order_of_the_form_and_not_for_what_cannot_be_known(cast, told, ada):
    bo = cast.browser("Bo")
    there = write(
        bo, told, ada, recipient__municipality="", reporter__phone="", unknowable=["worry.since"]
    )
    page = html(bo.get(there))
    assert page.index("Say which municipality") < page.index("Give a telephone number")
    assert "since when this has been going on" not in page
    assert "Draft: Report of concern" in paper_of(bo.post(there + "paper/", {"language": "en"}))
    refused = bo.post(there + "file/")
    assert refused.status_code == 409
    assert "Another system reads no drafts" in html(refused)


def test_nothing_is_typed_twice_a_draft_is_sealed_in_the_case(cast, told, ada):
    bo, form = cast.browser("Bo"), url(told, "child", ada, "report")
    assert bo.post(form, {"worry.what": "half a thought", "keep": ""}).status_code == 303
    assert "half a thought" in html(bo.get(form))
    assert b"half a thought" not in bytes(Report.objects.get().sealed)


def test_lo_goes_on_where_bo_stopped_in_a_copy_of_her_own(cast, told, ada):
    bo, lo, form = cast.browser("Bo"), cast.browser("Lo"), url(told, "child", ada, "report")
    bo.post(form, {"worry.what": "what Bo wrote"})
    page = html(lo.get(form))
    assert "Bo has begun this report." in page
    assert "what Bo wrote" in page
    lo.post(form, {"worry.what": "what Lo wrote"})
    assert "what Bo wrote" in html(bo.get(form))
    assert "begun by Lo" in html(bo.get(url(told)))


def test_bo_is_locked_while_he_writes_and_finds_it_again(cast, told, ada):
    bo, form = cast.browser("Bo"), url(told, "child", ada, "report")
    Unlocking.objects.update(last_used=timezone.now() - timedelta(hours=1))
    sent = bo.post(form, {"worry.what": "typed over the lock", "look": ""})
    assert sent.status_code == 303
    assert sent["Location"].startswith("/staff/sign-in/?next=")
    assert "typed over the lock" in html(cast.browser("Bo").get(form))


def test_who_is_signed_out_gets_what_they_typed_back(cast, told, ada, client):
    sent = client.post(url(told, "child", ada, "report"), {"worry.what": "typed by nobody"})
    assert sent.status_code == 401
    assert "typed by nobody" in html(sent)
    assert not Report.objects.exists()


def test_a_picture_pasted_as_text_is_kept_nowhere(cast, told, ada):
    bo, form = cast.browser("Bo"), url(told, "child", ada, "report")
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 400
    bo.post(form, {"worry.what": f"see {picture} here"})
    assert "iVBORw0KGgo" not in html(bo.get(form))
    Unlocking.objects.update(last_used=timezone.now() - timedelta(hours=1))
    bo.post(form, {"worry.done": f"and {picture} there"})
    page = html(cast.browser("Bo").get(form))
    assert "there" in page
    assert "iVBORw0KGgo" not in page


def test_a_field_that_is_too_long_says_so_and_all_stays(cast, told, ada):
    bo, form = cast.browser("Bo"), url(told, "child", ada, "report")
    sent = bo.post(form, WHOLE | {"worry.what": "w" * 4001, "child.school": "Norra", "look": ""})
    assert sent.status_code == 422
    assert "That is too long for one field." in html(sent)
    assert "Norra" in html(bo.get(form))


def test_the_printer_fails_and_it_is_a_sentence_and_nothing_is_lost(cast, told, ada, monkeypatch):
    def breaks(*_args):
        raise NotPrinted("typst is not here")

    bo = cast.browser("Bo")
    there = write(bo, told, ada, words=["1"])
    monkeypatch.setattr(views.referral_paper, "pdf", breaks)
    failed = bo.post(there + "paper/")
    assert failed.status_code == 503
    assert "Nothing is lost: what you wrote is kept in the case." in html(failed)
    assert "Somebody offers Ada things" in html(failed)
    assert not CaseEvent.objects.filter(kind="report_made").exists()


def test_bo_notes_to_whom_when_and_how_and_the_duty_is_done(cast, told, ada):
    steps.take_up(place(cast, told), What.DECIDE_DUTY, timezone.now().date(), "")
    bo = cast.browser("Bo")
    there = write(bo, told, ada)
    bo.post(there + "paper/")
    assert bo.post(there + "sent/", SENT).status_code == 303
    now = state(told)
    assert now.children[ada].duty is Duty.REPORT
    assert [one.to for one in now.children[ada].referrals] == [Receiver.SOCIAL_SERVICES]
    assert not now.steps
    assert SENT in words(cast, told)
    page = html(bo.get(url(told)))
    for said in SENT.values():
        assert said in page
    assert "Bo made a report of concern about a child: as a paper" in page
    verbs = AuditEvent.objects.filter(subject=told.pk, actor=cast.user("Bo"))
    assert verbs.filter(verb="case_report_made").count() == 1
    assert verbs.filter(verb="case_referred").count() == 1


@pytest.mark.parametrize("lacks", SENT)
def test_sent_is_not_noted_without_whom_when_and_how(cast, told, ada, lacks):
    bo = cast.browser("Bo")
    there = write(bo, told, ada)
    refused = bo.post(there + "sent/", SENT | {lacks: ""})
    assert refused.status_code == 422
    assert not state(told).children[ada].referrals


def test_what_was_sent_stays_as_it_left_and_a_copy_needs_no_reason(cast, told, ada):
    bo = cast.browser("Bo")
    there = write(bo, told, ada, words=["1"])
    made = bo.post(there + "file/").content
    bo.post(there + "sent/", SENT)
    bo.post(url(told, "child", ada, "report"), {"worry.what": "another one"})
    assert bo.post(there + "file/").content == made
    assert "Bo noted it as sent" in html(cast.browser("Lo").get(there))
    again = bo.post(there + "sent/", SENT)
    assert again.status_code == 409
    assert len(state(told).children[ada].referrals) == 1


def test_a_second_report_names_the_first_and_needs_a_reason(cast, told, ada):
    bo, lo = cast.browser("Bo"), cast.browser("Lo")
    bo.post(write(bo, told, ada) + "sent/", SENT)
    form = url(told, "child", ada, "report")
    assert "Bo noted a report as sent" in html(lo.get(form))
    there = write(lo, told, ada)
    for way, fields in (("paper/", {}), ("file/", {}), ("sent/", SENT)):
        refused = lo.post(there + way, fields)
        assert refused.status_code == 409
        assert "A report about this child was made before" in html(refused)
    assert len(state(told).children[ada].referrals) == 1
    lo.post(form, WHOLE | {"again": "he has written to her again", "look": ""})
    assert lo.post(there + "paper/").status_code == 200
    assert lo.post(there + "sent/", SENT).status_code == 303
    assert len(state(told).children[ada].referrals) == 2
    assert {"because": "he has written to her again"} in words(cast, told)


def test_what_a_colleague_made_and_has_not_sent_is_warned_of_too(cast, told, ada):
    bo, lo = cast.browser("Bo"), cast.browser("Lo")
    there = write(bo, told, ada)
    bo.post(there + "paper/")
    assert bo.post(there + "paper/").status_code == 200, "his own, once more"
    refused = lo.post(write(lo, told, ada) + "paper/")
    assert refused.status_code == 409
    assert "Bo made a report" in html(refused)


def test_a_report_in_a_linked_talk_is_of_the_same_child(cast, told, ada):
    other = cast.tell(text="the same child")
    bo = cast.browser("Bo")
    bo.post(write(bo, other, concerned(cast, other)) + "sent/", SENT)
    linking.link(place(cast, told), other.again())
    refused = bo.post(write(bo, told, ada) + "paper/")
    assert refused.status_code == 409
    assert "in the linked talk" in html(refused)


def test_two_make_it_at_once_and_the_second_is_told(cast, told, ada, monkeypatch):
    bo, lo = cast.browser("Bo"), cast.browser("Lo")
    theirs, mine = write(lo, told, ada), write(bo, told, ada)
    written = views._written

    def meanwhile(*args):
        monkeypatch.undo()
        assert lo.post(theirs + "paper/").status_code == 200
        return written(*args)

    monkeypatch.setattr(views, "_written", meanwhile)
    late = bo.post(mine + "paper/")
    assert late.status_code == 409
    assert "Lo made a report of concern about a child" in html(late)


def test_another_child_of_the_same_case_has_a_report_of_their_own(cast, told, ada):
    friend = concerned(cast, told, Role.FRIEND, "A friend in 4 B")
    bo = cast.browser("Bo")
    bo.post(write(bo, told, ada) + "sent/", SENT)
    there = write(bo, told, friend)
    content = file_of(bo.post(there + "file/"))
    assert content["others"] == [
        {"relation": "tells about themselves", "name": "", "age": "", "situation": "",
         "own_report": "yes", "included": False}
    ]  # fmt: skip
    assert not state(told).children[friend].referrals


def test_of_another_child_only_what_was_ticked_leaves(cast, told, ada):
    friend = concerned(cast, told, Role.FRIEND, "A friend in 4 B")
    said = {f"others.{friend}.name": "Eva-Li", f"others.{friend}.situation": "plays it too"}
    bo = cast.browser("Bo")
    there = write(bo, told, ada, **said)
    assert "Eva-Li" not in paper_of(bo.post(there + "paper/"))
    bo.post(url(told, "child", ada, "report"), WHOLE | said | {f"others.{friend}.included": "on"})
    assert "Eva-Li" in paper_of(bo.post(there + "paper/"))


def test_a_closed_case_gives_a_copy_and_no_new_report(cast, told, ada):
    bo, lo = cast.browser("Bo"), cast.browser("Lo")
    first = write(bo, told, ada)
    bo.post(first + "sent/", SENT)
    second = write(lo, told, ada, again="more has happened")
    told.again().add_reply("", "Lo", "Thank you.", read_up_to=2, now=timezone.now())
    with held(told.again(), timezone.now()) as here:
        here.add(Kind.CLOSED, cast.user("Lo"), timezone.now())
        here.disclosure.close(timezone.now())
    assert lo.post(second + "paper/").status_code == 409
    assert bo.post(first + "paper/").status_code == 200


def test_a_note_to_paste_says_what_was_decided_and_nothing_that_ada_wrote(cast, told, ada):
    children.decide(place(cast, told), ada, Duty.CONSULT, "")
    page = html(cast.browser("Bo").get(url(told, "child", ada, "note")))
    assert "The child has told us something." in page
    assert "Barnet har berättat något för oss." in page
    assert "consulted without a name. Decided by Bo" in page
    assert "canary" not in page


def test_north_is_in_a_country_without_a_pack_and_reads_what_to_do(cast, told, ada):
    type(cast.north).objects.update(country="DE")
    shut = cast.browser("Bo").get(url(told, "child", ada, "report"))
    assert shut.status_code == 409
    assert "Report by telephone" in html(shut)


def test_a_report_is_of_its_own_thread_alone(cast, told, ada):
    other, bo = cast.tell(), cast.browser("Bo")
    there = write(bo, told, ada)
    assert bo.get(there.replace(str(told.pk), str(other.pk))).status_code == 404
    assert bo.get(url(other, "child", ada, "report")).status_code == 404


def test_what_ada_wrote_of_a_friend_is_not_called_the_friends_own_words(cast, told):
    friend = concerned(cast, told, Role.FRIEND, "A friend in 4 B")
    bo = cast.browser("Bo")
    there = write(bo, told, friend, words=["1"])
    content = file_of(bo.post(there + "file/"))
    assert content["words"] == []
    assert [(one["who"], one["text"]) for one in content["statements"]] == [
        ("The child who wrote to us", "first canary")
    ]
    assert "second canary" not in str(content)


def test_what_bo_noted_in_person_is_not_called_what_ada_wrote(cast):
    noted = access.note_concern(
        cast["Bo"].user, cast.north, "in_person", {"text": "she said so", "name": "Bo"}, AT
    )
    told = Told(noted, None)
    bo = cast.browser("Bo")
    there = write(bo, told, concerned(cast, told), words=["1"])
    content = file_of(bo.post(there + "file/"))
    assert content["words"] == []
    assert content["statements"][0]["who"] == "Bo, who noted what a child said"
    assert content["statements"][0]["text"] == "she said so"


def test_what_is_kept_while_bo_types_is_no_opening(cast, told, ada):
    bo, form = cast.browser("Bo"), url(told, "child", ada, "report")
    before = AuditEvent.objects.count()
    kept = bo.post(form, {"worry.what": "half a thought"}, headers={"X-Draft": "1"})
    assert kept.status_code == 204
    assert AuditEvent.objects.count() == before
    assert "half a thought" in html(bo.get(form))


def test_cato_keeps_nothing_in_norths_case(cast, told, ada):
    form = url(told, "child", ada, "report")
    for headers in ({}, {"X-Draft": "1"}):
        sent = cast.browser("Cato").post(form, {"worry.what": "x"}, headers=headers)
        assert sent.status_code == 404
    assert not Report.objects.exists()


def test_whatever_bo_types_of_a_guardian_or_of_another_who_told_goes_along(cast, told, ada):
    typed = {
        "guardians.0.address": "Storgatan 1", "guardians.1.interpreter": "yes",
        "statements.1.who": "The class teacher",
    }  # fmt: skip
    bo = cast.browser("Bo")
    content = file_of(bo.post(write(bo, told, ada, **typed) + "file/"))
    assert [one["address"] for one in content["guardians"]] == ["Storgatan 1", ""]
    assert content["guardians"][1]["interpreter"] == "yes"
    assert [one["who"] for one in content["statements"]] == ["The class teacher"]
