"""The real processes: a trial that starts, stops and goes on; a server that refuses."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

ALLTID = [sys.executable, "-m", "alltid.cli"]
PATIENCE = 30.0


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def bare(**more: str) -> dict[str, str]:
    """An environment without any setting, as a fresh machine has it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ALLTID_", "DJANGO_"))}
    return kept | more


def run(*typed: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ALLTID, *typed], env=bare(**environ), capture_output=True, encoding="utf-8",
        timeout=PATIENCE, check=False,
    )  # fmt: skip


@contextmanager
def started(typed: Sequence[str], environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A server in a process group of its own, as a terminal starts it."""
    process = subprocess.Popen(
        [*ALLTID, *typed],
        env=environ,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def first_page(process: subprocess.Popen[str], port: int, path: str = "en/") -> str:
    """A child's page, as soon as it is served."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/{path}", timeout=5) as page:
                text: str = page.read().decode()
                return text
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError("No page came.")


def group_is_gone(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where one trial lives through this file."""
    return tmp_path_factory.mktemp("var")


def test_stranger_starts_a_trial_reads_the_page_and_ends_it_with_ctrl_c(folder):
    port = free_port()
    environ = bare(DATA=str(folder), PORT=str(port))
    with started(("trial", "--language", "en"), environ) as process:
        page = first_page(process, port)
        assert "This is a trial." in page
        assert "Norra skolan" in page

        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert group_is_gone(process.pid)
    assert "Traceback" not in said
    assert f"http://127.0.0.1:{port}/staff/" in said


def test_stranger_starts_again_and_finds_the_same_people(folder):
    before = (folder / "secrets" / "trial-people.json").read_text()
    done = subprocess.run(
        [*ALLTID, "trial", "--prepare"], env=bare(DATA=str(folder)), capture_output=True,
        encoding="utf-8", timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert (folder / "secrets" / "trial-people.json").read_text() == before
    for secret in json.loads(before)["people"].values():
        assert secret["passphrase"] in done.stdout


def test_everything_of_a_trial_is_for_its_owner_alone(folder):
    for path in [folder / "secrets", *folder.glob("secrets/*"), *folder.glob("alltid.sqlite3*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_stranger_asks_for_a_code_from_another_window(folder):
    done = run("code", "Bo", DATA=str(folder))
    assert re.match(r"\d{3} \d{3} ", done.stdout), done.stderr


def test_trial_on_a_taken_port_is_one_sentence(folder):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        done = run("trial", DATA=str(folder), PORT=str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Port {port} is taken already, by another program on this machine or by Alltid itself. "
        f"Choose another one: PORT={port + 1} for a trial, ALLTID_PORT={port + 1} for a real "
        "installation.\n"
    )


def test_trial_for_the_whole_network_is_refused(folder):
    done = run("trial", DATA=str(folder), ALLTID_HOST="0.0.0.0")
    assert done.returncode == 2
    assert "A trial listens on this machine only." in done.stderr


def production(folder: Path) -> dict[str, str]:
    """The settings that would serve this folder as a real installation."""
    lines = (folder / "trial.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    return settings | {
        "ALLTID_MODE": "serve", "ALLTID_HOSTS": "localhost", "ALLTID_PORT": str(free_port()),
    }  # fmt: skip


def test_serve_refuses_the_database_of_a_trial(folder):
    done = run("serve", **production(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert "This database is a trial's" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_without_secrets_is_one_sentence():
    done = run("serve")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ALLTID_SECRET_KEY is not set.")
    assert len(done.stderr.splitlines()) == 1


def test_setting_that_does_not_exist_is_one_sentence():
    done = run("serve", ALLTID_PEPER="1:x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is no setting ALLTID_PEPER.")


@pytest.fixture
def installation(tmp_path):
    """The file of settings of a new production installation, with no database yet."""
    made = run("secrets", "--out", str(tmp_path / "secrets"))
    file = tmp_path / "alltid.env"
    file.write_text(
        f"{made.stdout}ALLTID_DATA={tmp_path / 'data'}\nALLTID_HOSTS=localhost\n"
        f"ALLTID_PORT={free_port()}\n"
    )
    return file


def test_eva_goes_from_secrets_to_a_server_that_refuses_until_all_is_there(installation):
    serve = ("--env", str(installation), "serve")
    done = run(*serve)
    assert (done.returncode, done.stdout) == (2, "")
    assert "`alltid upgrade`" in done.stderr
    assert "Traceback" not in done.stderr

    upgraded = run("--env", str(installation), "upgrade")
    assert upgraded.stdout == "The database and the pages are of this version.\n", upgraded.stderr

    done = run(*serve)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "There is no team that could read. Make the first one with `alltid setup`.\n"
    )

    run("secrets", "--out", str(installation.parent / "other"))
    text = installation.read_text()
    installation.write_text(text.replace("secrets/pepper", "other/pepper"))
    done = run(*serve)
    assert done.returncode == 2
    assert "The pepper is not the one this database was made with." in done.stderr


def test_sound_installation_serves_and_ends_on_sigterm(installation):
    run("--env", str(installation), "upgrade")
    team = "from alltid.people.models import Team; Team.objects.create(name='North', slug='north')"
    run("--env", str(installation), "shell", "-c", team)
    port = int(re.findall(r"ALLTID_PORT=(\d+)", installation.read_text())[0])
    with started(("--env", str(installation), "serve"), bare()) as process:
        page = first_page(process, port, "en/adult/")
        assert "This is a trial." not in page
        process.terminate()
        said, _ = process.communicate(timeout=PATIENCE)
    assert f"Alltid listens on 127.0.0.1, port {port}." in said
    assert group_is_gone(process.pid)


def test_eva_names_a_data_folder_that_cannot_be_made_and_reads_a_sentence(installation):
    (installation.parent / "data").touch()
    done = run("--env", str(installation), "upgrade")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be made (File exists). Check ALLTID_DATA." in done.stderr
