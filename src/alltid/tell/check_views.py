"""Where a child has a message looked at that somebody sent them. Nothing of it is kept."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from alltid.spot import recognise, threatens
from alltid.web.errors import not_now

from .forms import TellForm
from .pages import checks, in_language, page
from .reading import front_team
from .views import first_page
from .visit import FormOld, new_form, read_form, was_sent_before

log = logging.getLogger(__name__)


@in_language
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, language: str) -> HttpResponse:
    """Ask for a message, say what it looks like, or carry it over to the page to tell on."""
    if request.method == "GET":
        return _ask(request)
    return _looked_at(request, language)


@checks
def _looked_at(request: HttpRequest, language: str) -> HttpResponse:
    """Answer what was pasted; when the store of spent forms fails, give it back."""
    form = TellForm.read(request)
    try:
        if form.do == "tell":
            return _to_tell(request, form, language)
        if was_sent_before(form.form_id, timezone.now()):
            return _ask(request, problem="closed")
    except (DatabaseError, OSError):
        log.exception("Whether a form was sent before could not be looked up.")
        return not_now(request, "not_checked", 503)
    # Changing language on the page of an answer shows that answer again.
    if form.do == "language" and "seen" not in request.POST:
        return _ask(request, form)
    if problem := _problem(form):
        return _ask(request, form, 422, problem)
    return _answer(request, form, language)


def _problem(form: TellForm) -> str:
    """`old`, `long`, `empty`, or nothing; what was typed is kept whichever it is."""
    try:
        read_form(form.form_id)
    except FormOld:
        return "old"
    return form.error or ("" if form.text.strip() else "empty")


def _ask(
    request: HttpRequest, form: TellForm | None = None, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {"form_id": new_form(), "problem": problem} | (form.kept() if form else {})
    return page(request, "tell/check.html", context, status=status)


def _answer(request: HttpRequest, form: TellForm, language: str) -> HttpResponse:
    found = recognise(form.text)
    context = {
        "form_id": new_form(),
        "found": found,
        "sentences": found.explained(language, "child"),
        "threatened": "threat" in found.roles or threatens(form.text),
        "from_writer": all(frame.direction == "from_writer" for frame in found.frames),
        "came": False,
    }
    return page(request, "tell/checked.html", form.kept() | context)


def _to_tell(request: HttpRequest, form: TellForm, language: str) -> HttpResponse:
    """The first page with the message on it, to be changed before it is sent."""
    team = front_team()
    if team is None:
        return not_now(request, "no_team", 503)
    response = first_page(request, team, language, links="", text=form.text, rest=form.rest)
    # Only a page that can be told on spends the form: what nobody took is given back again.
    if response.status_code == 200 and was_sent_before(form.form_id, timezone.now()):
        return _ask(request, problem="closed")
    return response
