"""What goes when: for a lead, without a word of content, some rows at a time."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from alltid.people.models import RetentionPolicy, Team, User
from alltid.people.reference import reference
from alltid.people.retention import What, goes_on
from alltid.people.when import spoken_date, spoken_term
from alltid.tell.models import Disclosure, DisclosureQuerySet
from alltid.tell.tombstone import Tombstone

from .. import access
from ..models import Recusal

PAGE, LATELY = 50, 20
AHEAD = (30, 90)


@dataclass(frozen=True)
class Cursor:
    """A place in the order in which they go."""

    goes: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.goes.isoformat()}~{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """The place that an address names; None where it names none."""
        goes, _, pk = text.partition("~")
        try:
            cursor = cls(datetime.fromisoformat(goes), UUID(pk))
        except ValueError:
            return None
        return cursor if cursor.goes.tzinfo else None


def going(user: User, team: Team, before: datetime) -> DisclosureQuerySet:
    """What of a team's goes before a time, the soonest first; the index `goes_when` has it so."""
    mine = access.visible(user).filter(team=team, goes__lt=before)
    return mine.order_by("goes", "id")


def context(
    user: User, team: Team, now: datetime, days: int, after: Cursor | None
) -> dict[str, Any]:
    """A page of what goes within so many days, how many there are, and what went of late."""
    rows = going(user, team, now + timedelta(days=days))
    counts = rows.aggregate(
        erased=Count("pk", filter=~Q(policy__what=What.ARCHIVE)),
        handed=Count("pk", filter=Q(policy__what=What.ARCHIVE)),
    )
    if after is not None:
        rows = rows.filter(goes__gte=after.goes).exclude(goes=after.goes, pk__lte=after.id)
    found = list(rows.select_related("policy")[: PAGE + 1])
    shown = found[:PAGE]
    more = Cursor(shown[-1].goes, shown[-1].pk) if len(found) > PAGE and shown[-1].goes else None
    return {
        "days": days,
        "ahead": AHEAD,
        "counts": counts,
        "rows": [_row(one, team, now) for one in shown],
        "more": str(more) if more else "",
        "first": after is None,
    }


def _row(one: Disclosure, team: Team, now: datetime) -> dict[str, Any]:
    return {
        "reference": reference(one.pk),
        "url": reverse("answer:thread", args=[one.pk]) + "#keeping",
        "closed": spoken_date(team.local(one.closed)) if one.closed else "",
        "goes": spoken_date(team.local(one.goes)) if one.goes else "",
        "handed": one.policy.what == What.ARCHIVE,
        "ready": one.goes is not None and one.goes <= now,
        "held": one.is_held(now),
    }


def gone_lately(team: Team, hidden: list[str]) -> list[dict[str, Any]]:
    """The newest tombstones of a team; hidden: ids that the reader is not to know of."""
    stones = Tombstone.objects.filter(team=team).exclude(pk__in=hidden)
    newest = stones.select_related("archive").order_by("-gone", "id")[:LATELY]
    return [
        {
            "reference": reference(stone.pk),
            "gone": spoken_date(team.local(stone.gone)),
            "archive": stone.archive.archive_name if stone.archive else "",
            "sha256": stone.archived,
        }
        for stone in newest
    ]


def effect(user: User, team: Team, what: str, months: int, now: datetime) -> dict[str, Any]:
    """What a change of policy would do: nothing to what was told, but where a child ends it."""
    told = _told(user, team)
    versions = [one for one in team.policies.all() if told[one.pk]]
    ends = sum(told[one.pk] for one in versions if one.keeps_after_end)
    return {
        "told": [describe(one) | {"count": told[one.pk]} for one in versions],
        "closed_today": spoken_date(goes_on(now, months, team.timezone)),
        "erased_at_end": ends if what == What.ERASE else 0,
    }


def _told(user: User, team: Team) -> Counter[int]:
    """How many talks were told under each version, but for those hidden from this member."""
    versions = list(team.policies.values_list("pk", flat=True))
    here = Disclosure.objects.filter(policy__in=versions).order_by()
    hidden = Recusal.objects.filter(user=user, disclosure__policy__in=versions).order_by()
    all_of = Counter(dict(here.values_list("policy").annotate(count=Count("*"))))
    return all_of - Counter(
        dict(hidden.values_list("disclosure__policy").annotate(count=Count("*")))
    )


def describe(policy: RetentionPolicy) -> dict[str, Any]:
    """A version in words."""
    return {
        "version": policy.version,
        "what": policy.get_what_display(),
        "term": spoken_term(policy.months),
    }
