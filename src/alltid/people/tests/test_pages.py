"""Staff sign in, are locked, come back, sign out."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alltid.people.models import AuditEvent, Team, Unlocking, User

from .scene import Person, person, team

pytestmark = pytest.mark.django_db

SIGN_IN = "/staff/sign-in/"


@pytest.fixture
def bo() -> Person:
    return person("Bo")


@pytest.fixture
def north(bo: Person) -> Team:
    return team("North", person("Lo"), bo)


def test_bo_signs_in_with_all_three_and_reaches_the_inbox(bo: Person, north: Team) -> None:
    client = Client()
    response = client.post(SIGN_IN, bo.at_sign_in())
    assert response.status_code == 302
    key = response.cookies[settings.KEY_COOKIE]
    assert key["max-age"] == key["expires"] == ""  # kept until the browser closes, and until then
    assert client.get(response["Location"])["Location"] == reverse("answer:inbox")
    assert client.get("/staff/team/north/").status_code == 200


def test_bo_types_the_passphrase_with_capitals_and_spaces_and_gets_in(bo: Person) -> None:
    typed = bo.passphrase.replace("-", "  ").upper()
    response = Client().post(SIGN_IN, bo.at_sign_in(name=" bo ", passphrase=typed))
    assert response.status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"name": "Nobody"}, {"passphrase": "not these five words"}, {"code": "000000"}]
)
def test_bo_types_one_thing_wrong_and_is_not_told_which(bo: Person, wrong: dict[str, str]) -> None:
    response = Client().post(SIGN_IN, bo.at_sign_in(**wrong))
    page = response.content.decode()
    assert response.status_code == 403
    assert "The name, the passphrase or the code is not right." in page
    assert f'value="{bo.at_sign_in(**wrong)["name"]}"' in page
    assert bo.passphrase not in page
    assert "sessionid" not in response.cookies
    assert settings.KEY_COOKIE not in response.cookies


def test_bo_leaves_fields_empty_and_hears_which(bo: Person) -> None:
    page = Client().post(SIGN_IN, {"name": "Bo"}).content.decode()
    assert "The passphrase is missing." in page
    assert "The six-digit code is missing." in page
    assert 'value="Bo"' in page


def test_bo_uses_a_code_twice_and_is_refused_the_second_time(bo: Person) -> None:
    typed = bo.at_sign_in()
    assert Client().post(SIGN_IN, typed).status_code == 302
    assert Client().post(SIGN_IN, typed).status_code == 403


def test_a_guesser_waits_longer_each_time_and_bo_gets_in_afterwards(bo: Person) -> None:
    client = Client()
    for _try in range(4):
        assert client.post(SIGN_IN, bo.at_sign_in(code="000000")).status_code == 403
    response = client.post(SIGN_IN, bo.at_sign_in())
    assert response.status_code == 429
    assert "Wait 2 seconds, then try again." in response.content.decode()
    User.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    assert client.post(SIGN_IN, bo.at_sign_in()).status_code == 302


def test_bo_is_locked_after_idle_minutes_and_comes_back_to_the_same_page(
    bo: Person, north: Team
) -> None:
    client = bo.browser()
    long_ago = timezone.now() - timedelta(minutes=settings.ALLTID["LOCK_MINUTES"], seconds=1)
    Unlocking.objects.update(last_used=long_ago)
    away = client.get("/staff/team/north/")
    assert away["Location"] == "/staff/sign-in/?next=%2Fstaff%2Fteam%2Fnorth%2F"
    page = client.get(away["Location"]).content.decode()
    assert "Your draft is kept." in page
    back = client.post(SIGN_IN, bo.at_sign_in(next="/staff/team/north/"))
    assert back["Location"] == "/staff/team/north/"
    assert client.get(back["Location"]).status_code == 200
    assert Unlocking.objects.count() == 1


def test_bo_sends_a_form_after_the_lock_and_comes_back_to_its_page(bo: Person, north: Team) -> None:
    client = bo.browser()
    Unlocking.objects.all().delete()
    came_from = {"referer": "http://testserver/staff/team/north/"}
    response = client.post("/staff/team/north/children/", {"do": "close"}, headers=came_from)
    assert response["Location"] == "/staff/sign-in/?next=%2Fstaff%2Fteam%2Fnorth%2F"
    came_from = {"referer": "https://elsewhere.example/staff/"}
    response = client.post("/staff/team/north/children/", {"do": "close"}, headers=came_from)
    assert response["Location"] == "/staff/sign-in/"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/staff/", "//x.example/staff/", "/sv/"]
)
def test_a_link_that_leads_elsewhere_after_signing_in_is_not_followed(
    bo: Person, target: str
) -> None:
    assert Client().post(SIGN_IN, bo.at_sign_in(next=target))["Location"] == "/staff/"


def test_bo_stays_while_working_and_is_told_once_locked(bo: Person) -> None:
    client = bo.browser()
    assert client.post("/staff/stay/").status_code == 204
    Unlocking.objects.all().delete()
    assert client.post("/staff/stay/").status_code == 403


def test_bo_signs_out_and_nothing_is_left(bo: Person, north: Team) -> None:
    client = bo.browser()
    stolen = client.cookies[settings.KEY_COOKIE].value
    response = client.post("/staff/sign-out/")
    assert not Unlocking.objects.exists()
    for name in (settings.KEY_COOKIE, settings.SESSION_COOKIE_NAME):
        assert response.cookies[name]["max-age"] == 0
    assert "You are signed out." in client.get(response["Location"]).content.decode()
    client.cookies[settings.KEY_COOKIE] = stolen
    assert client.get("/staff/team/north/").status_code == 302


def test_signing_out_by_a_link_is_refused(bo: Person) -> None:
    client = bo.browser()
    assert client.get("/staff/sign-out/").status_code == 405
    assert Unlocking.objects.exists()


def test_bo_signs_out_everywhere_and_the_other_computer_is_locked(bo: Person, north: Team) -> None:
    here, there = bo.browser(), bo.browser()
    here.post("/staff/account/sign-out-everywhere/")
    assert there.get("/staff/team/north/").status_code == 302
    assert "_auth_user_id" not in there.session
    page = there.get(SIGN_IN).content.decode()
    assert "locked because nobody touched it" not in page


def test_signing_in_is_written_in_the_log(bo: Person) -> None:
    Client().post(SIGN_IN, bo.at_sign_in())
    assert AuditEvent.objects.filter(verb="signed_in", actor=bo.user).count() == 1
