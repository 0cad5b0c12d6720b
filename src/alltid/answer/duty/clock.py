"""When a step is due, for the inbox, the notices and `tick`: pure functions of moments and hours.

A moment is an aware datetime. What comes back is in UTC, so that two moments are compared by the
time that passed and not by the hands of a clock that was put back in between.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from .timer import Timer, Unit

# A year and a bit, as people/hours.py: the longest a team may be shut and still open again.
LOOKS_AHEAD = 400
_LAST_MINUTE = time(23, 59)


class Hours(Protocol):
    """A team's open time, as far as a deadline needs to know it (people/hours.py has one)."""

    @property
    def zone(self) -> str:
        """The IANA name of the zone in which the team's days begin and end."""

    def on(self, day: date) -> Sequence[tuple[datetime, datetime]]:
        """The open stretches of one day in that zone; none where the team is shut."""


class NeverOpen(Exception):
    """The team has no open time in which the timer could run out; the sentence says what to do."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"The team has too little open time in the next {days} days for this deadline. Give it "
            "opening hours, or let its cover team take over."
        )


Stretch = tuple[datetime, datetime]


def due(
    timer: Timer,
    began: datetime,
    hours: Hours,
    *,
    promised: datetime | None = None,
    days_ahead: int = LOOKS_AHEAD,
) -> datetime:
    """The moment by which a step that began then must be done; never before it began.

    promised: what the child was told, which bounds a timer that says so. Raises NeverOpen where
    the team is not open enough in so many days.
    """
    began = began.astimezone(UTC)
    if timer.never_later_than_promised and promised is not None:
        limit = max(began, promised.astimezone(UTC))
        try:
            return min(limit, _runs_out(timer, began, hours, days_ahead))
        except NeverOpen:
            return limit
    return _runs_out(timer, began, hours, days_ahead)


def is_overdue(due: datetime, now: datetime) -> bool:
    """Whether the moment has passed; at the moment itself there is still time."""
    return now.astimezone(UTC) > due.astimezone(UTC)


def is_soon(due: datetime, now: datetime, ahead: Timer, hours: Hours) -> bool:
    """Whether a step that is not overdue falls due within a timer from now.

    On open hours Friday afternoon reaches into Monday, so that what falls due at the weekend is
    seen before it. A team that never opens has every step soon.
    """
    if is_overdue(due, now):
        return False
    try:
        return due.astimezone(UTC) <= _runs_out(ahead, now.astimezone(UTC), hours, LOOKS_AHEAD)
    except NeverOpen:
        return True


def _runs_out(timer: Timer, began: datetime, hours: Hours, days_ahead: int) -> datetime:
    zone = ZoneInfo(hours.zone)
    match timer.unit:
        case Unit.MINUTES:
            return began + timedelta(minutes=timer.amount)
        case Unit.OPEN_MINUTES:
            return _after_open(timedelta(minutes=timer.amount), began, hours, days_ahead)
        case Unit.SAME_DAY:
            return next(ends for _day, ends in _open_days(began, hours, days_ahead) if ends > began)
        case Unit.WORKING_DAYS:
            return _after_working_days(timer.amount, began, hours, days_ahead)
        case Unit.DAYS:
            day = began.astimezone(zone).date() + timedelta(days=timer.amount)
        case Unit.MONTHS:
            day = _months_after(began.astimezone(zone).date(), timer.amount)
    return datetime.combine(day, _LAST_MINUTE, zone).astimezone(UTC)


def _after_open(left: timedelta, began: datetime, hours: Hours, days_ahead: int) -> datetime:
    for _day, stretches in _days(began, hours, days_ahead):
        for begins, ends in stretches:
            begins = max(begins, began)
            if ends <= begins:
                continue
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
    raise NeverOpen(days_ahead)


def _after_working_days(many: int, began: datetime, hours: Hours, days_ahead: int) -> datetime:
    first = began.astimezone(ZoneInfo(hours.zone)).date()
    for day, ends in _open_days(began, hours, days_ahead):
        if day > first:
            many -= 1
            if not many:
                return ends
    raise NeverOpen(days_ahead)


def _open_days(began: datetime, hours: Hours, days_ahead: int) -> Iterator[tuple[date, datetime]]:
    """Every day with open time, from the one on which something began, and when that time ends."""
    for day, stretches in _days(began, hours, days_ahead):
        if stretches:
            yield day, max(ends for _begins, ends in stretches)
    raise NeverOpen(days_ahead)


def _days(began: datetime, hours: Hours, days_ahead: int) -> Iterator[tuple[date, list[Stretch]]]:
    first = began.astimezone(ZoneInfo(hours.zone)).date()
    for ahead in range(days_ahead + 1):
        day = first + timedelta(days=ahead)
        yield day, _merged(hours.on(day))


def _merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Stretches in UTC, earliest first, none within another, none that summer time turns round."""
    merged: list[Stretch] = []
    for begins, ends in sorted((a.astimezone(UTC), b.astimezone(UTC)) for a, b in stretches):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        elif begins < ends:
            merged.append((begins, ends))
    return merged


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
