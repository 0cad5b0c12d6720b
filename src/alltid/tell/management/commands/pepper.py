"""Say what was made with each pepper; retire one that nothing needs, give up one that is lost.

A newer pepper is added behind the old one in ALLTID_PEPPER and used from the next start on. The old
one stays there until nothing is left that was made with it. --lost is for the day when a pepper, or
the salt, is gone with every copy: what only it opens is given up, and the rest goes on.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from alltid.people.console import Command as Console
from alltid.people.console import refuse, refuse_pending
from alltid.people.models import AuditEvent, Installation, User
from alltid.people.secrets import peppers
from alltid.tell.models import Card, Disclosure, KeyCopy
from alltid.vault.receipt import salt_mark


class Command(Console):
    """Counts; changes only what the database knows of peppers, and what a lost one opened."""

    help = __doc__ or ""
    needs_database = False  # it must run while a pepper that is to be forgotten is missing

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one to forget."""
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--retire", metavar="NUMBER", help="forget a pepper that is out of use")
        way.add_argument("--lost", metavar="NUMBER", help="give up a pepper; salt: the salt")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the counts, or forget one."""
        refuse_pending()
        installation = Installation.objects.filter(id=1).first()
        marks: dict[str, str] = installation.pepper_marks if installation else {}
        version = options["retire"] or options["lost"]
        if version is None:
            for known in sorted(marks, key=int):
                self.say(f"Pepper {known}: {_in_words(uses(int(known)))}")
        elif installation is not None and version == "salt" and options["lost"]:
            self._lose_salt(installation)
        elif installation is None or version not in marks:
            known = ", ".join(sorted(marks))
            refuse(f"This database knows no pepper {version}. It knows: {known}.")
        elif options["lost"]:
            self._lose_pepper(installation, int(version))
        else:
            self._retire(installation, int(version))

    def _retire(self, installation: Installation, version: int) -> None:
        used = uses(version)
        if any(used.values()):
            refuse(f"Pepper {version} is still needed: {_in_words(used)} Keep it.")
        _forget(installation, version)
        self.say(f"Pepper {version} is forgotten. Destroy every copy of it.")

    def _lose_pepper(self, installation: Installation, version: int) -> None:
        _refuse_configured(version)
        self.say(f"With pepper {version} goes for ever: {_in_words(uses(version))}")
        self._sure()
        with transaction.atomic():
            _shut_ways(Disclosure.objects.filter(pepper_version=version), "pepper lost")
            Card.objects.filter(pepper_version=version).delete()
            _forget(installation, version)
        self.say(
            f"Pepper {version} is given up. Who cannot sign in now gets a way in from a colleague "
            "who can, or by a recovery sheet (alltid recovery restore)."
        )

    def _lose_salt(self, installation: Installation) -> None:
        new = salt_mark(settings.ALLTID["SALT"]).hex()
        if new == installation.salt_mark:
            refuse("The salt that is set is the one this database was made with. Keep it.")
        ways, cards = Disclosure.objects.filter(locator__isnull=False).count(), Card.objects.count()
        self.say(f"With the salt goes for ever: {ways} ways back of children, {cards} cards.")
        self._sure()
        with transaction.atomic():
            _shut_ways(Disclosure.objects.all(), "salt lost")
            Card.objects.all().delete()
            installation.salt_mark = new
            installation.save(update_fields=["salt_mark"])
        self.say("The old salt is given up. From now on the one that is set is used.")

    def _sure(self) -> None:
        self.ask(
            "If there is a copy anywhere, stop with Ctrl-C and put it back. If not, type lost:",
            lambda text: None if text.casefold() == "lost" else "Type lost, or stop with Ctrl-C.",
        )


def _refuse_configured(version: int) -> None:
    if version in peppers():
        refuse(f"Take pepper {version} out of ALLTID_PEPPER first, then type this again.")


def _forget(installation: Installation, version: int) -> None:
    _refuse_configured(version)
    del installation.pepper_marks[str(version)]
    installation.save(update_fields=["pepper_marks"])


def _shut_ways(disclosures: QuerySet[Disclosure], why: str) -> None:
    """Take away ways back that no words open any more; what was told stays with the team."""
    for disclosure in disclosures.filter(locator__isnull=False).select_related("team"):
        AuditEvent.write(
            "words_expired", actor=None, team=disclosure.team, subject=disclosure.pk, why=why
        )
        KeyCopy.objects.filter(disclosure=disclosure, team_key__isnull=True).delete()
        Disclosure.objects.filter(pk=disclosure.pk).update(locator=None)


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
