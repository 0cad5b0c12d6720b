"""A trial installation of the bench's own, served as in life: granian, two workers, SQLite."""

import html
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

COMMAND = [sys.executable, "-m", "alltid.cli"]
# Every visitor has an address of their own, told by a proxy that this trial trusts: the throttle
# is meant for one address, and a whole town is measured.
_ADDRESSES = (f"10.{a}.{b}.{c}" for a, b, c in itertools.product(*[range(1, 255)] * 3))


def _environment(data: Path, port: int) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ALLTID_")}
    return plain | {
        "DATA": str(data),
        "PORT": str(port),
        "ALLTID_ROUNDS": "0",
        "ALLTID_TRUSTED_PROXIES": "127.0.0.1",
    }


def prepare(data: Path, port: int = 8000) -> None:
    """Make a trial in a folder, without starting it; raises CalledProcessError."""
    subprocess.run(
        [*COMMAND, "trial", "--prepare", "--language", "en"],
        env=_environment(data, port),
        stdout=subprocess.DEVNULL,
        check=True,
    )


@dataclass(frozen=True)
class Served:
    """A running trial: its port, process, folder, and the seconds to its first page."""

    port: int
    pid: int
    data: Path
    seconds_to_first_page: float

    def people(self) -> dict[str, dict[str, str]]:
        """Name → passphrase and TOTP secret of the trial's people."""
        kept = json.loads((self.data / "secrets" / "trial-people.json").read_text())
        found: dict[str, dict[str, str]] = kept["people"]
        return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def serving() -> Iterator[Served]:
    """Start a prepared trial, lend it, and end it with all that it started."""
    folder = Path(tempfile.mkdtemp(prefix="alltid-bench-"))
    try:
        port = _free_port()
        prepare(folder, port)
        begun = time.perf_counter()
        process = subprocess.Popen(
            [*COMMAND, "trial"],
            env=_environment(folder, port),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while not _answers(port):
                if process.poll() is not None or time.perf_counter() - begun > 60:
                    raise RuntimeError("The trial did not start.")
                time.sleep(0.01)
            yield Served(port, process.pid, folder, time.perf_counter() - begun)
        finally:
            with suppress(ProcessLookupError):  # it ended by itself, and has said why
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def somebody() -> dict[str, str]:
    """The headers of a visitor from an address not seen before."""
    return {"X-Forwarded-For": next(_ADDRESSES), "X-Forwarded-Proto": "https"}


def hidden(page: bytes, name: str) -> str:
    """What a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"'.encode(), page)
    return html.unescape(found.group(1).decode()) if found else ""


def six_words(page: bytes) -> list[str]:
    """The words that a page shows, or nothing."""
    shown = page.partition(b"data-words")[2].partition(b"</ol>")[0]
    return [word.decode() for word in re.findall(rb"<b>([^<]+)</b>", shown)]
