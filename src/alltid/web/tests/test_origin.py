"""Our own pages send; another site's page does not."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from alltid.web.origin import is_foreign


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),  # an old browser says nothing
        ({"Origin": "null"}, False),
        ({"Origin": "https://alltid.example.org"}, False),
        ({"Origin": "HTTPS://Alltid.Example.Org"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://alltid.example.org"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://alltid.example.org"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.org"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "http://alltid.example.org"}, True),
        ({"Origin": "https://alltid.example.org:8443"}, True),
        ({"Origin": "https://alltid.example.org.evil.example"}, True),
        ({"Origin": ""}, True),
    ],
)
def test_a_send_from_another_site_is_told_from_our_own(
    rf: RequestFactory, settings: Settings, headers: dict[str, str], foreign: bool
) -> None:
    settings.ALLOWED_HOSTS = ["alltid.example.org"]
    request = rf.post("/sv/", headers=headers, secure=True, HTTP_HOST="alltid.example.org")
    assert is_foreign(request) is foreign


def test_a_host_written_with_its_usual_port_is_the_same(
    rf: RequestFactory, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["alltid.example.org"]
    request = rf.post(
        "/sv/",
        headers={"Origin": "https://alltid.example.org"},
        secure=True,
        HTTP_HOST="alltid.example.org:443",
    )
    assert not is_foreign(request)


def test_a_trial_on_its_own_port_is_ours(rf: RequestFactory) -> None:
    request = rf.post(
        "/sv/", headers={"Origin": "http://localhost:8123"}, HTTP_HOST="localhost:8123"
    )
    assert not is_foreign(request)
