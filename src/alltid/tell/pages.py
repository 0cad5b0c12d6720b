"""What every child's page has: its language, the way out, and an answer to whatever goes wrong."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation

from alltid.people.models import Team
from alltid.vault.errors import KdfBusy, VaultError
from alltid.web.origin import is_foreign
from alltid.web.throttle import TELLING

from .forms import TellForm
from .reading import address

OWN_NAMES = {"sv": "Svenska", "en": "English"}
# Where a picture that is out there can be stopped, without anybody seeing it (EVIDENCE.md).
REMOVAL_SERVICES = [
    ("Ditt ECPAT", "https://dittecpat.se/"),
    ("Take It Down", "https://takeitdown.ncmec.org/"),
]
# Shown in fields of their own, or said in a sentence.
_SEEN = ("text", "rest", "pictures_cut")
_GOES_ALONG = ("id", "capsule", "team", "feeling", *(f"w{i}" for i in range(1, 7)))
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
    room: str = "",
) -> HttpResponse:
    """A whole page. room: where the language links lead, with {} for the language."""
    language = translation.get_language()
    room = room or _room_of(request, language or "")
    house = {
        "language": language,
        "languages": [(code, OWN_NAMES[code], room.format(code)) for code, _ in settings.LANGUAGES],
        "script_src": static("web/child.js"),
        "removal_services": REMOVAL_SERVICES,
    }
    return render(request, template, house | context, status=status)


def _room_of(request: HttpRequest, language: str) -> str:
    """This page's own address with {} in the place of its language."""
    head, _, rest = request.path_info.removeprefix("/").partition("/")
    return "/{}/" + (rest if head == language else "")


def not_now(
    request: HttpRequest, reason: str, status: int, *, team: Team | None = None, **kept: Any
) -> HttpResponse:
    """The page of a bad moment: what happened, whose fault it is not, and the text kept."""
    language = translation.get_language() or "en"
    cover = team.cover if team else None
    context = {
        "reason": reason,
        "cover": {"name": cover.place, "href": address(cover, language)} if cover else None,
        "form_action": request.path_info,
        "kept": _carried(request, kept),
    }
    response = page(request, "tell/not_now.html", context | kept, status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = "60"
    return response


def _carried(request: HttpRequest, kept: dict[str, Any]) -> list[tuple[str, Any]]:
    """What goes along unseen when the form is sent again: its id, its capsule, taps and words."""
    taps = [(name, value) for name, value in kept.items() if value and name not in _SEEN]
    try:
        sent = [(name, request.POST.get(name, "")) for name in _GOES_ALONG]
    except Exception:
        return taps
    return taps + [(name, value) for name, value in sent if value]


def typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed on this request, as far as the server can still read it."""
    try:
        return TellForm.read(request).kept()
    except Exception:
        return {}


def never_lost(view: View) -> View:
    """Answer a failing store or a full queue with the text kept, never with a bare error."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except KdfBusy:
            return not_now(request, "busy", 503, **typed(request))
        except (DatabaseError, OSError, VaultError):
            return not_now(request, "not_saved", 503, **typed(request))

    return answer


def from_our_page(view: View) -> View:
    """Take a POST that one of our own pages sent."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_foreign(request):
            return not_now(request, "other_site", 403, **typed(request))
        return view(request, *args, **kwargs)

    return answer


def tells(view: View) -> View:
    """Take what a child tells from our own page, and not too much from one place."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not TELLING.allows(request.visitor):  # type: ignore[attr-defined]
            return not_now(request, "busy", 429, **typed(request))
        return view(request, *args, **kwargs)

    return from_our_page(answer)
