"""The log taken out as a file, line by line: CSV for a spreadsheet, JSON lines for a program."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator

from .audit import Line

COLUMNS = ("at", "who", "kind", "verb", "what", "subject", "why")
# What a spreadsheet takes for the beginning of a formula, also in its wide East Asian form (OWASP,
# "CSV injection").
_FORMULA = frozenset("=+-@＝＋－＠")
_CONTROLS = ("\t", "\r", "\n")


def defused(text: str) -> str:
    """A text that no spreadsheet computes: with an apostrophe where it looked like a formula."""
    looks_like_one = text.startswith(_CONTROLS) or text.strip()[:1] in _FORMULA
    return f"'{text}" if text.strip() and looks_like_one else text


def _values(line: Line) -> dict[str, str]:
    """What stands in a file of one line; the time to the second, with its distance from UTC."""
    at = line.at.isoformat(timespec="seconds")
    return {"at": at} | {name: str(getattr(line, name)) for name in COLUMNS[1:]}


def as_csv(lines: Iterable[Line]) -> Iterator[bytes]:
    """The log as RFC 4180 has it, in UTF-8 with the mark by which Excel knows it."""
    yield "\N{BYTE ORDER MARK}".encode() + _row(COLUMNS)
    for line in lines:
        yield _row(defused(value) for value in _values(line).values())


def _row(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def as_json_lines(lines: Iterable[Line]) -> Iterator[bytes]:
    """The log as one JSON object a line."""
    for line in lines:
        yield json.dumps(_values(line), ensure_ascii=False).encode() + b"\n"


FORMS: dict[str, tuple[str, Callable[[Iterable[Line]], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "jsonl": ("application/jsonl", as_json_lines),
}
