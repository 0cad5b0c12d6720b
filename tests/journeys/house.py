"""A server of the tests' own: `alltid serve` as in production, its data in a folder, on loopback.

    house = House(folder, stage)        # the stage's data, copied; nothing runs yet
    with house.open():                  # granian, two workers, SQLite on a disk, a free port
        house.clock.forward(minutes=16)
        house.execute("UPDATE …")       # what time, or a thief, does to the database

The installation's secrets lie in files beside the data, and not in what `files` gives.
"""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pyotp

from alltid.env import write_secrets
from alltid.vault.identity import Identity

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PATIENCE = 60.0  # seconds for what takes two on a machine that does nothing else


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Clock:
    """The server's clock, which can be put forward and, as a clock does, never goes back."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._set(0.0)

    def _set(self, seconds: float) -> None:
        part = self.file.with_suffix(".part")
        part.write_text(str(seconds))
        part.replace(self.file)

    @property
    def ahead(self) -> float:
        """By how many seconds it is ahead."""
        return float(self.file.read_text())

    def now(self) -> float:
        """The server's time of day, as time.time() gives it there."""
        return time.time() + self.ahead

    def forward(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Put it forward."""
        self._set(self.ahead + minutes * 60 + seconds)


@dataclass(frozen=True)
class Known:
    """What one of the cast knows: passphrase, second factor, and so their identity."""

    id: str
    passphrase: str
    totp_secret: str
    identity: str

    def code(self, clock: Clock) -> str:
        """What their telephone shows: a code that was not used yet."""
        clock.forward(seconds=30)
        return str(pyotp.TOTP(self.totp_secret).at(int(clock.now())))

    def opens(self) -> Identity:
        """Their identity."""
        return Identity(self.identity)


class House:
    """One installation with its server; ended with its folder."""

    def __init__(self, folder: Path, stage: "House | None" = None, **settings: str) -> None:
        self.folder = folder
        self.data, self.tmp, self.log = folder / "data", folder / "tmp", folder / "server.log"
        if stage is None:
            self.data.mkdir(parents=True)
        else:
            shutil.copytree(stage.data, self.data)
            shutil.copytree(stage.folder / "secrets", folder / "secrets")
            shutil.copy(stage.folder / "cast.json", folder)
        self.tmp.mkdir()
        self.log.touch()
        self.clock = Clock(folder / "clock")
        self.settings = settings
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    # --- what it runs with ---------------------------------------------------------------------

    @property
    def environment(self) -> dict[str, str]:
        """The environment of everything that runs here; none of the tests' own settings."""
        files = write_secrets(self.folder / "secrets")
        paths = [os.environ.get("PYTHONPATH", ""), str(HERE / "inside")]
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("ALLTID_")},
            **{name: str(path) for name, path in files.items()},
            "ALLTID_DATA": str(self.data),
            "ALLTID_HOSTS": "127.0.0.1",
            "ALLTID_PORT": str(self.port),
            "ALLTID_ROUNDS": "0",
            **{f"ALLTID_{name}": value for name, value in self.settings.items()},
            "DJANGO_SETTINGS_MODULE": "alltid.settings",
            "CLOCK_FILE": str(self.clock.file),
            "FAULT_FILE": str(self.folder / "fault"),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "TMPDIR": str(self.tmp),
        }

    def secret(self, name: str) -> str:
        """A secret of the installation, as its file holds it."""
        return (self.folder / "secrets" / name.lower()).read_text().strip()

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """`python -m …` in this environment, waited for; what it says is in the result."""
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=self.environment | {f"ALLTID_{name}": value for name, value in settings.items()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def alltid(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """A command of the operator's."""
        return self.run("alltid.cli", *arguments, **settings)

    def make_stage(self) -> None:
        """Make the database and the cast."""
        done = self.run("tests.journeys.stage", str(self.folder / "cast.json"))
        assert done.returncode == 0, done.stderr

    @cached_property
    def cast(self) -> dict[str, Known]:
        """Bo, Lo, Cato, Mio, Dag, Eva."""
        held = json.loads((self.folder / "cast.json").read_text())
        return {name: Known(**known) for name, known in held.items()}

    # --- the server ----------------------------------------------------------------------------

    @property
    def origin(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def open(self) -> Iterator["House"]:
        """Serve for the length of the block."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        """Start, and wait until the first page comes."""
        self.port = free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "alltid.cli", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A group of its own, so that the workers can be ended with it.
                start_new_session=True,
            )
        try:
            self._wait(time.monotonic() + PATIENCE)
        except BaseException:
            self.kill()
            raise

    def _wait(self, end: float) -> None:
        assert self.process is not None
        while (status := self._status("/en/")) == 0:
            assert self.process.poll() is None, f"It did not start:\n{self.said()}"
            assert time.monotonic() < end, f"It does not answer:\n{self.said()}"
            time.sleep(0.05)
        assert status == 200, self.said()

    def _status(self, path: str) -> int:
        try:
            return self.ask("GET", path).status
        except (OSError, HTTPException):
            return 0

    def stop(self) -> None:
        """End it as an operator does."""
        assert self.process is not None
        self.process.terminate()  # nothing, where it has ended already
        try:
            self.process.wait(timeout=PATIENCE)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it as a power cut does: the server and its workers at once."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def said(self) -> str:
        """Everything that the server wrote to stdout and stderr."""
        return self.log.read_text(errors="replace")

    def workers(self) -> list[int]:
        """The process ids of the server and whatever it started."""
        assert self.process is not None
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,pgid="], capture_output=True, text=True, check=True
        ).stdout
        pairs = (line.split() for line in listed.splitlines())
        return [int(pid) for pid, group in pairs if int(group) == self.process.pid]

    def memory(self) -> int:
        """Resident bytes of the server and its workers, what they share counted each time."""
        pids = ",".join(map(str, self.workers()))
        listed = subprocess.run(
            ["ps", "-o", "rss=", "-p", pids], capture_output=True, text=True, check=False
        ).stdout
        return sum(int(kilobytes) for kilobytes in listed.split()) * 1024

    @contextmanager
    def broken(self, text: str) -> Iterator[None]:
        """For the length of the block, whatever would seal this text fails and quotes it."""
        file = self.folder / "fault"
        file.write_text(text)
        try:
            yield
        finally:
            file.unlink()

    # --- asking it without a browser -----------------------------------------------------------

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
    ) -> "Answer":
        """One request on a connection of its own."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as line:
            line.request(method, path, body, headers or {})
            came = line.getresponse()
            return Answer(came.status, came.getheaders(), came.read().decode(errors="replace"))

    def send(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> "Answer":
        """Send a form as a browser without script does."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields), kind | (headers or {}))

    def tell(self, text: str, path: str = "/en/", **fields: str) -> "Answer":
        """A child tells without a browser: the page with the six words."""
        form = self.ask("GET", path).hidden("id")
        page = self.send(path, {"id": form, "text": text, "do": "send"} | fields)
        assert page.status == 200, page.text
        return page

    def come_back(self, words: list[str]) -> "Answer":
        """A child comes back without a browser."""
        form = self.ask("GET", "/en/words/").hidden("id")
        typed = {f"w{number}": word for number, word in enumerate(words, 1)}
        return self.send("/en/words/", {"id": form, "do": "open"} | typed)

    # --- what is on its disk -------------------------------------------------------------------

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "alltid.sqlite3"

    def execute(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Read or change the database behind the server's back."""
        with closing(sqlite3.connect(self.database, timeout=PATIENCE)) as connection, connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(sql, values).fetchall()

    def newest(self) -> str:
        """The id of what was told last."""
        (row,) = self.execute("SELECT id FROM tell_disclosure ORDER BY rowid DESC LIMIT 1")
        return str(UUID(row["id"]))

    def files(self) -> list[Path]:
        """Every file that the server may write: data, temporary folder, log; not the secrets."""
        folders = (self.data, self.tmp)
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()] + [
            self.log
        ]

    def where(self, pattern: bytes | str) -> list[str]:
        """Names of the files in which something stands, in UTF-8 or UTF-16."""
        text = pattern if isinstance(pattern, str) else None
        wanted = [text.encode(), text.encode("utf-16-le")] if text else [pattern]
        found = []
        for path in self.files():
            try:
                held = path.read_bytes()
            except FileNotFoundError:  # a file of a moment
                continue
            if any(one in held for one in wanted):
                found.append(path.name)
        return found


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def hidden(self, name: str) -> str:
        """What a hidden field of a page holds."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return found.group(1) if found else ""

    @property
    def words(self) -> list[str]:
        """The six words on a page that shows them."""
        shown = re.search(r"<ol[^>]*data-words>(.*?)</ol>", self.text, re.DOTALL)
        return re.findall(r"<b>([^<]*)</b>", shown.group(1)) if shown else []


def trails(words: Iterable[str]) -> re.Pattern[bytes]:
    """Six words in their order, whatever stands between them: spaces, names of fields, a page."""
    return re.compile(rb"[\s\S]{1,60}?".join(re.escape(word.encode()) for word in words))
