"""What the pack of a team's country gives its desk: whom to telephone now, what to begin from."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from alltid.people.models import Team

from .duty import numbers, pack
from .duty.numbers import Number, read_span

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

    Of each purpose the team's own stands before the country's. Without a pack to rely on the
    emergency number is the one that children are shown.
    """
    found = pack.in_force(team.country)
    local, own = team.local(now), _own_numbers(team)
    language = get_language() or ""
    emergency = Call(settings.ALLTID["EMERGENCY"], _("Emergency"), "")
    if found is None and not own:
        return [emergency]
    holiday = team.hours.is_holiday(local.date())
    if found is None:
        answering = numbers.at(own, local, team.municipality, is_holiday=holiday)
        return [emergency, *(Call(one.number, one.name[language], "") for one in answering)]
    answering = found.numbers_at(local, team.municipality, is_holiday=holiday, own=own)
    return [
        Call(
            one.number,
            found.say(one.name, language),
            found.say(one.ask_for, language) if one.ask_for else "",
        )
        for one in answering
        if one.purpose != "helpline"
    ]


def _own_numbers(team: Team) -> tuple[Number, ...]:
    """What the team says itself: social services in their hours, and at all others."""
    begins, ends = team.social_hours.split("-")
    day = (read_span(f"Mon-Fri {begins}-{ends}"),)
    around = [("00:00", begins), (ends, "24:00")]
    night = [f"Mon-Fri {first}-{last}" for first, last in around if first != last]
    night.append("Sat-Sun 00:00-24:00")
    language = get_language() or ""
    named = {
        "social_services": (team.social_number, _("Social services"), day),
        "social_emergency": (
            team.night_number,
            _("Social services in an emergency"),
            tuple(map(read_span, night)),
        ),
    }
    return tuple(
        Number(
            purpose,
            number,
            {language: ", ".join(filter(None, (name, team.municipality)))},
            {},
            team.municipality,
            spans,
        )
        for purpose, (number, name, spans) in named.items()
        if number
    )


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
