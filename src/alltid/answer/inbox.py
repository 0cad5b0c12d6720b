"""A team's inbox: most urgent first, a page at a time; as many queries for ten as for a million."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Exists, F, Func, OuterRef, Value
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler
from django.urls import reverse

from alltid.people.models import Team, User
from alltid.people.reference import reference
from alltid.people.when import spoken, time_left
from alltid.tell.models import Disclosure, DisclosureQuerySet, Message

from . import access
from .casework import timers
from .casework.events import Risk
from .casework.timers import Wanted
from .casework.words import RISKS, WANTED
from .chronology import first_read_of
from .models import Case, CaseDeadline, Recusal

PAGE = 50
SOON = timedelta(hours=1)
# How long the own lead has for what is late before the cover team's lead is told.
COVER_AFTER = timedelta(hours=1)
_MOST_LATE = 500
MOST_DUE = 20
# The first name of whoever carries it today: the cover who accepted, else the owner.
_CARRIES = Coalesce("case__cover__first_name", "case__owner__first_name")


@dataclass(frozen=True)
class Cursor:
    """A place in the order of the inbox, and the side of it that is looked at."""

    rank: int
    due: datetime
    id: UUID
    older: bool = True

    @classmethod
    def at(cls, disclosure: Disclosure) -> "Cursor":
        """The place of one disclosure."""
        return cls(disclosure.rank, disclosure.due, disclosure.pk)

    def __str__(self) -> str:
        text = f"{self.rank} {self.due.astimezone(UTC).isoformat()} {self.id.hex}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, *, older: bool) -> "Cursor | None":
        """The place that an address names; None where it names none."""
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
            rank, due, pk = plain.split(" ")
            at = datetime.fromisoformat(due)
            aware = at.tzinfo is not None
            cursor = cls(int(rank), at.astimezone(UTC), UUID(pk), older)
        except (ValueError, OverflowError, binascii.Error):
            return None
        return cursor if aware and 0 <= cursor.rank < Disclosure.Rank.CLOSED else None


class Beyond(Func):
    """Whether a row lies beyond a place in the order of the inbox.

    It compares rows, not columns, `(rank, due, id) > (…)` (SQL-92, 8.2), so that the index is
    entered at the place itself. Django writes that with OR on SQLite, which walks the index from
    its beginning.
    """

    output_field = models.BooleanField()

    def __init__(self, *expressions: Any, sign: str) -> None:
        """expressions: the three columns and the three values; sign: `>` or `<`."""
        super().__init__(*expressions)
        self.sign = sign

    @classmethod
    def place(cls, cursor: Cursor) -> "Beyond":
        """The side of a cursor that is looked at."""
        return cls(
            F("rank"),
            F("due"),
            F("id"),
            Value(cursor.rank, models.PositiveSmallIntegerField()),
            Value(cursor.due, models.DateTimeField()),
            Value(cursor.id, models.UUIDField()),
            sign=">" if cursor.older else "<",
        )

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        """`(a, b, c) > (x, y, z)`."""
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        columns, values = (", ".join(sql for sql, _ in half) for half in (parts[:3], parts[3:]))
        params = [param for _sql, given in parts for param in given]
        return f"({columns}) {self.sign} ({values})", params


@dataclass(frozen=True)
class Page:
    """Some rows of the inbox, and the cursors of the pages on both sides, where there are any."""

    disclosures: list[Disclosure]
    older: Cursor | None
    newer: Cursor | None


def rows(user: User, team: Team, cursor: Cursor | None = None) -> DisclosureQuerySet:
    """What a member sees of a team's inbox from a place on; the index `inbox` has this order."""
    seen = access.visible(user).filter(team=team).by_urgency()
    seen = seen.annotate(
        owner_name=_CARRIES,
        risk=F("case__risk"),
        closing=Exists(
            CaseDeadline.objects.filter(case__disclosure=OuterRef("pk"), wanted=Wanted.CLOSE)
        ),
    )
    if cursor is not None and not cursor.older:
        # A place is never among the closed, so going back does not meet them.
        return seen.filter(Beyond.place(cursor)).reverse()
    opened = seen.filter(rank__lt=Disclosure.Rank.CLOSED)
    return opened.filter(Beyond.place(cursor)) if cursor else opened


def page(user: User, team: Team, cursor: Cursor | None = None, size: int = PAGE) -> Page:
    """The page of a team's inbox that begins (or, going back, ends) at a place."""
    found = list(rows(user, team, cursor)[: size + 1])
    more, found = len(found) > size, found[:size]
    back = cursor is not None and not cursor.older
    if back:
        found.reverse()
    if not found:
        return Page([], None, None)
    has_older, has_newer = (True, more) if back else (more, cursor is not None)
    return Page(
        found,
        older=Cursor.at(found[-1]) if has_older else None,
        newer=Cursor.at(found[0]) if has_newer else None,
    )


def unread_counts(disclosures: list[Disclosure]) -> dict[UUID, int]:
    """How many of the child's messages no adult has opened, by disclosure."""
    waiting = [one.pk for one in disclosures if one.unread]
    return dict(
        Message.objects.filter(
            disclosure__in=waiting,
            from_child=True,
            sequence__gt=F("disclosure__read_by_staff"),
        )
        .values_list("disclosure")
        .annotate(count=Count("pk"))
    )


