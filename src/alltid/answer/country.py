"""What the pack of a team's country gives its desk: whom to telephone now, what to begin from."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from alltid.people.models import Team

from .duty import pack

# What the responder may write to a child of a report, by the names of the packs.
BEGINNINGS = {
    "before": gettext_lazy("Before somebody else is told"),
    "after": gettext_lazy("When somebody else has been told"),
    "could_not_wait": gettext_lazy("When it could not wait"),
}


@dataclass(frozen=True)
class Call:
    """A number that answers now, and what to say there; ask_for is "" where that is plain."""

    number: str
    name: str
    ask_for: str


@dataclass(frozen=True)
class Beginning:
    """A text to begin an answer from, with places in braces to fill in."""

    name: str
    text: str


def whom_to_call(team: Team, now: datetime) -> list[Call]:
    """The numbers for danger that answer at a moment, the emergency number first.

    Without a pack to rely on it is the one that children are shown.
    """
    found = pack.in_force(team.country)
    if found is None:
        return [Call(settings.ALLTID["EMERGENCY"], _("Emergency"), "")]
    local, language = team.local(now), get_language() or ""
    numbers = found.numbers_at(local, is_holiday=team.hours.is_holiday(local.date()))
    return [
        Call(
            one.number,
            found.say(one.name, language),
            found.say(one.ask_for, language) if one.ask_for else "",
        )
        for one in numbers
        if one.purpose != "helpline"
    ]


def beginnings(team: Team, language: str) -> list[Beginning]:
    """The texts of a team's kind, in the language of the child's page; none without a pack."""
    found = pack.in_force(team.country)
    if found is None:
        return []
    texts = found.kinds[team.kind].texts
    return [
        Beginning(str(name), found.say(texts[key], language).strip())
        for key, name in BEGINNINGS.items()
    ]
