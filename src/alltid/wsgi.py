"""The server's way in: checks the house once, then answers requests."""

import faulthandler
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alltid.settings")
django.setup()

from django.conf import settings  # noqa: E402 - it reads the environment
from django.core.checks import ERROR, run_checks  # noqa: E402
from django.db import DatabaseError  # noqa: E402

from alltid.people.checks import CLOSED  # noqa: E402
from alltid.web.handler import Handler  # noqa: E402
from alltid.web.reporting import hush, no_core_dumps  # noqa: E402


def refuse_unless_sound() -> None:
    """Stop the start with a sentence for everything that is wrong; seals and opens once."""
    if settings.TESTING:
        raise SystemExit(
            "ALLTID_MODE=test is for tests, whose secrets are public. Nobody is served."
        )
    try:
        wrong = [found for found in run_checks(databases=["default"]) if found.level >= ERROR]
    except DatabaseError:
        wrong = [CLOSED]
    if wrong:
        raise SystemExit("\n".join(f"{found.msg} {found.hint} ({found.id})" for found in wrong))


# Whoever starts us without the command `alltid`: what is written is for this user alone.
os.umask(0o077)
no_core_dumps()
# A crash of the process names files and lines, never values.
faulthandler.enable()
refuse_unless_sound()
hush()
application = Handler()
