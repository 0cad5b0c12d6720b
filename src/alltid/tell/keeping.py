"""How long what a child told is kept, as their own pages say it, and what is left of it after."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from alltid.people.models import RetentionPolicy, Team
from alltid.people.retention import What
from alltid.people.when import spoken_date, spoken_term

from .erasing import erases_at_end
from .models import Disclosure
from .tombstone import Tombstone

# Why a team that keeps what was written does so, for a child.
KEPT_BECAUSE = {
    Team.Kind.MANDATED: gettext_lazy(
        "The law can say that a school or social services must keep it, so that it can be seen "
        "that you got help."
    ),
    Team.Kind.HEALTH_RECORD: gettext_lazy(
        "The law says that health care must keep what belongs to a health record."
    ),
    Team.Kind.NOT_MANDATED: gettext_lazy("That is how we have decided here."),
}


def backups_gone(erased: datetime) -> datetime:
    """By when no backup holds what was erased then."""
    return erased + timedelta(days=settings.ALLTID["BACKUP_DAYS"] + 1)


def keeping_context(disclosure: Disclosure, now: datetime) -> dict[str, Any]:
    """How long this talk is kept, as its child was told: `keeping`."""
    team, policy = disclosure.team, disclosure.policy
    held = disclosure.held_until if disclosure.is_held(now) else None
    return {
        "keeping": _policy(policy, team)
        | {
            "reason": str(KEPT_BECAUSE[Team.Kind(team.kind)]),
            "erases_at_end": erases_at_end(disclosure),
            "held_until": spoken_date(team.local(held)) if held else "",
            "closed": spoken_date(team.local(disclosure.closed)) if disclosure.closed else "",
            "goes": spoken_date(team.local(disclosure.goes)) if disclosure.goes else "",
        }
    }


def _policy(policy: RetentionPolicy, team: Team) -> dict[str, Any]:
    archive = team.archive() if policy.what == What.ARCHIVE else None
    return {
        "what": policy.what,
        "term": spoken_term(policy.months),
        "archive": archive.archive_name if archive else "",
        "backup_days": settings.ALLTID["BACKUP_DAYS"] + 1,
    }


def gone_context(stone: Tombstone, now: datetime) -> dict[str, Any]:
    """When a talk was closed and went, and where to; until when a backup may still hold it."""
    team, backups = stone.team, backups_gone(stone.gone)
    return {
        "team": team,
        "closed": spoken_date(team.local(stone.closed)) if stone.closed else "",
        "gone": spoken_date(team.local(stone.gone)),
        "archive": stone.archive.archive_name if stone.archive else "",
        "backups_until": spoken_date(team.local(backups)) if now < backups else "",
    }
