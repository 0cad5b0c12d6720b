"""What every template may say: the numbers to call, the way out, whether this is a trial."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def language_of(request: HttpRequest) -> str:
    """The language a request is answered in: its path's, else the browser's, else the house's."""
    first = request.path_info.removeprefix("/").partition("/")[0]
    if first in dict(settings.LANGUAGES):
        return first
    return translation.get_language_from_request(request)


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
