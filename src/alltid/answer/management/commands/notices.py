"""Tell staff by e-mail that something waits; the mail says nothing else.

`alltid serve` does it every ALLTID_ROUNDS minutes. It may run at any time, and twice.
"""

import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import CommandError
from django.db import close_old_connections
from django.utils import timezone

from alltid.answer import notices
from alltid.people.console import Command as Console


class Command(Console):
    """Sends notices once, or again and again."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often, for an installation without a timer."""
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="go on, with so many seconds in between"
        )

    def handle(self, *args: Any, every: int | None = None, **options: Any) -> None:
        """Say how many mails went out, where any did."""
        if every is not None and every < 1:
            raise CommandError("Between two rounds there is at least one second. Choose 60.")
        with suppress(KeyboardInterrupt):
            while True:
                wrong = self.send()
                if every is None and wrong:
                    raise CommandError(wrong)
                if every is None:
                    return
                if wrong:
                    self.stderr.write(wrong)
                close_old_connections()
                time.sleep(every)

    def send(self) -> str:
        """One round; what was wrong with it, in a sentence, or an empty text."""
        done = notices.run(timezone.now())
        if done.sent:
            self.say(f"Sent: {done.sent} notices")
        if not done.failed:
            return ""
        return (
            f"{done.failed} notices could not be sent; the next round tries again. "
            "Check ALLTID_SMTP_URL, and that the mail server answers."
        )
