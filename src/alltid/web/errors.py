"""The pages of a bad moment, in both rooms: what happened, what to do now, the text kept.

They need no database. Where even a template fails, a few built-in lines are left.
"""

import contextlib
import logging
import sys
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .context import behind_language, frame, house, language_of, numbers
from .pictures import cut_pictures
from .rooms import is_staff_path

log = logging.getLogger(__name__)

RETRY_AFTER = 60  # seconds
# A body over the limit is read on to here, so that its sender hears the answer.
_READ_AT_MOST = 64 * 1024 * 1024
_CHUNK = 64 * 1024


def not_now(request: HttpRequest, reason: str, status: int, **more: Any) -> HttpResponse:
    """The child's page for a reason, with everything typed kept in a form to send again.

    Reasons: not_saved, not_opened, not_checked, no_team, broken, too_many, too_big, foreign,
    nothing_here, no_post; and without a form not_private, wrong_address. more: what the template
    says of it.
    429 and 503 say when to come again.
    """
    language = _language(request)
    fields = _typed(request)
    # Sent again to the same page, but not to one that is not there or takes nothing.
    rest = "" if status in (404, 405) else behind_language(request)
    with translation.override(language):
        context = {
            "reason": reason,
            "text": fields.pop("text", ""),
            "rest": fields.pop("rest", ""),
            "fields": fields,
            "form_action": f"/{language}/{rest}",
        }
        return _page(request, "web/child_error.html", context | more, status, rest)


def _staff_page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    with translation.override(_language(request)):
        context = {"status": status, "reason": reason, "typed": _typed(request).get("text", "")}
        return _page(request, "web/staff_error.html", context, status)


def _language(request: HttpRequest) -> str:
    """The language that the page was going to be in."""
    return getattr(request, "LANGUAGE_CODE", None) or language_of(request)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int, rest: str = ""
) -> HttpResponse:
    try:
        content = render_to_string(template, house(request) | frame(rest) | context)
    except Exception:
        log.exception("An error page could not be made.")
        content = _last_resort(context.get("text") or context.get("typed") or "")
    response = HttpResponse(content, status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _last_resort(text: str) -> SafeString:
    """What is left when no template works: both languages, the numbers, the text."""
    kept = format_html("<textarea rows=9 cols=40>\n{}</textarea>", text) if text else ""
    trial = "Det här är en provversion. This is a trial." if settings.TRIAL else ""
    return format_html(
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>Alltid</title>{trial}"
        "<p lang=sv>Något gick sönder här. Det är inte ditt fel. Vänta en minut och försök igen. "
        "Fara nu: ring {emergency}. Prata nu: {helpline_name} {helpline}.</p>"
        "<p lang=en>Something broke here. It's not your fault. Wait a minute and try again. "
        "Danger now: call {emergency}. Talk now: {helpline_name} {helpline}.</p>{kept}",
        kept=kept,
        trial=trial,
        **numbers(),
    )


def _typed(request: HttpRequest) -> dict[str, str]:
    """The fields of a POST, texts without their pictures, as far as they can be read."""
    if request.method != "POST":
        return {}
    data: QueryDict = QueryDict()
    # A form that cannot be read must not break the page that says so.
    with contextlib.suppress(Exception):
        data = request.POST
    if not data:
        data = _beginning(request)
    sent = {name: str(value) for name, value in data.items() if name != "do"}
    for name in {"text", "rest"} & sent.keys():
        sent[name] = cut_pictures(sent[name])[0]
    return sent


def _beginning(request: HttpRequest) -> QueryDict:
    """The form in a body that was too big to be read whole, as far as the limit reaches."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    held, read = bytearray(), 0
    try:
        while read < _READ_AT_MOST and (chunk := request.read(_CHUNK)):
            read += len(chunk)
            held += chunk[: max(0, limit - len(held))]
        if request.content_type != "application/x-www-form-urlencoded":
            return QueryDict()
        return QueryDict(bytes(held), encoding="utf-8")
    except Exception:
        return QueryDict()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: a form that cannot be read, or (413) one that is too big."""
    too_big = isinstance(exception, RequestDataTooBig)
    status = 413 if too_big else 400
    if is_staff_path(request.path_info):
        return _staff_page(request, status)
    return not_now(request, "too_big" if too_big else "broken", status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    if is_staff_path(request.path_info):
        return _staff_page(request, 403)
    return not_now(request, "foreign", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404: the same page for what is not there and what is not yours."""
    if is_staff_path(request.path_info):
        return _staff_page(request, 404)
    return not_now(request, "nothing_here", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: 503 where the store cannot take more now, else 500."""
    error = sys.exc_info()[1]
    status = 503 if isinstance(error, (OperationalError, InterfaceError, OSError)) else 500
    if is_staff_path(request.path_info):
        return _staff_page(request, status)
    return not_now(request, "not_saved" if request.method == "POST" else "broken", status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the page was too old to send, the text is given back."""
    return _staff_page(request, 403)


def not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """A page for a method that an address does not take, as when a sent page is opened again."""
    if is_staff_path(request.path_info):
        response = _staff_page(request, 405)
    else:
        response = not_now(request, "no_post", 405)
    response.headers["Allow"] = refused.headers["Allow"]
    return response


def not_private(request: HttpRequest) -> HttpResponse:
    """A page without a form for plain HTTP, which leads a child to the same page over HTTPS.

    403: no browser repeats it, and no proxy or cache makes something else of it (a redirect would
    teach people that the unsafe address works).
    """
    if is_staff_path(request.path_info):
        return _staff_page(request, 403, "not_private")
    name, _port = split_domain_port(request.get_host())
    safe = f"https://{name}{quote(request.path)}"
    return not_now(request, "not_private", 403, secure_href=safe)


def wrong_address(request: HttpRequest) -> HttpResponse:
    """A page without a form for a Host that is not ours: 400 (RFC 9112, 3.2)."""
    if is_staff_path(request.path_info):
        return _staff_page(request, 400, "wrong_address")
    return not_now(request, "wrong_address", 400)
