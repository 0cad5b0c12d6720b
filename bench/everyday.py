"""Everyday messages for the benches of spot, and what others look for in them: lists of words.

They are read from ../shared/benign-messages where that folder is, half text messages and half
sentences; else the negatives of evaluation/ stand in, which are much harder than everyday ones.
"""

import gzip
import random
from pathlib import Path

from alltid.spot import recogniser
from alltid.spot.lexicon import offers
from evaluation.messages import LANGUAGES, read

FOLDER = Path(__file__).parents[2] / "shared" / "benign-messages"
_SEED = 7


def messages(count: int) -> list[str]:
    """So many everyday messages, drawn with a seed: the same ones each time."""
    draw = random.Random(_SEED)
    kinds = [kind for name in ("sms-ham*", "tatoeba*") if (kind := _read(name))]
    if not kinds:
        kinds = [
            [each.text for each in read(language, "negatives", "test")] for language in LANGUAGES
        ]
    return [draw.choice(draw.choice(kinds)) for _each in range(count)]


def _read(name: str) -> list[str]:
    found: list[str] = []
    for path in sorted(FOLDER.glob(f"{name}.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found += filter(None, file.read().split("\n"))
    return found


def words() -> list[str]:
    """Every form of a word that asks or gives, without phrases: what a list of words looks for."""
    letters = recogniser.ASKS | recogniser.GIVES
    return sorted({form for form, entry in offers().entries() if entry.letter in letters})


def said(found: list[str]) -> str:
    """How many messages were measured, and how long they are."""
    mean = sum(len(text.encode()) for text in found) / len(found)
    where = "everyday messages" if FOLDER.is_dir() else "messages of evaluation/"
    return f"{len(found):,} {where}, {mean:.0f} bytes in the mean"
