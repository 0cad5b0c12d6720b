"""What a server refuses to start with, each with a sentence and a way out."""

from typing import Any

import pytest
from pytest_django import Settings

from alltid.web import checks

SOUND = {
    "MODE": "serve",
    "HOSTS": ["alltid.example.org"],
    "HOST": "127.0.0.1",
    "TRUSTED_PROXIES": ["10.0.0.5"],
    "TLS_CERT": "",
    "LEAVE_URL": "https://sv.wikipedia.org/",
}


def found(settings: Settings, trial: bool = False, **changed: Any) -> list[str]:
    """The ids of what the checks find in a sound installation with something changed."""
    settings.ALLTID = settings.ALLTID | SOUND | changed
    settings.TRIAL = trial
    errors = [
        error
        for check in (
            checks.serving,
            checks.debugging,
            checks.trying,
            checks.proxies,
            checks.leaving,
            checks.style,
        )
        for error in check()
    ]
    assert all(error.msg.endswith(".") and error.hint for error in errors)
    return [str(error.id) for error in errors]


def test_eva_starts_a_sound_installation(settings: Settings) -> None:
    assert found(settings) == []


def test_eva_starts_an_installation_with_a_certificate_of_its_own(settings: Settings) -> None:
    assert found(settings, TRUSTED_PROXIES=[], TLS_CERT="/etc/alltid/cert.pem") == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"HOSTS": []}, "alltid.E001"),
        ({"HOSTS": ["*"]}, "alltid.E002"),
        ({"HOSTS": [".example.org"]}, "alltid.E002"),
        ({"HOSTS": ["https://alltid.example.org"]}, "alltid.E002"),
        ({"TRUSTED_PROXIES": []}, "alltid.E003"),
        ({"HOSTS": ["localhost"], "HOST": "0.0.0.0", "TRUSTED_PROXIES": []}, "alltid.E003"),
        ({"TRUSTED_PROXIES": ["proxy.example.org"]}, "alltid.E007"),
        ({"TRUSTED_PROXIES": ["0.0.0.0/0"]}, "alltid.E007"),
        ({"TRUSTED_PROXIES": ["::/0"]}, "alltid.E007"),
        ({"TRUSTED_PROXIES": ["10.0.0.5/24"]}, "alltid.E007"),
        ({"LEAVE_URL": "javascript:alert(1)"}, "alltid.E008"),
        ({"LEAVE_URL": "wikipedia.org"}, "alltid.E008"),
        ({"LEAVE_URL": "http://sv.wikipedia.org/"}, "alltid.E008"),
    ],
)
def test_eva_is_told_what_would_put_a_child_at_risk(
    settings: Settings, changed: dict[str, Any], error: str
) -> None:
    assert found(settings, **changed) == [error]


def test_eva_cannot_start_with_a_short_secret(settings: Settings) -> None:
    settings.SECRET_KEY = "short"
    assert found(settings) == ["alltid.E004"]


def test_eva_cannot_start_with_debug_on(settings: Settings) -> None:
    settings.DEBUG = True
    assert found(settings) == ["alltid.E005"]


def test_a_trial_is_not_reached_from_elsewhere(settings: Settings) -> None:
    near = {"MODE": "trial", "HOSTS": [], "TRUSTED_PROXIES": []}
    assert found(settings, trial=True, **near) == []
    assert found(settings, trial=True, **near, HOST="0.0.0.0") == ["alltid.E006"]


def test_a_package_without_its_style_sheet_does_not_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(checks, "child_css", missing)
    assert found(settings) == ["alltid.E009"]
