"""Try a recovery sheet, open a team's keys with one, or print new ones.

`recovery check --team North` belongs into every year. `recovery restore --team North --user NAME`
is for the day when no member can open the keys any more: that person leads the team from then on,
which is asked first; --fresh makes their way in anew.
`recovery renew --team North --by NAME` is for a sheet that was lost, or that somebody has seen.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alltid.people import sheets
from alltid.people.console import Command as Console
from alltid.people.console import give_way_in, refuse, team_named
from alltid.people.keys import forget_identity
from alltid.people.models import Team, User
from alltid.people.paper import printed_sheets, prove_paper
from alltid.people.signin import Refused, Wait, protect, sign_in
from alltid.people.unlocking import Unlocked
from alltid.vault.errors import VaultError
from alltid.vault.identity import Identity


class Command(Console):
    """Reads a typed sheet and does one thing with it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """check, restore or renew."""
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="type a sheet in and see that it still opens")
        restore = actions.add_parser("restore", help="give one person the team's keys by a sheet")
        renew = actions.add_parser("renew", help="print new sheets; the old ones open nothing new")
        for action in (check, restore, renew):
            action.add_argument("--team", required=True)
        restore.add_argument("--user", required=True, help="the name they sign in with")
        restore.add_argument(
            "--fresh",
            action="store_true",
            help="they have no way in any more: make passphrase and second factor anew",
        )
        restore.add_argument("--first-name", help="of somebody new; children see it")
        renew.add_argument("--by", required=True, help="a lead of the team, who signs in here")
        renew.add_argument("--keeper", action="append", required=True, help="give it twice")
        renew.add_argument("--out", type=Path, help="a folder for the sheets until printed")
        for action in (restore, renew):
            action.add_argument(
                "--language", choices=[code for code, _name in settings.LANGUAGES], default="sv"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the sheet and do what was asked with it."""
        team = team_named(options["team"])
        try:
            if options["action"] == "check":
                self._check(team)
            elif options["action"] == "restore":
                self._restore(team, options)
            else:
                self._renew(team, options)
        except sheets.OtherSheet as wrong:
            refuse(str(wrong))
        except VaultError as wrong:
            refuse(
                f"Something stored does not open as it should: {wrong} Stop the server and compare "
                "the database with a backup."
            )

    def _read_sheet(self) -> Identity:
        """The identity that was typed; asks again until it can be read, then clears the screen."""
        self.say(
            "Type the whole key of one sheet, group by group. Big or small letters and spaces do "
            f"not matter; {sheets.PREFIX} before it may be left out."
        )
        try:
            return sheets.read(self.ask("The key:", sheets.misread))
        finally:
            self.clear_screen()

    def _check(self, team: Team) -> None:
        sheet, opened = sheets.check(team, self._read_sheet(), timezone.now())
        self.say(
            f"Sheet {sheet.number} of team {team} opens every key it should ({opened}). It is kept "
            f"by {sheet.keeper}; the check is noted. Put it back under lock."
        )

    def _restore(self, team: Team, options: dict[str, Any]) -> None:
        user = User.objects.filter(name__iexact=options["user"]).first()
        if user is None and not (options["fresh"] and options["first_name"]):
            refuse(
                f"Nobody signs in as {options['user']}. To make them a way in, add --fresh and "
                "--first-name."
            )
        if user is None:
            user = User(
                name=options["user"],
                first_name=options["first_name"],
                language=options["language"],
            )
        self._make_sure(team, user, fresh=options["fresh"])
        identity = self._read_sheet()
        sheets.generations(team, identity)  # refuse before a way in is made
        if options["fresh"]:
            offer = give_way_in(self, user.name, user.language)
            protect(user, Identity.generate(), offer.passphrase, offer.totp_secret)
            user.failures, user.retry_at, user.totp_step, user.is_active = 0, None, 0, True
        with transaction.atomic():
            if options["fresh"]:
                user.save()
                forget_identity(user)
            opened = sheets.restore(team, identity, user, timezone.now())
        self.clear_screen()
        self.say(
            f"{user.name} leads team {team} and can open everything again ({opened} keys). Put the "
            "sheet back under lock. Then remove whoever has left: that gives the team a new key."
        )

    def _make_sure(self, team: Team, user: User, *, fresh: bool) -> None:
        """Say what is going to be done to whom; who would newly lead the team is asked about."""
        known = not user._state.adding
        who = f"{user.name} ({user.first_name}{'' if known else ', somebody new'})"
        if fresh and known:
            self.say(
                f"{who} gets a new way in. The old one opens nothing any more, and their other "
                "teams, if there are any, must let them in again."
            )
        if known and team.is_led_by(user):
            self.say(f"{who} leads team {team} and is given every key of it again.")
            return
        self.say(
            f"{who} becomes a lead of team {team}: can read everything that children have told it, "
            "and decides who is let in and who is removed.",
        )
        self.ask(
            "If that is right, type their user name; if not, stop with Ctrl-C:",
            lambda typed: (
                None
                if typed.casefold() == user.name.casefold()
                else f"That is not the user name {user.name}. Nothing has been changed."
            ),
        )

    def _renew(self, team: Team, options: dict[str, Any]) -> None:
        keepers = options["keeper"]
        if len({keeper.casefold() for keeper in keepers}) != 2:
            refuse("Two sheets have two keepers. Give --keeper twice, with two names.")
        lead = team.leads().filter(user__name__iexact=options["by"]).first()
        if lead is None:
            refuse(f"{options['by']} does not lead team {team}. Name somebody who does.")
        unlocked = self._sign_in(lead.user.name)
        identities = [Identity.generate() for _keeper in keepers]
        with printed_sheets(
            self, team, keepers, identities, language=options["language"], folder=options["out"]
        ):
            typed = prove_paper(self, identities)
            sheets.renew(team, unlocked, keepers, identities, typed, timezone.now())
        self.say(
            f"Team {team} has new sheets and a new key. The old sheets open nothing that comes "
            "now; what an old backup holds, they still open until it is deleted."
        )

    def _sign_in(self, name: str) -> Unlocked:
        passphrase = self.ask_secretly(f"The passphrase of {name}:")
        code = self.ask("The six digits that the app shows now:")
        try:
            signed = sign_in(name, passphrase, code)
        except (Refused, Wait):
            refuse(
                "Passphrase or code is not right, or there were too many tries. Nothing changed."
            )
        return Unlocked(signed.user, signed.identity)
