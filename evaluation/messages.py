"""The labelled messages: read, and split into what is learned from and what is only tested on.

`messages/<language>/{offers,negatives,blame,warm}.jsonl` hold one message a line and are split by
the hash of their text. `learning-*.jsonl` beside them are for learning only, and `check.jsonl`,
written by somebody who knew the specification alone, is for testing only. All were written here;
none is a real child's (docs/spot.md says what follows from that).
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent / "messages"
LANGUAGES = ("sv", "en")
Part = Literal["development", "test"]


@dataclass(frozen=True)
class Labelled:
    """A message, and what is known of it."""

    text: str
    asks: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    direction: str = ""
    evasion: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    scene: str = ""
    offer: bool | None = None

    @property
    def part(self) -> Part:
        """Which half the message falls into: nothing is ever tuned on the half called test."""
        return "development" if hashlib.sha256(self.text.encode()).digest()[0] < 128 else "test"


def read(language: str, name: str, part: Part) -> list[Labelled]:
    """The messages of one file that fall into a part; `development` has the learning ones too."""
    rows = [row for row in _rows(HERE / language / f"{name}.jsonl") if row.part == part]
    if part == "development":
        rows += _rows(HERE / language / f"learning-{name}.jsonl")
    return rows


def check(language: str, offer: bool) -> list[Labelled]:
    """The messages of the outside check that are offers, or those that are none."""
    return [row for row in _rows(HERE / language / "check.jsonl") if row.offer is offer]


def _rows(path: Path) -> list[Labelled]:
    return [Labelled(**_fields(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _fields(line: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line)
    return {name: tuple(held) if isinstance(held, list) else held for name, held in row.items()}
