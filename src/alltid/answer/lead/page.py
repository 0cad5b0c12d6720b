"""The lead's page and the list behind each of its figures, in words."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from alltid.people import roster
from alltid.people.models import Team, User
from alltid.people.reference import reference
from alltid.people.when import spoken, spoken_day, time_left
from alltid.tell.models import Disclosure

from ..casework.events import Risk
from ..casework.words import RISKS, WANTED
from ..models import CaseDeadline, CoachedQuarter
from . import coached
from .standing import MOST, MOST_CARRIED, Load, Standing


class Page:
    """What the templates under answer/lead/ need, for one lead at one moment."""

    def __init__(self, team: Team, user: User, now: datetime) -> None:
        self.team, self.now = team, now
        self.standing = Standing(team, user, now)

    def context(self) -> dict[str, Any]:
        """The whole page."""
        figures, loads = self.standing.counted()
        overdue = self.standing.overdue()
        covers = self.standing.without_answer()
        next_promise = figures.next_promise
        return {
            "team": self.team,
            "here": "inbox",
            "figures": figures,
            "next_promise": self._said(next_promise) if next_promise else "",
            "overdue_count": sum(row["count"] for row in overdue),
            "overdue_by": _by_what(overdue),
            "waiting": [self._waits(one) for one in self.standing.waiting()],
            "overdue": [self._wanted(row, "steps") for row in self.standing.longest_overdue()],
            "covers": [self._wanted(row, "others") for row in covers[:MOST]],
            "more_covers": len(covers) > MOST,
            "undecided": [self._undecided(*one) for one in self.standing.without_decision()],
            "loads": [self._load(load) for load in self.standing.loads(loads, overdue)],
            "thin_days": [_thin_day(day) for day in roster.thin_days(self.team, self.now)],
            "days_ahead": roster.DAYS_AHEAD,
            "late_covered": self.standing.late_covered(),
            "coached": [_coached(one) for one in coached.told(self.team)],
        }

    def carried_by(self, who: User | None) -> dict[str, Any]:
        """What one person carries, or what nobody does."""
        found = self.standing.carried(who.pk if who else None)
        return {
            "team": self.team,
            "here": "inbox",
            "who": who,
            "cases": [self._carried(one) for one in found[:MOST_CARRIED]],
            "most": MOST_CARRIED if len(found) > MOST_CARRIED else 0,
        }

    # --- lines ---------------------------------------------------------------------------------

    def _case(self, pk: UUID, section: str, risk: str | None) -> dict[str, Any]:
        return {
            "url": f"{reverse('answer:thread', args=[pk])}#{section}",
            "reference": reference(pk),
            "risk": RISKS[risk] if risk and risk != Risk.UNKNOWN else "",
        }

    def _due(self, due: datetime | None, otherwise: str = "") -> dict[str, Any]:
        """When it is due and how long that is; otherwise: what is said where nothing is."""
        if due is None:
            return {"due": "", "left": otherwise, "late": False}
        return {"due": self._said(due), "left": time_left(due, self.now), "late": due < self.now}

    def _in_list(self, disclosure: Any, section: str) -> dict[str, Any]:
        """A disclosure as `Standing._in_lists` gives it."""
        return self._case(disclosure.pk, section, disclosure.risk) | {
            "who": disclosure.carrier or "",
            "acute": disclosure.acute,
            "unread": disclosure.unread,
            "waits": disclosure.waits,
            "example": disclosure.example,
        }

    def _waits(self, disclosure: Disclosure) -> dict[str, Any]:
        section = "unread" if disclosure.unread else "earlier"
        return self._in_list(disclosure, section) | self._due(disclosure.due)

    def _undecided(self, disclosure: Disclosure, decide_by: datetime | None) -> dict[str, Any]:
        due = self._due(decide_by, _("no time yet"))
        return self._in_list(disclosure, "children") | due

    def _carried(self, disclosure: Any) -> dict[str, Any]:
        due = disclosure.due if disclosure.waits else disclosure.wants
        return self._in_list(disclosure, "hands") | self._due(due, _("nothing due"))

    def _wanted(self, row: CaseDeadline, section: str) -> dict[str, Any]:
        carries = row.case.cover or row.case.owner
        return (
            self._case(row.case.disclosure_id, section, row.case.risk)
            | self._due(row.due)
            | {"wanted": WANTED[row.wanted], "who": carries.first_name if carries else ""}
        )

    def _load(self, load: Load) -> dict[str, Any]:
        user, team = load.user, self.team.slug
        url = (
            reverse("answer:carried", args=[team, user.pk])
            if user
            else reverse("answer:carried_by_nobody", args=[team])
        )
        return {"name": user.first_name if user else "", "url": url, "away": self._away(load)} | {
            name: getattr(load, name) for name in ("open", "grave", "waiting", "late")
        }

    def _away(self, load: Load) -> str:
        """Why somebody reads nothing now, where that is so."""
        member = load.membership
        if member is None:
            return _("has left the team") if load.user else ""
        if member.is_away(self.now) and member.away_until:
            last = self.team.local(member.away_until) - timedelta(days=1)
            return _("away up to and with %(day)s") % {"day": spoken_day(last)}
        return ""

    def _said(self, moment: datetime) -> str:
        return spoken(self.team.local(moment), self.now)


def _by_what(overdue: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """How much is overdue of what, most first."""
    counts: dict[str, int] = {}
    for row in overdue:
        counts[row["wanted"]] = counts.get(row["wanted"], 0) + row["count"]
    return [(str(WANTED[name]), n) for name, n in sorted(counts.items(), key=lambda it: -it[1])]


def _coached(found: CoachedQuarter) -> dict[str, Any]:
    number = (found.quarter.month + 2) // 3
    when = _("%(year)s, quarter %(number)s") % {"year": found.quarter.year, "number": number}
    percent = {"percent": found.percent}
    if found.percent == coached.LEAST:
        return {"when": when, "share": _("at most %(percent)s in a hundred") % percent}
    if found.percent == coached.MOST:
        return {"when": when, "share": _("at least %(percent)s in a hundred") % percent}
    return {"when": when, "share": _("%(percent)s in a hundred") % percent}


def _thin_day(day: roster.ThinDay) -> dict[str, Any]:
    return {
        "day": f"{str(WEEKDAYS[day.day.weekday()]).capitalize()} {_on(day.day)}",
        "readers": ", ".join(day.readers),
    }


def _on(day: date) -> str:
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - no clock is said
    return spoken_day(noon)
