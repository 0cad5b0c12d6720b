"""What the operator's commands share: they refuse with a sentence, ask, and write privately."""

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from getpass import getpass
from pathlib import Path
from typing import Any, NoReturn

import segno
from django.core.checks import ERROR, run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .joining import Offer
from .models import Team


class Command(BaseCommand):
    """A command that runs on a database of this version, this mode and this pepper."""

    requires_system_checks = []
    suppressed_base_arguments = {
        "--version", "--verbosity", "--settings", "--pythonpath", "--traceback",
        "--no-color", "--force-color", "--skip-checks",
    }  # fmt: skip
    needs_database = True

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Look at the database before anything is done; raises CommandError."""
        if self.needs_database:
            refuse_unsound(tags=["database"])
            refuse_pending()
        return super().execute(*args, **options)

    def say(self, *lines: str) -> None:
        """Write lines for the person at the keyboard."""
        for line in lines:
            self.stdout.write(line)

    def ask(self, question: str, check: Callable[[str], str | None] = lambda text: None) -> str:
        """Ask until the answer is neither empty nor refused.

        check: what is wrong with an answer, or None. Without a person there (a script's input has
        ended, or it was refused) raises CommandError.
        """
        while True:
            self.stdout.write(f"{question} ", ending="")
            self.stdout.flush()
            line = sys.stdin.readline()
            if not line:
                raise CommandError("The input ended before the last question. Nothing was kept.")
            answer = line.strip()
            wrong = check(answer) if answer else "Write an answer, or stop with Ctrl-C."
            if wrong is None:
                return answer
            self.stdout.write(wrong)
            if not sys.stdin.isatty() and not answer:
                raise CommandError("A question was left without an answer. Nothing was kept.")

    def ask_secretly(self, question: str) -> str:
        """Ask for what nobody beside the keyboard may read."""
        if sys.stdin.isatty():
            return getpass(f"{question} ").strip()
        return self.ask(question)

    def clear_screen(self) -> None:
        """Take what was typed off the screen and out of the terminal's memory."""
        if self.stdout.isatty():
            self.stdout.write("\033[2J\033[3J\033[H", ending="")


def refuse(sentence: str) -> NoReturn:
    """End the command with what is wrong and what to do."""
    raise CommandError(sentence)


def refuse_unsound(tags: list[str] | None = None) -> None:
    """Raise CommandError for everything that must hold and does not; all checks without tags."""
    found = run_checks(tags=tags, databases=["default"])
    wrong = [
        f"{message.msg} {message.hint or ''}".strip() for message in found if message.level >= ERROR
    ]
    if wrong:
        refuse("\n".join(wrong))


def refuse_pending() -> None:
    """Raise CommandError where the database is older than this version, or not there yet."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        refuse(
            "The database is not of this version yet. Stop the server if it runs, take a backup "
            "if there is something in it, and type `alltid upgrade`."
        )


def team_named(name: str) -> Team:
    """The team of that name or address; raises CommandError with the names there are."""
    team = Team.objects.filter(name__iexact=name).first() or Team.objects.filter(slug=name).first()
    if team is None:
        known = ", ".join(Team.objects.values_list("name", flat=True)) or "none yet"
        refuse(f"There is no team {name}. There is: {known}.")
    return team


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, whole or not at all; raises CommandError."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        refuse(f"{path} cannot be written ({error.strerror}). Choose another place.")


def give_way_in(console: Command, name: str, language: str) -> Offer:
    """Show somebody their new passphrase and second factor, and ask for a code that proves it.

    Nothing is stored here; the caller gives the user what comes back (`signin.protect`).
    """
    offer = Offer.make(name, language)
    picture = io.StringIO()
    segno.make(offer.address(name), error="l").terminal(picture, border=1, compact=True)
    console.say(
        "",
        f"For {name} alone, to be written down now and shown to nobody:",
        "",
        f"  passphrase   {offer.passphrase}",
        f"  second factor, for an authenticator app   {offer.grouped_secret()}",
        "",
        picture.getvalue(),
    )
    console.ask(
        "The six digits that the app shows now:",
        lambda code: (
            None
            if offer.shows(code)
            else "That is not this moment's code. Look at the app, and at this machine's clock."
        ),
    )
    console.clear_screen()
    return offer
