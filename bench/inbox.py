"""The inbox page on the server with 10, 10,000 and 1,000,000 disclosures held."""

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.frame import Result
from bench.trial import prepare

if TYPE_CHECKING:
    from django.test import Client

    from alltid.people.models import Team

MILLISECONDS = 50
HELD = (10, 10_000, 1_000_000)


def become(data: Path) -> None:
    """Become a process of the trial in that folder."""
    from alltid.cli import read_env_file

    for name in [name for name in os.environ if name.startswith("ALLTID_")]:
        del os.environ[name]
    read_env_file(str(data / "trial.env"), os.environ)
    os.environ["DJANGO_SETTINGS_MODULE"] = "alltid.settings"
    import django

    django.setup()


def _fill(team: "Team", count: int) -> None:
    """Bring the disclosures of a team up to a number.

    One in 200 waits, one in ten is or was acute, one in two has an owner and a deadline to come.
    SQLite makes the rows itself, as Django writes them: a million of them in seconds.
    """
    from django.db import connection

    from alltid.people.models import User
    from alltid.tell.models import Disclosure

    held = Disclosure.objects.filter(team=team).count()
    nobody = "age1" + "q" * 58
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tell_disclosure (id, team_id, recipient, locator, pepper_version, told,
                due, rank, danger, sequence, read_by_staff, read_by_child, example, source)
            WITH RECURSIVE n(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n LIMIT %s)
            SELECT lower(hex(randomblob(16))), %s, %s, randomblob(16), 1,
                strftime('%%Y-%%m-%%d %%H:00:00', 'now', -(i %% 9000) || ' hours'),
                strftime('%%Y-%%m-%%d %%H:00:00', 'now', (40 - i %% 9000) || ' hours'),
                CASE WHEN i %% 2000 = 0 THEN 0 WHEN i %% 200 = 0 THEN 1 WHEN i %% 10 = 0 THEN 2
                    ELSE 3 END,
                i %% 10 = 0, 1, i %% 2, 0, 0, 'child' FROM n""",
            [held, count - held, team.pk.hex, nobody],
        )
        cursor.execute(
            """INSERT INTO answer_case (id, disclosure_id, recipient, owner_id, sequence, risk,
                closed)
            SELECT lower(hex(randomblob(16))), id, %s, %s, 0, 'medium', 0 FROM tell_disclosure
            WHERE read_by_staff = 0 AND id NOT IN (SELECT disclosure_id FROM answer_case)""",
            [nobody, User.objects.get(name="Bo").pk.hex],
        )
        cursor.execute(
            """INSERT INTO answer_casedeadline (case_id, team_id, wanted, subject, due)
            SELECT id, %s, 'review', '', strftime('%%Y-%%m-%%d %%H:00:00', 'now',
                abs(random() %% 9000) || ' hours') FROM answer_case
            WHERE id NOT IN (SELECT case_id FROM answer_casedeadline)""",
            [team.pk.hex],
        )
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("ANALYZE")


def signed_in(name: str) -> "Client":
    """A browser of one of the trial's people, signed in and unlocked."""
    from django.conf import settings
    from django.http import HttpRequest, HttpResponse
    from django.test import Client

    from alltid.answer.trial import kept
    from alltid.people import unlocking
    from alltid.people.models import User
    from alltid.people.passphrase import canonical
    from alltid.people.secrets import STAFF_GATE, pepper
    from alltid.vault.envelope import open_identity
    from alltid.vault.identity import Identity

    user = User.objects.get(name=name)
    outer = Identity.from_passphrase(
        canonical(kept()["people"][name]["passphrase"]),
        bytes(user.salt),
        pepper(user.pepper_version),
        STAFF_GATE,
    )
    sealed = bytes(user.sealed_identity)
    identity = open_identity(sealed, outer, user.identity_label(), user.recipient)
    client, response = Client(SERVER_NAME="127.0.0.1"), HttpResponse()
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    unlocking.start(request, response, user, identity)
    client.cookies[settings.KEY_COOKIE] = response.cookies[settings.KEY_COOKIE].value
    return client


def _measure(count: int) -> tuple[float, int]:
    """Median milliseconds of the first and the third page, and their queries, signed in as Lo."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from alltid.people.models import Team

    _fill(Team.objects.get(slug="north"), count)
    client = signed_in("Lo")
    address = "/staff/inbox/north/"
    times, queries = [], 0
    for _ in range(20):
        begun = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.status_code
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    queries = len(seen)
    return statistics.median(times), queries


def main() -> Result:
    """Measure in one database that grows."""
    with tempfile.TemporaryDirectory(prefix="alltid-bench-") as folder:
        prepare(Path(folder))
        become(Path(folder))
        found = {count: _measure(count) for count in HELD}
    for count, (milliseconds, queries) in found.items():
        print(f"{count:>9,} held: {milliseconds:.1f} ms, {queries} queries")
    milliseconds = found[HELD[-1]][0]
    same = len({queries for _, queries in found.values()}) == 1
    holds = milliseconds <= MILLISECONDS and same
    return Result("inbox", round(milliseconds, 1), "ms", MILLISECONDS, holds)
