"""What every page may say."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.utils import translation
from pytest_django import Settings

from alltid.web.context import house, language_of


class Untouchable(SimpleNamespace):
    """Stands for a user or a session that nobody may look at."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"Somebody looked at {name}.")


def test_a_page_knows_the_numbers_and_looks_at_no_person(
    rf: RequestFactory, settings: Settings
) -> None:
    settings.ALLTID = settings.ALLTID | {"HELPLINE_NAME": "Lasten", "HELPLINE": "116 111"}
    request = rf.get("/sv/")
    request.user = request.session = request.unlocked = Untouchable()
    with translation.override("sv"):
        assert house(request) == {
            "trial": False,
            "numbers": {"emergency": "112", "helpline_name": "Lasten", "helpline": "116 111"},
            "leave_url": settings.ALLTID["LEAVE_URL"],
            "language": "sv",
        }


@pytest.mark.parametrize(
    ("path", "header", "language"),
    [
        ("/sv/", "en", "sv"),
        ("/en/words/", "sv", "en"),
        ("/sv", "en", "sv"),
        ("/", "sv-SE", "sv"),
        ("/", "de", "en"),
        ("/svar/", "en", "en"),
        ("/staff/", "sv", "sv"),
    ],
)
def test_a_request_is_answered_in_its_paths_language_before_the_browsers(
    rf: RequestFactory, path: str, header: str, language: str
) -> None:
    assert language_of(rf.get(path, headers={"accept-language": header})) == language
