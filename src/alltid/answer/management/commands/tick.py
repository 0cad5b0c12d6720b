"""Do what time brings: let cases follow, send notices, settle quarters, erase what is due.

`alltid serve` does it every ALLTID_ROUNDS minutes. It may run at any time, and twice at once.
"""

from typing import Any

from django.utils import timezone

from alltid.answer import notices
from alltid.answer.lead import coached
from alltid.answer.retention import handing_over
from alltid.people.console import Command as Console
from alltid.people.console import refuse
from alltid.tell import erasing


class Command(Console):
    """Does what is due, once."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done, where anything was; mail that fails holds up no erasing."""
        now = timezone.now()
        try:
            done = notices.run(now)
            coached.settle(now)
        finally:
            erased = erasing.sweep(now)["disclosures"]
            handing_over.drop_halves(now)
        if erased:
            self.say(f"Erased: {erased} disclosures.")
        if ready := handing_over.how_many_ready(now):
            self.say(f"Ready to be handed over by a member: {ready} cases.")
        if done.sent:
            self.say(f"Sent: {done.sent} notices")
        if done.failed:
            refuse(
                f"{done.failed} notices could not be sent; the next round tries again. "
                "Check ALLTID_SMTP_URL, and that the mail server answers."
            )
