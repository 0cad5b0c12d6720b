"""Inside a trial: this process becomes one of its own, and asks pages without a network."""

import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client


def become(data: Path) -> None:
    """Become a process of the trial in that folder."""
    from alltid.cli import read_env_file

    for name in [name for name in os.environ if name.startswith("ALLTID_")]:
        del os.environ[name]
    read_env_file(str(data / "trial.env"), os.environ)
    os.environ["DJANGO_SETTINGS_MODULE"] = "alltid.settings"
    import django

    django.setup()


def signed_in(name: str) -> "Client":
    """A browser of somebody of the trial's, signed in and unlocked."""
    from django.conf import settings
    from django.http import HttpRequest, HttpResponse
    from django.test import Client

    from alltid.answer.trial import kept
    from alltid.people import unlocking
    from alltid.people.models import User
    from alltid.people.passphrase import canonical
    from alltid.people.secrets import STAFF_GATE, pepper
    from alltid.vault.envelope import open_identity
    from alltid.vault.identity import Identity

    user = User.objects.get(name=name)
    outer = Identity.from_passphrase(
        canonical(kept()["people"][name]["passphrase"]),
        bytes(user.salt),
        pepper(user.pepper_version),
        STAFF_GATE,
    )
    sealed = bytes(user.sealed_identity)
    identity = open_identity(sealed, outer, user.identity_label(), user.recipient)
    client, response = Client(SERVER_NAME="127.0.0.1"), HttpResponse()
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    unlocking.start(request, response, user, identity)
    client.cookies[settings.KEY_COOKIE] = response.cookies[settings.KEY_COOKIE].value
    return client


def timed(client: "Client", address: str, times: int = 20) -> tuple[float, int]:
    """Median milliseconds of a page on the server, and its queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    took = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = client.get(address)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.status_code
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    return statistics.median(took), len(seen)
