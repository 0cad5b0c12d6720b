"""Explains what was found in one message, for whoever reads it on a terminal.

The words stand in lexicons/<language>/terminal.toml; a language without them is told in English.
"""

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from .lexicon import folder, languages
from .recogniser import Finding, Frame

Reader = Literal["child", "professional"]
FALLBACK = "en"

_BOLD, _MARKED, _PLAIN = "\x1b[1m", "\x1b[1;7m", "\x1b[0m"
_JOINS = "\u200d"  # part of many an emoji
_DRAWN = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\n\t"}


@cache
def words(language: str) -> dict[str, Any]:
    """The tables of a language's terminal.toml, English where it has none."""
    file = folder() / language / "terminal.toml"
    if not file.is_file():
        file = folder() / FALLBACK / "terminal.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def language_of(locale: str) -> str:
    """The language of a locale such as sv_SE.UTF-8, English where there is no lexicon for it."""
    language = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return language if language in languages() else FALLBACK


def lines(
    text: str, finding: Finding, *, language: str, reader: Reader, colour: bool = False
) -> Iterator[str]:
    """What to print, a line each: offer or not, the text with its places, who asks whom, why."""
    says = words(language)["says"]
    if not finding.is_offer:
        yield says[f"none_{reader}"]
        return
    yield _bold(says["offer"], colour)
    yield ""
    for line in marked(text, finding, language=language, colour=colour).split("\n"):
        yield f"  {line}"
    for frame in finding.frames:
        yield ""
        yield from _frame(frame, language)
    yield ""
    yield _bold(f"{says['why']}:", colour)
    for sentence in finding.explained(language, reader):
        yield f"- {sentence}"
    yield ""
    yield from words(language)["after"][reader]


def _frame(frame: Frame, language: str) -> Iterator[str]:
    says = words(language)["says"]
    gives = _listed(frame.gives, language) or says["no_gives"]
    asks = tuple(role for role in frame.asks if role != "price" or len(frame.asks) == 1)
    yield f"{says['direction']}: {says[frame.direction]}."
    yield f"{says['asks']}: {_listed(asks, language)}."
    yield f"{says['gives']}: {gives}."
    yield f"{says['pressure']}: {_listed(frame.pressure, language) or says['no_pressure']}."


def _listed(roles: tuple[str, ...], language: str) -> str:
    known = words(language)
    named = [known["roles"].get(role, role) for role in roles]
    if len(named) < 2:
        return "".join(named)
    return f"{', '.join(named[:-1])} {known['says']['and']} {named[-1]}"


def marked(text: str, finding: Finding, *, language: str, colour: bool = False) -> str:
    """The text with each place in brackets and what it is behind it: "[5 bilder: en bild]"."""
    roles = words(language)["roles"]
    parts, done = [], 0
    for span in sorted(finding.spans, key=lambda span: (span.start, span.end)):
        if span.start < done:
            continue
        place = shown(text[span.start : span.end])
        place = f"{_MARKED}{place}{_PLAIN}" if colour else place
        parts += [shown(text[done : span.start]), f"[{place}: {roles.get(span.role, span.role)}]"]
        done = span.end
    return "".join([*parts, shown(text[done:])])


def shown(text: str) -> str:
    """The text as a terminal may get it: what would steer it, or cannot be seen, by its name."""
    return "".join(_shown(sign) for sign in text.replace("\r\n", "\n"))


def _shown(sign: str) -> str:
    if sign.isprintable() or sign in "\n\t" or sign == _JOINS:
        return sign
    if drawn := _DRAWN.get(ord(sign)):
        return drawn
    if unicodedata.category(sign) == "Zs":
        return " "
    return f"⟨U+{ord(sign):04X}⟩"


def _bold(text: str, colour: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if colour else text
