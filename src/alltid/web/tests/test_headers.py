"""What every answer carries, and what none may carry."""

import base64
import hashlib
import re
from wsgiref.headers import Headers as WsgiHeaders

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from alltid.web.headers import child_policy, static_headers
from alltid.web.inline import child_css

CHILD = ["/", "/sv/", "/en/", "/sv/nowhere/", "/sv/fail/bug/", "/sv/fail/denied/", "/sv/more/"]
STAFF = ["/staff/", "/staff/nowhere/", "/staff/fail/bug/"]


@pytest.mark.parametrize("path", CHILD + STAFF)
def test_a_browser_keeps_nothing_of_any_page(client: Client, path: str) -> None:
    response = client.get(path)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex"
    assert "camera=()" in response["Permissions-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", CHILD)
def test_a_childs_page_allows_its_one_style_and_nothing_inline(client: Client, path: str) -> None:
    policy = dict(
        part.split(" ", 1) for part in client.get(path)["Content-Security-Policy"].split(";")
    )
    digest = base64.b64encode(hashlib.sha256(child_css().encode()).digest()).decode()
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "img-src": "data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_a_childs_error_page_holds_exactly_the_style_that_the_policy_allows(client: Client) -> None:
    page = client.get("/sv/nowhere/").content.decode()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in child_policy()


@pytest.mark.parametrize("path", STAFF)
def test_a_staff_page_allows_its_own_files_only(client: Client, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", CHILD)
def test_a_childs_page_sets_no_cookie_and_varies_with_none(client: Client, path: str) -> None:
    client.cookies["alltid-session"] = "left over"
    response = client.get(path)
    assert not response.cookies
    assert not response.has_header("Vary")


def test_a_view_that_would_give_a_child_a_cookie_is_found_by_any_test(client: Client) -> None:
    with pytest.raises(AssertionError, match="cookie"):
        Client().get("/sv/cookie/")


def test_a_child_gets_no_cookie_even_if_a_view_sets_one(client: Client, settings: Settings) -> None:
    settings.TESTING = False
    response = client.get("/sv/cookie/", HTTP_HOST="localhost")
    assert response.status_code == 200
    assert not response.cookies
    assert not response.has_header("Vary")


def test_a_staff_page_may_set_its_cookies(client: Client) -> None:
    assert "seen" in client.get("/staff/cookie/").cookies


def test_a_childs_headers_stay_small(client: Client) -> None:
    response = client.get("/sv/", secure=True)
    sent = "".join(f"{name}: {value}\r\n" for name, value in response.items())
    assert len(sent) < 800


def test_a_secure_installation_is_remembered_as_secure(client: Client, settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    assert client.get("/sv/", secure=True)["Strict-Transport-Security"] == "max-age=31536000"
    assert not client.get("/sv/").has_header("Strict-Transport-Security")


@pytest.mark.parametrize("name", ["child.js", "child.0a1b2c3d4e5f.js", "mark.svg"])
def test_a_browser_keeps_no_file_that_a_childs_page_loads(name: str) -> None:
    headers = WsgiHeaders(
        [("Cache-Control", "max-age=315360000"), ("Access-Control-Allow-Origin", "*")]
    )
    static_headers(headers, f"/srv/static/web/{name}", f"/static/web/{name}")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] is None


def test_a_browser_may_keep_the_staffs_style(client: Client) -> None:
    headers = WsgiHeaders([("Cache-Control", "max-age=315360000, public, immutable")])
    static_headers(headers, "/srv/static/web/staff.0a1b2c3d4e5f.css", "/static/web/staff.css")
    assert "immutable" in str(headers["Cache-Control"])


@pytest.mark.django_db  # closing a file's answer looks at open connections
def test_a_childs_script_is_served_and_not_kept(client: Client) -> None:
    response = client.get("/static/web/child.js")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert b"".join(response).strip()
    response.close()


def test_a_file_that_is_not_there_is_a_childs_page(client: Client) -> None:
    response = client.get("/static/web/nothing.js", headers={"accept-language": "sv"})
    assert response.status_code == 404
    assert response["Content-Security-Policy"] == child_policy()


def test_a_page_speaks_the_language_of_its_address_whatever_came_before(
    client: Client, rf: RequestFactory
) -> None:
    from django.utils import translation

    translation.activate("en")
    assert client.get("/sv/").json()["language"] == "sv"
    assert client.get("/en/").json()["language"] == "en"
    assert translation.get_language() == "en"
