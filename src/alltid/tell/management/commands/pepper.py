"""Say what was made with each pepper; retire one that nothing needs any more.

A newer pepper is added behind the old one in ALLTID_PEPPER and used from the next start on. The old
one stays there until nothing is left that was made with it.
"""

from argparse import ArgumentParser
from typing import Any

from alltid.people.console import Command as Console
from alltid.people.console import refuse, refuse_pending
from alltid.people.models import Installation, User
from alltid.people.secrets import peppers
from alltid.tell.models import Card, Disclosure


class Command(Console):
    """Counts; changes only the list of peppers that the database knows."""

    help = __doc__ or ""
    needs_database = False  # it must run while a pepper that is to be retired is missing

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one to forget."""
        parser.add_argument("--retire", metavar="NUMBER", help="forget a pepper that is out of use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the counts, or forget one."""
        refuse_pending()
        installation = Installation.objects.filter(id=1).first()
        marks: dict[str, str] = installation.pepper_marks if installation else {}
        version = options["retire"]
        if version is None:
            for known in sorted(marks, key=int):
                self.say(f"Pepper {known}: {_in_words(uses(int(known)))}")
            return
        if installation is None or version not in marks:
            known = ", ".join(sorted(marks))
            refuse(f"This database knows no pepper {version}. It knows: {known}.")
        used = uses(int(version))
        if any(used.values()):
            refuse(f"Pepper {version} is still needed: {_in_words(used)} Keep it.")
        if int(version) in peppers():
            refuse(f"Take pepper {version} out of ALLTID_PEPPER first, then type this again.")
        del marks[version]
        installation.save(update_fields=["pepper_marks"])
        self.say(f"Pepper {version} is forgotten. Destroy every copy of it.")


def uses(version: int) -> dict[str, int]:
    """How much is left that was made with a pepper, by what it is."""
    return {
        "ways back of children": Disclosure.objects.filter(
            pepper_version=version, locator__isnull=False
        ).count(),
        "cards": Card.objects.filter(pepper_version=version).count(),
        "passphrases": User.objects.filter(pepper_version=version).count(),
    }


def _in_words(used: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in used.items()) + "."
