"""Bad moments: the right status, a whole sentence, a number to call, and the text kept."""

import html
import re
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.html import escape
from pytest_django import Settings

from alltid.web import errors
from alltid.web.tests.urls import CANARY

TEXT = 'Han sa att jag får <500> kr.\nSka jag "gå"?'
FORM = {"id": "signed", "text": TEXT, "now": "not_safe", "do": "send"}


def kept(response: Any) -> dict[str, str]:
    """The form on a page, as a browser would send it again."""
    page = response.content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', page))
    for name, value in re.findall(
        r'<textarea id="\w+" name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL
    ):
        fields[name] = value
    return {name: html.unescape(value) for name, value in fields.items()}


def action(response: Any) -> str:
    found = re.search(r'<form id="f" action="(.*?)" method="post"', response.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("bug", 500),
        ("locked", 503),
        ("full", 503),
        ("disk", 503),
        ("denied", 403),
        ("odd", 400),
        ("gone", 404),
    ],
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_child_whose_send_fails_keeps_everything_typed(
    client: Client, how: str, status: int, language: str
) -> None:
    response = client.post(f"/{language}/fail/{how}/", FORM)
    assert response.status_code == status
    assert response.has_header("Retry-After") == (status == 503)
    assert kept(response) == {name: FORM[name] for name in ("id", "text", "now")}
    page = response.content.decode()
    assert f'lang="{language}"' in page
    assert 'href="tel:112"' in page
    assert 'href="tel:116111"' in page
    assert CANARY not in page
    assert not response.cookies


def test_a_child_sends_again_to_the_page_that_failed(client: Client) -> None:
    assert action(client.post("/sv/fail/locked/", FORM)) == "/sv/fail/locked/"


def test_a_child_who_sent_to_a_page_that_is_gone_sends_again_to_the_first(client: Client) -> None:
    response = client.post("/sv/at/closed/", FORM)
    assert response.status_code == 404
    assert action(response) == "/sv/"
    assert kept(response)["text"] == TEXT


@pytest.mark.parametrize(
    ("header", "language"),
    [("sv-SE,sv;q=0.9", "sv"), ("en-GB", "en"), ("fi", "en"), ("", "en"), ("*;q=x", "en")],
)
def test_a_child_at_an_address_without_a_language_is_answered_in_the_browsers(
    client: Client, header: str, language: str
) -> None:
    page = client.get("/nowhere/", headers={"accept-language": header}).content.decode()
    assert f'<html lang="{language}"' in page


def test_a_child_who_opens_a_sent_page_again_is_shown_the_way_to_the_words(client: Client) -> None:
    response = client.get("/sv/more/")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    page = response.content.decode()
    assert 'href="/sv/words/"' in page
    assert "<form" not in page


def test_a_page_that_is_not_there_offers_to_write_and_to_come_back(client: Client) -> None:
    page = client.get("/en/nowhere/").content.decode()
    assert 'href="/en/"' in page
    assert 'href="/en/words/"' in page
    assert 'href="/sv/"' in page
    assert "nowhere" not in page


REASONS = [
    *("not_saved", "not_opened", "no_team", "broken", "too_many", "too_big", "foreign"),
    *("nothing_here", "no_post", "not_private", "wrong_address"),
]


def test_every_reason_has_words_of_its_own_in_both_languages(rf: RequestFactory) -> None:
    titles = set()
    for language in ("sv", "en"):
        for reason in REASONS:
            response = errors.not_now(rf.post(f"/{language}/", FORM), reason, 503)
            title = re.search(r"<h1>(.+?)</h1>", response.content.decode())
            assert title
            titles.add(title[1])
    assert len(titles) == 2 * len(REASONS)


@pytest.mark.parametrize(("status", "waits"), [(429, True), (503, True), (500, False)])
def test_a_child_is_told_when_to_come_again(rf: RequestFactory, status: int, waits: bool) -> None:
    response = errors.not_now(rf.post("/sv/", FORM), "too_many", status)
    assert response.status_code == status
    assert response.get("Retry-After") == ("60" if waits else None)


