"""Print the current one-time code of somebody in the trial.

A real installation cannot: there the code is only on the person's own telephone.
"""

from argparse import ArgumentParser
from typing import Any

from alltid.answer import trial
from alltid.people.console import Command as Console
from alltid.people.console import refuse


class Command(Console):
    """Reads the trial's own file; needs no database."""

    help = __doc__ or ""
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose code."""
        parser.add_argument("name", help="Bo, Lo, Cato, Mio, Dag or Eva")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the code and for how long it is new."""
        people = trial.kept()["people"]
        name = options["name"].capitalize()
        if name not in people:
            refuse(f"There is nobody called {options['name']} here, but {', '.join(people)}.")
        code, left = trial.code_now(people[name]["totp"])
        self.say(f"{code}   (a new one in {left} s; {people[name]['passphrase']})")
