"""What may leave this process when something fails: where it failed, never what was said.

An exception's message, a source line, a local variable, an address or a form can each hold a
child's words; a log line or a report therefore names only types, files, lines and addresses'
names (`tell:first`).
"""

import contextlib
import ctypes
import errno
import logging
import resource
import sys
import threading
import traceback
from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

_PR_SET_DUMPABLE = 4
_OURS = "alltid"


def in_short(error: BaseException) -> str:
    """An exception as its type and the places it came through, the last one first; then its causes.

    No message, no source line, no value; of a failing store its own constant, as SQLITE_FULL.
    """
    said: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        frames = [
            f"{frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"
            for frame, line in traceback.walk_tb(cause.__traceback__)
        ]
        kind = type(cause)
        name = f"{kind.__module__}.{kind.__qualname__}{_constant(cause)}"
        said.append("\n  ".join([name, *reversed(frames)]))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\nafter ".join(said)


def _constant(error: BaseException) -> str:
    """What SQLite, PostgreSQL or the system calls a failure: one name of a fixed list."""
    name = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
    if isinstance(error, OSError) and isinstance(error.errno, int):
        name = errno.errorcode.get(error.errno)
    return f" {name}" if name else ""


class QuietFormatter(logging.Formatter):
    """Writes a log record without the words of an exception, a form or an address.

    Our own loggers (`alltid.…`) say what they mean in fixed words; of every other one only the
    place, the status and the name of the address are written.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One record as text; exceptions by `in_short`."""
        said = " ".join(
            [self.formatTime(record), record.levelname, f"{record.name}:", self._message(record)]
        )
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        return f"{said}\n{in_short(error)}" if error else said

    def _message(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] == _OURS and isinstance(record.msg, str):
            given = record.args if isinstance(record.args, tuple) else ()
            args = tuple(
                type(arg).__qualname__ if isinstance(arg, BaseException) else arg for arg in given
            )
            with contextlib.suppress(TypeError, ValueError):
                return record.msg % args if args else record.msg
        said = []
        if status := getattr(record, "status_code", None):
            said.append(str(status))
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        if match is not None:
            said.append(match.view_name)
        return " ".join(said) or f"{record.pathname}:{record.lineno}"


class TellNothing(SafeExceptionReporterFilter):
    """Of a failed request, reports the method; no form, address, cookie, header or variable."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always, whatever DEBUG says."""
        return True

    def get_safe_settings(self) -> dict[str, Any]:
        """None."""
        return {}

    def get_safe_request_meta(self, request: HttpRequest | None) -> dict[str, Any]:
        """The method only."""
        return {"REQUEST_METHOD": request.method} if request is not None else {}

    def get_safe_cookies(self, request: HttpRequest | None) -> dict[str, Any]:
        """None."""
        return {}

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """None."""
        return {}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        """None."""
        return {}.items()


class QuietReporter(ExceptionReporter):
    """Django's report of a failure, as `in_short`: its own would quote source and message."""

    def get_traceback_text(self) -> SafeString:
        """The failure in short."""
        return SafeString(in_short(self.exc_value) if self.exc_value else "")

    def get_traceback_html(self) -> SafeString:
        """The same: nobody reads it in a browser."""
        return escape(str(self.get_traceback_text()))


def _hook(error: BaseException | None) -> None:
    if error is not None:
        sys.stderr.write(in_short(error) + "\n")


def hush() -> None:
    """Keep Python itself from printing messages of failures outside a request."""
    # With raiseExceptions, logging prints the arguments of a record that it cannot format.
    logging.raiseExceptions = False
    threading.excepthook = lambda failed: _hook(failed.exc_value)
    sys.unraisablehook = lambda failed: _hook(failed.exc_value)


def no_core_dumps() -> None:
    """Forbid this process and its children to leave their memory on a disk when they crash."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A core_pattern that is a pipe ignores the limit; a process that is not dumpable is safe.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
