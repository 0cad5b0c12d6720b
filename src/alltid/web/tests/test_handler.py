"""What comes in from the server: strange charsets, and failures before there is a request."""

import json
import logging
from typing import Any

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from alltid.web.handler import Handler

from .urls import CANARY

# A request begins with a look at the connection that an earlier test may have left open.
pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(settings: Settings) -> Handler:
    settings.ROOT_URLCONF = "alltid.web.tests.urls"
    return Handler()


def answer(handler: Handler, environ: dict[str, Any]) -> tuple[str, bytes]:
    """The status and the body of an answer."""
    said: list[str] = []
    body = b"".join(handler(environ, lambda status, _headers: said.append(status)))
    return said[0], body


def sent(kind: str, body: bytes, query: str = "") -> dict[str, Any]:
    return RequestFactory().generic("POST", f"/sv/?{query}", body, kind).environ


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "utf-16", "zlib", "latin-1"])
@pytest.mark.parametrize("query", ["", "a=-b"])
def test_stranger_names_a_charset_and_the_form_is_read_as_utf8_all_the_same(
    handler: Handler, charset: str, query: str
) -> None:
    part = '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nd\u00e5 \\ud800\r\n--b--\r\n'
    environ = sent("multipart/form-data; boundary=b", part.encode(), query)
    environ["CONTENT_TYPE"] += f"; charset={charset}"
    assert json.loads(answer(handler, environ)[1])["text"] == "d\u00e5 \\ud800"
    environ = sent("application/x-www-form-urlencoded", b"text=d%C3%A5", query)
    environ["CONTENT_TYPE"] += f"; charset={charset}"
    assert json.loads(answer(handler, environ)[1])["text"] == "d\u00e5"


def test_what_fails_before_there_is_a_request_is_answered_and_not_told(
    handler: Handler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> None:
        raise LookupError(CANARY)

    environ = sent("text/plain", CANARY.encode())
    monkeypatch.setattr(handler, "request_class", fail)
    assert answer(handler, environ) == ("400 Bad Request", b"")
    [record] = caplog.records
    quiet = logging.getLogger().handlers[0].formatter or logging.Formatter()
    assert "LookupError" in quiet.format(record)
    assert CANARY not in quiet.format(record)
