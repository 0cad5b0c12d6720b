"""Ending a talk, and erasing so that the bytes are gone, not only the rows."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from alltid.people.hours import hour_of
from alltid.people.models import AuditEvent, Draft, Team, User
from alltid.people.retention import What
from alltid.people.unlocking import forget_idle

from .handing import refuse_by_ending
from .models import Disclosure, KeyCopy, VisitKey
from .rotation import retire_empty_generations
from .tombstone import Tombstone
from .visit import forget_forms, note_end

_LIST = "erased.txt"
_ENDED, _GONE = "ended", "gone"
_AT_ONCE = 500
# A day, whatever the minute of the hour that is noted.
_UNREAD_KEPT = timedelta(hours=25)
# Who opens what was ended unread has a day to help by it, before it goes where nothing is kept.
_OPENED_KEPT = timedelta(hours=24)
# How long the words of an answered talk work after its last promise.
WORDS_WORK = timedelta(days=365)


def erases_at_end(disclosure: Disclosure) -> bool:
    """Whether an ending by the child erases what an adult has read.

    It does where the child was told so, and where their team does so by now: that is to the child's
    good, for the child alone sets it off. A team that took it over keeps as its own law says, and
    so does one that handed it on and can open it still.
    """
    team, told = disclosure.team, disclosure.policy
    keeps = team.policy().keeps_after_end and (told.team_id != team.pk or told.keeps_after_end)
    others = disclosure.holders().exclude(pk=team.pk)
    return not (keeps or any(other.policy().keeps_after_end for other in others))


def end(disclosure: Disclosure, now: datetime) -> None:
    """Shut the child's way in at once; erase now what was not said to be kept, unless held."""
    erases, ended = erases_at_end(disclosure), hour_of(now)
    _note(f"{_ENDED} {ended.isoformat()} {disclosure.pk}")
    with transaction.atomic():
        if disclosure.locator is not None:
            note_end(bytes(disclosure.locator), now)
        refuse_by_ending(disclosure, now)
        _shut(disclosure.pk, ended)
        if erases and disclosure.policy.keeps_after_end:
            # What they are told at the end holds, also for what somebody reads in the next day.
            Disclosure.objects.filter(pk=disclosure.pk).update(policy=disclosure.team.policy())
        AuditEvent.write("ended_by_child", actor=None, team=disclosure.team, subject=disclosure.pk)
    if erases and disclosure.read_by_staff > 0 and not disclosure.is_held(now):
        erase(disclosure, now, "ended by the child")
    shrink_log()


def _shut(pk: UUID, ended: datetime) -> None:
    KeyCopy.objects.filter(disclosure=pk, team_key__isnull=True).delete()
    Disclosure.objects.filter(pk=pk).update(locator=None, ended=ended)


@dataclass(frozen=True)
class Archived:
    """The file that an archive got: its SHA-256 in hexadecimal, and the policy that names it."""

    sha256: str
    version: int
    NOWHERE: ClassVar[str] = "-"

    def __str__(self) -> str:
        return f"{self.sha256}:{self.version}"

    @classmethod
    def read(cls, text: str) -> "Archived | None":
        """What a line of the list says; raises ValueError."""
        if text == cls.NOWHERE:
            return None
        sha256, _, version = text.partition(":")
        return cls(sha256, int(version))


def erase(disclosure: Disclosure, now: datetime, why: str) -> bool:
    """Destroy a talk with everything said in it; whether it was still there."""
    with transaction.atomic():
        fresh = there(disclosure.pk)
        if fresh is None:
            return False
        bury(fresh, now, why)
    return True


def bury(
    held: Disclosure, now: datetime, why: str, *, by: User | None = None, to: Archived | None = None
) -> None:
    """Destroy a talk that is held in a transaction, and leave its tombstone.

    to: the archive that got it. Its id is on the list that a restore replays before anything is
    changed. Where its term is over, the list says when it had been closed: if the transaction fails
    after that, what is opened again is not erased by a replay.
    """
    stone = _tombstone(held, hour_of(now), to)
    if held.closed is not None and held.is_over(now):
        closed, gone = held.closed.isoformat(), stone.gone.isoformat()
        _note(f"{_GONE} {closed} {gone} {to or Archived.NOWHERE} {held.pk}")
    else:
        remember(held.pk)
    for team in {held.team, *held.holders()}:
        AuditEvent.write("erased", actor=by, team=team, subject=held.pk, why=why)
    _destroy(held, stone)


def there(pk: UUID) -> Disclosure | None:
    """A talk as it is now, kept from others until the transaction ends; None where it is gone."""
    # Without its team, as Disclosure.held().
    return Disclosure.objects.select_for_update().filter(pk=pk).first()


