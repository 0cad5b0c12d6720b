"""Bring the database and the pages' files up to this version.

Run it once before the first start and after every new version, with the server stopped.
"""

from typing import Any

from django.conf import settings
from django.core.management import call_command

from alltid.people.console import Command as Console
from alltid.people.console import refuse, refuse_unsound


class Command(Console):
    """Migrates and collects the static files."""

    help = __doc__ or ""
    needs_database = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a database that is not ours to change; then change it."""
        try:
            settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            refuse(
                f"The folder {settings.DATA} cannot be made ({error.strerror}). Check ALLTID_DATA."
            )
        refuse_unsound(tags=["database"])
        call_command("migrate", verbosity=0, interactive=False)
        refuse_unsound(tags=["database"])  # the first look at a new database notes the pepper
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        self.say("The database and the pages are of this version.")
