"""Copy the database to a file while the server runs; the secrets are not in it.

Where --to is a folder, the copy is named by its time, and copies older than ALLTID_BACKUP_DAYS go.
"""

import os
import shutil
import sqlite3
from argparse import ArgumentParser
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from alltid.people.console import Command as Console
from alltid.people.console import refuse

NAMED = "alltid-%Y%m%d-%H%M%S.sqlite3"
_ERASED = "erased.txt"
# Sealed files that wait to be carried to an archive: nowhere else until then (docs/archive.md).
_ARCHIVE = "archive"
_PART = ".part"  # a copy that is not whole, or was not when the machine died


class Command(Console):
    """Takes one backup."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("--to", type=Path, required=True, help="a new file, or a folder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy, check the copy, take the list of erased ids along, and drop what is too old."""
        source = database_file()
        now, target = timezone.now(), options["to"].absolute()
        if not target.is_dir() and target.suffix != ".sqlite3":
            refuse(f"There is no folder {target}. Make it, or name a file that ends in .sqlite3.")
        folder = target if target.is_dir() else target.parent
        file = target / now.strftime(NAMED) if target.is_dir() else target
        if file.exists():
            refuse(f"{file} is there already. Choose another name.")
        if folder == settings.DATA:
            refuse("That is the folder of the database itself. Choose one on another disk.")
        try:
            listed = (settings.DATA / _ERASED).exists()
            if listed:
                shutil.copyfile(settings.DATA / _ERASED, folder / _ERASED)
            copy_archive(folder / _ARCHIVE)
            copy_database(source, file)
        except OSError as error:
            refuse(f"The backup could not be written ({error.strerror}). There is none.")
        except sqlite3.Error as error:
            refuse(f"The backup could not be made ({error}). There is none.")
        beside = ", with the list of erased talks beside it" if listed else ""
        self.say(
            f"The backup is {file}{beside}. "
            "The secrets are not in it: keep a copy of them elsewhere."
        )
        if target.is_dir() and (gone := drop_old(folder, now)):
            self.say(f"{gone} older than {settings.ALLTID['BACKUP_DAYS']} days are gone.")


def database_file() -> Path:
    """SQLite's file; raises CommandError where the database is another."""
    if connection.vendor != "sqlite":
        refuse(
            "This database is PostgreSQL's. Take its backup with pg_dump, and keep it no longer "
            f"than {settings.ALLTID['BACKUP_DAYS']} days."
        )
    return Path(connection.settings_dict["NAME"])


def copy_database(source: Path, file: Path) -> None:
    """Copy the database page by page (SQLite's online backup) to a file of mode 0600.

    It bears its name only when it is whole: half a copy must not pass for a backup.
    """
    part = file.with_name(f".{file.name}{_PART}")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(part)) as there,
        ):
            here.backup(there)
            # One file without a log beside it, that opens on a read-only medium too.
            there.execute("PRAGMA journal_mode=DELETE")
            if there.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("the copy is not whole")
        with part.open("rb") as copied:
            os.fsync(copied.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def copy_archive(folder: Path) -> None:
    """Copy what waits for an archive and is not there yet; whoever carries it deletes both."""
    for file in (settings.DATA / _ARCHIVE).glob("*/*.age"):
        copy = folder / file.parent.name / file.name
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = copy.with_name(f".{copy.name}{_PART}")
            shutil.copy(file, part)
            with part.open("rb") as copied:
                os.fsync(copied.fileno())
            part.replace(copy)


def drop_old(folder: Path, now: datetime) -> int:
    """Delete the backups of this folder that are too old for what children are promised."""
    oldest, gone = now - timedelta(days=settings.ALLTID["BACKUP_DAYS"]), 0
    for path in folder.glob("*alltid-*.sqlite3*"):
        try:
            name = path.name.removeprefix(".").removesuffix(_PART)
            made = datetime.strptime(name, NAMED).replace(tzinfo=now.tzinfo)
        except ValueError:
            continue
        if made < oldest:
            try:
                path.unlink()
            except OSError as error:
                refuse(f"{path} is too old and cannot be deleted ({error.strerror}). Delete it.")
            gone += 1
    return gone
