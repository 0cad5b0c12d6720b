"""A server starts on its own database, with its own pepper and a vault that works; or not."""

import base64
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from pytest_django import Settings

from alltid.people import checks
from alltid.people.models import Installation
from alltid.vault.errors import NotForThisKey

OTHER = base64.b64decode("YW5vdGhlciBwZXBwZXIsIG5vdCB0aGUgc2FtZSEhISE=")


@pytest.fixture
def start(settings: Settings) -> Any:
    """Ask the checks as a server does, in a mode and with a pepper; gives the ids of refusals."""

    def ask(*, trial: bool = False, pepper: dict[int, bytes] | None = None) -> list[str]:
        settings.TESTING, settings.TRIAL = False, trial
        if pepper is not None:
            settings.ALLTID = settings.ALLTID | {"PEPPER": pepper}
        found = checks.installation(databases=["default"])
        assert all(error.msg.endswith(".") and error.hint for error in found)
        return [str(error.id) for error in found]

    return ask


@pytest.mark.django_db
def test_eva_starts_a_new_database_and_starts_it_again(start: Any) -> None:
    assert start() == []
    assert Installation.objects.get().trial is False
    assert start() == []


@pytest.mark.django_db
def test_eva_cannot_serve_a_trials_database(start: Any) -> None:
    assert start(trial=True) == []
    assert start(trial=False) == ["alltid.E103"]


@pytest.mark.django_db
def test_a_trial_cannot_use_a_real_database(start: Any) -> None:
    assert start(trial=False) == []
    assert start(trial=True) == ["alltid.E104"]


@pytest.mark.django_db
def test_another_modes_pepper_is_never_noted(start: Any) -> None:
    start(trial=True, pepper={1: OTHER})
    before = Installation.objects.get().pepper_marks
    assert start(trial=False, pepper={1: OTHER, 2: OTHER[::-1]}) == ["alltid.E103"]
    assert Installation.objects.get().pepper_marks == before


@pytest.mark.django_db
def test_eva_cannot_start_with_a_wrong_pepper(start: Any) -> None:
    assert start() == []
    assert start(pepper={1: OTHER}) == ["alltid.E102"]


@pytest.mark.django_db
def test_eva_cannot_start_with_a_wrong_salt(start: Any, settings: Settings) -> None:
    assert start() == []
    settings.ALLTID = settings.ALLTID | {"SALT": OTHER[:16]}
    assert start() == ["alltid.E102"]


@pytest.mark.django_db
def test_eva_cannot_start_without_a_pepper_that_was_used(start: Any, settings: Settings) -> None:
    first = settings.ALLTID["PEPPER"]
    assert start(pepper=first | {2: OTHER}) == []
    assert start(pepper=first) == ["alltid.E102"]


@pytest.mark.django_db
def test_eva_is_told_of_a_database_that_does_not_open(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*args: Any) -> list[str]:
        raise DatabaseError("no")

    monkeypatch.setattr(connection.introspection, "table_names", closed)
    assert start() == ["alltid.E101"]


@pytest.mark.django_db
def test_a_database_without_tables_is_left_to_be_made(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args: [])
    assert start() == []


def test_the_database_is_only_asked_when_it_is_named(settings: Settings) -> None:
    settings.TESTING = False
    assert checks.installation(databases=None) == []


def test_a_vault_that_works_lets_the_server_start() -> None:
    assert checks.vault() == []


def _opens_nothing(*args: Any) -> Any:
    raise NotForThisKey("no")


@pytest.mark.parametrize("broken", ["seal_text", "open_text"])
def test_a_vault_that_does_not_work_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(checks, broken, _opens_nothing)
    assert [error.id for error in checks.vault()] == ["alltid.E105"]


def test_a_vault_that_opens_for_anybody_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    opens = checks.open_text
    kept: list[Any] = []

    def careless(sealed: bytes, identity: Any, label: Any) -> Any:
        kept.append(identity)
        return opens(sealed, kept[0], label)

    monkeypatch.setattr(checks, "open_text", careless)
    assert [error.id for error in checks.vault()] == ["alltid.E105"]


def test_the_checks_are_among_those_that_a_start_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "open_text", _opens_nothing)
    assert "alltid.E105" in {found.id for found in run_checks()}
