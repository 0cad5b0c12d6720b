"""Finds the codes of a value set: contained, expanded, handed in, or fixed by the standard."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .extensions import Json, objects, words
from .values import ITEM_TYPES

MOST = 10_000  # codes that are read of one value set
DEEPEST = 20

_HL7 = "http://hl7.org/fhir/"
_GENDER = f"{_HL7}administrative-gender"
_YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"
_UNKNOWN = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


def _set(*codes: tuple[str, str, str]) -> Json:
    contains = [{"system": system, "code": code, "display": shown} for system, code, shown in codes]
    return {"resourceType": "ValueSet", "expansion": {"contains": contains}}


# The few that forms use and that R4 itself settles; every other must come with the form.
_SETTLED: dict[str, Json] = {
    f"{_HL7}ValueSet/administrative-gender": _set(
        *((_GENDER, code, code.title()) for code in ("male", "female", "other", "unknown"))
    ),
    f"{_HL7}ValueSet/yesnodontknow": _set(
        (_YES_NO, "Y", "Yes"), (_YES_NO, "N", "No"), (_UNKNOWN, "asked-unknown", "Don't know")
    ),
    f"{_HL7}ValueSet/item-type": _set(
        *(
            (f"{_HL7}item-type", code, {"url": "Url", "dateTime": "Date Time"}.get(code, shown))
            for code in ITEM_TYPES
            for shown in [code.replace("-", " ").title()]
        )
    ),
}


@dataclass(slots=True)
class ValueSet:
    """The codes that an item may be answered with, as FHIR codings in their own order.

    `open_systems` are code systems that belong to it whole and whose codes are not here; `unread`
    says that part of its definition is not understood, so that no code is surely outside.
    """

    codings: list[Json] = field(default_factory=list)
    open_systems: set[str] = field(default_factory=set)
    unread: bool = False
    _by_code: dict[str, list[Json]] | None = None

    def with_code(self, code: object) -> list[Json]:
        """Return the codings that have a code, of whatever system."""
        if self._by_code is None:
            self._by_code = {}
            for each in self.codings:
                self._by_code.setdefault(each["code"], []).append(each)
        return self._by_code.get(code, []) if isinstance(code, str) else []


class Terms:
    """The value sets and code systems that a form can name, found by url or by `#id`."""

    def __init__(self, contained: object, handed_in: Iterable[Mapping[str, Any]] = ()) -> None:
        self._contained = {
            f"#{each['id']}": each
            for each in objects(contained)
            if isinstance(each.get("id"), str) and each.get("resourceType") == "ValueSet"
        }
        self._sets: dict[str, Json] = dict(_SETTLED)
        self._systems: dict[str, Json] = {}
        for each in (*objects(contained), *objects(list(handed_in))):
            if (url := words(each.get("url"))) is not None:
                kind = each.get("resourceType")
                if kind == "ValueSet":
                    self._sets[url] = each
                elif kind == "CodeSystem":
                    self._systems[url] = each

    def find(self, reference: str) -> ValueSet | None:
        """Return the value set of a canonical or a `#id`, or None where it is not here."""
        resource = self._resource(reference)
        return None if resource is None else self._read(resource, {}, DEEPEST)

    def _resource(self, reference: object) -> Json | None:
        if not isinstance(reference, str):
            return None
        return self._contained.get(reference) or self._sets.get(reference.partition("|")[0])

    def _read(self, resource: Json, seen: dict[int, ValueSet], depth: int) -> ValueSet:
        """Return a value set; one that names itself, or others too deep, is not read in full."""
        if id(resource) in seen:
            return seen[id(resource)]
        found = seen[id(resource)] = ValueSet(unread=True)
        expansion, compose = resource.get("expansion"), resource.get("compose")
        if isinstance(expansion, dict) and objects(expansion.get("contains")):
            for each in _nested(expansion.get("contains"), "contains"):
                if not each.get("abstract"):
                    _add(found, each, each.get("system"))
            found.unread = len(found.codings) >= MOST
        elif isinstance(compose, dict) and depth > 0:
            whole = ValueSet()
            for include in objects(compose.get("include")):
                _join(whole, self._include(include, seen, depth))
            for exclude in objects(compose.get("exclude")):
                _take_out(whole, self._include(exclude, seen, depth))
            found.codings, found.open_systems = whole.codings, whole.open_systems
            found.unread = whole.unread
        return found

    def _include(self, include: Json, seen: dict[int, ValueSet], depth: int) -> ValueSet:
        """Return what is in everything that one include names: its system, and each value set."""
        parts = [self._of_system(include)] if "system" in include else []
        references = include.get("valueSet")
        for reference in references if isinstance(references, list) else ():
            inner = self._resource(reference)
            parts.append(
                ValueSet(unread=True) if inner is None else self._read(inner, seen, depth - 1)
            )
        if len(parts) == 1:
            return parts[0]
        known = next((each for each in parts if not each.unread and not each.open_systems), None)
        if known is None:
            return ValueSet(unread=True)
        others = [each for each in parts if each is not known]
        return ValueSet(
            [each for each in known.codings if all(_may_have(other, each) for other in others)]
        )

    def _of_system(self, include: Json) -> ValueSet:
        system, found = words(include.get("system")), ValueSet()
        if system is None or "filter" in include:
            found.unread = True
        elif "concept" in include:
            for each in objects(include.get("concept")):
                _add(found, each, system)
        else:
            whole = self._systems.get(system)
            if whole is not None and whole.get("content") != "not-present":
                for each in _nested(whole.get("concept"), "concept"):
                    _add(found, each, system)
            else:
                found.open_systems.add(system)
        return found


def _mark(coding: Json) -> tuple[object, object]:
    return str(coding.get("system")), coding["code"]


def _may_have(found: ValueSet, coding: Json) -> bool:
    return (
        found.unread
        or str(coding.get("system")) in found.open_systems
        or any(_mark(each) == _mark(coding) for each in found.with_code(coding["code"]))
    )


def _join(whole: ValueSet, part: ValueSet) -> None:
    room = MOST - len(whole.codings)
    whole.codings = whole.codings + part.codings[:room]
    whole.open_systems = whole.open_systems | part.open_systems
    whole.unread |= part.unread or len(part.codings) > room


def _take_out(whole: ValueSet, part: ValueSet) -> None:
    whole.unread |= part.unread or bool(part.open_systems)
    gone = {_mark(each) for each in part.codings}
    whole.codings = [each for each in whole.codings if _mark(each) not in gone]


def _nested(concepts: object, key: str) -> Iterator[Json]:
    waiting = objects(concepts)[::-1]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(objects(each.get(key))[::-1])


def _add(into: ValueSet, concept: Json, system: object) -> None:
    code = words(concept.get("code"))
    if code is None:
        return
    if len(into.codings) >= MOST:
        into.unread = True
        return
    kept = ("display", "_display", "designation", "extension")
    coding = {key: concept[key] for key in kept if key in concept}
    into.codings.append(
        {"system": system, "code": code} | coding if system else {"code": code} | coding
    )


def displays(coding: Json) -> set[str]:
    """Return every name that a coding goes by, folded: its display, designations, translations."""
    names = [coding.get("display")]
    names += [each.get("value") for each in objects(coding.get("designation"))]
    beside = coding.get("_display")
    for each in objects(beside.get("extension")) if isinstance(beside, dict) else ():
        names += [inner.get("valueString") for inner in objects(each.get("extension"))]
        names += [inner.get("valueMarkdown") for inner in objects(each.get("extension"))]
    return {" ".join(each.split()).casefold() for each in names if isinstance(each, str)}
