"""What a child's thread and its ending say, as the templates need it."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings

from alltid.people.models import Team
from alltid.people.when import spoken, spoken_date, spoken_day
from alltid.vault.identity import Identity

from . import who_answers
from .erasing import erases_at_end
from .handing import Handing, handing_context
from .keeping import KEPT_BECAUSE, backups_gone, keeping_context
from .models import Disclosure
from .reading import promise
from .telling import Line, read_thread
from .who_answers import WhoAnswers


def _lead(team: Team, who: WhoAnswers) -> tuple[str, bool]:
    """The lead's first name, and whether a notice of a late answer can have reached them.

    A lead from whom it is hidden has been told nothing, and is not named.
    """
    lead = next(filter(who.may_name, team.leads()), None)
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
    who, here = who_answers.of(disclosure), list(team.readers(now))
    readers = {m.user_id: m.user.first_name for m in here if who.may_name(m)}
    answered = newest is not None and lines[-1] is newest
    is_here = newest is not None and newest.author in {str(m.user_id) for m in here}
    gone = newest is not None and not is_here and bool(readers)
    lead, lead_told = _lead(team, who)
    handing = handing_context(disclosure)
    if disclosure.is_late(now):
        state = "late"
    elif answered:
        # Whom another team has taken over from is not away.
        handed = handing.get("state") == Handing.State.ACCEPTED
        state = "away" if gone and not handed else "answered"
    else:
        state = "waiting"
    return keeping_context(disclosure, now) | {
        "team": team,
        "newest": _shown(newest, team, now) if newest else None,
        "is_new": newest is not None and disclosure.read_by_child < newest.sequence,
        "earlier": [_shown(line, team, now) for line in lines if line is not newest],
        "state": state,
        "promise": promise(team, disclosure.due, now),
        "closing": _closing(disclosure, lines, newest, now),
        "lead": lead,
        "lead_told": lead_told,
        "handing": handing,
        "away_name": newest.name if newest and gone else "",
        "reader_name": (who.carries and readers.get(who.carries))
        or next(iter(readers.values()), ""),
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


def _who_keeps(disclosure: Disclosure) -> Team:
    """The team whose law keeps it; the one that it was handed on by may go on reading."""
    if disclosure.team.policy().keeps_after_end:
        return disclosure.team
    others = disclosure.holders().exclude(pk=disclosure.team_id)
    return next((one for one in others if one.policy().keeps_after_end), disclosure.team)


def ending_context(disclosure: Disclosure, now: datetime) -> dict[str, Any]:
    """What ending erases and what is kept, and until when a backup may still hold it."""
    team = disclosure.team
    held = disclosure.held_until if disclosure.is_held(now) else None
    return {
        "team": team,
        "erases": erases_at_end(disclosure) and held is None,
        "held_until": spoken_date(team.local(held)) if held else "",
        "kept_reason": KEPT_BECAUSE[Team.Kind(_who_keeps(disclosure).kind)],
        "unread": disclosure.read_by_staff == 0,
        "acute": disclosure.acute,
        "backups_until": spoken_day(team.local(backups_gone(now))),
    }
