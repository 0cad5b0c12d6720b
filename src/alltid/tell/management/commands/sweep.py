"""Erase what is due: ended talks that are not kept, spent forms, old visit keys.

`alltid serve` does it every ALLTID_ROUNDS minutes. It may run at any time, and twice.
"""

from typing import Any

from alltid.people.console import Command as Console
from alltid.tell.erasing import sweep


class Command(Console):
    """Sweeps once."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many disclosures were erased, where any were; forms and visit keys always go."""
        if erased := sweep()["disclosures"]:
            self.say(f"Erased: {erased} disclosures.")
