"""What `alltid duty` does: say what is wrong with a pack, and show one as it will be understood."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn

from alltid.env import Misconfigured

from . import numbers, pack
from .terms import RISKS, STEPS, Kind, Pack, Words

_DESCRIPTION = """\
What is wrong with the packs:   alltid duty check [--path FILE or FOLDER]
A pack as it is understood:     alltid duty show SE
docs/duty-packs.md tells a lawyer how a pack is changed.
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Refuse with a whole sentence."""
        raise Misconfigured(
            f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` says what it takes."
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "alltid duty",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    doing = parser.add_subparsers(dest="action", metavar="check | show", required=True)
    check = doing.add_parser("check", help="say what is wrong with the packs, with file and line")
    show = doing.add_parser("show", help="show a pack as it is understood")
    show.add_argument("country", metavar="COUNTRY", help="its letters in the pack, such as SE")
    show.add_argument("--language", metavar="LANGUAGE", help="such as sv; else en if it is there")
    for each in (check, show):
        each.add_argument("--path", metavar="PATH", help="another pack, or a folder of packs")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run what stands behind `alltid duty`.

    0 when done, 1 where a pack is not sound; raises Misconfigured for what cannot be done.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot write å still gets a sentence
            stream.reconfigure(errors="backslashreplace")
    typed = _parser().parse_args(arguments)
    path = _path(typed.path)
    found = pack.problems(path)
    if found:
        many = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        print("\n".join([*found, f"{many} in {_near(path)}."]))
        return 1
    sound = [pack.read(path)] if path.is_file() else list(pack.packs(path))
    if typed.action == "check":
        print("\n".join(_sound(sound)))
    else:
        one = _named(sound, typed.country)
        print("\n".join(_shown(one, _language(one, typed.language))))
    return 0


def _path(typed: str | None) -> Traversable:
    if typed is None:
        return pack.folder()
    path = Path(typed)
    if not path.exists():
        raise Misconfigured(f"There is no {typed}. Name a pack, or a folder that holds packs.")
    if path.is_dir() and not pack.paths(path):
        raise Misconfigured(f"{typed} holds no pack, such as {typed}/sweden.toml. Name another.")
    return path


def _near(path: Traversable) -> str:
    """A path as one types it from here, where it is below."""
    here = os.path.relpath(str(path))
    return str(path) if here.startswith("..") else here


def _sound(packs: Sequence[Pack]) -> Iterator[str]:
    for one in packs:
        draft = ", a draft that nobody may rely on" if one.draft else ""
        many = len(one.questions)
        asked = "1 question" if many == 1 else f"{many} questions"
        yield f"{one.file}: sound{draft}. {asked} for a lawyer: `alltid duty show {one.country}`."


def _named(packs: Sequence[Pack], country: str) -> Pack:
    for one in packs:
        if one.country == country.upper():
            return one
    known = ", ".join(one.country for one in packs)
    raise Misconfigured(f"There is no pack for {country}. There are packs for {known}.")


def _language(one: Pack, typed: str | None) -> str:
    if typed is None:
        return "en" if "en" in one.languages else one.languages[0]
    if typed not in one.languages:
        raise Misconfigured(
            f"{one.file} is not written in {typed}. It is written in {', '.join(one.languages)}."
        )
    return typed


def _shown(one: Pack, language: str) -> Iterator[str]:
    yield f"{one.name[language]}, version {one.version}, {one.file}"
    if one.draft:
        yield "A draft: nobody may rely on it."
    yield one.review
    for name, kind in one.kinds.items():
        yield from ("", f"Organisations of the kind {name}")
        yield from (f"  {line}" for line in _kind(kind, language))
        yield from _texts(kind.texts, language)
    yield from ("", f"The referral: {one.report.name[language]}")
    for words in (one.report.to, one.report.urgent, one.report.then):
        yield f"  {words[language]}"
    for field in one.report.fields:
        must = " (must be filled in)" if field.required else ""
        yield f"  - {field.label[language]}{must}: {field.help[language]}"
    yield from ("", "In what time")
    for step in STEPS:
        yield f"  {step}"
        yield from (f"    {risk}: {_times(one, step, risk)}" for risk in reversed(RISKS))
    yield from ("", "Whom to telephone")
    yield from (f"  {_number(number, language)}" for number in one.numbers)
    yield from ("", "What a lawyer has yet to answer")
    yield from (f"  {one.file}:{each.line} ({each.about}): {each.asks}" for each in one.questions)


def _kind(kind: Kind, language: str) -> Iterator[str]:
    yield f"Whoever learns of harm {kind.duty} report it. {kind.who[language]}"
    for each in kind.citations:
        yield f"{each.law}, {each.section}: {each.says[language]}"
    can = "can" if kind.consult_without_name else "cannot"
    yield f"One {can} ask social services for advice without naming the child."
    yield {
        "erase": "When a child ends the talk, what was written is erased.",
        "words_stop": "When a child ends the talk, their words stop working and the text is kept.",
    }[kind.on_end]
    receiving = ", ".join(sorted(kind.may_refuse_to)) or "no team"
    yield f"The child can say no to being handed on to: {receiving}."
    if kind.asked_only_below:
        yield f"Under {kind.asked_only_below}, an export says only that the child was asked."


def _texts(texts: Mapping[str, Words], language: str) -> Iterator[str]:
    for name, words in texts.items():
        yield f"  To the child, {name}:"
        yield from (f"    {line}" for line in words[language].strip().splitlines())


def _times(one: Pack, step: str, risk: str) -> str:
    timers = one.timers(step, risk)
    said = " and ".join(f"{each.timer} (from: {each.counts_from})" for each in timers)
    return said or "none"


def _number(number: numbers.Number, language: str) -> str:
    where = f", in {number.municipality}" if number.municipality else ""
    example = ", an example that a trial alone shows" if number.example else ""
    ask = f" {number.ask_for[language]}" if number.ask_for else ""
    when = ", ".join(map(str, number.hours)) or "day and night"
    called = f"{number.purpose}: {number.number}, {number.name[language]}{where}"
    return f"{called}, {when}{example}.{ask}"
