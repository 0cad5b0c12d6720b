"""A TOML file with the line of every key, so that a mistake in it is named with file and line.

A sheet gives what stands at a place, such as ("kinds", "mandated", "who"); what is missing or of
the wrong sort is noted as a problem, and something harmless is given instead, so that one reading
finds every mistake.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

Place = tuple[str | int, ...]


class Sheet:
    """One file of TOML: its values by place, their lines, and the problems found so far."""

    def __init__(self, path: Traversable) -> None:
        self.name = path.name
        self.values: dict[str, Any] = {}
        self._lines: dict[Place, int] = {}
        self._found: list[tuple[int, str]] = []
        try:
            text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            self._found.append((line, "it is not written in UTF-8. Save it so."))
            return
        try:
            self.values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"at line (\d+)", str(error))
            line = int(at[1]) if at else text.count("\n") + 1
            self._found.append((line, f"it is not TOML: {error}."))
            return
        self._lines = _lines(text)

    def line(self, place: Place) -> int:
        """The line on which a place, or what holds it, begins."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def wrong(self, place: Place, sentence: str) -> None:
        """Note a problem, a whole sentence, at a place."""
        self._found.append((self.line(place), sentence))

    def problems(self) -> list[str]:
        """Every problem, in the order of the file's lines: "sweden.toml:12: what to mend."."""
        return [f"{self.name}:{line}: {said}" for line, said in sorted(dict.fromkeys(self._found))]

    def has(self, place: Place) -> bool:
        """Whether anything stands at a place."""
        return self._at(place) is not None

    def is_a(self, place: Place, kind: type) -> bool:
        """Whether what stands at a place is of a sort: str, list, dict."""
        return isinstance(self._at(place), kind)

    def _at(self, place: Place) -> Any:
        found: Any = self.values
        for key in place:
            if isinstance(key, int) and isinstance(found, list) and key < len(found):
                found = found[key]
            elif isinstance(found, dict):
                found = found.get(key)
            else:
                return None
        return found

    def _get(self, place: Place, kind: type, called: str, empty: Any) -> Any:
        found = self._at(place)
        if found is None:
            self.wrong(place[:-1], f"{_name(place)} is missing. Write it as {called}.")
            return empty
        if type(found) is not kind:
            self.wrong(place, f"{_name(place)} is not written as it should be: as {called}.")
            return empty
        return found

    def text(self, place: Place) -> str:
        """A text that says something."""
        found: str = self._get(place, str, 'a text, "…"', "–")
        if not found.strip():
            self.wrong(place, f"{_name(place)} is empty. Write it.")
        return found

    def flag(self, place: Place) -> bool:
        """True or false."""
        found: bool = self._get(place, bool, "true or false", False)
        return found

    def whole(self, place: Place) -> int:
        """A whole number, 0 or more."""
        found: int = self._get(place, int, "a whole number", 0)
        if found < 0:
            self.wrong(place, f"`{place[-1]}` is less than 0. Write a whole number.")
        return found

    def day(self, place: Place) -> date:
        """A day of the calendar."""
        found: date = self._get(place, date, "a day, 2026-01-31", date.min)
        return found

    def table(self, place: Place, known: Sequence[str]) -> list[str]:
        """The keys of a table that are among those known; each other one is a problem."""
        found = self._at(place) if place else self.values
        if not isinstance(found, dict):
            self._get(place, dict, "a table, [" + ".".join(map(str, place)) + "]", {})
            return []
        for key in found:
            if key not in known:
                self.wrong((*place, key), f"`{key}` is not known. Here may stand {_or(known)}.")
        return [key for key in found if key in known]

    def rows(self, place: Place) -> list[Place]:
        """The places of a list's rows, one at the least."""
        found: list[Any] = self._get(place, list, f"[[{'.'.join(map(str, place))}]]", [])
        if self._at(place) == []:
            self.wrong(place, f"`{place[-1]}` has no row. Write one.")
        return [(*place, number) for number in range(len(found))]

    def choice(self, place: Place, known: Sequence[str]) -> str:
        """One word of those known."""
        found = self.text(place)
        if self.has(place) and found not in known:
            self.wrong(place, f'`{place[-1]}` is "{found}". Write {_or(known)}.')
        return found if found in known else known[0]

    def choices(self, place: Place, known: Sequence[str]) -> tuple[str, ...]:
        """Words of those known, in brackets."""
        found = self._get(place, list, 'texts in brackets, ["…"]', [])
        for each in found:
            if each not in known:
                self.wrong(place, f'`{place[-1]}` names "{each}". Write some of {_or(known)}.')
        return tuple(each for each in found if each in known)


def _name(place: Place) -> str:
    """What a place is called: its key, or the key of the list in which it stands."""
    return f"`{next(key for key in reversed(place) if isinstance(key, str))}`"


def _or(words: Sequence[str]) -> str:
    *others, last = (f'"{word}"' for word in words)
    return f"{', '.join(others)} or {last}" if others else last


def _lines(text: str) -> dict[Place, int]:
    """Every place with its line.

    A statement of TOML, a table's head or a key with its value, is TOML by itself; so lines are
    taken together until they are a statement, and what it holds stands where it began.
    """
    lines: dict[Place, int] = {}
    table: Place = ()
    rows: dict[Place, int] = {}
    taken: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        taken.append(line)
        try:
            statement = tomllib.loads("\n".join(taken))
        except tomllib.TOMLDecodeError:
            continue
        began, first, taken = number - len(taken) + 1, taken[0].lstrip(), []
        if first.startswith("["):
            *_, head = _places(statement)
            table = _numbered(head, rows, is_row=first.startswith("[["))
            found = [table[:length] for length in range(1, len(table) + 1)]
        else:
            found = [(*table, *place) for place in _places(statement)]
        for place in found:
            lines.setdefault(place, began)
    return lines


def _places(found: Any, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _places(value, (*place, key))
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from _places(value, (*place, number))


def _numbered(head: Place, rows: dict[Place, int], is_row: bool) -> Place:
    """A head's place, with the number of the row in each list that it stands in.

    rows: how many rows each list has so far; a head in double brackets adds one.
    """
    keys = [key for key in head if isinstance(key, str)]
    place: Place = ()
    for key in keys:
        place = (*place, key)
        if is_row and len([each for each in place if isinstance(each, str)]) == len(keys):
            rows[place] = rows.get(place, 0) + 1
        if place in rows:
            place = (*place, rows[place] - 1)
    return place
