"""`alltid serve` starts only where everything holds; each refusal is a sentence."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from alltid import server
from alltid.env import Misconfigured
from alltid.people.models import Installation, Team
from alltid.tell.erasing import erase
from alltid.tell.management.commands import serve
from alltid.tell.models import Disclosure


class Started(Exception):
    """The server took over."""


@pytest.fixture
def production(settings, monkeypatch, tmp_path):
    """Settings of a sound installation behind a proxy, with its database and a team."""
    settings.TESTING = settings.TRIAL = False
    settings.DATA = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").touch()
    settings.ALLTID = settings.ALLTID | {
        "MODE": "serve",
        "HOSTS": ["alltid.school.example"],
        "SMTP_URL": "smtp://mail.school.example:587",
        "TRUSTED_PROXIES": ["127.0.0.1"],
    }

    def take_over():
        raise Started

    monkeypatch.setattr(server, "take_over", take_over)
    monkeypatch.setattr(server, "claim", lambda host, port: None)
    return settings


def refusal() -> str:
    with pytest.raises(CommandError) as refused:
        call_command("serve")
    return str(refused.value)


def test_sound_installation_starts_and_says_where_it_listens(cast, production, capsys):
    with pytest.raises(Started):
        call_command("serve")
    assert capsys.readouterr().out == "Alltid listens on 127.0.0.1, port 8000.\n"


def test_eva_looks_at_everything_and_starts_nothing(cast, production, capsys):
    call_command("serve", "--check")
    assert capsys.readouterr().out == "Everything that must hold holds.\n"


@pytest.mark.parametrize("mode", ["trial", "test"])
def test_other_mode_is_refused(cast, production, mode):
    production.ALLTID = production.ALLTID | {"MODE": mode}
    assert f"ALLTID_MODE is {mode}, and `alltid serve` is for real children." in refusal()


def test_database_of_a_trial_is_refused(cast, production):
    Installation.objects.create(id=1, trial=True)
    assert "This database is a trial's" in refusal()


def test_wrong_pepper_is_refused_and_nothing_changes(cast, production):
    call_command("serve", "--check")
    marks = Installation.objects.get().pepper_marks
    production.ALLTID = production.ALLTID | {"PEPPER": {1: b"another pepper, of 32 bytes ...."}}
    assert "The pepper is not the one this database was made with." in refusal()
    assert Installation.objects.get().pepper_marks == marks


def test_missing_pepper_is_refused(cast, production):
    Installation.objects.create(id=1, pepper_marks={"2": "00"})
    assert "Pepper 2 is not configured" in refusal()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"HOSTS": []}, "No host name is given."),
        ({"HOSTS": ["*"]}, "not one host's name"),
        ({"TRUSTED_PROXIES": []}, "Children would come over plain HTTP"),
        ({"HOST": "0.0.0.0", "TRUSTED_PROXIES": []}, "Children would come over plain HTTP"),
    ],
)
def test_setting_that_would_harm_is_refused(cast, production, changed, sentence):
    production.ALLTID = production.ALLTID | changed
    assert sentence in refusal()


def test_own_certificate_stands_for_a_proxy(cast, production, monkeypatch):
    monkeypatch.setattr(server, "check_certificate", lambda: None)
    production.ALLTID = production.ALLTID | {"TRUSTED_PROXIES": [], "TLS_CERT": "cert.pem"}
    with pytest.raises(Started):
        call_command("serve")


def test_database_of_an_older_version_is_refused(cast, production, monkeypatch):
    monkeypatch.setattr("alltid.people.console.MigrationExecutor.migration_plan", lambda *a: [1])
    assert "type `alltid upgrade`" in refusal()


@pytest.mark.django_db
def test_database_without_a_team_is_refused(production):
    assert "Make the first one with `alltid setup`." in refusal()


def test_pages_that_are_not_collected_are_refused(cast, production):
    (production.STATIC_ROOT / "staticfiles.json").unlink()
    assert "Type `alltid upgrade`." in refusal()


def test_start_after_a_restore_erases_again(cast, production, capsys):
    told = cast.tell()
    before = Disclosure.objects.get(pk=told.pk)
    erase(told.disclosure, timezone.now(), "test")
    before.save(force_insert=True)
    with pytest.raises(Started):
        call_command("serve")
    assert not Disclosure.objects.exists()
    assert "1 disclosures had come back with a backup" in capsys.readouterr().out


def test_what_is_allowed_and_still_worth_a_sentence_is_said(cast, production, capsys):
    Team.objects.update(opened=None)
    production.ALLTID = production.ALLTID | {
        "HOSTS": ["localhost"], "TRUSTED_PROXIES": [], "ROUNDS": 0,
    }  # fmt: skip
    with pytest.raises(Started):
        call_command("serve")
    said = capsys.readouterr().out
    assert "No proxy is trusted" in said
    assert "ALLTID_ROUNDS is 0" in said
    assert "Children can tell no team now" in said


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ALLTID_TLS_CERT": "cert.pem"}, "belong together. Set both."),
        ({"ALLTID_TLS_CERT": "cert.pem", "ALLTID_TLS_KEY": "key.pem"}, "cannot be used"),
    ],
)
def test_certificate_that_cannot_be_used_is_refused(monkeypatch, changed, sentence):
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=sentence):
        server.check_certificate()


def test_every_command_of_a_round_is_there():
    from alltid.cli import commands

    assert set(server.ROUND) <= set(commands())
    assert serve.Command.help
