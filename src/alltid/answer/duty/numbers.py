"""Whom to telephone, by municipality and hour, as the *Acute* button of the desk shows it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

# In this order they are shown.
PURPOSES = ("emergency", "social_emergency", "social_services", "police", "helpline")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SUNDAY = 6
_DAY = "|".join(DAYS)
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_SPAN = re.compile(rf"({_DAY})(?:-({_DAY}))? {_TIME}-(?:{_TIME}|24:00)")


@dataclass(frozen=True, slots=True)
class Span:
    """An hour of the week: days, Monday 0 to Sunday 6, and minutes of the day."""

    days: range
    begins: int
    ends: int

    def __str__(self) -> str:
        """As a pack writes it."""
        first, last = DAYS[self.days[0]], DAYS[self.days[-1]]
        clock = "-".join(f"{each // 60:02}:{each % 60:02}" for each in (self.begins, self.ends))
        return f"{first if first == last else f'{first}-{last}'} {clock}"

    def holds(self, weekday: int, minute: int) -> bool:
        """Whether a minute of a day lies in it; the end does not."""
        return weekday in self.days and self.begins <= minute < self.ends


class SpanWrong(ValueError):
    """A text is no hour of the week; the sentence says how one is written."""


def read_span(text: str) -> Span:
    """What "Mon-Fri 08:00-16:30" says; raises SpanWrong."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise SpanWrong(
            f'"{text}" is no hour of the week. Write it as "Mon-Fri 08:00-16:30"; a night is two, '
            "to 24:00 and from 00:00."
        )
    first = DAYS.index(found[1])
    last = DAYS.index(found[2] or found[1])
    begins = int(found[3]) * 60 + int(found[4])
    ends = int(found[5]) * 60 + int(found[6]) if found[5] else 24 * 60
    if ends <= begins or last < first:
        raise SpanWrong(f'"{text}" ends before it begins. Write a night, or a weekend, as two.')
    return Span(range(first, last + 1), begins, ends)


@dataclass(frozen=True, slots=True)
class Number:
    """One telephone number, for whoever carries a case.

    purpose: of PURPOSES; municipality: "" where it holds for the country; hours: empty where it
    answers day and night; ask_for: what to say to whoever answers; example: it belongs to nobody,
    and is shown in a trial only.
    """

    purpose: str
    number: str
    name: Mapping[str, str]
    ask_for: Mapping[str, str]
    municipality: str = ""
    hours: tuple[Span, ...] = ()
    example: bool = False

    def answers(self, local: datetime, *, is_holiday: bool) -> bool:
        """Whether it answers then: a moment as the clock shows it there; a holiday is a Sunday."""
        weekday = _SUNDAY if is_holiday else local.weekday()
        minute = local.hour * 60 + local.minute
        return not self.hours or any(span.holds(weekday, minute) for span in self.hours)


def at(
    numbers: Iterable[Number],
    local: datetime,
    municipality: str = "",
    *,
    is_holiday: bool = False,
    examples: bool = False,
) -> list[Number]:
    """The numbers that answer at a moment, by purpose: a municipality's own before the country's.

    local: the moment as the clock shows it there; examples: whether a trial may see them.
    """
    named = municipality.casefold()
    answering = [
        each
        for each in numbers
        if each.municipality.casefold() in ("", named)
        and (examples or not each.example)
        and each.answers(local, is_holiday=is_holiday)
    ]
    return sorted(answering, key=lambda each: (PURPOSES.index(each.purpose), not each.municipality))
