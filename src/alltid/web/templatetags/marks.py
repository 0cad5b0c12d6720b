"""The places of a text that are shown: marked by ground, weight and line, no script needed."""

from collections.abc import Iterable
from typing import Protocol

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class Place(Protocol):
    """A part of a text, in signs, its end not included."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@register.filter
def marked(text: str, places: Iterable[Place]) -> SafeString:
    """Give a text, escaped, with its places in <mark>; of two that overlap the first one counts."""
    parts: list[str] = []
    here = 0
    for place in sorted(places, key=lambda place: place.start):
        if place.start < here or place.end <= place.start:
            continue
        parts.append(_between(text[here : place.start]))
        parts.append(format_html("<mark>{}</mark>", text[place.start : place.end]))
        here = place.end
    parts.append(_between(text[here:]))
    return mark_safe("".join(parts))  # noqa: S308  each part is escaped


def _between(text: str) -> str:
    """A part outside the places; blanks alone are written so that {% spaceless %} leaves them."""
    return "".join(f"&#{ord(sign)};" for sign in text) if text.isspace() else escape(text)
