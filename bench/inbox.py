"""The inbox page on the server with 10, 10,000 and 1,000,000 disclosures held."""

import os
import statistics
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.frame import Result
from bench.trial import prepare

if TYPE_CHECKING:
    from alltid.people.models import Team

MILLISECONDS = 50
HELD = (10, 10_000, 1_000_000)


def _load(data: Path) -> None:
    """Become a process of the trial in that folder."""
    from alltid.cli import read_env_file

    for name in [name for name in os.environ if name.startswith("ALLTID_")]:
        del os.environ[name]
    read_env_file(str(data / "trial.env"), os.environ)
    os.environ["DJANGO_SETTINGS_MODULE"] = "alltid.settings"
    import django

    django.setup()


def _fill(team: "Team", count: int) -> None:
    """Bring the disclosures of a team up to a number; one in ten waits, one in two has an owner."""
    from django.db import connection

    from alltid.answer.models import Case
    from alltid.people.models import User
    from alltid.tell.models import Disclosure

    owner = User.objects.get(name="Bo")
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for begin in range(Disclosure.objects.filter(team=team).count(), count, 20_000):
        batch = [
            Disclosure(
                team=team,
                recipient="age1" + "q" * 58,
                locator=uuid.uuid4().bytes,
                pepper_version=1,
                told=now - timedelta(hours=number % 9000),
                due=now - timedelta(hours=number % 9000 - 40),
                rank=(0 if number % 100 == 0 else 1 if number % 10 == 0 else 2),
                acute=number % 100 == 0,
                sequence=1,
                read_by_staff=number % 2,
            )
            for number in range(begin, min(begin + 20_000, count))
        ]
        Disclosure.objects.bulk_create(batch)
        Case.objects.bulk_create(
            Case(disclosure=disclosure, owner=owner, recipient="age1" + "q" * 58)
            for disclosure in batch[::2]
        )
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("ANALYZE")


def _measure(count: int) -> tuple[float, int]:
    """Median milliseconds of the first and the third page, and their queries, signed in as Lo."""
    from django.conf import settings
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from alltid.answer.trial import kept
    from alltid.people import unlocking
    from alltid.people.models import Team, User
    from alltid.people.passphrase import canonical
    from alltid.people.secrets import STAFF_GATE, pepper
    from alltid.vault.envelope import open_identity
    from alltid.vault.identity import Identity

    _fill(Team.objects.get(slug="north"), count)
    lo = User.objects.get(name="Lo")
    outer = Identity.from_passphrase(
        canonical(kept()["people"]["Lo"]["passphrase"]),
        bytes(lo.salt),
        pepper(lo.pepper_version),
        STAFF_GATE,
    )
    identity = open_identity(bytes(lo.sealed_identity), outer, lo.identity_label(), lo.recipient)
    client, response = Client(SERVER_NAME="127.0.0.1"), HttpResponse()
    client.force_login(lo)
    request = HttpRequest()
    request.session = client.session
    unlocking.start(request, response, lo, identity)
    client.cookies[settings.KEY_COOKIE] = response.cookies[settings.KEY_COOKIE].value
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
        _load(Path(folder))
        found = {count: _measure(count) for count in HELD}
    for count, (milliseconds, queries) in found.items():
        print(f"{count:>9,} held: {milliseconds:.1f} ms, {queries} queries")
    milliseconds = found[HELD[-1]][0]
    same = len({queries for _, queries in found.values()}) == 1
    holds = milliseconds <= MILLISECONDS and same
    return Result("inbox", round(milliseconds, 1), "ms", MILLISECONDS, holds)
