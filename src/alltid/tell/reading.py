"""Who reads, and when next: computed from hours, holidays and who has been here, never typed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alltid.people.models import Team
from alltid.people.when import spoken, spoken_day

# Longer than a long week-end: then the page says until when nobody reads.
_LONG = timedelta(days=4)


@dataclass(frozen=True)
class Reading:
    """What a team's front page says of itself."""

    team: Team
    accepts: bool
    readers: list[str]
    next_reading: str | None
    nobody_until: str | None
    late: bool
    cover: Team | None

    @classmethod
    def of(cls, team: Team, now: datetime) -> "Reading":
        """Look now; times in the active language."""
        names = [membership.user.first_name for membership in team.readers(now)]
        next_reading = team.hours.next_reading(now)
        far = next_reading is not None and next_reading - now > _LONG
        accepts, late = team.accepts(now), team.disclosures.overdue(now).exists()
        # A child is not led from one closed door to another.
        wanted = far or late or not accepts
        cover = team.cover if wanted and team.cover and team.cover.accepts(now) else None
        return cls(
            team=team,
            accepts=accepts,
            readers=names,
            next_reading=None if far or next_reading is None else spoken(next_reading, now),
            nobody_until=spoken_day(next_reading) if far and next_reading else None,
            late=late,
            cover=cover,
        )

    def context(self, language: str) -> dict[str, Any]:
        """What the first page's template needs of it; a cover only where it is wanted and reads."""
        cover = self.cover
        return {
            "team": self.team,
            "readers": self.readers,
            "next_reading": self.next_reading,
            "nobody_until": self.nobody_until,
            "late": self.late,
            "cover": {"name": cover.place, "href": address(cover, language)} if cover else None,
        }


def address(team: Team, language: str) -> str:
    """Where a child writes to this team."""
    return f"/{language}/at/{team.slug}/"


def front_team() -> Team | None:
    """The team whose page stands at the installation's own address."""
    return Team.objects.filter(opened__isnull=False).select_related("cover").first()


def promise(team: Team, due: datetime, now: datetime) -> str:
    """By when somebody reads, as it is said to the child."""
    return spoken(team.local(due), now)


def other_teams(team: Team, language: str, now: datetime) -> list[dict[str, Any]]:
    """The other teams that a child can choose, with who reads there and when."""
    readings = [
        Reading.of(other, now)
        for other in Team.objects.filter(opened__isnull=False).exclude(pk=team.pk)
    ]
    return [
        {
            "name": reading.team.name,
            "place": reading.team.place,
            "slug": reading.team.slug,
            "href": address(reading.team, language),
            "readers": reading.readers,
            "next_reading": reading.next_reading or reading.nobody_until,
        }
        for reading in readings
        if reading.accepts
    ]
