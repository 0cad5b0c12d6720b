"""What the shell's tests share: a client of the small house in urls.py."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def client(settings: Settings) -> Client:
    """A browser's requests to the small house; failures come as pages. There is no database."""
    settings.ROOT_URLCONF = "alltid.web.tests.urls"
    return Client(raise_request_exception=False)
