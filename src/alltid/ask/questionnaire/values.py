"""Knows what an answer may be: which type an item takes, what is well formed, which comes first."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from .units import comparable, number

# The types of value that an item of each type takes. An option of another type widens a choice.
TAKES: dict[str, tuple[str, ...]] = {
    "boolean": ("Boolean",),
    "decimal": ("Decimal",),
    "integer": ("Integer",),
    "date": ("Date",),
    "dateTime": ("DateTime",),
    "time": ("Time",),
    "string": ("String",),
    "text": ("String",),
    "url": ("Uri",),
    "choice": ("Coding",),
    "open-choice": ("Coding", "String"),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
}
ASKS_NOTHING = ("group", "display")
REFUSED = ("attachment",)
ABSTRACT = ("question",)
ITEM_TYPES = (*TAKES, *ASKS_NOTHING, *REFUSED, *ABSTRACT)

_NUMBERS = ("Integer", "Decimal")
_MOMENTS = ("Date", "DateTime")
_TEXTS = ("String", "Uri", "Markdown", "Code")

_DATE = r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
_DATE_ONLY = re.compile(_DATE + r")?)?")
_DATE_TIME = re.compile(
    _DATE + r"(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,9}))?", re.ASCII)


def _moment(text: object) -> tuple[str | None, ...] | None:
    """Return year, month, day, hour, minute, second, fraction, zone of a date or dateTime."""
    found = _DATE_TIME.fullmatch(text) if isinstance(text, str) and text.isascii() else None
    if not found:
        return None
    year, month, day, _hour, minute, second = (int(each or 1) for each in found.groups()[:6])
    try:
        datetime(year, month, day)  # noqa: DTZ001 -- only whether there is such a day
    except ValueError:
        return None
    if found[4] and (int(found[4]) > 24 or minute > 59 or second > 60):
        return None
    return found.groups()


def _instant(parts: tuple[str | None, ...]) -> Decimal:
    """Return seconds since the year 1 of a moment that has a zone."""
    year, month, day, hour, minute, second = (int(each or 0) for each in parts[:6])
    fraction, zone = parts[6], parts[7] or "Z"
    seconds = datetime(year, month, day).toordinal() * 86_400  # noqa: DTZ001
    seconds += hour * 3600 + minute * 60 + second
    if zone != "Z":
        away = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        seconds += away if zone[0] == "-" else -away
    return Decimal(seconds) + Decimal(f"0.{fraction or 0}")


def _moments_order(left: object, right: object) -> int | None:
    """Return the order of two dates as far as both say; 0 where neither is surely the earlier."""
    ours, theirs = _moment(left), _moment(right)
    if ours is None or theirs is None:
        return None
    if ours[7] and theirs[7]:
        return _sign(_instant(ours), _instant(theirs))
    for mine, other in zip(ours[:6], theirs[:6], strict=True):
        if mine is None or other is None:
            return 0
        if mine != other:
            return -1 if mine < other else 1
    return _sign(Decimal(f"0.{ours[6] or 0}"), Decimal(f"0.{theirs[6] or 0}"))


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def well_formed(kind: str, value: object) -> bool:
    """Return whether a value has the form that FHIR gives its type."""
    match kind:
        case "Boolean":
            return isinstance(value, bool)
        case "Integer":
            return (
                isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
            )
        case "Decimal":
            return number(value) is not None
        case "Date":
            return bool(isinstance(value, str) and _DATE_ONLY.fullmatch(value) and _moment(value))
        case "DateTime":
            return _moment(value) is not None
        case "Time":
            return isinstance(value, str) and bool(_TIME.fullmatch(value))
        case "String" | "Uri":
            return isinstance(value, str) and bool(value)
        case "Quantity":
            return isinstance(value, dict) and (
                "value" not in value or number(value["value"]) is not None
            )
        case "Coding" | "Reference" | "Attachment":
            return isinstance(value, dict) and bool(value)
    return False


def order(kind: str, value: Any, other_kind: str, other: Any) -> int | None:
    """Return -1, 0 or 1 as a value comes before, with or after another; None if neither can."""
    if kind in _NUMBERS and other_kind in _NUMBERS:
        left, right = number(value), number(other)
        return None if left is None or right is None else _sign(left, right)
    if kind in _MOMENTS and other_kind in _MOMENTS:
        return _moments_order(value, other)
    if kind == other_kind == "Time" and well_formed(kind, value) and well_formed(kind, other):
        return _sign(value, other)
    if kind == other_kind == "Quantity" and isinstance(value, dict) and isinstance(other, dict):
        both = comparable(value, other)
        return _sign(*both) if both else None
    if (
        kind in _TEXTS
        and other_kind in _TEXTS
        and isinstance(value, str)
        and isinstance(other, str)
    ):
        return _sign(value, other)
    return None


def same_code(coding: object, other: object) -> bool:
    """Return whether two codings mean the same: code and system; a missing system is any."""
    if not isinstance(coding, dict) or not isinstance(other, dict):
        return False
    if coding.get("code") is None and other.get("code") is None:
        return coding.get("display") == other.get("display") and "display" in coding
    if coding.get("code") != other.get("code"):
        return False
    system, other_system = coding.get("system"), other.get("system")
    return system is None or other_system is None or bool(system == other_system)


def same(kind: str, value: Any, other_kind: str, other: Any) -> bool:
    """Return whether two values are equal, each by the rule of its type."""
    if kind == other_kind == "Boolean":
        return value is other
    if kind == other_kind == "Coding":
        return same_code(value, other)
    if kind == other_kind == "Reference":
        return (
            isinstance(value, dict)
            and isinstance(other, dict)
            and value.get("reference") is not None
            and value.get("reference") == other.get("reference")
        )
    if kind in _MOMENTS and other_kind in _MOMENTS:
        ours, theirs = _moment(value), _moment(other)
        if ours is None or theirs is None:
            return False
        precise = [[each is None for each in parts[:6]] for parts in (ours, theirs)]
        return precise[0] == precise[1] and _moments_order(value, other) == 0
    return order(kind, value, other_kind, other) == 0


def decimal_places(value: object) -> int:
    """Return how many decimal places a number has, trailing zeros left out."""
    exact = number(value)
    if exact is None or not exact:
        return 0
    exponent = exact.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def shown(kind: str, value: Any) -> str:
    """Return a value as a person would name it, in at most 80 signs, for a sentence."""
    if isinstance(value, dict):
        if kind == "Quantity":
            text = f"{value.get('value')} {value.get('unit') or value.get('code') or ''}".strip()
        else:
            text = str(value.get("display") or value.get("code") or value.get("reference") or "?")
    else:
        text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
