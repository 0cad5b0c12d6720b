"""Finds a Chromium for the tests and the benches, and fetches one where there is none.

`python -m scripts.browser` prints the path of a browser that starts, for `make test`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The same pages without the rest of a browser, which is a third less work: no history, no profile.
LIGHT = ("chromium-headless-shell", "headless_shell", "chrome-headless-shell")


def starts(path: str) -> bool:
    """Say whether the browser at `path` runs here, its libraries included."""
    try:
        tried = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def candidates() -> Iterator[str]:
    """Yield paths where a browser may be, the one named in the environment first."""
    if named := os.environ.get("CHROMIUM"):
        yield named
    for name in NAMES:
        if path := shutil.which(name):
            yield path
    yield from playwrights_own()


def playwrights_own() -> Iterator[str]:
    """Yield the path of the browser that Playwright fetched for itself, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def find() -> str | None:
    """Return the path of a browser that starts on this machine, or None."""
    return next(filter(starts, candidates()), None)


def find_light() -> str | None:
    """Return the path of a browser for pages alone where one is installed, or None."""
    return next(filter(starts, filter(None, map(shutil.which, LIGHT))), None)


def fetch() -> None:
    """Try to get a browser: Playwright's own, else the system's package."""
    print("No Chromium here; fetching one for the tests.", file=sys.stderr)
    attempt([sys.executable, "-m", "playwright", "install", "chromium"])
    if find() or not shutil.which("apt-get"):
        return
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    attempt([*root, "apt-get", "update", "-qq"])
    for package in ("chromium", "chromium-headless-shell"):
        attempt([*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", package])


def attempt(command: list[str]) -> None:
    """Run a command that may fail, its words on stderr, ten minutes at most."""
    try:
        subprocess.run(command, stdout=sys.stderr, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(problem, file=sys.stderr)


def main() -> int:
    path = find()
    if path is None:
        fetch()
        path = find()
    if path is None:
        print(
            "The tests walk through the pages in a Chromium browser, and none is here or could be"
            " fetched. Install one (on Debian: sudo apt install chromium) or name yours:"
            " make test CHROMIUM=/where/it/is",
            file=sys.stderr,
        )
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
