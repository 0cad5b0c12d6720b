"""Plain dataclasses as files of JSON with a format and a version, and back again, strictly."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Unreadable(ValueError):
    """What was read is not what the file's format says; the text says where."""


def dump(name: str, version: int, content: Any) -> str:
    """The text of a file: the format's name, its version, and a dataclass as its content."""
    plain = {"format": name, "version": version, "content": to_plain(content)}
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def load(name: str, version: int, kind: type[T], text: str) -> T:
    """The dataclass that `dump` wrote; raises Unreadable."""
    try:
        plain = json.loads(text)
    except ValueError:
        raise Unreadable("This is not JSON.") from None
    if not isinstance(plain, dict) or plain.keys() != {"format", "version", "content"}:
        raise Unreadable("A file holds format, version and content, and nothing else.")
    # True is 1 to Python, and no version.
    if (plain["format"], plain["version"]) != (name, version) or plain["version"] is True:
        raise Unreadable(f"This is not {name}, version {version}, which is what is read here.")
    return from_plain(kind, plain["content"], "content")


def to_plain(value: Any) -> Any:
    """A dataclass of text, truth, numbers, days, moments, enumerations and tuples, for JSON."""
    if is_dataclass(value):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    return value


def from_plain(kind: type[T], plain: Any, place: str = "") -> T:
    """The dataclass that `to_plain` wrote; every field must be there and no other.

    place: where it stands in the file, for the sentence of an error. Raises Unreadable.
    """
    return _read(kind, plain, place)  # type: ignore[no-any-return]


def _read(kind: Any, plain: Any, place: str) -> Any:
    if is_dataclass(kind):
        return _read_fields(kind, plain, place)
    if get_origin(kind) is tuple:
        if not isinstance(plain, list):
            raise Unreadable(f"{_named(place)} is not a list.")
        inner = get_args(kind)[0]
        return tuple(_read(inner, one, f"{place}[{at}]") for at, one in enumerate(plain))
    if kind in (bool, int, str):
        if type(plain) is not kind:
            raise Unreadable(f"{_named(place)} is not of the kind that the format says.")
        return plain
    return _read_text(kind, plain, place)


def _read_fields(kind: Any, plain: Any, place: str) -> Any:
    if not isinstance(plain, Mapping):
        raise Unreadable(f"{_named(place)} is not an object.")
    kinds = get_type_hints(kind)
    names = {one.name for one in fields(kind)}
    if odd := sorted(names ^ plain.keys()):
        raise Unreadable(f"{_named(place)} lacks, or has beyond the format: {', '.join(odd)}.")
    return kind(**{name: _read(kinds[name], plain[name], f"{place}.{name}") for name in names})


def _read_text(kind: Any, plain: Any, place: str) -> Any:
    if not isinstance(plain, str):
        raise Unreadable(f"{_named(place)} is not text.")
    try:
        read = kind(plain) if issubclass(kind, StrEnum) else kind.fromisoformat(plain)
    except ValueError:
        raise Unreadable(f"{_named(place)} holds what the format does not know.") from None
    if kind is datetime and read.tzinfo is None:
        raise Unreadable(f"{_named(place)} is a time without its zone.")
    return read


def _named(place: str) -> str:
    return place.lstrip(".") or "The file"
