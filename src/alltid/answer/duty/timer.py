"""A timer as a pack writes it: how long a step may take, and on which clock that is counted.

    at once
    30 minutes      2 hours                   on the clock, day and night
    2 open hours    90 open minutes           while the team is open
    same day                                  to the end of the team's day
    3 working days                            to the end of the third day the team is open
    7 days          2 weeks       4 months    to the end of the last day of the calendar

The day something began is not counted in days, weeks and months. Behind any of them may stand
`, never later than promised`: then the time that the child was told is the limit.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """Which clock an amount is counted on."""

    MINUTES = "minutes"
    OPEN_MINUTES = "open minutes"
    SAME_DAY = "same day"
    WORKING_DAYS = "working days"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Timer:
    """How long a step may take: an amount, its clock, and whether a promise to the child bounds it.

    amount: of the unit, 1 or more; 0 minutes is at once, and the same day has none.
    """

    amount: int
    unit: Unit
    never_later_than_promised: bool = False

    def __str__(self) -> str:
        """As a pack writes it; `read` gives the same timer back."""
        tail = _PROMISED if self.never_later_than_promised else ""
        if self.unit is Unit.SAME_DAY:
            return f"{_SAME_DAY}{tail}"
        if not self.amount:
            return f"{_AT_ONCE}{tail}"
        amount, unit = self.amount, str(self.unit)
        if unit.endswith("minutes") and amount % 60 == 0:
            amount, unit = amount // 60, unit.replace("minutes", "hours")
        return f"{amount} {unit if amount > 1 else unit.removesuffix('s')}{tail}"


class TimerWrong(ValueError):
    """A text is no timer; the sentence says how one is written."""


_AT_ONCE, _SAME_DAY = "at once", "same day"
_PROMISED = ", never later than promised"
# A word of a pack: its clock, and how many of that clock's units it is.
_WORDS = {
    "minute": (Unit.MINUTES, 1),
    "hour": (Unit.MINUTES, 60),
    "open minute": (Unit.OPEN_MINUTES, 1),
    "open hour": (Unit.OPEN_MINUTES, 60),
    "working day": (Unit.WORKING_DAYS, 1),
    "day": (Unit.DAYS, 1),
    "week": (Unit.DAYS, 7),
    "month": (Unit.MONTHS, 1),
}
# Longer than any term of law here: a slip of the finger is not a deadline in a hundred years.
_LONGEST = {
    Unit.MINUTES: 10_000,
    Unit.OPEN_MINUTES: 10_000,
    Unit.WORKING_DAYS: 120,
    Unit.DAYS: 3_700,
    Unit.MONTHS: 120,
}
_AMOUNT = re.compile(r"([1-9]\d{0,5}) ([a-z]+(?: [a-z]+)?)")


def read(text: str) -> Timer:
    """The timer that a text of a pack says; raises TimerWrong."""
    said, promised = text, text.endswith(_PROMISED)
    if promised:
        said = text.removesuffix(_PROMISED)
    if said == _AT_ONCE:
        return Timer(0, Unit.MINUTES, promised)
    if said == _SAME_DAY:
        return Timer(0, Unit.SAME_DAY, promised)
    found = _AMOUNT.fullmatch(said)
    word = found[2].removesuffix("s") if found else ""
    if not found or word not in _WORDS:
        raise TimerWrong(
            f'"{text}" is no time. Write "at once", "same day", or a number with one of '
            f'{", ".join(f"{each}s" for each in _WORDS)}, such as "2 open hours".'
        )
    unit, many = _WORDS[word]
    amount = int(found[1]) * many
    if amount > _LONGEST[unit]:
        raise TimerWrong(f'"{text}" is longer than any deadline. Write a shorter time.')
    return Timer(amount, unit, promised)
