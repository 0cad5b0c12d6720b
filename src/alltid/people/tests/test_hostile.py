"""A stranger, a thief and a rogue colleague at the staff's doors."""

import re
from contextlib import suppress
from unicodedata import normalize

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from alltid.people import signin
from alltid.people.models import Unlocking, User
from alltid.people.passphrase import canonical
from alltid.web.throttle import SIGNING_IN

from .scene import Person, person

pytestmark = pytest.mark.django_db

SIGN_IN = "/staff/sign-in/"


@pytest.fixture
def bo() -> Person:
    return person("Bo")


@pytest.fixture
def lo() -> Person:
    return person("Lo")


def test_stranger_sends_a_passphrase_of_megabytes_and_only_its_beginning_is_folded() -> None:
    assert len(canonical("\ufdfa" * 1_000_000)) <= 500 * len(normalize("NFKC", "\ufdfa"))


@pytest.fixture
def stranger() -> Client:
    """Somebody elsewhere, over HTTPS."""
    return Client(REMOTE_ADDR="192.0.2.66")


# --- sessions ----------------------------------------------------------------------------------


def test_bo_signs_in_where_lo_left_a_locked_page_and_is_in_at_once(bo: Person, lo: Person) -> None:
    desk = lo.browser()
    Unlocking.objects.all().delete()
    assert desk.post(SIGN_IN, bo.at_sign_in()).status_code == 302
    assert desk.get("/staff/account/").status_code == 200
    assert "Bo" in desk.get("/staff/account/").content.decode()


def test_a_thief_of_the_sessions_name_has_nothing_once_bo_signs_in_again(bo: Person) -> None:
    desk = bo.browser()
    stolen = desk.session.session_key
    Unlocking.objects.all().delete()
    assert desk.post(SIGN_IN, bo.at_sign_in()).status_code == 302
    assert desk.session.session_key != stolen
    assert not Session.objects.filter(pk=stolen).exists()


# --- the staff's door --------------------------------------------------------------------------


def test_a_stranger_who_knows_bos_name_cannot_keep_bo_waiting(bo: Person, stranger: Client) -> None:
    for _try in range(8):
        wrong = stranger.post(
            SIGN_IN, bo.at_sign_in(passphrase="not these five words"), secure=True
        )
        assert wrong.status_code == 403
        assert "is not right" in wrong.content.decode()
    assert Client().post(SIGN_IN, bo.at_sign_in()).status_code == 302


@pytest.mark.parametrize("name", ["Bo", "bO", "Nobody", "B%", "B_", "Bo\u0301"])
def test_a_stranger_hears_the_same_of_every_name(bo: Person, name: str) -> None:
    wrong = {"name": name, "passphrase": "not these five words"}
    pages = [Client().post(SIGN_IN, bo.at_sign_in(**wrong)) for _try in range(6)]
    assert {page.status_code for page in pages} == {403}
    sentences = {re.search("<p>(.*)</p>", page.content.decode())[1] for page in pages}
    assert len(sentences) == 1


def test_guesses_of_the_code_side_by_side_wait_like_slow_ones(bo: Person) -> None:
    stale = [User.objects.get(pk=bo.user.pk) for _guess in range(10)]
    claimed = 0
    for user in stale:
        with suppress(signin.Wait):
            signin._claim_try(user)
            claimed += 1
    assert claimed == signin._FREE_TRIES + 1


def test_a_flood_from_one_address_does_no_costly_work_and_others_sign_in(
    bo: Person, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ask in range(SIGNING_IN.burst):
        assert SIGNING_IN.allows("192.0.2.66")
    with monkeypatch.context() as patch:
        patch.setattr(signin, "sign_in", None)
        assert stranger.post(SIGN_IN, bo.at_sign_in(name="x"), secure=True).status_code == 429
        code = {"code": "AAAA-BBBB-CCCC"}
        assert stranger.post("/staff/join/", code, secure=True).status_code == 429
    assert Client().post(SIGN_IN, bo.at_sign_in()).status_code == 302