def test_a_child_who_sends_far_too_much_gets_the_beginning_back(
    client: Client, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    words = "Det började i somras. " * 100
    response = client.post(
        "/sv/",
        f"id=signed&text={words.replace(' ', '+')}",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 413
    again = kept(response)
    assert again["id"] == "signed"
    assert 900 < len(again["text"]) < 1000
    assert words.startswith(again["text"])


def test_a_child_who_sends_a_huge_pasted_picture_keeps_the_words_before_it(
    client: Client, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    response = client.post(
        "/sv/",
        "text=det+h%C3%A4r+%2F9j%2F4AAQ" + "A" * 500_000,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 413
    assert kept(response)["text"] == "det här "


def test_a_body_that_is_refused_is_still_read_so_that_the_answer_arrives(
    rf: RequestFactory, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    request = rf.post("/sv/", FORM | {"text": "hej " * 100_000})
    response = errors.bad_request(request, errors.RequestDataTooBig())
    assert response.status_code == 413
    assert request.read() == b""


@pytest.mark.parametrize(
    "body",
    [b"", b"text=%ff%fe", b"&&&", b"text", "\ud800".encode("utf-8", "surrogatepass"), b"\0" * 99],
)
@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/png", ""],
)
def test_no_body_however_odd_breaks_an_error_page(client: Client, body: bytes, kind: str) -> None:
    response = client.post("/sv/fail/bug/", body, content_type=kind)
    assert response.status_code == 500
    assert "112" in response.content.decode()


def test_a_form_of_too_many_fields_is_refused_with_a_page(client: Client) -> None:
    response = client.post("/sv/", {f"f{i}": "1" for i in range(200)})
    assert response.status_code == 400
    assert 'lang="sv"' in response.content.decode()


@pytest.mark.parametrize("path", ["/sv/fail/bug/", "/staff/fail/bug/"])
def test_where_even_the_template_fails_a_few_lines_and_the_text_are_left(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def broken(*args: Any, **kwargs: Any) -> str:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(errors, "render_to_string", broken)
    monkeypatch.setattr(errors, "_typed", lambda request: {"text": TEXT})
    response = client.get(path)
    assert response.status_code == 500
    page = response.content.decode()
    assert escape(TEXT) in page
    assert "112" in page
    assert "116 111" in page
    assert "Det är inte ditt fel" in page
    assert "not your fault" in page
    assert CANARY not in page
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("how", "status"), [("bug", 500), ("locked", 503), ("denied", 403), ("odd", 400), ("gone", 404)]
)
def test_bo_whose_send_fails_keeps_the_reply(
    rf: RequestFactory, client: Client, how: str, status: int
) -> None:
    handlers: dict[str, Any] = {
        "denied": errors.forbidden,
        "odd": errors.bad_request,
        "gone": errors.not_found,
    }
    from alltid.web.tests.urls import FAILURES

    request = rf.post("/staff/fail/", {"text": TEXT})
    response = _handle(request, FAILURES[how](), handlers.get(how))
    assert response.status_code == status
    assert escape(TEXT) in response.content.decode()
    assert response.has_header("Retry-After") == (status == 503)


def _handle(request: HttpRequest, error: Exception, handler: Any) -> HttpResponse:
    try:
        raise error
    except Exception as caught:
        return handler(request, exception=caught) if handler else errors.server_error(request)


def test_bo_with_an_old_page_keeps_the_reply(rf: RequestFactory, client: Client) -> None:
    response = errors.csrf_failure(rf.post("/staff/", {"text": TEXT, "passphrase": "hemligt"}))
    assert response.status_code == 403
    page = response.content.decode()
    assert escape(TEXT) in page
    assert "hemligt" not in page


def test_bo_is_answered_in_the_language_chosen_at_sign_in(
    rf: RequestFactory, client: Client
) -> None:
    request = rf.get("/staff/", headers={"accept-language": "en"})
    request.LANGUAGE_CODE = "sv"
    assert '<html lang="sv"' in errors.not_found(request, Exception()).content.decode()