def _tombstone(held: Disclosure, gone: datetime, to: Archived | None) -> Tombstone:
    archive = held.team.policies.filter(version=to.version).first() if to else None
    return Tombstone(
        pk=held.pk,
        team=held.team,
        policy=held.policy,
        closed=held.closed,
        gone=gone,
        mark=Tombstone.mark_of(bytes(held.locator)) if held.locator else None,
        archive=archive or (held.policy if to else None),
        archived=to.sha256 if to else "",
    )


def _destroy(held: Disclosure, stone: Tombstone) -> None:
    Draft.objects.filter(subject=held.pk).delete()
    Disclosure.objects.filter(pk=held.pk).delete()
    if not Tombstone.objects.filter(pk=held.pk).exists():  # a part of a backup was put back
        stone.save(force_insert=True)


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
    listed = Listed.read(path.read_text(encoding="ascii", errors="replace"))
    count = sum(_erase_again(pk, listed.erased[pk]) for pk in _still(listed.erased))
    for pk in _still(listed.ended, ended__isnull=True):
        with transaction.atomic():
            _shut(pk, listed.ended[pk])
        count += 1
    shrink_log()
    return count


@dataclass(frozen=True)
class Gone:
    """What the list says of a talk that went at the end of its term; times are hours."""

    closed: datetime
    gone: datetime
    to: Archived | None


@dataclass(frozen=True)
class Listed:
    """What the list holds: the ended talks with their hour, and the erased.

    A talk that was erased in the middle, by its child's will, has None.
    """

    erased: dict[UUID, Gone | None]
    ended: dict[UUID, datetime]

    @classmethod
    def read(cls, text: str) -> "Listed":
        """A line that a crash cut off is passed over: nothing was done by it."""
        listed = cls({}, {})
        for line in text.splitlines():
            with suppress(ValueError):
                match line.split():
                    case [one]:
                        listed.erased[UUID(one)] = None
                    case [mark, when, one] if mark == _ENDED:
                        listed.ended[UUID(one)] = datetime.fromisoformat(when)
                    case [mark, closed, gone, to, one] if mark == _GONE:
                        hours = datetime.fromisoformat(closed), datetime.fromisoformat(gone)
                        listed.erased[UUID(one)] = Gone(*hours, Archived.read(to))
        return listed


def _still(ids: Iterable[UUID], **more: Any) -> list[UUID]:
    """Those of them that are there; a database takes so many values at once, and no more."""
    ordered = sorted(ids)
    parts = (ordered[i : i + _AT_ONCE] for i in range(0, len(ordered), _AT_ONCE))
    found = (Disclosure.objects.filter(pk__in=part, **more).values_list("pk") for part in parts)
    return [pk for rows in found for (pk,) in rows]


def _erase_again(pk: UUID, was: Gone | None) -> bool:
    """Erase what came back; what was opened again since the list was written stays."""
    with transaction.atomic():
        fresh = there(pk)
        if fresh is None or (was and fresh.closed != was.closed):
            return False
        if was is None:  # a child ended it, and was told that the words stop
            fresh.locator = None
        gone = was.gone if was else hour_of(timezone.now())
        _destroy(fresh, _tombstone(fresh, gone, was.to if was else None))
    return True


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


def erase_ended(now: datetime) -> int:
    """Erase what a child ended and was told is not kept; how many."""
    not_held = Q(held_until__isnull=True) | Q(held_until__lte=now)
    ended = Disclosure.objects.filter(not_held, ended__isnull=False).select_related("team")
    unread = ended.filter(ended__lt=now - _UNREAD_KEPT, read_by_staff=0, danger=False)
    read = ended.filter(read_by_staff__gt=0, policy__what=What.ERASE)
    due = [*unread, *(o for o in read if erases_at_end(o) and not _opened_lately(o, now))]
    return sum(erase(one, now, "swept") for one in due)


def erase_over(team: Team, now: datetime) -> int:
    """Erase what was closed and whose term is over; how many. At most some hundred a round.

    Whether it is over is looked at once more while nobody else changes it.
    """
    count, due = 0, Disclosure.objects.filter(team=team).over(now).to_erase()
    for one in due.order_by("goes", "id")[:_AT_ONCE]:
        with transaction.atomic():
            fresh = there(one.pk)
            if fresh is not None and fresh.is_over(now):
                bury(fresh, now, "its term is over")
                count += 1
    return count


def sweep(now: datetime | None = None) -> dict[str, int]:
    """Erase what is due; forget old words, spent forms, visit keys, and team keys of no more use.

    Safe to run at any time, twice.
    """
    now = now or timezone.now()
    erased = erase_ended(now)
    for team in Team.objects.all():
        erased += erase_over(team, now)
        let_words_expire(team, now)
        retire_empty_generations(team)
    Tombstone.objects.filter(mark__isnull=False, gone__lt=now - WORDS_WORK).update(mark=None)
    forms = forget_forms(now)
    forget_idle(now)
    keys, _ = VisitKey.objects.filter(made__lt=now - timedelta(minutes=30)).delete()
    shrink_log()
    return {"disclosures": erased, "forms": forms, "visit keys": keys}
