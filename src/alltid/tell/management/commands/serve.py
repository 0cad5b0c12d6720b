"""Serve in production: look at everything that must hold, then start.

Settings come from the environment (docs/configuration.md). Stop with Ctrl-C or SIGTERM.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from alltid import server
from alltid.people.console import Command as Console
from alltid.people.console import refuse, refuse_pending, refuse_unsound
from alltid.people.models import Team
from alltid.tell.erasing import replay


class Command(Console):
    """Refuses with a sentence, or becomes the server."""

    help = __doc__ or ""
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to start at all."""
        parser.add_argument(
            "--check", action="store_true", help="look at everything and start nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, erase again what a restore brought back, start."""
        if settings.ALLTID["MODE"] != "serve":
            refuse(
                f"ALLTID_MODE is {settings.ALLTID['MODE']}, and `alltid serve` is for real "
                "children. Take ALLTID_MODE out, or start a trial with `make run`."
            )
        refuse_unsound()
        refuse_pending()
        if not Team.objects.exists():
            refuse("There is no team that could read. Make the first one with `alltid setup`.")
        if not Path(str(settings.STATIC_ROOT), "staticfiles.json").exists():
            refuse("The pages' files are not collected yet. Type `alltid upgrade`.")
        server.check_certificate()
        host, port = settings.ALLTID["HOST"], settings.ALLTID["PORT"]
        server.claim(host, port)
        if options["check"]:
            self.say("Everything that must hold holds.")
            return
        if returned := replay():
            self.say(
                f"{returned} disclosures had come back with a backup and are erased or ended again."
            )
        self.say(f"Alltid listens on {host}, port {port}.", *_unguarded())
        server.take_over()


def _unguarded() -> list[str]:
    """What is allowed and still worth a sentence."""
    said = []
    if not settings.ALLTID["TRUSTED_PROXIES"]:
        said.append(
            "No proxy is trusted (ALLTID_TRUSTED_PROXIES). If one stands before Alltid, all its "
            "visitors look like one."
        )
    if not settings.ALLTID["ROUNDS"]:
        said.append(
            "ALLTID_ROUNDS is 0: nothing is noticed or erased unless a timer of yours runs "
            "`alltid tick`."
        )
    if not settings.ALLTID["SMTP_URL"]:
        said.append(
            "ALLTID_SMTP_URL is not set: nobody hears that a child has written, unless they look."
        )
    now = timezone.now()
    if not any(team.accepts(now) for team in Team.objects.all()):
        said.append("Children can tell no team now. Each team's own page says why.")
    return said
