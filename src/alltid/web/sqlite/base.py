"""Django's SQLite backend, in which whoever wants to write is let in soon after the one before.

SQLite itself sleeps between its tries, up to a tenth of a second, while others walk past: of
thirty-two children who wrote at once, one in a hundred waited for half a second and more. Here one
thread of a process tries at a time, every other millisecond, and the others of that process queue.
"""

import sqlite3
import threading
import time

from django.db.backends.sqlite3 import base  # its stubs leave out what is done under the lock
from django.db.utils import OperationalError

# Seconds between tries: a writer holds the lock for some four milliseconds.
_STEP = 0.0015
_turn = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin in turn, or OperationalError after its busy timeout."""

    _has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        patience = self.connection.execute("PRAGMA busy_timeout").fetchone()[0]
        until = time.monotonic() + patience / 1000
        if not _turn.acquire(timeout=patience / 1000):
            raise OperationalError("database is locked")
        self._has_turn = True
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            self._begin(until)
        except BaseException:
            self._give_turn_back()
            raise
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {patience}")

    def _begin(self, until: float) -> None:
        while True:
            try:
                super()._start_transaction_under_autocommit()  # type: ignore[misc]
                return
            except OperationalError as error:
                code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
                if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(_STEP)

    def _give_turn_back(self) -> None:
        if self._has_turn:
            self._has_turn = False
            _turn.release()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn_back()
