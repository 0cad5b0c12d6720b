"""Checks one answer against its item: its type, its bounds, its options, its unit."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from .extensions import Json, words
from .fhirpath import model
from .filled import Answer, Place
from .form import Form, Item
from .issues import Severity
from .patterns import Allowance, Exhausted, Unreadable, matches_whole
from .terms import ValueSet, displays
from .units import comparable
from .values import decimal_places, order, same, same_code, shown

Say = Callable[[Severity, str, str, str], None]  # severity, code, location, sentence

_URI = re.compile(r"(?:[^\s<>\"{}|\\^`%]|%[0-9A-Fa-f]{2})+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


class Checker:
    """Checks the answers of one response; what it finds goes to `say`."""

    def __init__(self, form: Form, contained: set[str], allowance: Allowance, say: Say) -> None:
        self.form = form
        self.contained = contained
        self.allowance = allowance
        self.say = say
        self._unavailable: set[str] = set()

    def answer(self, place: Place, answer: Answer) -> None:
        """Check one answer that has the type of its item."""
        item = place.item
        self._bounds(item, answer)
        match answer.kind:
            case "String":
                self._text(item, answer)
            case "Decimal":
                most = item.max_decimal_places
                if most is not None and decimal_places(answer.value) > most:
                    self._wrong(answer, "decimal-places", f"At most {most} decimal places fit here")
            case "Uri":
                self._uri(answer)
            case "Reference":
                self._reference(item, answer)
            case "Quantity":
                self._unit(item, answer)
        self._option(place, answer)
        if answer.kind == "Coding" and item.value_set:
            self._in_set(item, answer)

    def _wrong(self, answer: Answer, code: str, why: str, severity: Severity = "error") -> None:
        said = shown(answer.kind, answer.value)
        self.say(severity, code, answer.location, f"{why}; the answer is {said!r}.")

    def _bounds(self, item: Item, answer: Answer) -> None:
        for bound, code, wrong, word in (
            (item.minimum, "min-value", -1, "least"),
            (item.maximum, "max-value", 1, "most"),
        ):
            if bound is None:
                continue
            sign = order(answer.kind, answer.value, *bound)
            if sign == wrong:
                self._wrong(answer, code, f"The {word} that fits here is {shown(*bound)}")
            elif (
                sign is None
                and answer.kind == bound[0] == "Quantity"
                and isinstance(bound[1], dict)
                and comparable(answer.value, bound[1]) is None
            ):
                self._wrong(answer, "unit", f"The unit cannot be compared with {shown(*bound)}")

    def _text(self, item: Item, answer: Answer) -> None:
        text: str = answer.value
        if item.type != "text" and ("\n" in text or "\r" in text):
            self._wrong(answer, "new-line", "An answer here is one line", "fatal")
        if item.min_length is not None and len(text) < item.min_length:
            self._wrong(answer, "min-length", f"At least {item.min_length} signs belong here")
        if item.max_length is not None and len(text) > item.max_length:
            self._wrong(answer, "max-length", f"At most {item.max_length} signs fit here")
        if item.regex is not None:
            try:
                if not matches_whole(item.regex, text, self.allowance):
                    self._wrong(answer, "pattern", "The answer does not have the form's pattern")
            except (Exhausted, Unreadable) as unchecked:
                self._wrong(answer, "pattern-unchecked", str(unchecked).rstrip("."), "warning")

    def _uri(self, answer: Answer) -> None:
        text: str = answer.value
        right = bool(_URI.fullmatch(text))
        if text.startswith("urn:uuid:"):
            try:
                UUID(text.removeprefix("urn:uuid:"))
            except ValueError:
                right = False
        if not right:
            self._wrong(answer, "invalid-url", "This is no address")

    def _reference(self, item: Item, answer: Answer) -> None:
        reference = answer.value.get("reference")
        kind = words(answer.value.get("type"))
        if reference is not None:
            if not isinstance(reference, str) or not _URI.fullmatch(reference):
                self._wrong(answer, "invalid-reference", "This is no reference")
                return
            scheme = _SCHEME.match(reference)
            if reference.startswith("#"):
                if reference[1:] not in self.contained:
                    self._wrong(answer, "invalid-reference", "The response contains no such thing")
                    return
            elif scheme and scheme[1].lower() == "urn":
                pass
            elif scheme and scheme[1].lower() not in ("http", "https"):
                self._wrong(answer, "invalid-reference", "A reference is a web address or relative")
                return
            else:
                kind = _resource_type(reference)
                if kind is None:
                    self._wrong(answer, "reference-type", "R4 knows no such resource")
        if kind and item.reference_types and kind not in item.reference_types:
            wanted = ", ".join(item.reference_types)
            self._wrong(answer, "reference-type", f"The reference must be to {wanted}")

    def _unit(self, item: Item, answer: Answer) -> None:
        value: Json = answer.value
        if item.units and not any(_has_unit(value, each) for each in item.units):
            named = ", ".join(shown("Coding", each) for each in item.units)
            self._wrong(answer, "unit", f"The unit must be one of {named}")
        if item.unit_set is None:
            return
        if not words(value.get("system")) or not words(value.get("code")):
            self._wrong(answer, "unit", "The unit must have a system and a code")
            return
        unit = {"system": value["system"], "code": value["code"]}
        found = self._set(item, item.unit_set, answer)
        if found is not None and not _belongs(unit, found):
            self._wrong(answer, "unit", f"The unit is not in {item.unit_set}")

    def _option(self, place: Place, answer: Answer) -> None:
        item = place.item
        if not item.options:
            return
        alike = item.options_like(answer.kind, answer.value)
        chosen = [each for each in alike if same(each.kind, each.value, answer.kind, answer.value)]
        if not chosen:
            if item.type != "open-choice" or answer.kind != "String":
                self._wrong(answer, "not-an-option", "The answer is none of the options")
            return
        if answer.kind == "Coding" and not any(_well_named(answer, each.value) for each in chosen):
            self._wrong(
                answer, "not-an-option", "The answer has a name that its code does not have"
            )
        if any(each.exclusive for each in chosen) and len(place.answers) > 1:
            self._wrong(answer, "exclusive", "This option stands alone, and others are chosen too")

    def _in_set(self, item: Item, answer: Answer) -> None:
        found = self._set(item, item.value_set or "", answer)
        if found is None:
            return
        if not _belongs(answer.value, found):
            self._wrong(answer, "not-in-value-set", "The answer is not in the value set")
            return
        alike = found.with_code(answer.value.get("code"))
        named = [each for each in alike if same_code(each, answer.value)]
        if named and not any(_well_named(answer, each) for each in named):
            self._wrong(
                answer, "not-in-value-set", "The answer has a name that its code does not have"
            )

    def _set(self, item: Item, reference: str, answer: Answer) -> ValueSet | None:
        found = self.form.value_set(reference)
        if found is None and item.link_id not in self._unavailable:
            self._unavailable.add(item.link_id)
            self._wrong(
                answer,
                "value-set-missing",
                f"The value set {reference} is not here to check answers against",
            )
        return found


def _resource_type(reference: str) -> str | None:
    """Return the resource type in a literal reference, or None where R4 knows none."""
    parts = reference.partition("?")[0].partition("#")[0].rstrip("/").split("/")
    if "_history" in parts:
        parts = parts[: parts.index("_history")]
    parents = model()["type2Parent"]
    for each in parts[-2:]:
        if parents.get(each) in ("Resource", "DomainResource") and each != "DomainResource":
            return each
    return None


def _has_unit(quantity: Json, unit: Json) -> bool:
    return all(unit.get(key) in (None, quantity.get(key)) for key in ("system", "code")) and (
        "code" in unit or unit.get("display") in (None, quantity.get("unit"))
    )


def _belongs(coding: Json, found: ValueSet) -> bool:
    return (
        found.unread
        or str(coding.get("system")) in found.open_systems
        or any(same_code(each, coding) for each in found.with_code(coding.get("code")))
    )


def _well_named(answer: Answer, coding: Any) -> bool:
    """Return whether an answer's display, where it has one, is a name of the code chosen."""
    display = answer.value.get("display")
    names = displays(coding) if isinstance(coding, dict) else set()
    return (
        not isinstance(display, str) or not names or " ".join(display.split()).casefold() in names
    )
