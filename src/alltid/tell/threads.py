"""What a child's thread and its ending say, as the templates need it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from alltid.people.models import Team
from alltid.people.when import spoken, spoken_day
from alltid.vault.identity import Identity

from .models import Disclosure
from .reading import promise
from .telling import Line, read_thread


def _lead(team: Team) -> tuple[str, bool]:
    """The lead's first name, and whether a notice of a late answer can have reached them."""
    lead = team.leads().first()
    if lead is None:
        return "", False
    posted = bool(settings.ALLTID["SMTP_URL"]) or not settings.SECURE
    return lead.user.first_name, posted and bool(lead.user.email)


def _shown(line: Line, team: Team, now: datetime) -> dict[str, Any]:
    return {
        "author_first_name": line.name,
        "when": spoken(team.local(line.at), now),
        "text": line.text,
        "from_child": line.from_child,
    }


def thread_context(disclosure: Disclosure, identity: Identity, now: datetime) -> dict[str, Any]:
    """The newest answer, the earlier ones to fold, and where things stand; raises a VaultError."""
    lines = read_thread(disclosure, identity)
    team = disclosure.team
    answers = [line for line in lines if not line.from_child]
    newest = answers[-1] if answers else None
    readers = {str(m.user_id): m.user.first_name for m in team.readers(now)}
    answered = newest is not None and lines[-1] is newest
    gone = newest is not None and newest.author not in readers and bool(readers)
    lead, lead_told = _lead(team)
    if disclosure.is_late(now):
        state = "late"
    elif answered:
        state = "away" if gone else "answered"
    else:
        state = "waiting"
    return {
        "team": team,
        "newest": _shown(newest, team, now) if newest else None,
        "is_new": newest is not None and disclosure.read_by_child < newest.sequence,
        "earlier": [_shown(line, team, now) for line in lines if line is not newest],
        "state": state,
        "promise": promise(team, disclosure.due, now),
        "closing": _closing(disclosure, lines, newest, now),
        "lead": lead,
        "lead_told": lead_told,
        "away_name": newest.name if newest and gone else "",
        "reader_name": next(iter(readers.values()), ""),
        "feeling_sent": bool(newest)
        and disclosure.feelings.filter(sequence=newest.sequence if newest else 0).exists(),
    }


def _closing(
    disclosure: Disclosure, lines: list[Line], newest: Line | None, now: datetime
) -> dict[str, Any]:
    """What is true of the day of closing that the child was told: `closed`, `day`, `passed`.

    Before its day nothing, while the answer that tells it is the newest: it says so itself.
    """
    if disclosure.rank == Disclosure.Rank.CLOSED:
        return {"closed": True}
    told = next((line for line in reversed(lines) if line.closes), None)
    if told is None or told.closes is None or disclosure.ended is not None:
        return {}
    passed = told.closes < disclosure.team.local(now).date()
    if told is newest and not passed:
        return {}
    return {"day": spoken_day(disclosure.team.local(_noon(told.closes))), "passed": passed}


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


# Why a team that keeps what was written does so, for a child who wants to end the talk.
_KEPT_BECAUSE = {
    Team.Kind.MANDATED: gettext_lazy(
        "The law can say that a school or social services must keep it, so that it can be seen "
        "that you got help."
    ),
    Team.Kind.HEALTH_RECORD: gettext_lazy(
        "The law says that health care must keep what belongs to a health record."
    ),
    Team.Kind.NOT_MANDATED: gettext_lazy("That is how we have decided here."),
}


def ending_context(disclosure: Disclosure, now: datetime) -> dict[str, Any]:
    """What ending erases and what is kept, and until when a backup may still hold it."""
    team = disclosure.team
    last = now + timedelta(days=settings.ALLTID["BACKUP_DAYS"] + 1)
    return {
        "team": team,
        "erases": not team.keeps_after_end,
        "kept_reason": _KEPT_BECAUSE[Team.Kind(team.kind)],
        "unread": disclosure.read_by_staff == 0,
        "acute": disclosure.acute,
        "backups_until": spoken_day(team.local(last)),
    }
