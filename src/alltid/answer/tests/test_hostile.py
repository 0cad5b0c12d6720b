"""Full disks, alarms and hands in the database, as staff meet them."""

from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client

from alltid.answer.models import Case, CaseKeyCopy
from alltid.people.models import Team, TeamKey, User
from alltid.tell.visit import new_form
from alltid.vault.identity import Identity
from tests.cast import Cast


def test_disk_is_full_between_a_case_and_its_key_and_neither_is_left(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = cast.tell()

    def full(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(CaseKeyCopy, "save", full)
        with pytest.raises(OperationalError):
            Case.objects.open_for(told.disclosure)
    assert not Case.objects.exists()
    case = Case.objects.open_for(told.disclosure)
    assert CaseKeyCopy.objects.get().case == case


def test_bo_reads_what_waits_while_an_alarm_is_on(cast: Cast) -> None:
    told = cast.tell(text="somebody said", now="threatened")
    cast.north.stop_intake()
    page = cast.browser("Bo").get(f"/staff/thread/{told.pk}/")
    assert page.status_code == 200
    assert "somebody said" in page.content.decode()


def test_notes_are_not_sealed_to_a_key_that_somebody_put_there(cast: Cast) -> None:
    told = cast.tell()
    TeamKey.objects.create(team=cast.north, number=99, recipient=Identity.generate().recipient)
    assert cast.browser("Bo").get(f"/staff/thread/{told.pk}/").status_code == 200
    assert {copy.team_key.number for copy in CaseKeyCopy.objects.all()} <= {1}


MARKUP = """</textarea></div>"'><script>alert(1)</script><img src=x onerror=alert(1)>"""


def test_markup_that_anybody_typed_stands_on_every_page_as_it_was_typed(cast: Cast) -> None:
    for one in ("Bo", "Lo"):
        User.objects.filter(pk=cast[one].user.pk).update(first_name=MARKUP[:40])
    Team.objects.update(place=MARKUP[:80])
    told = cast.tell(text=MARKUP)
    bo, child, thread = cast.browser("Bo"), Client(), f"/staff/thread/{told.pk}/"
    cast["Bo"].unlocked().save_draft(told.pk, MARKUP)
    pages = [
        bo.get(thread),
        bo.post(thread, {"text": MARKUP, "read_up_to": "x"}),
        bo.get("/staff/inbox/north/"),
        bo.get("/staff/account/"),
        bo.get("/staff/team/north/"),
        cast.browser("Lo").get("/staff/team/north/log/"),
        Client().post("/staff/sign-in/", {"name": MARKUP, "next": f"/staff/{MARKUP}"}),
        child.get("/en/"),
        child.post("/en/", {"text": MARKUP, "rest": MARKUP, "id": MARKUP, "team": "north"}),
        child.post("/en/words/", {"text": MARKUP, "w1": MARKUP, "w2": MARKUP, "id": new_form()}),
        child.post("/en/more/", {"text": MARKUP, "capsule": MARKUP, "id": MARKUP}),
        child.post("/en/nowhere/", {"text": MARKUP, MARKUP: MARKUP}),
        child.post(
            "/en/", {"text": MARKUP, MARKUP: MARKUP}, headers={"origin": "https://x.example"}
        ),
    ]
    for page in pages:
        shown = page.content.decode()
        for raw in ("<script>alert", "<img src=x", '</textarea></div>"'):
            assert raw not in shown, page.request["PATH_INFO"]
    assert any("&lt;script&gt;alert(1)" in page.content.decode() for page in pages)


@pytest.mark.parametrize("due", ["0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "x"])
def test_an_odd_place_in_the_inbox_is_its_beginning(cast: Cast, due: str) -> None:
    place = f"1 {due} {uuid4().hex}".encode()
    query = {"after": urlsafe_b64encode(place).decode()}
    assert cast.browser("Bo").get("/staff/inbox/north/", query).status_code == 200
