"""What the child's templates say often: the style, a tap, a quiet field, a list of names."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from alltid.web.inline import child_css as sheet

register = template.Library()

_QUIET = (
    "spellcheck=false autocomplete=off autocapitalize=none autocorrect=off "
    "writingsuggestions=false translate=no"
)


@register.simple_tag
def child_css() -> SafeString:
    """Give the style sheet's text for the page's one <style> element."""
    return mark_safe(sheet())  # noqa: S308  our own file


@register.simple_tag
def quiet() -> SafeString:
    """Give the attributes that keep a browser from sending or keeping what a child types."""
    return mark_safe(_QUIET)  # noqa: S308  a constant


@register.simple_tag
def unkept() -> SafeString:
    """Give what keeps a sent form off the device's disk: a field that nobody sees or sends.

    Chromium writes the body of a form that was sent without script into its session files, for
    the day it is started again, unless the form has a password in it.
    """
    return mark_safe("<input type=password value=- hidden disabled>")


@register.simple_tag(takes_context=True)
def tap(context: dict[str, Any], name: str, value: str, label: str) -> SafeString:
    """Give one answer that can be tapped, chosen if the page's context keeps it chosen."""
    chosen = mark_safe(" checked") if context.get(name) == value else ""
    return format_html(
        "<label><input type=radio name={} value={}{}>{}</label>", name, value, chosen, label
    )


@register.filter
def six(words: Sequence[str] | None) -> list[str]:
    """Give exactly six words to fill six fields, empty where there is none."""
    return [*(words or []), "", "", "", "", "", ""][:6]


@register.filter
def names(people: Sequence[str]) -> str:
    """Give first names as they are said: "Bo", "Bo and Lo", "Bo, Lo and Mio"."""
    if len(people) < 2:
        return "".join(people)
    return _("%(first)s and %(last)s") % {
        "first": ", ".join(people[:-1]),
        "last": people[-1],
    }
