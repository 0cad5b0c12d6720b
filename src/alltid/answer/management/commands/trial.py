"""Start a trial on this machine: two example teams, three example threads, random secrets.

A second start goes on with the same data. PORT= and DATA= choose port and folder.
"""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from alltid import server
from alltid.answer import trial
from alltid.people.console import Command as Console
from alltid.people.console import refuse_unsound, write_private


class Command(Console):
    """Prepares the data, prints who can sign in, and becomes the server."""

    help = __doc__ or ""
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The language of the example people."""
        parser.add_argument(
            "--language",
            choices=sorted(trial.THREADS),
            default="sv" if os.environ.get("LANG", "").startswith("sv") else "en",
            help="of the examples and their people's pages (default: %(default)s)",
        )
        parser.add_argument("--prepare", action="store_true", help="make everything, start nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, print, serve."""
        if not options["prepare"]:
            server.claim(settings.ALLTID["HOST"], settings.ALLTID["PORT"])
        refuse_unsound()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        now = timezone.now()
        for sheet in trial.make(options["language"], now):
            write_private(sheet.file, sheet.printed(options["language"], now))
        self.say(*self.lines())
        if not options["prepare"]:
            server.take_over()

    def lines(self) -> list[str]:
        """What is printed at every start."""
        held = trial.kept()
        address = f"http://{settings.ALLTID['HOST']}:{settings.ALLTID['PORT']}"
        rows = [("Name", "Who", "Passphrase", "Code now")] + [
            (
                role.name,
                role.what,
                held["people"][role.name]["passphrase"],
                trial.code_now(held["people"][role.name]["totp"])[0],
            )
            for role in trial.CAST
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        table = [
            "  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        return [
            "",
            "A trial of Alltid, on this machine only. Nobody reads here: not for real children.",
            "",
            f"  A child writes here     {address}/",
            f"  The adults sign in      {address}/staff/",
            "",
            *(line.rstrip() for line in table),
            "",
            f"  A code is new every half minute. The current one: {_command()} code Bo",
            f"  Six words, answered     {' '.join(held['words'])}",
            f"  Data and mail           {_near(settings.DATA)}",
            f"  Recovery sheets         {_near(trial.sheets_folder())}",
            "",
            "Stop with Ctrl-C. The next start goes on with the same data.",
            "",
        ]


def _near(path: Path) -> str:
    """A path as it is typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _command() -> str:
    """How this command was called, as it can be typed again from here."""
    usual = Path("var").absolute()
    called = _near(Path(sys.argv[0]).absolute())
    return called if usual == settings.DATA else f"DATA={_near(settings.DATA)} {called}"
