"""What Eva types: the list of commands, settings from a file, sentences instead of tracebacks."""

import os
import re
import signal
import stat
import subprocess
import sys

import pytest

from alltid import cli, env

SET = ("MODE", "DATA", "PORT", "SECRET_KEY", "PEPPER", "RECEIPT_KEY", "SALT")


def alltid(capsys, *typed: str) -> tuple[int, str, str]:
    """Type a command; its status, what it says, and what it says is wrong."""
    status = cli.main(typed)
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.fixture(autouse=True)
def as_before():
    """Give the tests back the mask and the signals that a command takes."""
    before = os.umask(0o022)
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    os.umask(before)
    for number, handler in signals.items():
        signal.signal(number, handler)


def test_eva_types_alltid_alone_and_sees_every_command_with_one_line(capsys):
    status, said, _wrong = alltid(capsys)
    assert status == 0
    for name, line in cli.commands().items():
        assert line.endswith(".")
        assert re.search(rf"^  {name} +{re.escape(line)}$", said, re.MULTILINE)
    assert {"trial", "serve", "setup", "secrets", "recovery", "cards"} <= set(cli.commands())


@pytest.mark.parametrize("typed", [["--help"], ["help"]])
def test_eva_asks_for_help_and_gets_it(capsys, typed):
    assert alltid(capsys, *typed)[1] == cli.usage() + "\n"


def test_eva_mistypes_a_command_and_reads_one_sentence(capsys):
    assert alltid(capsys, "serv") == (
        2, "", "There is no command serv. `alltid` alone lists them all.\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["cards"], "The following arguments are required: --team."),
        (["cards", "--team", "North", "--count", "x"], "Argument --count: invalid int value: 'x'."),
        (["sweep", "now"], "Unrecognized arguments: now."),
        (["recovery", "open"], "Argument action: invalid choice: 'open'"),
    ],
)
def test_eva_mistypes_what_comes_behind_a_command_and_reads_one_sentence(capsys, typed, said):
    status, out, error = alltid(capsys, *typed)
    assert (status, out) == (2, "")
    assert error.startswith(said)
    assert error.endswith(f"`alltid {typed[0]} --help` says what it takes.\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ALLTID_PORT", "Line 1 of {} is not NAME=value. Correct it."),
        (None, "{} cannot be read (No such file or directory). Check its name."),
    ],
)
def test_eva_names_a_file_of_settings_that_is_none(capsys, tmp_path, text, sentence):
    file = tmp_path / "alltid.env"
    if text is not None:
        file.write_text(text)
    assert alltid(capsys, "--env", str(file), "serve")[::2] == (2, sentence.format(file) + "\n")


def test_file_of_settings_is_read_as_systemd_reads_it(tmp_path):
    file = tmp_path / "alltid.env"
    file.write_text('# a comment\n\n ALLTID_HOSTS="a.example,b.example"\nALLTID_SMTP_URL=x=y\n')
    environ = {"ALLTID_HOSTS": "older.example"}
    cli.read_env_file(str(file), environ)
    assert environ == {"ALLTID_HOSTS": "a.example,b.example", "ALLTID_SMTP_URL": "x=y"}


def test_env_without_a_file_is_one_sentence(capsys):
    assert alltid(capsys, "--env")[::2] == (2, "--env wants the name of a file behind it.\n")


def test_interrupted_command_ends_without_a_traceback(capsys, monkeypatch):
    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    assert alltid(capsys, "serve") == (130, "", "\n")


def test_eva_makes_secrets_that_only_she_can_read_and_that_the_settings_take(capsys, tmp_path):
    folder = tmp_path / "secrets"
    status, said, _wrong = alltid(capsys, "secrets", "--out", str(folder))

    assert status == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    environ = dict(line.split("=", 1) for line in said.splitlines() if not line.startswith("#"))
    read = env.read(environ)
    assert (len(read["PEPPER"][1]), len(read["RECEIPT_KEY"]), len(read["SALT"])) == (32, 32, 16)
    assert len(read["SECRET_KEY"]) >= 50


def test_secrets_are_different_each_time(capsys, tmp_path):
    for name in ("one", "two"):
        alltid(capsys, "secrets", "--out", str(tmp_path / name))
    for file in (tmp_path / "one").iterdir():
        assert file.read_text() != (tmp_path / "two" / file.name).read_text()


