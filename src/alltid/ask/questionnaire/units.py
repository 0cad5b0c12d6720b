"""Converts quantities between units of UCUM, as far as forms need it.

Units that are multiplied, divided, prefixed and raised are read; those with a zero of their own
(degrees) and those in brackets within brackets are only equal to themselves.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

UCUM = "http://unitsofmeasure.org"

_PREFIXES = {
    "Y": 24,
    "Z": 21,
    "E": 18,
    "P": 15,
    "T": 12,
    "G": 9,
    "M": 6,
    "k": 3,
    "h": 2,
    "da": 1,
    "d": -1,
    "c": -2,
    "m": -3,
    "u": -6,
    "n": -9,
    "p": -12,
    "f": -15,
    "a": -18,
}
# What a unit is in metres, seconds, grams and the like: a factor, and powers of these.
_METRIC: dict[str, tuple[str, dict[str, int]]] = {
    **{base: ("1", {base: 1}) for base in ("m", "s", "g", "K", "mol", "A", "cd", "rad")},
    **{base: ("1", {base: 1}) for base in ("eq", "osm", "U", "[iU]", "[IU]", "B")},
    "L": ("0.001", {"m": 3}),
    "l": ("0.001", {"m": 3}),
    "Hz": ("1", {"s": -1}),
    "N": ("1000", {"g": 1, "m": 1, "s": -2}),
    "Pa": ("1000", {"g": 1, "m": -1, "s": -2}),
    "bar": ("100000000", {"g": 1, "m": -1, "s": -2}),
    "J": ("1000", {"g": 1, "m": 2, "s": -2}),
    "cal": ("4184", {"g": 1, "m": 2, "s": -2}),
    "W": ("1000", {"g": 1, "m": 2, "s": -3}),
    "V": ("1000", {"g": 1, "m": 2, "s": -3, "A": -1}),
    "t": ("1000000", {"g": 1}),
    "kat": ("1", {"mol": 1, "s": -1}),
    "m[Hg]": ("133322000", {"g": 1, "m": -1, "s": -2}),
}
_PLAIN: dict[str, tuple[str, dict[str, int]]] = {
    "1": ("1", {}),
    "%": ("0.01", {}),
    "[ppth]": ("0.001", {}),
    "[ppm]": ("0.000001", {}),
    "min": ("60", {"s": 1}),
    "h": ("3600", {"s": 1}),
    "d": ("86400", {"s": 1}),
    "wk": ("604800", {"s": 1}),
    "mo": ("2629800", {"s": 1}),
    "a": ("31557600", {"s": 1}),
    "[in_i]": ("0.0254", {"m": 1}),
    "[ft_i]": ("0.3048", {"m": 1}),
    "[yd_i]": ("0.9144", {"m": 1}),
    "[mi_i]": ("1609.344", {"m": 1}),
    "[lb_av]": ("453.59237", {"g": 1}),
    "[oz_av]": ("28.349523125", {"g": 1}),
    "[stone_av]": ("6350.29318", {"g": 1}),
    "deg": ("0.017453292519943295", {"rad": 1}),
}
_PIECE = re.compile(r"(10[*^]-?\d{1,3}|[^\d./]+?(?:\[[^\]]*\])?|\d{1,9}|%)([+-]?\d{1,2})?$")

Dimensions = tuple[tuple[str, int], ...]


def _one(name: str) -> tuple[Decimal, dict[str, int]] | None:
    if power := re.match(r"10[*^](-?\d+)$", name):
        return Decimal(10) ** int(power[1]), {}
    if name.isdigit():
        return Decimal(name), {}
    found = _PLAIN.get(name) or _METRIC.get(name)
    if found:
        return Decimal(found[0]), found[1]
    for length in (2, 1):
        prefix, rest = name[:length], name[length:]
        if prefix in _PREFIXES and rest in _METRIC:
            factor, dimensions = _METRIC[rest]
            return Decimal(factor) * Decimal(10) ** _PREFIXES[prefix], dimensions
    return None


@lru_cache(512)
def _read(code: str) -> tuple[Decimal, Dimensions] | None:
    """Return a unit as a factor and its dimensions, or None where it is not understood."""
    plain = re.sub(r"\{[^{}]*\}", "", code) or "1"
    if len(plain) > 100 or plain.count("(") or not plain.isascii():
        return None
    factor, total, sign = Decimal(1), dict[str, int](), 1
    for piece in re.split(r"([./])", plain):
        if piece in (".", "/"):
            sign = 1 if piece == "." else -1
        elif piece:
            known = _PIECE.match(piece)
            unit = _one(piece) if piece in _PLAIN or piece in _METRIC else None
            power = 1
            if unit is None:
                unit = _one(known[1]) if known else None
                power = int(known[2] or 1) if known else 1
            if unit is None:
                return None
            factor *= unit[0] ** (sign * power)
            for dimension, times in unit[1].items():
                total[dimension] = total.get(dimension, 0) + sign * power * times
    return factor, tuple(sorted((name, times) for name, times in total.items() if times))


def number(value: object) -> Decimal | None:
    """Return a JSON number as the decimal that was written, or None; true is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    exact = Decimal(value) if isinstance(value, int) else Decimal(str(value))
    return exact if exact.is_finite() else None


def comparable(left: dict[str, Any], right: dict[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Return two quantities' values in one unit, or None where they are of different kinds.

    A quantity without a system is taken to be in UCUM, and one without a code by its unit's name.
    """
    ours, theirs = number(left.get("value")), number(right.get("value"))
    if ours is None or theirs is None:
        return None
    if (left.get("system") or UCUM) != (right.get("system") or UCUM):
        return None
    for key in ("code", "unit"):
        if left.get(key) == right.get(key) and (left.get(key) or key == "unit"):
            return ours, theirs
    if (left.get("system") or UCUM) != UCUM:
        return None
    units = [_read(str(each.get("code") or each.get("unit") or "1")) for each in (left, right)]
    if units[0] is None or units[1] is None or units[0][1] != units[1][1]:
        return None
    return ours * units[0][0], theirs * units[1][0]
