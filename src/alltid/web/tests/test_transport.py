"""Which way a request may come in, and whom we take it to be from."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

PROXY = "10.0.0.5"


@pytest.fixture
def behind(client: Client, settings: Settings) -> Client:
    """The house with a proxy of its own before it."""
    settings.ALLTID = settings.ALLTID | {"TRUSTED_PROXIES": [PROXY, "10.1.0.0/16", "fd00::/8"]}
    settings.ALLOWED_HOSTS = ["alltid.example.org"]
    client.handler.load_middleware()
    return client


def ask(client: Client, path: str = "/sv/", **meta: Any) -> Any:
    """One GET that comes from the given address with the given headers."""
    meta.setdefault("HTTP_HOST", "alltid.example.org")
    return client.get(path, **meta)


def through(client: Client, forwarded: str, peer: str = PROXY, proto: str = "https") -> Any:
    return ask(
        client,
        REMOTE_ADDR=peer,
        HTTP_X_FORWARDED_FOR=forwarded,
        HTTP_X_FORWARDED_PROTO=proto,
    )


def test_a_proxy_of_ours_says_who_asks_and_over_which_way(behind: Client) -> None:
    said = through(behind, "192.0.2.7").json()
    assert said["visitor"] == "192.0.2.7"
    assert said["secure"] is True


@pytest.mark.parametrize(
    ("forwarded", "visitor"),
    [
        ("6.6.6.6, 192.0.2.7", "192.0.2.7"),  # what a visitor claims stands to the left
        ("192.0.2.7, 10.1.2.3, 10.1.9.9", "192.0.2.7"),  # proxies behind proxies
        ("6.6.6.6, 192.0.2.7:51234, 10.1.2.3", "192.0.2.7"),
        ("[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("6.6.6.6, unknown", PROXY),  # what cannot be read ends the chain
        ("", PROXY),
    ],
)
def test_a_visitor_is_the_last_hop_that_is_no_proxy(
    behind: Client, forwarded: str, visitor: str
) -> None:
    assert through(behind, forwarded).json()["visitor"] == visitor


def test_an_attacker_cannot_choose_an_address_or_a_way(behind: Client) -> None:
    response = through(behind, "192.0.2.7", peer="203.0.113.9")
    assert response.status_code == 403
    response = behind.get(
        "/sv/",
        secure=True,
        REMOTE_ADDR="203.0.113.9",
        HTTP_HOST="alltid.example.org",
        HTTP_X_FORWARDED_FOR="192.0.2.7",
    )
    assert response.json()["visitor"] == "203.0.113.9"


@pytest.mark.parametrize("proto", ["http", "", "https, http", "http,https", "HTTPS2"])
def test_a_proxy_that_was_reached_in_clear_gets_no_form(behind: Client, proto: str) -> None:
    assert through(behind, "192.0.2.7", proto=proto).status_code == 403


def test_a_proxy_on_this_machine_that_says_nothing_gets_no_form(behind: Client) -> None:
    assert ask(behind, REMOTE_ADDR="127.0.0.1").status_code == 403


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA"])
def test_a_request_passed_on_in_clear_does_not_count_as_near(client: Client, header: str) -> None:
    assert client.get("/sv/", **{header: "192.0.2.7"}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_a_trial_on_this_machine_needs_no_encryption(client: Client, host: str) -> None:
    assert client.get("/sv/", HTTP_HOST=host).json()["secure"] is False


def test_an_attacker_elsewhere_who_asks_for_localhost_is_not_near(client: Client) -> None:
    response = client.get("/sv/", HTTP_HOST="localhost", REMOTE_ADDR="192.0.2.7")
    assert response.status_code == 403


def test_a_child_over_plain_http_is_led_to_the_safe_address(behind: Client) -> None:
    page = ask(behind, "/sv/at/norra/", REMOTE_ADDR="192.0.2.7").content.decode()
    assert "<form" not in page
    assert 'href="https://alltid.example.org/sv/at/norra/"' in page
    assert "112" in page
    assert "116 111" in page


def test_a_child_whose_way_lost_its_encryption_keeps_the_text(behind: Client) -> None:
    response = behind.post(
        "/sv/", {"text": "<b>hej"}, HTTP_HOST="alltid.example.org", REMOTE_ADDR="192.0.2.7"
    )
    assert response.status_code == 403
    assert "&lt;b&gt;hej" in response.content.decode()


def test_bo_over_plain_http_is_told_so_and_given_no_form(behind: Client) -> None:
    response = ask(behind, "/staff/", REMOTE_ADDR="192.0.2.7", HTTP_HOST="alltid.example.org:80")
    assert response.status_code == 403
    page = response.content.decode()
    assert "<form" not in page
    assert "https" in page


@pytest.mark.parametrize("path", ["/sv/", "/en/", "/staff/"])
def test_a_request_for_another_host_gets_a_page_without_its_name(behind: Client, path: str) -> None:
    response = behind.get(path, secure=True, HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert "evil" not in response.content.decode()
    assert "<form" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db  # closing a file's answer looks at open connections
def test_a_style_sheet_may_come_any_way(behind: Client) -> None:
    response = ask(behind, "/static/web/staff.css", REMOTE_ADDR="192.0.2.7")
    assert response.status_code == 200
    response.close()
