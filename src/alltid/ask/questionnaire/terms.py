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

    def by_code(self) -> dict[str, list[Json]]:
        """Return the codings under their codes."""
        found: dict[str, list[Json]] = {}
        for each in self.codings:
            found.setdefault(each["code"], []).append(each)
        return found


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
        if resource is None:
            return None
        found = ValueSet()
        self._gather(resource, found, DEEPEST)
        return found

    def _resource(self, reference: object) -> Json | None:
        if not isinstance(reference, str):
            return None
        return self._contained.get(reference) or self._sets.get(reference.partition("|")[0])

    def _gather(self, resource: Json, into: ValueSet, depth: int) -> None:
        expansion, compose = resource.get("expansion"), resource.get("compose")
        if isinstance(expansion, dict) and objects(expansion.get("contains")):
            for each in _nested(expansion.get("contains"), "contains"):
                if not each.get("abstract"):
                    _add(into, each, each.get("system"))
            return
        if not isinstance(compose, dict) or depth == 0:
            into.unread = True
            return
        for include in objects(compose.get("include")):
            self._include(include, into, depth)
        for exclude in objects(compose.get("exclude")):
            out = ValueSet()
            self._include(exclude, out, depth)
            into.unread |= out.unread or bool(out.open_systems)
            gone = {(each.get("system"), each["code"]) for each in out.codings}
            into.codings = [
                each for each in into.codings if (each.get("system"), each["code"]) not in gone
            ]

    def _include(self, include: Json, into: ValueSet, depth: int) -> None:
        system = words(include.get("system"))
        if "filter" in include:
            into.unread = True
        elif "concept" in include:
            for each in objects(include.get("concept")):
                _add(into, each, system)
        elif system is not None:
            whole = self._systems.get(system)
            if whole is not None and whole.get("content") != "not-present":
                for each in _nested(whole.get("concept"), "concept"):
                    _add(into, each, system)
            else:
                into.open_systems.add(system)
        references = include.get("valueSet")
        for reference in references if isinstance(references, list) else ():
            inner = self._resource(reference)
            if inner is None or depth <= 1:
                into.unread = True
            else:
                self._gather(inner, into, depth - 1)


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
