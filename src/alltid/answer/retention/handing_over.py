"""Handing closed cases over to an archive: sealed by a member with their key, then erased here.

The order that nothing is lost by: sealed, written, on disk, named, read back with its digest, and
only then erased, in the transaction that holds the case. Whatever ends a run between two of them,
the case is there, or its file is; the next run goes on.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.http import Http404

from alltid.people.models import RetentionPolicy, Team, User
from alltid.people.reference import reference
from alltid.people.retention import What
from alltid.people.unlocking import Unlocked
from alltid.tell.erasing import Archived, bury, shrink_log, there
from alltid.tell.models import Disclosure, DisclosureQuerySet
from alltid.vault.errors import VaultError

from .. import access
from ..models import Case
from . import archive

# So many in one press: a page is waiting for it.
AT_ONCE = 25
# What is written for so long belongs to a run that died.
_WRITES_FOR = timedelta(hours=1)


@dataclass
class Handed:
    """What became of a press: file digests by reference, and the references that do not open."""

    over: dict[str, str] = field(default_factory=dict)
    shut: list[str] = field(default_factory=list)


def ready(user: User, team: Team, now: datetime) -> DisclosureQuerySet:
    """The cases of a team that this member can hand over now."""
    mine = access.visible(user).filter(team=team)
    return mine.over(now).to_hand_over().order_by("goes", "id")


def hand_over_all(unlocked: Unlocked, team: Team, now: datetime) -> Handed:
    """Hand over what is ready, some at a time; what does not open stays and is named.

    Raises NotAudited, OSError where the disk takes no file, and NoArchive.
    """
    handed = Handed()
    for pk in list(ready(unlocked.user, team, now).values_list("pk", flat=True)[:AT_ONCE]):
        try:
            digest = hand_over(unlocked, pk, now)
        except Http404:  # a colleague was first
            continue
        except VaultError:
            handed.shut.append(reference(pk))
            continue
        if digest:
            handed.over[reference(pk)] = digest
    shrink_log()
    return handed


class NoArchive(Exception):
    """No version of the team's policy names an archive and its key."""


def hand_over(unlocked: Unlocked, pk: UUID, now: datetime) -> str:
    """Seal one case for the archive and erase it here; the file's SHA-256, "" where it is not due.

    Raises Http404, NotAudited, NoArchive, OSError, and a VaultError where something does not open.
    """
    opened = access.open_disclosure(unlocked, pk, "handed_over")
    team = opened.disclosure.team
    holder = team.archive()
    if holder is None:
        raise NoArchive
    packed = archive.pack(opened, holder, now)
    part = archive.write(team, pk, packed.sealed)
    try:
        return _hand_over(opened, packed, holder, now, part)
    finally:
        part.unlink(missing_ok=True)


def _hand_over(
    opened: access.OpenDisclosure,
    packed: archive.Packed,
    holder: RetentionPolicy,
    now: datetime,
    part: Path,
) -> str:
    pk = opened.disclosure.pk
    with transaction.atomic():
        fresh = there(pk)
        if fresh is None or not _may_go(fresh, packed, now):
            return ""
        archive.give_name(part, archive.file_of(fresh.team, pk), packed.sha256)
        to = Archived(packed.sha256, holder.version)
        bury(fresh, now, "handed over", by=opened.unlocked.user, to=to)
    return packed.sha256


def _may_go(fresh: Disclosure, packed: archive.Packed, now: datetime) -> bool:
    """Whether an archive gets it, now, and all that is in it by now is packed."""
    case = Case.objects.get(disclosure=fresh)
    whole = (fresh.sequence, case.sequence) == (packed.messages, packed.events)
    return whole and fresh.is_over(now) and fresh.policy.what == What.ARCHIVE


def drop_halves(now: datetime) -> None:
    """Delete the files of cases that are still here: a run that died had not handed them over."""
    for team in Team.objects.all():
        archive.drop_parts(team, now - _WRITES_FOR)
        halves = Disclosure.objects.filter(pk__in=archive.named(team))
        for pk in list(halves.values_list("pk", flat=True)):
            with transaction.atomic():
                if there(pk) is not None:
                    archive.drop(team, pk)


def how_many_ready(now: datetime) -> int:
    """How many cases wait for somebody with a key to hand them over."""
    return Disclosure.objects.over(now).to_hand_over().count()
