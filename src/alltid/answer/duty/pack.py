"""Jurisdiction packs: what a country's law asks of a team, and in what time, for the desk.

`load` gives a pack by its country, `problems` says what is wrong with one, or with all that come
with Alltid, each with file and line. docs/duty-packs.md tells a lawyer what each key means.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from . import reading
from .terms import Pack


class PackWrong(Exception):
    """A pack cannot be used; one sentence a problem, each with file and line."""


class NoPack(LookupError):
    """There is no pack for a country; the sentence says which there are."""


def folder() -> Traversable:
    """Where the packs that come with Alltid lie."""
    return files("alltid.answer.duty")


def paths(root: Traversable | None = None) -> list[Traversable]:
    """The packs of a folder, by name."""
    found = [each for each in (root or folder()).iterdir() if each.name.endswith(".toml")]
    return sorted(found, key=lambda each: each.name)


def problems(path: Traversable | None = None) -> list[str]:
    """Everything wrong with a pack, or with all of a folder: a sentence each with file and line.

    path: a pack or a folder; None for those that come with Alltid.
    """
    if path is not None and not path.is_dir():
        return reading.read(path).problems
    found: list[str] = []
    first: dict[str, str] = {}
    for each in paths(path):
        one = reading.read(each)
        found += one.problems
        if one.pack is None:
            continue
        other = first.setdefault(one.pack.country, each.name)
        if other != each.name:
            found.append(
                f"{each.name}:{one.country_line}: {other} is the pack of {one.pack.country} "
                "already. Keep one of the two."
            )
    return found


def read(path: Traversable) -> Pack:
    """One pack by its file; raises PackWrong."""
    found = reading.read(path)
    if found.pack is None:
        raise PackWrong("\n".join(found.problems))
    return found.pack


def packs(root: Traversable | None = None) -> Iterator[Pack]:
    """Every pack of a folder, by name; raises PackWrong."""
    return map(read, paths(root))


@cache
def load(country: str) -> Pack:
    """The pack of a country that comes with Alltid, by its letters; raises NoPack, PackWrong."""
    known = {pack.country: pack for pack in packs()}
    if country not in known:
        raise NoPack(
            f"There is no pack for {country}. There are packs for {', '.join(sorted(known))}; "
            "docs/duty-packs.md says how one is written."
        )
    return known[country]


def in_force(country: str) -> Pack | None:
    """The pack of a country that teams may rely on: None where there is none, or a draft."""
    try:
        found = load(country)
    except NoPack:
        return None
    return None if found.draft else found
