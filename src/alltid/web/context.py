"""What every template may say: the numbers to call, the way out, whether this is a trial."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import translation


def language_of(request: HttpRequest) -> str:
    """The language a request is answered in: its path's, else the browser's, else the house's."""
    first = request.path_info.removeprefix("/").partition("/")[0]
    if first in own_names():
        return first
    return translation.get_language_from_request(request)


@cache
def own_names() -> dict[str, str]:
    """Every language by its code, named in itself."""
    return {
        code: translation.get_language_info(code)["name_local"].capitalize()
        for code, _name in settings.LANGUAGES
    }


def behind_language(request: HttpRequest) -> str:
    """What follows the language in a request's path; empty where the path has no language."""
    first, _, rest = request.path_info.removeprefix("/").partition("/")
    return rest if first in own_names() else ""


def numbers() -> dict[str, str]:
    """Whom a child in danger calls: `emergency`, `helpline_name`, `helpline`."""
    return {
        "emergency": settings.ALLTID["EMERGENCY"],
        "helpline_name": settings.ALLTID["HELPLINE_NAME"],
        "helpline": settings.ALLTID["HELPLINE"],
    }


def house(request: HttpRequest) -> dict[str, Any]:
    """The context of every page; it looks at no user, no session and no database."""
    return {
        "trial": settings.TRIAL,
        "numbers": numbers(),
        "leave_url": settings.ALLTID["LEAVE_URL"],
        "language": translation.get_language(),
    }


def frame(rest: str) -> dict[str, Any]:
    """What a child's page has around its content: `languages` and `script_src`.

    rest: where the language links lead, behind the language. Raises ValueError where the static
    files were not collected.
    """
    return {
        "languages": [(code, name, f"/{code}/{rest}") for code, name in own_names().items()],
        "script_src": static("web/child.js"),
    }
