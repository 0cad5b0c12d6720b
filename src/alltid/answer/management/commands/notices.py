"""Tell staff by e-mail that something waits; the mail says nothing else.

`alltid serve` does it every ALLTID_ROUNDS minutes. It may run at any time, and twice.
"""

from typing import Any

from django.utils import timezone

from alltid.answer import notices
from alltid.people.console import Command as Console
from alltid.people.console import refuse


class Command(Console):
    """Sends what is due, once."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many mails went out, where any did."""
        done = notices.run(timezone.now())
        if done.sent:
            self.say(f"Sent: {done.sent} notices")
        if done.failed:
            refuse(
                f"{done.failed} notices could not be sent; the next round tries again. "
                "Check ALLTID_SMTP_URL, and that the mail server answers."
            )
