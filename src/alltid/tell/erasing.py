"""Ending a talk, and erasing so that the bytes are gone, not only the rows."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from alltid.people.hours import hour_of
from alltid.people.models import AuditEvent, Draft, Team
from alltid.people.unlocking import forget_idle

from .handing import refuse_by_ending
from .models import Disclosure, KeyCopy, VisitKey
from .rotation import retire_empty_generations
from .visit import forget_forms, note_end

_LIST = "erased.txt"
_ENDED = "ended"
_AT_ONCE = 500
# A day, whatever the minute of the hour that is noted.
_UNREAD_KEPT = timedelta(hours=25)
# Who opens what was ended unread has a day to help by it, before it goes where nothing is kept.
_OPENED_KEPT = timedelta(hours=24)
# How long the words of an answered talk work after its last promise.
WORDS_WORK = timedelta(days=365)


def end(disclosure: Disclosure, now: datetime) -> None:
    """Shut the child's way in at once; erase now what this team's policy does not keep."""
    erase_now = disclosure.read_by_staff > 0 and not disclosure.kept_after_end
    ended = hour_of(now)
    _note(f"{_ENDED} {ended.isoformat()} {disclosure.pk}")
    with transaction.atomic():
        if disclosure.locator is not None:
            note_end(bytes(disclosure.locator), now)
        refuse_by_ending(disclosure, now)
        _shut(disclosure, ended)
        AuditEvent.write("ended_by_child", actor=None, team=disclosure.team, subject=disclosure.pk)
    if erase_now:
        erase(disclosure, "ended by the child")
    shrink_log()


def _shut(disclosure: Disclosure, ended: datetime) -> None:
    KeyCopy.objects.filter(disclosure=disclosure, team_key__isnull=True).delete()
    Disclosure.objects.filter(pk=disclosure.pk).update(locator=None, ended=ended)


def erase(disclosure: Disclosure, why: str) -> None:
    """Destroy a disclosure with everything said in it, and remember its id for a restore."""
    remember(disclosure.pk)
    with transaction.atomic():
        for team in {disclosure.team, *disclosure.holders()}:
            AuditEvent.write("erased", actor=None, team=team, subject=disclosure.pk, why=why)
        Draft.objects.filter(subject=disclosure.pk).delete()
        Disclosure.objects.filter(pk=disclosure.pk).delete()


def remember(subject: object) -> None:
    """Add an erased id to the list that a restore replays."""
    _note(str(subject))


def _note(line: str) -> None:
    """Add a line to the list; on disk before anything is changed in the database."""
    settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    listed = os.open(settings.DATA / _LIST, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(listed, "a", encoding="ascii") as file:
        # An end of line before it: what a crash cut off takes nothing else with it.
        file.write(f"\n{line}\n")
        file.flush()
        os.fsync(file.fileno())


def replay() -> int:
    """Erase and end again, after a restore, what had been; how many had come back."""
    path = settings.DATA / _LIST
    if not path.exists():
        return 0
    erased, ended = _listed(path.read_text(encoding="ascii", errors="replace"))
    count = 0
    for part in _parts(erased):
        Draft.objects.filter(subject__in=part).delete()
        _all, by_model = Disclosure.objects.filter(pk__in=part).delete()
        count += by_model.get("tell.Disclosure", 0)
    for part in _parts(ended):
        for one in Disclosure.objects.filter(pk__in=part, ended__isnull=True):
            with transaction.atomic():
                _shut(one, ended[one.pk])
            count += 1
    shrink_log()
    return count


def _parts(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """A database takes so many values in one statement, and no more."""
    listed = sorted(ids)
    return (listed[i : i + _AT_ONCE] for i in range(0, len(listed), _AT_ONCE))


def _listed(text: str) -> tuple[set[UUID], dict[UUID, datetime]]:
    """The erased talks of the list, and the ended ones with their hour.

    A line that a crash cut off is passed over: nothing was done by it.
    """
    erased, ended = set(), {}
    for line in text.splitlines():
        with suppress(ValueError):
            match line.split():
                case [one]:
                    erased.add(UUID(one))
                case [mark, when, one] if mark == _ENDED:
                    ended[UUID(one)] = datetime.fromisoformat(when)
    return erased, ended


def shrink_log(tries: int = 20) -> bool:
    """Empty SQLite's write-ahead log, where deleted pages stay readable until then.

    Whether it succeeded; a reader can hold it up, and the next sweep tries again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    for _try in range(tries):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()[0]
        if not busy:
            return True
    return False


def let_words_expire(team: Team, now: datetime) -> None:
    """Shut the child's way into talks that were answered a year ago and more.

    The fewer ways in there are, the longer a thief of database and pepper guesses at words.
    """
    answered = [Disclosure.Rank.WAS_ACUTE, Disclosure.Rank.QUIET, Disclosure.Rank.CLOSED]
    long_ago = now - WORDS_WORK
    old = Disclosure.objects.filter(
        team=team,
        rank__in=answered,
        # Not those of all times at every sweep: older ones were seen to, also in any backup.
        due__range=(long_ago - WORDS_WORK, long_ago),
        locator__isnull=False,
    )
    for disclosure in old:
        with transaction.atomic():
            AuditEvent.write("words_expired", actor=None, team=team, subject=disclosure.pk)
            KeyCopy.objects.filter(disclosure=disclosure, team_key__isnull=True).delete()
            Disclosure.objects.filter(pk=disclosure.pk).update(locator=None)


def _opened_lately(disclosure: Disclosure, now: datetime) -> bool:
    teams = {disclosure.team, *disclosure.holders()}
    opened = AuditEvent.objects.filter(team__in=teams, subject=str(disclosure.pk))
    return opened.filter(verb="opened", at__gt=now - _OPENED_KEPT).exists()


def sweep(now: datetime | None = None) -> dict[str, int]:
    """Erase what is due; forget old words, spent forms, visit keys, and team keys of no more use.

    Safe to run at any time, twice.
    """
    now = now or timezone.now()
    ended = Disclosure.objects.filter(ended__isnull=False)
    unread = ended.filter(ended__lt=now - _UNREAD_KEPT, read_by_staff=0, danger=False)
    not_kept = ended.filter(read_by_staff__gt=0, team__keeps_after_end=False)
    due = list(unread.select_related("team"))
    due += [
        one
        for one in not_kept.select_related("team")
        if not one.kept_after_end and not _opened_lately(one, now)
    ]
    for disclosure in due:
        erase(disclosure, "swept")
    for team in Team.objects.all():
        let_words_expire(team, now)
        retire_empty_generations(team)
    forms = forget_forms(now)
    forget_idle(now)
    keys, _ = VisitKey.objects.filter(made__lt=now - timedelta(minutes=30)).delete()
    shrink_log()
    return {"disclosures": len(due), "forms": forms, "visit keys": keys}
