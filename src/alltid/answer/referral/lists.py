"""What stands in an inbox of talks that change hands; nothing of what was told in them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from alltid.people.models import Team, User
from alltid.people.reference import reference
from alltid.people.when import spoken, spoken_day, time_left
from alltid.tell.models import Handing

from .. import access
from ..casework.events import Risk
from ..casework.timers import Wanted
from ..casework.words import RISKS
from ..models import CaseDeadline

# How long it stands there that an asking came to nothing, or that another team took over.
TOLD_FOR = timedelta(days=7)
GIVEN_FOR = timedelta(days=30)
MOST = 20


def answer_due(handing: Handing) -> datetime | None:
    """By when the team that is asked should answer."""
    due = CaseDeadline.objects.filter(
        case__disclosure=handing.disclosure_id, wanted=Wanted.ANOTHER_TEAM
    )
    return due.values_list("due", flat=True).first()


def asked_here(user: User, team: Team, now: datetime) -> list[dict[str, Any]]:
    """What the team is asked to take over, open first; of late ended without it for a week."""
    lost = Q(state__in=[Handing.State.WITHDRAWN, Handing.State.REFUSED])
    shown = Q(state=Handing.State.OPEN) | lost & Q(settled__gt=now - TOLD_FOR)
    here = team.handed_here.filter(shown, disclosure__in=access.visible(user))
    due = CaseDeadline.objects.filter(
        case__disclosure=OuterRef("disclosure"), wanted=Wanted.ANOTHER_TEAM
    )
    rows = here.annotate(due=Subquery(due.values("due")[:1]))
    found = rows.select_related("giving", "disclosure__case")[:MOST]
    listed = sorted(found, key=lambda handing: not handing.is_open)
    return [_asked(handing, team, now) for handing in listed]


def _asked(handing: Handing, team: Team, now: datetime) -> dict[str, Any]:
    due = getattr(handing, "due", None)
    risk = Risk(handing.disclosure.case.risk)
    return {
        "url": reverse("answer:asked", args=[handing.pk]),
        "giving": handing.giving.name,
        "state": handing.state,
        "when": spoken(team.local(handing.asked), now),
        "left": time_left(due, now) if due else "",
        "late": bool(due and due < now),
        "acute": handing.is_open and handing.disclosure.acute,
        "risk": "" if risk is Risk.UNKNOWN else RISKS[risk],
        "grave": risk.grave,
    }


def handed_on(user: User, team: Team, now: datetime) -> list[dict[str, Any]]:
    """What other teams have taken over from this one in a month."""
    given = team.handed_on.filter(
        state=Handing.State.ACCEPTED,
        settled__gt=now - GIVEN_FOR,
        disclosure__in=access.visible(user),
    )
    return [
        {
            "url": reverse("answer:kept", args=[one.disclosure_id]) if one.keeps else "",
            "reference": reference(one.disclosure_id),
            "receiving": one.receiving.name,
            "when": spoken_day(team.local(one.settled)) if one.settled else "",
            "refused": one.refused is not None,
        }
        for one in given.select_related("receiving")[:MOST]
    ]


def context(user: User, team: Team, now: datetime) -> dict[str, Any]:
    """What the inbox shows of it."""
    return {"asked_here": asked_here(user, team, now), "handed_on": handed_on(user, team, now)}
