"""Make pocket cards with six words already on them, as a PDF to print on both sides.

The words stand in the PDF and nowhere else: print it, then delete it.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from alltid.people.console import Command as Console
from alltid.people.console import refuse, team_named
from alltid.people.printing import NotPrinted
from alltid.tell.cards import print_cards
from alltid.vault.errors import KdfBusy

_MOST = 1000


class Command(Console):
    """Prints cards for one team."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose cards, how many, in which language, and where to."""
        parser.add_argument("--team", required=True, help="the team that reads what is written")
        parser.add_argument("--count", type=int, default=40, help="how many (default: %(default)s)")
        parser.add_argument("--out", type=Path, default=Path("cards.pdf"), help="the PDF to write")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default="sv"
        )
        parser.add_argument(
            "--address",
            help="what a child types (default: the words page of the first ALLTID_HOSTS)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the PDF, then let the cards be used."""
        team, count, out = team_named(options["team"]), options["count"], options["out"]
        if not 1 <= count <= _MOST:
            refuse(f"Choose a number of cards from 1 to {_MOST}.")
        if out.exists():
            refuse(f"{out} is there already, perhaps with cards in use. Choose another name.")
        language = options["language"]
        try:
            print_cards(
                team,
                count,
                address=options["address"] or _address(language),
                language=language,
                out=out,
            )
        except (NotPrinted, KdfBusy) as wrong:
            refuse(f"No card was made. {wrong}")
        self.say(
            f"{count} cards for team {team} are in {out}. Print on both sides at 100 %, turned "
            "over the long edge; cut along the lines; then delete the file: whoever has it has "
            "every card.",
        )


def _address(language: str) -> str:
    if settings.ALLTID["HOSTS"]:
        host = settings.ALLTID["HOSTS"][0]
    else:
        host = f"{settings.ALLTID['HOST']}:{settings.ALLTID['PORT']}"
    return f"{host}/{language}/words/"
