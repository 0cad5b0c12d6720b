"""The server's way in, started as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LOOK = """
import logging, resource, ctypes, faulthandler
from alltid.wsgi import application
print(callable(application), faulthandler.is_enabled(), logging.raiseExceptions,
    resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def start(data: Path, **changed: str) -> "subprocess.CompletedProcess[str]":
    """Load the server's way in with the tests' secrets and the given settings."""
    environ = os.environ | {"ALLTID_MODE": "trial", "ALLTID_DATA": str(data)} | changed
    return subprocess.run(
        [sys.executable, "-c", LOOK], env=environ, capture_output=True, text=True, check=False
    )


def test_a_sound_installation_starts_and_cannot_leave_its_memory_behind(tmp_path: Path) -> None:
    process = start(tmp_path)
    assert process.stdout.strip() == "True True False (0, 0) 0", process.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ALLTID_MODE": "test"}, "ALLTID_MODE=test is for tests"),
        ({"ALLTID_DATA": "/nowhere/at/all"}, "The database cannot be opened."),
        ({"ALLTID_HOST": "0.0.0.0"}, "A trial listens on this machine only."),
        ({"ALLTID_MODE": "serve", "ALLTID_HOSTS": ""}, "No host name is given."),
        (
            {"ALLTID_MODE": "serve", "ALLTID_HOSTS": "alltid.example.org"},
            "Children would come over plain HTTP",
        ),
    ],
)
def test_eva_is_told_in_a_sentence_why_the_server_does_not_start(
    tmp_path: Path, changed: dict[str, str], sentence: str
) -> None:
    process = start(tmp_path, **changed)
    assert process.returncode == 1
    assert sentence in process.stderr
    assert "Traceback" not in process.stderr
