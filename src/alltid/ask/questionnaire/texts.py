"""Shows a form's own texts as HTML that is safe to put in any page.

Markdown of a form (`rendering-markdown`) is written by somebody else. markdown-it-py writes no HTML
of its author's, only its own; pictures are off, since they would be asked for from somewhere, and
a link leads to a web page, a telephone or a mailbox. `rendering-xhtml` is never used.
"""

from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt

from .extensions import in_language, objects
from .form import Item

LONGEST = 20_000  # signs; a longer text is shown as it was written

_LEADS = ("https://", "http://", "tel:", "mailto:")


@lru_cache(1)
def _markdown() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")
    reader.validateLink = lambda url: url.lower().startswith(_LEADS)  # type: ignore[method-assign]
    return reader


def as_html(text: str) -> str:
    """Return markdown as HTML of paragraphs, lists, emphasis and links; nothing else of a text."""
    if len(text) > LONGEST:
        return f"<p>{escape(text)}</p>"
    return str(_markdown().render(text))


def text_as_html(item: Item, language: str | None = None) -> str:
    """Return an item's text as HTML in a language: its markdown, where it has one for it."""
    plain = item.text(language)
    beside = item.raw.get("_text")
    for each in objects(beside.get("extension")) if isinstance(beside, dict) else ():
        if str(each.get("url")).endswith("/rendering-markdown"):
            found = in_language(each, "valueMarkdown", language)
            own = in_language(each, "valueMarkdown", None)
            # Markdown in one language does not stand for a text that is translated to another.
            if found and (found != own or plain == item.text()):
                return as_html(found)
    return f"<p>{escape(plain)}</p>" if plain else ""


def entry_format(item: Item, language: str | None = None) -> str | None:
    """Return how an answer is to be written, as in "yyyy-mm-dd", in a language."""
    for each in objects(item.raw.get("extension")):
        if str(each.get("url")).endswith("/entryFormat"):
            return in_language(each, "valueString", language)
    return None
