"""What a failure leaves behind: where it was, never what was said."""

import errno
import io
import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils.log import AdminEmailHandler
from django.views.debug import get_exception_reporter_class, get_exception_reporter_filter

from alltid.web.reporting import QuietFormatter, QuietReporter, TellNothing, hush, in_short

CANARY = "kanariefågel"


def fail(said: str = CANARY) -> BaseException:
    """An error with the canary in its text, its cause's text and its local variables."""
    local = said + " in a variable"
    try:
        try:
            raise OperationalError(said)
        except OperationalError as cause:
            raise ValueError(local) from cause
    except ValueError as error:
        return error


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What every logger writes, as the server would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(QuietFormatter())
    loggers = [logging.getLogger(), logging.getLogger("django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)


def test_the_settings_use_what_is_tested_here() -> None:
    formatters = django_settings.LOGGING["formatters"]
    handlers = django_settings.LOGGING["handlers"].values()
    assert {formatters[handler["formatter"]]["()"] for handler in handlers} == {
        "alltid.web.reporting.QuietFormatter"
    }
    assert get_exception_reporter_class(None) is QuietReporter
    assert isinstance(get_exception_reporter_filter(None), TellNothing)


def test_an_error_in_short_names_types_files_and_lines_only() -> None:
    said = in_short(fail())
    assert "builtins.ValueError" in said
    assert "django.db.utils.OperationalError" in said
    assert f"{__file__}:" in said
    assert "in fail" in said
    assert CANARY not in said
    assert "raise" not in said


def test_a_full_disk_is_told_from_a_locked_database_by_its_constant(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "small.sqlite3")) as database:
        database.execute("CREATE TABLE told (sealed BLOB)")
        database.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as full:
            database.execute("INSERT INTO told VALUES (zeroblob(100000))")
    assert in_short(full.value).startswith("sqlite3.OperationalError SQLITE_FULL\n")
    assert in_short(OSError(errno.ENOSPC, CANARY)) == "builtins.OSError ENOSPC"
    assert in_short(SMTPRecipientsRefused({CANARY: (550, b"")})).count("\n") == 0


def test_an_error_that_causes_itself_is_told_once() -> None:
    error = ValueError()
    other = KeyError()
    error.__cause__, other.__cause__ = other, error
    assert in_short(error).count("ValueError") == 1


@pytest.mark.parametrize("how", ["bug", "locked", "denied", "odd", "gone"])
def test_a_childs_failed_send_leaves_no_word_in_the_log(
    client: Client, written: io.StringIO, how: str
) -> None:
    client.post(f"/sv/fail/{how}/?q={CANARY}", {"text": CANARY}, headers={"User-Agent": CANARY})
    said = written.getvalue()
    assert CANARY not in said
    assert "/sv/" not in said
    if how == "bug":
        assert "500" in said
        assert "ZeroDivisionError" in said
        assert "urls.py:" in said


@pytest.mark.parametrize("path", ["/sv/nowhere/", "/sv/more/", "/sv/fail/gone/"])
def test_a_child_who_fails_at_nothing_of_ours_leaves_no_line(
    client: Client, written: io.StringIO, path: str
) -> None:
    client.get(path)
    assert written.getvalue() == ""


def test_a_wrong_host_leaves_no_line(client: Client, written: io.StringIO) -> None:
    client.get("/sv/", HTTP_HOST=f"{CANARY}.example")
    assert written.getvalue() == ""


def test_a_log_line_names_the_address_by_its_name() -> None:
    record = logging.LogRecord(
        "django.request", logging.ERROR, "log.py", 1, "%s: %s", ("Bad", f"/sv/{CANARY}"), None
    )
    record.status_code = 500
    record.request = SimpleNamespace(resolver_match=SimpleNamespace(view_name="tell:first"))
    said = QuietFormatter().format(record)
    assert said.endswith("django.request: 500 tell:first")


def test_our_own_log_line_is_written_with_its_figures_and_no_error_text(
    written: io.StringIO,
) -> None:
    log = logging.getLogger("alltid.web.test")
    log.warning("%s notices waited %d minutes: %s.", 3, 15, fail())
    assert "3 notices waited 15 minutes: ValueError." in written.getvalue()
    log.error("Broken", exc_info=fail())
    assert "Broken\nbuiltins.ValueError" in written.getvalue()
    log.error("No error", exc_info=True)
    log.error(fail())
    assert CANARY not in written.getvalue()


def test_a_log_line_whose_figures_do_not_fit_names_its_place() -> None:
    record = logging.LogRecord("alltid.web", logging.ERROR, "x.py", 7, "%d", (CANARY,), None)
    assert QuietFormatter().format(record).endswith("alltid.web: x.py:7")


def test_a_stranger_in_the_process_logs_its_place_only(written: io.StringIO) -> None:
    logging.getLogger("some.library").error("could not send %s", CANARY, stack_info=True)
    assert CANARY not in written.getvalue()
    assert "test_reporting.py:" in written.getvalue()


def test_an_error_report_holds_no_form_no_address_and_no_variable(rf: RequestFactory) -> None:
    request = rf.post(f"/sv/?{CANARY}", {"text": CANARY}, headers={"Cookie": f"a={CANARY}"})
    error = fail()
    reporter = QuietReporter(request, type(error), error, error.__traceback__)
    for said in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert "ValueError" in said
        assert CANARY not in said
    record = logging.LogRecord("django.request", logging.ERROR, "log.py", 1, "x", (), None)
    record.exc_info = (type(error), error, error.__traceback__)
    sent: list[str] = []
    handler = AdminEmailHandler(include_html=True)
    handler.send_mail = lambda *args, **kwargs: sent.append(repr((args, kwargs)))  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "ADMINS", [("Eva", "eva@example.org")])
        handler.emit(record)
    assert sent
    assert CANARY not in sent[0]


def test_the_filter_gives_djangos_own_report_nothing_either(rf: RequestFactory) -> None:
    request = rf.post("/sv/", {"text": CANARY}, headers={"Cookie": f"a={CANARY}"})
    nothing = TellNothing()
    frame = sys._getframe()
    assert nothing.is_active(request)
    assert nothing.get_post_parameters(request) == {}
    assert nothing.get_safe_cookies(request) == {}
    assert nothing.get_safe_settings() == {}
    assert nothing.get_safe_request_meta(request) == {"REQUEST_METHOD": "POST"}
    assert not nothing.get_traceback_frame_variables(request, frame)


def test_python_itself_prints_no_message_of_a_thread_or_a_destructor(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in (
        (threading, "excepthook"),
        (sys, "unraisablehook"),
        (logging, "raiseExceptions"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    hush()

    def stumble() -> None:
        raise fail()

    thread = threading.Thread(target=stumble)
    thread.start()
    thread.join()

    class Stumbling:
        def __del__(self) -> None:
            raise fail()

    Stumbling()
    logging.getLogger("alltid.web.test").error("%d", CANARY)
    said = capsys.readouterr().err
    assert said.count("builtins.ValueError") == 2
    assert CANARY not in said


def test_a_crash_leaves_no_memory_on_a_disk() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import ctypes, resource\n"
            "from alltid.web.reporting import no_core_dumps\n"
            "no_core_dumps()\n"
            "print(resource.getrlimit(resource.RLIMIT_CORE))\n"
            "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "(0, 0)\n0\n"  # PR_GET_DUMPABLE, prctl(2)