def test_secrets_are_never_overwritten(capsys, tmp_path):
    alltid(capsys, "secrets", "--out", str(tmp_path / "secrets"))
    before = {file: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    status, said, wrong = alltid(capsys, "secrets", "--out", str(tmp_path / "secrets"))
    assert (status, said) == (2, "")
    assert "Choose an empty folder." in wrong
    assert {file: file.read_text() for file in before} == before


def test_trial_needs_nothing_set_and_takes_nothing_of_a_real_installation(tmp_path):
    environ = {"DATA": str(tmp_path / "t"), "PORT": "8123", "ALLTID_PEPPER": "a real one"}
    cli.prepare_trial(environ)
    read = env.read(environ)
    assert (read["MODE"], read["DATA"], read["PORT"]) == ("trial", tmp_path / "t", 8123)
    assert "ALLTID_PEPPER" not in environ
    assert stat.S_IMODE((tmp_path / "t" / "secrets").stat().st_mode) == 0o700


def test_second_trial_has_the_secrets_of_the_first(tmp_path):
    first, second = {"DATA": str(tmp_path)}, {"DATA": str(tmp_path)}
    cli.prepare_trial(first)
    cli.prepare_trial(second)
    assert env.read(first) == env.read(second)


def test_other_commands_find_a_trial_by_its_file(tmp_path):
    made, found = {"DATA": str(tmp_path)}, {}
    cli.prepare_trial(made)
    cli.read_env_file(str(tmp_path / "trial.env"), found)
    assert {name: env.read(found)[name] for name in SET} == {
        name: env.read(made)[name] for name in SET
    }


def test_trial_in_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(env.Misconfigured, match="Choose another one: make run DATA=elsewhere"):
        cli.prepare_trial({"DATA": str(tmp_path / "file" / "t")})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PEPPER", "bGFsYWxhbGFsYWxhbGFsYQ==", "a number, a colon"),
        ("PEPPER", "1:bGFsYWxhbGFsYWxhbGFsYQ==,bGFsYWxhbGFsYQ==", "a number, a colon"),
        ("PEPPER", "1:lalala-lalala-lalala", "32 random bytes in base64"),
        ("RECEIPT_KEY", "lalala-lalala-lalala", "32 random bytes in base64"),
        ("SMTP_URL", "smtp://bo:lala/la@mail.example:587", "in a password are written"),
        ("SMTP_URL", "smtp://bo:lala#la@mail.example:587", "in a password are written"),
        ("DATABASE_URL", "mysql://bo:lala@db.example/alltid", "it begins with postgres://"),
    ],
)
def test_eva_miswrites_a_secret_and_nothing_of_it_is_quoted(name, value, said):
    names = [other for other, setting in env.SETTINGS.items() if setting.make]
    good = {env.PREFIX + other: env.SETTINGS[other].make() for other in names}
    with pytest.raises(env.Misconfigured) as wrong:
        env.read(good | {env.PREFIX + name: value})
    assert said in str(wrong.value)
    assert "lala" not in str(wrong.value)
    assert "bGFs" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "", "ALLTID_SECRET_KEY is empty."),
        ("PORT", "http", "a whole number from 1 to 65535"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("WORKERS", "0", "a whole number from 1"),
        ("LOCK_MINUTES", "0", "a whole number from 1"),
        ("BACKUP_DAYS", "31", "a whole number from 1 to 30"),
        ("ROUNDS", "-1", "a whole number from 0"),
    ],
)
def test_eva_sets_what_would_harm_and_reads_what_is_allowed(name, value, said):
    names = [other for other, setting in env.SETTINGS.items() if setting.make]
    good = {env.PREFIX + other: env.SETTINGS[other].make() for other in names}
    with pytest.raises(env.Misconfigured, match=said):
        env.read(good | {env.PREFIX + name: value})


def test_terminal_that_closes_lets_a_command_delete_what_it_must(tmp_path):
    left = tmp_path / "left"
    program = (
        "import signal; from alltid import cli\n"
        "def wait(arguments):\n"
        f"    file = open({str(left)!r}, 'w')\n"
        "    try: print('here', flush=True); signal.pause()\n"
        f"    finally: __import__('os').unlink({str(left)!r})\n"
        "cli.run = wait; cli.main([])"
    )
    for number in (signal.SIGHUP, signal.SIGTERM):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as waiting:
            assert waiting.stdout is not None
            waiting.stdout.readline()
            waiting.send_signal(number)
        assert waiting.returncode == 128 + number
        assert not left.exists()


def test_eva_checks_the_packs_of_law_before_anything_is_set_up(capsys, monkeypatch):
    for name in [name for name in os.environ if name.startswith(env.PREFIX)]:
        monkeypatch.delenv(name)

    status, said, _wrong = alltid(capsys, "duty", "check")

    assert status == 0
    assert "sweden.toml: sound." in said


def test_eva_mistypes_what_is_behind_duty_and_reads_one_sentence(capsys):
    status, said, wrong = alltid(capsys, "duty", "show", "XX")

    assert (status, said) == (2, "")
    assert wrong.startswith("There is no pack for XX. There are packs for ")
