"""Backups and what comes after them: a copy that opens, and erasures that stay erased."""

import sqlite3
import stat
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from alltid.tell.erasing import erase
from alltid.tell.management.commands import backup
from alltid.tell.models import Disclosure


@pytest.fixture
def data(settings, monkeypatch, tmp_path):
    """A data folder with a database of its own, as a running installation has one."""
    folder = tmp_path / "data"
    folder.mkdir()
    settings.DATA = folder
    monkeypatch.setattr(backup, "database_file", lambda: folder / "alltid.sqlite3")
    with closing(sqlite3.connect(folder / "alltid.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE told (sealed BLOB)")
        database.execute("INSERT INTO told VALUES (x'0102')")
        database.commit()
        yield folder


@pytest.mark.django_db
def test_eva_takes_a_backup_while_the_database_is_open_and_it_is_whole(data, tmp_path, capsys):
    file = tmp_path / "copy.sqlite3"
    call_command("backup", "--to", str(file))
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as copy:
        assert copy.execute("SELECT sealed FROM told").fetchall() == [(b"\x01\x02",)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "The secrets are not in it" in capsys.readouterr().out


@pytest.mark.django_db
def test_eva_takes_the_list_of_erased_talks_along(data, tmp_path):
    (data / "erased.txt").write_text("one\ntwo\n")
    call_command("backup", "--to", str(tmp_path / "copy.sqlite3"))
    assert (tmp_path / "erased.txt").read_text() == "one\ntwo\n"


@pytest.mark.django_db
def test_backups_in_a_folder_are_named_by_time_and_old_ones_go(data, tmp_path, settings, capsys):
    folder = tmp_path / "backups"
    folder.mkdir()
    too_old = timezone.now() - timedelta(days=settings.ALLTID["BACKUP_DAYS"], minutes=1)
    young = too_old + timedelta(hours=1)
    other = ["alltid-by-hand.sqlite3", "notes.txt"]
    half = f".{too_old.strftime(backup.NAMED)}.part"
    for name in [half, *(moment.strftime(backup.NAMED) for moment in (too_old, young)), *other]:
        (folder / name).touch()

    call_command("backup", "--to", str(folder))

    kept = {file.name for file in folder.iterdir()}
    assert too_old.strftime(backup.NAMED) not in kept
    assert {young.strftime(backup.NAMED), *other} < kept
    assert len(kept) == 4
    assert "2 older than 30 days are gone." in capsys.readouterr().out


@pytest.mark.django_db
def test_eva_does_not_overwrite_a_backup(data, tmp_path):
    file = tmp_path / "copy.sqlite3"
    file.write_text("older")
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", "--to", str(file))
    assert file.read_text() == "older"


@pytest.mark.django_db
def test_backup_that_cannot_be_written_says_so_and_leaves_nothing(data, tmp_path):
    with pytest.raises(CommandError, match=r"could not be written .* There is none\."):
        call_command("backup", "--to", str(tmp_path / "nowhere" / "copy.sqlite3"))


@pytest.mark.django_db
def test_eva_names_a_folder_that_is_not_there_and_makes_no_file_by_its_name(data, tmp_path):
    with pytest.raises(CommandError, match=r"There is no folder .*/backups\. Make it"):
        call_command("backup", "--to", str(tmp_path / "backups"))
    assert not (tmp_path / "backups").exists()


@pytest.mark.django_db
def test_backup_into_the_data_folder_is_refused(data):
    with pytest.raises(CommandError, match="the folder of the database itself"):
        call_command("backup", "--to", str(data))


@pytest.mark.django_db
def test_half_a_copy_never_bears_the_name_of_a_backup(data, tmp_path, monkeypatch):
    seen = []

    def killed(file):
        seen.extend(path.name for path in tmp_path.iterdir())
        raise SystemExit

    monkeypatch.setattr(backup.os, "fsync", killed)
    with pytest.raises(SystemExit):
        call_command("backup", "--to", str(tmp_path / "copy.sqlite3"))
    assert "copy.sqlite3" not in seen
    assert not list(tmp_path.glob("*copy*"))


@pytest.mark.django_db
def test_backup_that_is_not_whole_is_not_kept(data, tmp_path):
    with closing(sqlite3.connect(data / "alltid.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (data / "alltid.sqlite3").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(CommandError, match=r"could not be made .* There is none\."):
        call_command("backup", "--to", str(tmp_path / "copy.sqlite3"))
    assert not (tmp_path / "copy.sqlite3").exists()


@pytest.mark.django_db
def test_eva_with_postgresql_is_told_to_use_its_own_tool(monkeypatch, tmp_path):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    with pytest.raises(CommandError, match="Take its backup with pg_dump"):
        backup.database_file()


def test_replay_erases_again_what_a_restore_brought_back(cast, settings, tmp_path, capsys):
    settings.DATA = tmp_path
    gone, kept = cast.tell(), cast.tell()
    before = Disclosure.objects.get(pk=gone.pk)
    erase(gone.disclosure, timezone.now(), "test")
    before.save(force_insert=True)  # the backup is older than the erasure

    call_command("replay")

    assert "1 disclosures had come back" in capsys.readouterr().out
    assert list(Disclosure.objects.values_list("pk", flat=True)) == [kept.pk]


def test_sweep_says_what_it_erased_and_nothing_otherwise(cast, settings, tmp_path, capsys):
    settings.DATA = tmp_path
    call_command("sweep")
    assert capsys.readouterr().out == ""
    told = cast.tell()
    Disclosure.objects.filter(pk=told.pk).update(ended=timezone.now() - timedelta(hours=25))
    call_command("sweep")
    assert "Erased: 1 disclosures" in capsys.readouterr().out
    assert not Disclosure.objects.exists()


@pytest.mark.django_db
def test_a_backup_takes_along_what_waits_for_an_archive(data, tmp_path):
    waits = data / "archive" / "north" / "0b6c.age"
    waits.parent.mkdir(parents=True)
    waits.write_bytes(b"sealed")
    waits.chmod(0o600)
    call_command("backup", "--to", str(tmp_path / "copy.sqlite3"))
    copy = tmp_path / "archive" / "north" / "0b6c.age"
    assert copy.read_bytes() == b"sealed"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    waits.unlink()
    call_command("backup", "--to", str(tmp_path / "again.sqlite3"))
    assert copy.exists(), "whoever carries it deletes it there, too"
