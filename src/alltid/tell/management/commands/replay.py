"""Erase and end again, after a restore from a backup, what had been erased or ended before.

It reads erased.txt in the data folder. `alltid serve` does it at every start.
"""

from typing import Any

from alltid.people.console import Command as Console
from alltid.tell.erasing import replay


class Command(Console):
    """Replays the list of erased ids."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many came back with the backup and are gone again."""
        self.say(f"{replay()} disclosures had come back and are erased or ended again.")
