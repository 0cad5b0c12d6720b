"""A stranger, a thief and a rogue colleague at the staff's doors."""

from unicodedata import normalize

import pytest
from django.contrib.sessions.models import Session

from alltid.people.models import Unlocking
from alltid.people.passphrase import canonical

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
