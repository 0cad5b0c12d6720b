"""When a team reads: its week, public holidays, days without readers, and what follows of them.

All moments are aware datetimes; what comes back is in the team's own time zone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# A year and a bit: the longest a team may be shut and still have a next opening.
_HORIZON = 400


@lru_cache(maxsize=64)
def _public(country: str, year: int) -> frozenset[date]:
    if not country:
        return frozenset()
    # Here and not above: a large library, that no command but a page with a promise needs.
    import holidays

    days = holidays.country_holidays(country, years=year)
    # Sweden counts every Sunday as a holiday; the week plan says what Sundays are.
    return frozenset(day for day, name in days.items() if name not in ("Söndag", "Sunday"))


@dataclass(frozen=True)
class Hours:
    """A team's opening hours.

    opening: {"0": [["08:00", "16:00"]]} with Monday as "0"; closures: [["2026-06-20",
    "2026-08-10"]], both ends included; country: whose public holidays count, or ""; zone: IANA.
    """

    opening: Mapping[str, Sequence[Sequence[str]]]
    closures: Sequence[Sequence[str]]
    country: str
    zone: str

    def is_holiday(self, day: date) -> bool:
        """Whether it is a public holiday of the country."""
        return day in _public(self.country, day.year)

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open stretches of one day, earliest first."""
        if self.is_holiday(day):
            return []
        if any(date.fromisoformat(a) <= day <= date.fromisoformat(b) for a, b in self.closures):
            return []
        zone = ZoneInfo(self.zone)
        return sorted(
            (
                datetime.combine(day, time.fromisoformat(begin), zone),
                datetime.combine(day, time.fromisoformat(end), zone),
            )
            for begin, end in self.opening.get(str(day.weekday()), ())
        )

    def _stretches(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        today = now.astimezone(ZoneInfo(self.zone)).date()
        for ahead in range(_HORIZON):
            for begin, end in self.on(today + timedelta(days=ahead)):
                if end > now:
                    yield begin, end

    def is_open(self, now: datetime) -> bool:
        """Whether somebody should be reading at this moment."""
        return any(begin <= now for begin, _end in self.on(self._local(now).date()) if now < _end)

    def next_reading(self, now: datetime) -> datetime | None:
        """The next moment a child may count on: the next full hour when open, else the opening.

        None when the team has no hours within a year.
        """
        for begin, end in self._stretches(now):
            if now < begin:
                return begin
            hour = self._local(now).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            if hour < end:
                return hour
        return None

    def after(self, now: datetime, minutes: int) -> datetime | None:
        """The moment when that many open minutes have passed, up to the next half hour.

        Rounded, so that the stored due time does not tell the minute a child wrote.
        """
        left = timedelta(minutes=minutes)
        for begin, end in self._stretches(now):
            begin = max(begin, now)
            # Summer time: what passes is real time, not the difference of the clock's hands.
            length = timedelta(seconds=end.timestamp() - begin.timestamp())
            if left <= length:
                moment = datetime.fromtimestamp(
                    begin.timestamp() + left.total_seconds(), ZoneInfo("UTC")
                )
                return self._local(half_hour_up(moment))
            left -= length
        return None

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))


def hour_of(moment: datetime) -> datetime:
    """A moment's hour: all that is stored in clear of when a child did something."""
    return moment.replace(minute=0, second=0, microsecond=0)


def half_hour_up(moment: datetime) -> datetime:
    """The next full half hour, or the moment itself where it is one."""
    seconds = moment.timestamp()
    return datetime.fromtimestamp(-(-seconds // 1800) * 1800, moment.tzinfo)