def context(user: User, team: Team, cursor: Cursor | None, now: datetime) -> dict[str, Any]:
    """What the template needs of a page."""
    shown = page(user, team, cursor)
    counts = unread_counts(shown.disclosures)
    return {
        "falls_due": falls_due(user, team, now),
        "rows": [_row(one, counts.get(one.pk, 0), team, now) for one in shown.disclosures],
        "older": f"?after={shown.older}" if shown.older else "",
        "newer": f"?before={shown.newer}" if shown.newer else "",
    }


def _row(disclosure: Disclosure, unread: int, team: Team, now: datetime) -> dict[str, Any]:
    return promise(disclosure, team, now) | {
        "url": reverse("answer:thread", args=[disclosure.pk]),
        "reference": reference(disclosure.pk),
        "unread": unread,
        "waits": disclosure.waits,
        "acute": disclosure.acute,
        "was_acute": disclosure.danger and not disclosure.acute,
        "told": spoken(team.local(disclosure.told), now),
        "owner": getattr(disclosure, "owner_name", None) or "",
        "risk": _risk(getattr(disclosure, "risk", None)),
        "closing": getattr(disclosure, "closing", False),
        "concern": disclosure.source != Disclosure.Source.CHILD,
        "team": team.name,
        "example": disclosure.example,
        "ended": disclosure.ended is not None,
    }


def _risk(risk: str | None) -> dict[str, Any]:
    """The risk of a case in a word, where somebody has set one."""
    if not risk or risk == Risk.UNKNOWN:
        return {}
    return {"word": RISKS[risk], "grave": Risk(risk).grave}


def falls_due(user: User, team: Team, now: datetime) -> list[dict[str, Any]]:
    """What the cases of a team want soon or wanted before, soonest first; twenty of it.

    What says no more than the promise that stands in the list below is left out.
    """
    soon = timers.soon_until(team.country, now, team.hours)
    hidden = Recusal.objects.filter(disclosure=OuterRef("case__disclosure"), user=user)
    rows = (
        CaseDeadline.objects.filter(~Exists(hidden), team=team, due__lt=soon)
        # Until it is late it says no more than the decision itself.
        .exclude(wanted=Wanted.LEAD_ON_DUTY, due__gte=now)
        .exclude(wanted=Wanted.ANSWER, due__gte=F("case__disclosure__due"))
        .select_related("case__owner", "case__cover")
        .order_by("due", "id")
    )
    found = [*_unread(user, team, soon), *rows[:MOST_DUE]]
    found.sort(key=lambda row: row.due)
    owed = [UUID(row.subject) for row in found if row.wanted == Wanted.DEBRIEF]
    names = {str(one.pk): one.first_name for one in User.objects.filter(pk__in=owed)}
    return [_due(row, names, team, now) for row in found[:MOST_DUE]]


def _unread(user: User, team: Team, soon: datetime) -> list[CaseDeadline]:
    """What nobody has read and is to be read sooner than the child was promised; not stored."""
    told = access.visible(user).filter(team=team).waiting().filter(read_by_staff=0)
    rows = (
        first_read(one)
        for one in told.select_related("team", "case__owner", "case__cover").by_urgency()[:MOST_DUE]
    )
    return [row for row in rows if row.due < row.case.disclosure.due and row.due < soon]


def first_read(disclosure: Disclosure) -> CaseDeadline:
    """That somebody reads what a child told, like the deadlines that are kept; not saved.

    Its case may not be there yet: whoever opens it first makes it.
    """
    case = getattr(disclosure, "case", None) or Case(disclosure=disclosure)
    due = first_read_of(disclosure)
    return CaseDeadline(case=case, team=disclosure.team, wanted=Wanted.READ, due=due)


def _due(row: CaseDeadline, names: dict[str, str], team: Team, now: datetime) -> dict[str, Any]:
    """names: of those to whom a debrief is owed."""
    carries = row.case.cover or row.case.owner
    return {
        "url": reverse("answer:thread", args=[row.case.disclosure_id]) + "#steps",
        "reference": reference(row.case.disclosure_id),
        "wanted": WANTED[row.wanted],
        "due": spoken(team.local(row.due), now),
        "left": time_left(row.due, now),
        "late": row.due < now,
        "soon": now <= row.due <= now + SOON,
        "risk": _risk(row.case.risk),
        "who": names.get(row.subject) or (carries.first_name if carries else ""),
    }


def promise(disclosure: Disclosure, team: Team, now: datetime) -> dict[str, Any]:
    """What was promised to the child: `due`, `left`, `late`, `soon`; empty when nobody waits."""
    if not disclosure.waits:
        return {"due": "", "left": "", "late": False, "soon": False}
    late = disclosure.is_late(now)
    return {
        "due": spoken(team.local(disclosure.due), now),
        "left": time_left(disclosure.due, now),
        "late": late,
        "soon": not late and disclosure.due - now <= SOON,
    }


def late_by(user: User, team: Team, now: datetime) -> list[dict[str, Any]]:
    """How many are late by who answers them, for a lead; counted up to five hundred."""
    late = access.visible(user).filter(team=team).overdue(now).order_by()
    names = sorted(name or "" for name in late.values_list(_CARRIES, flat=True)[:_MOST_LATE])
    return [{"who": name, "count": len(list(group))} for name, group in groupby(names)]


def late_covered(team: Team, now: datetime) -> list[str]:
    """Names of teams that this team covers and that are late for longer than an hour."""
    late = Disclosure.objects.overdue(now - COVER_AFTER).filter(team=OuterRef("pk"))
    return list(Team.objects.filter(Exists(late), cover=team).values_list("name", flat=True))
