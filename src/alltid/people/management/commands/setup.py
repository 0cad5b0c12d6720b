"""Make a team: its lead, its key, and two recovery sheets to print.

Every question can be answered beforehand by an option. The lead sits at the keyboard. Nothing is
kept until part of a sheet has been typed back and the lead's authenticator app has shown a code.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from alltid.people.console import Command as Console
from alltid.people.console import give_way_in, refuse
from alltid.people.joining import Offer
from alltid.people.keys import found_team
from alltid.people.models import Team, User
from alltid.people.paper import printed_sheets, prove_paper
from alltid.people.signin import protect
from alltid.vault.identity import Identity

KINDS = {"1": Team.Kind.MANDATED, "2": Team.Kind.HEALTH_RECORD, "3": Team.Kind.NOT_MANDATED}
_WEEKDAYS = {str(day): [["08:00", "16:00"]] for day in range(5)}

# What is wrong with an answer, or None.
Check = Callable[[str], str | None]


class Command(Console):
    """Asks, shows, proves, and then keeps everything at once."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The answers that are known beforehand."""
        parser.add_argument("--team", help="the team's name")
        parser.add_argument("--place", help="where it is, as children know it")
        parser.add_argument("--kind", choices=[kind.value for kind in Team.Kind])
        parser.add_argument("--lead", help="the name the lead signs in with")
        parser.add_argument("--first-name", help="the lead's first name, shown to children")
        parser.add_argument("--email", help="the lead's address for notices; empty for none")
        parser.add_argument("--keeper", action="append", help="who keeps a sheet; give it twice")
        parser.add_argument("--language", choices=[c for c, _n in settings.LANGUAGES], default="sv")
        parser.add_argument(
            "--out", type=Path, help="a folder for the sheets until they are printed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the team, or leave nothing behind."""
        team, lead, keepers = self._asked(options)
        language = options["language"]
        identities = [Identity.generate() for _keeper in keepers]
        offer = give_way_in(self, lead.name, language)
        with printed_sheets(
            self, team, keepers, identities, language=language, folder=options["out"]
        ):
            typed = prove_paper(self, identities)
            self._keep(team, lead, offer, keepers, identities, typed)
        self.clear_screen()
        self.say(*_next_steps(team, lead))

    def _asked(self, options: dict[str, Any]) -> tuple[Team, User, tuple[str, str]]:
        """Everything that is asked, as rows that are not saved."""
        name = self._answer(options["team"], "The team's name:", _new_team)
        place = self._answer(options["place"], "Where it is, as children know it:", _short(80))
        kind = options["kind"]
        if kind is None:
            self.say(*(f"  {number}  {kind.label}" for number, kind in KINDS.items()))
            kind = KINDS[self.ask("What it is (1, 2 or 3):", _one_of(KINDS))]
        lead = self._answer(options["lead"], "The name the lead signs in with:", _new_user)
        first = self._answer(
            options["first_name"], "The lead's first name, shown to children:", _short(40)
        )
        email = options["email"]
        if email is None:
            email = self.ask("The lead's e-mail address for notices (- for none):", _email)
        elif email and (wrong := _email(email)):
            refuse(wrong)
        given = [*(options["keeper"] or []), None, None][:2]
        first_keeper = self._answer(given[0], "Who keeps recovery sheet 1:", _short(80))
        second = self._answer(given[1], "Who keeps recovery sheet 2:", _another(first_keeper))
        team = Team(name=name, slug=_free_slug(name), place=place, kind=kind, opening=_WEEKDAYS)
        user = User(name=lead, first_name=first, email="" if email == "-" else email,
                    language=options["language"])  # fmt: skip
        return team, user, (first_keeper, second)

    def _answer(self, given: str | None, question: str, check: Check) -> str:
        """An option's value, or what is typed; a wrong option ends the command."""
        if given is None:
            return self.ask(question, check)
        if wrong := check(given.strip()):
            refuse(wrong)
        return given.strip()

    def _keep(
        self,
        team: Team,
        lead: User,
        offer: Offer,
        keepers: tuple[str, str],
        identities: list[Identity],
        typed: int,
    ) -> None:
        protect(lead, Identity.generate(), offer.passphrase, offer.totp_secret)
        with transaction.atomic():
            lead.save(force_insert=True)
            team.position = Team.objects.count()
            team.save(force_insert=True)
            found_team(team, lead, keepers, identities)
            team.sheets.filter(number=typed).update(checked=timezone.now())


def _new_team(name: str) -> str | None:
    if wrong := _short(60)(name):
        return wrong
    if Team.objects.filter(name__iexact=name).exists():
        return f"There is a team {name} already. Choose another name."
    return None if slugify(name) else "A name needs a letter from a to z for its address."


def _new_user(name: str) -> str | None:
    if wrong := _short(60)(name):
        return wrong
    if User.objects.filter(name__iexact=name).exists():
        return f"Somebody signs in as {name} already. Choose another name."
    return None


def _short(longest: int) -> Check:
    return lambda text: None if 0 < len(text) <= longest else f"Write it in 1 to {longest} letters."


def _another(keeper: str) -> Check:
    """A second keeper, who is not the first."""

    def check(text: str) -> str | None:
        if text.casefold() == keeper.casefold():
            return "Two sheets with one keeper are one sheet. Name another keeper for the second."
        return _short(80)(text)

    return check


def _one_of(known: dict[str, Any]) -> Check:
    return lambda text: None if text in known else f"Type one of {', '.join(known)}."


def _email(text: str) -> str | None:
    if text == "-":
        return None
    try:
        validate_email(text)
    except ValidationError:
        return "That is not an e-mail address. Write one, or - for none."
    return None


def _free_slug(name: str) -> str:
    base = slugify(name)[:36]
    taken = set(Team.objects.values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, 1000))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


def _next_steps(team: Team, lead: User) -> list[str]:
    return [
        f"Team {team} is made. {lead.name} leads it; the sheets are no longer on this machine.",
        "",
        f"What {lead.name} does next, at /staff/ of this installation:",
        "  1  sign in, and change the passphrase if anybody else saw it",
        "  2  set the hours, and name a cover team (alltid setup makes a second one)",
        "  3  invite a second reader, and let them in",
        "  4  open the team for children",
    ]
