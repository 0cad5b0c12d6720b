"""The pages of a team's log: read, filtered, taken out."""

from collections.abc import Iterable, Iterator, Mapping

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_POST

from . import audit, log_export
from .doors import StaffRequest, open_led_team, unlocked_required
from .models import AuditEvent
from .reference import reference


@require_GET
@unlocked_required
def log(request: StaffRequest, slug: str) -> HttpResponse:
    """Show a lead who opened, changed, took out and destroyed what, newest first."""
    user = request.unlocked.user
    team = open_led_team(user, slug)
    asked, before = _asked(request.GET), _before(request)
    page = audit.page(team, user, asked, before)
    context = {
        "team": team, "here": team.slug, "lines": page.lines, "asked": asked, "before": before,
        "case": reference(asked.case_id) if asked.case_id else "",
        "people": audit.people(team), "nobody": audit.NOBODY, "kinds": AuditEvent.Kind.choices,
        "older": asked.address(before=page.older) if page.older else "",
        "newest": asked.address(), "every_case": asked.address(case=""),
    }  # fmt: skip
    return render(request, "people/log.html", context)


@require_POST
@unlocked_required  # type: ignore[arg-type]  # a streamed answer is not Django's HttpResponse
def export(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Give a lead what the page would show, all of it, as a file; that they did is its first line.

    It is read and sent a piece at a time, so that a long log needs no more memory than a short one.
    """
    user = request.unlocked.user
    team = open_led_team(user, slug)
    asked, form = _asked(request.POST), request.POST.get("form", "")
    if form not in log_export.FORMS:
        raise Http404
    content_type, write = log_export.FORMS[form]
    done = AuditEvent.write("log_exported", actor=user, team=team, subject=asked.case, why=form)
    pieces = _spoken(write(audit.whole(team, user, asked, done)), translation.get_language())
    name = f"log-{team.slug}-{team.local(timezone.now()):%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)


def _spoken(pieces: Iterable[bytes], language: str) -> Iterator[bytes]:
    """The pieces in the reader's language: they are made when the view is over."""
    with translation.override(language):
        yield from pieces


def _asked(typed: Mapping[str, str]) -> audit.Filter:
    try:
        return audit.Filter.read(typed)
    except audit.NoSuchFilter:
        raise Http404 from None


def _before(request: HttpRequest) -> int | None:
    before = request.GET.get("before", "")
    if not before:
        return None
    if not (before.isascii() and before.isdecimal() and len(before) < 19):
        raise Http404
    return int(before)
