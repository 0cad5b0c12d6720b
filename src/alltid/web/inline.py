"""The child's style sheet, pressed small and placed in the page: nothing stays in a cache."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

_SHEET = Path(__file__).parent / "templates" / "web" / "child.css"


def press(css: str) -> str:
    """Give the same style sheet without comments and needless space."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    return css.replace(": ", ":").replace(";}", "}").strip()


@cache
def child_css() -> str:
    """Give the text that stands in the child's one <style> element, byte for byte."""
    return press(_SHEET.read_text("utf-8"))


@cache
def child_css_source() -> str:
    """Give the Content-Security-Policy source that allows that element (CSP3, 2.3.1)."""
    digest = hashlib.sha256(child_css().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
