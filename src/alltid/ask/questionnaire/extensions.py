"""Looks up what FHIR hangs on an element: extensions, and their translations."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def objects(value: object) -> list[Json]:
    """Return the JSON objects of a list, whatever else stands in it or instead of it."""
    if not isinstance(value, list):
        return []
    return [each for each in value if isinstance(each, dict)]


def words(value: object) -> str | None:
    """Return a text, or None where there is none."""
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """Return a whole number, or None where there is none; true is no number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def typed(element: Json, prefix: str = "value") -> tuple[str, Any] | None:
    """Return the first `value[x]` of an element as its type and value, as in ("Coding", {…})."""
    for key, value in element.items():
        if key.startswith(prefix) and len(key) > len(prefix) and key[len(prefix)].isupper():
            return key[len(prefix) :], value
    return None


def extensions(element: object, *names: str) -> Iterator[Any]:
    """Yield the values of an element's extensions of these names, in the order they stand.

    A name is the end of a url of the standard or of the SDC guide, as in "minValue",
    "questionnaire-hidden" or "calculatedExpression". A complex extension is yielded itself.
    """
    if not isinstance(element, dict) or "extension" not in element:
        return
    urls = {f"{base}{name}" for name in names for base in (CORE, SDC)}
    for each in objects(element["extension"]):
        url = each.get("url")
        if isinstance(url, str) and url in urls:
            value = typed(each)
            yield each if value is None else value[1]


def extension(element: object, *names: str) -> Any:
    """Return the value of the first extension of these names, or None."""
    return next(extensions(element, *names), None)


def part(element: Json, name: str) -> Any:
    """Return the value of a part of a complex extension, or None."""
    for each in objects(element.get("extension")):
        if each.get("url") == name and (value := typed(each)):
            return value[1]
    return None


def parts(element: Json, name: str) -> list[Any]:
    """Return the values of every part with this name of a complex extension."""
    found = (typed(each) for each in objects(element.get("extension")) if each.get("url") == name)
    return [each[1] for each in found if each]


def spoken(language: str) -> tuple[str, str]:
    """Return the tags that a language goes by, the nearest first: sv-fi, then sv."""
    return language.lower(), language.lower().partition("-")[0]


def in_language(element: object, key: str, language: str | None) -> str | None:
    """Return a text of an element in a language, or as it was written where it has no translation.

    `sv-FI` falls back on `sv`, and both on what stands in the element itself.
    """
    if not isinstance(element, dict):
        return None
    if language and (beside := element.get(f"_{key}")) is not None:
        translations = {
            str(part(each, "lang")).lower(): words(part(each, "content"))
            for each in extensions(beside, "translation")
            if isinstance(each, dict)
        }
        for tag in spoken(language):
            if found := translations.get(tag):
                return found
    return words(element.get(key))


def languages_of(resource: object) -> set[str]:
    """Return every language that anything in a resource is translated to, with its own."""
    found: set[str] = set()
    waiting: list[Any] = [resource]
    if isinstance(resource, dict) and (own := words(resource.get("language"))):
        found.add(own)
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            if each.get("url") == f"{CORE}translation" and (tag := words(part(each, "lang"))):
                found.add(tag)
            waiting.extend(each.values())
    return found
