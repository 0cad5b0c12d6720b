"""A team as its page shows it: who is in it, who can open what, when they read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Count, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from alltid.vault.identity import fingerprint

from .forms import day_name
from .models import READERS, SEEN_LATELY, Membership, RecoverySheet, Team, User

_CHECK_YEARLY = timedelta(days=365)
# So far ahead it is seen who reads: as long as a signing in counts.
DAYS_AHEAD = 14


@dataclass(frozen=True)
class Member:
    """One member as the team page shows them."""

    membership: Membership
    holds_every_key: bool
    away_until: date | None
    seen_lately: bool
    may_be_mended: bool

    @property
    def letters(self) -> str:
        """The groups of letters by which two people make sure of a key."""
        return fingerprint(self.membership.user.recipient)

    @property
    def waits(self) -> bool:
        """Whether somebody still has to let them in."""
        return self.membership.let_in is None


def members(team: Team, now: datetime, reader: User) -> list[Member]:
    """Everyone in a team, those who wait last; as many queries whatever its size.

    reader: whose page it is; another's way in is not theirs to mend everywhere (keys.may_mend).
    """
    live = team.keys.count()
    leads = set(team.leads().values_list("user", flat=True))
    memberships = (
        team.memberships.select_related("user", "team")
        .annotate(
            held=Count(
                "user__team_key_copies",
                filter=Q(user__team_key_copies__key__team=team),
            )
        )
        .order_by("let_in", "user__first_name")
    )
    rows = [
        Member(
            membership,
            holds_every_key=live > 0 and membership.held == live,
            away_until=_last_day_away(membership, now),
            seen_lately=bool(membership.user.seen and membership.user.seen > now - SEEN_LATELY),
            may_be_mended=reader.pk in leads or not leads - {membership.user_id},
        )
        for membership in memberships
    ]
    return sorted(rows, key=lambda row: row.waits)


def _last_day_away(membership: Membership, now: datetime) -> date | None:
    if not membership.is_away(now) or membership.away_until is None:
        return None
    return (membership.away_until.astimezone(now.tzinfo) - timedelta(days=1)).date()


def week(team: Team) -> list[tuple[str, str]]:
    """The opening hours, equal days in a row taken together: ("Monday–Friday", "08:00–16:00")."""

    def times(number: int) -> str:
        return ", ".join(f"{begin}–{end}" for begin, end in team.opening.get(str(number), ()))

    return [
        (_span([number for number, _times in days]), hours or _("nobody reads"))
        for hours, days in groupby(((n, times(n)) for n in range(7)), key=lambda pair: pair[1])
    ]


def _span(days: list[int]) -> str:
    first = day_name(days[0])
    return first if len(days) == 1 else f"{first}–{WEEKDAYS[days[-1]]}"


def closures(team: Team, today: date) -> list[tuple[date, date]]:
    """The stretches without readers that are not over."""
    stretches = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in team.closures]
    return sorted(stretch for stretch in stretches if stretch[1] >= today)


def unchecked(sheets: Iterable[RecoverySheet], now: datetime) -> list[RecoverySheet]:
    """The recovery sheets that nobody has tried within a year."""
    return [s for s in sheets if s.checked is None or s.checked < now - _CHECK_YEARLY]


@dataclass(frozen=True)
class ThinDay:
    """A day with reading hours on which fewer than two read, and who does."""

    day: date
    readers: tuple[str, ...]


def thin_days(team: Team, now: datetime) -> list[ThinDay]:
    """The days of the next fortnight, today among them, on which fewer than two members read.

    Who has signed in of late and is away at no time of the day's hours reads; what is left of today
    counts alone. Whether they sign in again by then nobody knows: `Team.dropping_out` warns of it.
    """
    seen = team.memberships.filter(
        let_in__isnull=False, user__is_active=True, user__seen__gt=now - SEEN_LATELY
    )
    members = list(seen.select_related("user").order_by("user__first_name"))
    today = team.local(now).date()
    found = []
    for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        hours = [(begin, end) for begin, end in team.hours.on(day) if end > now]
        here = [one.user.first_name for one in members if not _away_during(one, hours, now)]
        if hours and len(here) < READERS:
            found.append(ThinDay(day, tuple(here)))
    return found


def _away_during(
    member: Membership, hours: Iterable[tuple[datetime, datetime]], now: datetime
) -> bool:
    start, end = member.away_from, member.away_until
    if start is None or end is None:
        return False
    return any(start < closing and end > max(opening, now) for opening, closing in hours)
