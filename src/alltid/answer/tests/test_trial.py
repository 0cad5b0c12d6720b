"""A stranger's first minute: the trial is made once, goes on, and touches nothing real."""

import json
import stat
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from alltid import server
from alltid.answer import access, trial
from alltid.people.models import Installation, Team, User
from alltid.people.signin import sign_in
from alltid.people.unlocking import Unlocked
from alltid.tell.models import Disclosure
from alltid.tell.telling import come_back, read_thread
from alltid.vault import words
from alltid.vault.parameters import Argon2Cost


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Six people's Argon2 for nothing: what it costs is not what is tested here."""
    monkeypatch.setattr("alltid.vault.identity.PASSPHRASE_COST", Argon2Cost(memory=8, passes=1))


@pytest.fixture
def made(db, settings, tmp_path):
    """A trial; its recovery sheets."""
    settings.DATA = tmp_path
    return trial.make("en", timezone.now())


def signed_in(name: str) -> Unlocked:
    secret = trial.kept()["people"][name]
    signed = sign_in(name, secret["passphrase"], trial.code_now(secret["totp"])[0])
    return Unlocked(signed.user, signed.identity)


@pytest.mark.parametrize("name", [role.name for role in trial.CAST])
def test_everyone_of_the_cast_signs_in_with_what_is_printed(made, name):
    assert signed_in(name).user.name == name


def test_each_team_can_be_told_and_covers_the_other(made):
    north, south = Team.objects.get(name="North"), Team.objects.get(name="South")
    assert (north.cover, south.cover) == (south, north)
    assert north.accepts(timezone.now())
    assert south.accepts(timezone.now())
    assert Installation.objects.get().trial


def test_dag_and_eva_hold_no_key(made):
    for user in User.objects.filter(name__in=["Dag", "Eva"]):
        assert not user.team_key_copies.exists()
        assert not user.memberships.exists()


def test_bo_finds_three_examples_one_acute_one_waiting_one_answered(made):
    north = Disclosure.objects.filter(team__name="North", example=True).by_urgency()
    rank = Disclosure.Rank
    assert [told.rank for told in north] == [rank.ACUTE, rank.WAITING, rank.QUIET]
    assert [told.read_by_staff for told in north] == [0, 0, 4]
    assert Disclosure.objects.count() == 3
    acute = access.open_disclosure(signed_in("Bo"), north[0].pk).lines()
    assert acute[0].body["text"] == trial.THREADS["en"]["acute"]


def test_stranger_comes_back_with_the_printed_words_and_reads_the_newest_answer(made):
    [number] = words.read(trial.kept()["words"], "en").numbers
    door = come_back(number)
    assert door is not None
    thread = read_thread(door.held, door.identity)
    assert [line.name for line in thread] == ["", "Bo", "", "Bo"]
    assert thread[-1].text == trial.THREADS["en"]["welcome"]
    assert (door.held.read_by_child, door.held.sequence) == (2, 4)


def test_what_is_printed_lies_in_a_file_for_its_owner_alone(made):
    assert stat.S_IMODE(trial.people_file().stat().st_mode) == 0o600


def test_second_start_goes_on_with_the_same_data(made, monkeypatch):
    before = trial.people_file().read_text()
    told = set(Disclosure.objects.values_list("pk", "told"))
    later = timezone.now() + timedelta(days=30)
    assert not Team.objects.get(name="North").accepts(later)

    assert trial.make("sv", later) == []

    assert trial.people_file().read_text() == before
    assert set(Disclosure.objects.values_list("pk", "told")) == told
    assert Team.objects.get(name="North").accepts(later)
    assert not Disclosure.objects.overdue(later).exists()


def test_second_start_says_so_when_its_passphrases_are_gone(made):
    trial.people_file().unlink()
    with pytest.raises(CommandError, match=r"There is no trial here yet\."):
        trial.make("en", timezone.now())


@pytest.mark.django_db
def test_real_installation_gets_no_example_people(settings, tmp_path):
    settings.DATA = tmp_path
    Installation.objects.create(id=1, trial=False)
    with pytest.raises(CommandError, match="Set DATA= to another folder for the trial"):
        trial.make("en", timezone.now())
    assert not User.objects.exists()
    assert not trial.people_file().exists()


@pytest.mark.django_db
def test_trial_that_breaks_half_way_leaves_nothing(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path

    def broken(*args):
        raise RuntimeError("half way")

    monkeypatch.setattr(trial, "_make_threads", broken)
    with pytest.raises(RuntimeError):
        trial.make("en", timezone.now())
    assert not User.objects.exists()
    assert not Team.objects.exists()


@pytest.mark.parametrize("language", sorted(trial.THREADS))
def test_every_language_of_a_trial_says_the_same_things(language):
    assert trial.THREADS[language].keys() == trial.THREADS["en"].keys()


def test_stranger_asks_for_a_code_and_it_is_the_one_of_now(made, capsys):
    call_command("code", "bo")
    said = capsys.readouterr().out
    held = trial.kept()["people"]["Bo"]
    assert trial.code_now(held["totp"])[0] in said
    assert held["passphrase"] in said


def test_stranger_asks_for_the_code_of_nobody_and_hears_who_is_there(made):
    with pytest.raises(CommandError, match=r"nobody called Ada here, but Bo, Lo, Cato"):
        call_command("code", "Ada")


@pytest.mark.django_db
def test_trial_prints_addresses_people_and_codes_and_then_serves(
    settings, tmp_path, monkeypatch, capsys
):
    settings.DATA = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    started = []
    monkeypatch.setattr(server, "claim", lambda *place: started.append(place))
    monkeypatch.setattr(server, "take_over", lambda: started.append("served"))

    call_command("trial", "--language", "sv")

    said = capsys.readouterr().out
    held = json.loads(trial.people_file().read_text())
    assert started == [("127.0.0.1", 8000), "served"]
    assert "http://127.0.0.1:8000/\n" in said
    assert "http://127.0.0.1:8000/staff/\n" in said
    assert " ".join(held["words"]) in said
    for name, secret in held["people"].items():
        [line] = [line for line in said.splitlines() if line.startswith(f"  {name} ")]
        assert secret["passphrase"] in line
    assert (
        len({line.index("Passphrase") for line in said.splitlines() if "Passphrase" in line}) == 1
    )
    printed = sorted(file.name for file in trial.sheets_folder().iterdir())
    assert printed == ["north-1.pdf", "north-2.pdf", "south-1.pdf", "south-2.pdf"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in trial.sheets_folder().iterdir()} == {
        0o600
    }
