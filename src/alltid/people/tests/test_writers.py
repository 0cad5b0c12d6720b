"""Writers of SQLite take turns: each gets in, none keeps its turn, a lock that stays is said."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from alltid.people.models import Team
from alltid.web.sqlite import base

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@contextmanager
def locked_by_another_process() -> Iterator[None]:
    """Hold the database's write lock as somebody outside this process would."""
    name = connection.settings_dict["NAME"]
    other = sqlite3.connect(name, uri=str(name).startswith("file:"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def in_threads(count: int, work: Callable[[], None]) -> list[BaseException]:
    """Run the same in so many threads at once; what failed."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_thirty_writers_at_once_all_get_in() -> None:
    team = Team.objects.create(name="North", slug="north", reads_within=0)

    def add_one() -> None:
        with transaction.atomic():
            held = Team.objects.get(pk=team.pk)
            held.reads_within += 1
            held.save()

    assert in_threads(30, add_one) == []
    assert Team.objects.get().reads_within == 30


@pytest.mark.parametrize("how", ["commit", "rollback", "close"])
def test_turn_is_given_back_however_a_transaction_ends(how: str) -> None:
    class Stop(Exception):
        pass

    try:
        with transaction.atomic():
            assert base._turn.locked()
            if how == "rollback":
                raise Stop
            if how == "close":
                connection.close()
                raise Stop
    except Stop:
        pass
    assert not base._turn.locked()


def test_writer_waits_while_another_process_writes_and_then_gets_in() -> None:
    failed: list[BaseException] = []

    def write() -> None:
        with transaction.atomic():
            Team.objects.create(name="North", slug="north")

    with locked_by_another_process():
        writer = threading.Thread(target=lambda: failed.extend(in_threads(1, write)))
        writer.start()
        while not base._turn.locked():
            assert writer.is_alive()
    writer.join()
    assert failed == []
    assert Team.objects.filter(slug="north").exists()


def test_lock_that_stays_is_an_error_after_the_busy_timeout_and_the_next_writer_gets_in() -> None:
    connection.cursor().execute("PRAGMA busy_timeout = 30")
    with locked_by_another_process(), pytest.raises(OperationalError), transaction.atomic():
        raise AssertionError("nobody gets in")
    assert not base._turn.locked()
    assert connection.cursor().execute("PRAGMA busy_timeout").fetchone() == (30,)
    Team.objects.create(name="North", slug="north")
    connection.close()  # the next test has its own patience
