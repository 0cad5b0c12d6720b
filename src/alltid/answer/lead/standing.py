"""How a team stands now, for its lead: counted from what happened, in as many queries for ten open
cases as for ten thousand.

What is hidden from the lead is in no list and in no figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from alltid.people.models import Membership, Team, User
from alltid.tell.models import Disclosure, DisclosureQuerySet

from .. import access
from ..casework.events import Risk
from ..casework.timers import FOR_LEADS, Wanted
from ..inbox import COVER_AFTER
from ..models import CaseDeadline, Recusal

# Of each list the first; the figure above it says how many there are.
MOST = 10
# Of what one person carries.
MOST_CARRIED = 200
_GRAVE = [risk for risk in Risk if risk.grave]
_CARRIES = Coalesce("case__cover", "case__owner")


@dataclass
class Load:
    """What one person carries; user: None for what nobody carries.

    late: what their cases want and is overdue, what only a lead can do left out.
    """

    user: User | None
    membership: Membership | None = None
    open: int = 0
    grave: int = 0
    waiting: int = 0
    late: int = 0


@dataclass
class Figures:
    """A team in numbers. next_promise: the earliest of those to children nobody has read."""

    open: int = 0
    waiting: int = 0
    not_read: int = 0
    late: int = 0
    undecided: int = 0
    next_promise: datetime | None = None

    def add_waiting(self, row: Mapping[str, Any]) -> None:
        """Add what was counted of those who wait for one person."""
        self.waiting += row["waiting"]
        self.not_read += row["not_read"]
        self.late += row["late"]
        promises = filter(None, (self.next_promise, row["next_promise"]))
        self.next_promise = min(promises, default=None)


class Standing:
    """A team at one moment, as one of its leads may see it."""

    def __init__(self, team: Team, user: User, now: datetime) -> None:
        self.team, self.user, self.now = team, user, now

    @property
    def _open(self) -> DisclosureQuerySet:
        here = access.visible(self.user).filter(team=self.team, rank__lt=Disclosure.Rank.CLOSED)
        return here.order_by()

    def _wanted(self) -> Any:
        hidden = Recusal.objects.filter(user=self.user).values("disclosure")
        wanted = CaseDeadline.objects.filter(team=self.team)
        return wanted.exclude(case__disclosure__in=hidden)

    def _in_lists(self, disclosures: DisclosureQuerySet) -> DisclosureQuerySet:
        return disclosures.annotate(
            carrier=Coalesce("case__cover__first_name", "case__owner__first_name"),
            risk=F("case__risk"),
            wants=F("case__due"),
        )

    # --- figures -------------------------------------------------------------------------------

    def counted(self) -> tuple[Figures, dict[UUID | None, Load]]:
        """The figures, and how much each person carries, by their id; None for nobody.

        Two questions: the index of the inbox answers what concerns all that is open, and the rows
        are looked at of those only who wait.
        """
        total, loads = Figures(), {}
        for row in self._open.values(carrier=_CARRIES).annotate(
            open=Count("pk"),
            grave=Count("pk", filter=Q(case__risk__in=_GRAVE)),
            undecided=Count("pk", filter=Q(case__undecided=True)),
        ):
            total.open += row["open"]
            total.undecided += row["undecided"]
            loads[row["carrier"]] = Load(None, open=row["open"], grave=row["grave"])
        not_read = Q(read_by_staff__lt=F("sequence"))
        waiting = self._open.waiting().values(carrier=_CARRIES)
        for waits in waiting.annotate(
            waiting=Count("pk"),
            not_read=Count("pk", filter=not_read),
            late=Count("pk", filter=Q(due__lt=self.now)),
            next_promise=Min("due", filter=not_read),
        ):
            total.add_waiting(waits)
            loads.setdefault(waits["carrier"], Load(None)).waiting = waits["waiting"]
        return total, loads

    def overdue(self) -> list[dict[str, Any]]:
        """What is overdue by what it is and by who carries it: {wanted, carrier, count}."""
        late = self._wanted().filter(due__lt=self.now).order_by()
        return list(late.values("wanted", carrier=_CARRIES).annotate(count=Count("pk")))

    def loads(self, loads: dict[UUID | None, Load], overdue: list[dict[str, Any]]) -> list[Load]:
        """Who carries what: every member, who has left and carries still, and nobody, by name."""
        members = self.team.memberships.filter(let_in__isnull=False).select_related("user")
        found: dict[UUID | None, Load] = dict(loads)
        for member in members:
            load = found.setdefault(member.user_id, Load(None))
            load.user, load.membership = member.user, member
        left = {pk for pk, load in found.items() if pk and load.user is None}
        for user in User.objects.filter(pk__in=left):
            found[user.pk].user = user
        for row in overdue:
            if row["wanted"] not in FOR_LEADS and row["carrier"] in found:
                found[row["carrier"]].late += row["count"]
        return sorted(found.values(), key=_by_name)

    # --- lists ---------------------------------------------------------------------------------

    def waiting(self) -> list[Disclosure]:
        """The children who wait, the oldest promise first."""
        return list(self._in_lists(self._open.waiting()).order_by("due", "id")[:MOST])

    def longest_overdue(self) -> list[CaseDeadline]:
        """What has been overdue for longest in the cases."""
        late = self._wanted().filter(due__lt=self.now).order_by("due", "id")
        return list(late.select_related("case__owner", "case__cover")[:MOST])

    def without_answer(self) -> list[CaseDeadline]:
        """The unanswered questions to stand in, soonest due first; one more than is shown."""
        asked = self._wanted().filter(wanted=Wanted.ACCEPT).order_by("due", "id")
        return list(asked.select_related("case__owner")[: MOST + 1])

    def without_decision(self) -> list[tuple[Disclosure, datetime | None]]:
        """Cases in which the duty is not decided, and by when it has to be, soonest first.

        Those without a time are asked for apart, in the order of the inbox, so that the database
        stops when it has enough.
        """
        wanted = self._wanted().filter(wanted=Wanted.DECIDE_DUTY)
        soonest = wanted.values("case").annotate(by=Min("due")).order_by("by", "case")
        by = dict(soonest.values_list("case", "by")[:MOST])
        undecided = self._in_lists(self._open.filter(case__undecided=True))
        of_cases = undecided.filter(case__in=by).select_related("case")
        timed = [(one, by[one.case.pk]) for one in of_cases]
        has_time = Exists(
            CaseDeadline.objects.filter(case=OuterRef("case"), wanted=Wanted.DECIDE_DUTY)
        )
        others = undecided.filter(~has_time).by_urgency()[:MOST]
        found = sorted(timed, key=lambda pair: pair[1])
        return [*found, *((one, None) for one in others)][:MOST]

    def carried(self, who: UUID | None) -> list[Disclosure]:
        """What one person, or nobody, carries: who waits first; one more than is shown."""
        mine = (
            Q(case__cover=who) | Q(case__cover=None, case__owner=who)
            if who
            else Q(case__isnull=True) | Q(case__cover=None, case__owner=None)
        )
        return list(self._in_lists(self._open.filter(mine)).by_urgency()[: MOST_CARRIED + 1])

    def late_covered(self) -> list[dict[str, Any]]:
        """The teams that this one covers and that are late for an hour, each with who leads it."""
        late = Disclosure.objects.overdue(self.now - COVER_AFTER).filter(team=OuterRef("pk"))
        names = dict(Team.objects.filter(Exists(late), cover=self.team).values_list("pk", "name"))
        leads = Membership.objects.filter(
            team__in=names, role=Membership.Role.LEAD, let_in__isnull=False
        ).values_list("team", "user__first_name")
        return [
            {"team": name, "leads": sorted(lead for team, lead in leads if team == pk)}
            for pk, name in names.items()
        ]


def _by_name(load: Load) -> tuple[bool, str]:
    return (load.user is None, load.user.first_name.casefold() if load.user else "")
