"""What every child's page has: its language, the way out, and an answer to whatever goes wrong."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from alltid.vault.errors import KdfBusy, VaultError
from alltid.web.context import behind_language, frame
from alltid.web.errors import not_now
from alltid.web.origin import is_foreign
from alltid.web.throttle import CHECKING, COMING_BACK, TELLING, Throttle

log = logging.getLogger(__name__)

# Where a picture that is out there can be stopped, without anybody seeing it.
REMOVAL_SERVICES = [
    ("Ditt ECPAT", "https://dittecpat.se/"),
    ("Take It Down", "https://takeitdown.ncmec.org/"),
]
View = Callable[..., HttpResponse]


def in_language(view: View) -> View:
    """Answer in the language of the path, or in the browser's where the path has none."""

    @wraps(view)
    def answer(request: HttpRequest, language: str = "", **kwargs: Any) -> HttpResponse:
        if not language:
            language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = view(request, language=language, **kwargs)
        response.headers["Content-Language"] = language
        return response

    return answer


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    rest: str | None = None,
) -> HttpResponse:
    """A whole page. rest: where the language links lead, behind the language; else here."""
    around = frame(behind_language(request) if rest is None else rest)
    around["removal_services"] = REMOVAL_SERVICES
    return render(request, template, around | context, status=status)


def never_lost(view: View) -> View:
    """Answer a failing store or a full queue with the text kept, never with a bare error."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except KdfBusy:
            return not_now(request, "too_many", 503)
        except (DatabaseError, OSError):
            log.exception("What a child sent was not saved, or not opened.")
            saves = "text" in request.POST
            return not_now(request, "not_saved" if saves else "not_opened", 503)
        except VaultError:
            log.exception("What is stored did not open.")
            return not_now(request, "not_opened", 503)

    return answer


def from_our_page(view: View) -> View:
    """Take a POST that one of our own pages sent."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_foreign(request):
            return not_now(request, "foreign", 403)
        return view(request, *args, **kwargs)

    return answer


def _within(throttle: Throttle, view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not throttle.allows(request.visitor):  # type: ignore[attr-defined]
            return not_now(request, "too_many", 429)
        return view(request, *args, **kwargs)

    return from_our_page(answer)


def tells(view: View) -> View:
    """Take what a child tells from our own page, and not too much from one place."""
    return _within(TELLING, view)


def comes_back(view: View) -> View:
    """Take what a child does in a talk from our own page, and not too much from one place."""
    return _within(COMING_BACK, view)


def checks(view: View) -> View:
    """Take a message to look at from our own page, and not too many from one place."""
    return _within(CHECKING, view)
