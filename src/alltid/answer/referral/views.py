"""The pages on which a talk changes hands: asking a team, being asked, reading what was given."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alltid.people.doors import StaffRequest, unlocked_required
from alltid.people.models import Team, User
from alltid.people.reference import reference
from alltid.people.when import spoken, time_left
from alltid.tell.handing import SettledMeanwhile
from alltid.tell.models import Handing

from .. import access, desk
from ..access import OpenDisclosure
from ..casework.attempt import attempt
from ..casework.events import Risk
from ..casework.state import fold
from ..casework.turn import Place
from ..casework.words import RISKS
from ..guard import guarded
from ..views import SeeOther
from . import asking, escrow, lists
from .forms import AskTeam, DeclineForm


@require_http_methods(["GET", "POST"])
@guarded
@unlocked_required
def ask(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask another team to take over; where it cannot be done the page again, as it was typed."""
    user, now = request.unlocked.user, timezone.now()
    disclosure = access.find(user, pk)
    if request.method == "POST":
        form, status = AskTeam(request.POST, disclosure, user, now), 422
        if form.is_valid():
            seen = form.cleaned_data["seen"]
            sentence = attempt(form, Place(request.unlocked, disclosure, seen, now))
            if not sentence:
                return SeeOther(reverse("answer:thread", args=[pk]) + "#others")
            status = 409
            form.stand_on(_opened(request, pk).case.sequence, sentence)
        return _ask_page(request, _opened(request, pk), form, status)
    opened = _opened(request, pk)
    afterwards = "reads" if disclosure.team.keeps_after_end else "nothing"
    initial = {"seen": opened.case.sequence, "afterwards": afterwards}
    return _ask_page(request, opened, AskTeam(None, disclosure, user, now, initial=initial), 200)


def _opened(request: StaffRequest, pk: UUID) -> OpenDisclosure:
    return access.open_disclosure(request.unlocked, pk)


def _ask_page(
    request: StaffRequest, opened: OpenDisclosure, form: AskTeam, status: int
) -> HttpResponse:
    disclosure, now = opened.disclosure, timezone.now()
    others = [
        {
            "id": pk,
            "team": team,
            "next": _next_reading(disclosure.team, team, now),
            "refusable": asking.child_may_refuse(disclosure.team, team),
            "chosen": form["team"].value() == pk,
        }
        for pk, team in form.teams.items()
    ]
    context = {
        "form": form,
        "others": others,
        "thread": {"id": disclosure.pk, "reference": reference(disclosure.pk)},
        "reachable": disclosure.reaches_child,
        "owed": _owed(opened),
        "here": "inbox",
    }
    return render(request, "answer/referral/ask.html", context, status=status)


def _owed(opened: OpenDisclosure) -> list[str]:
    """Who is owed a debrief, which does not go along."""
    events = opened.case.events.order_by("sequence")
    owed = fold(event.plain for event in events).owed
    names = User.objects.filter(pk__in=owed).order_by("first_name")
    return list(names.values_list("first_name", flat=True))


def _next_reading(giving: Team, receiving: Team, now: datetime) -> str:
    moment = receiving.hours.next_reading(now)
    return spoken(giving.local(moment), now) if moment else ""


# --- the team that is asked --------------------------------------------------------------------


@require_GET
@guarded
@unlocked_required
def asked(request: StaffRequest, number: int) -> HttpResponse:
    """Show what another team asks, and nothing of what was told."""
    return _asked_page(request, access.find_asked(request.unlocked.user, number), DeclineForm())


def _asked_page(
    request: StaffRequest,
    handing: Handing,
    form: DeclineForm,
    status: int = 200,
    *,
    lost: bool = False,
) -> HttpResponse:
    user, now = request.unlocked.user, timezone.now()
    words = ""
    if handing.is_open:
        access.write_log(user, handing.disclosure, "asking_read", team=handing.receiving)
        words = escrow.read_words(handing.referral, request.unlocked)
    context = _facts(handing, now) | {
        "words": words,
        "form": form,
        "lost": lost,
        "url": _thread_url(user, handing),
        "here": "inbox",
    }
    return render(request, "answer/referral/asked.html", context, status=status)


def _facts(handing: Handing, now: datetime) -> dict[str, Any]:
    """What the other team may know before it answers."""
    disclosure, local = handing.disclosure, handing.receiving.local
    due = lists.answer_due(handing)
    risk = Risk(disclosure.case.risk)
    return {
        "handing": handing,
        "when": spoken(local(handing.asked), now),
        "risk": RISKS[risk],
        "grave": risk.grave,
        "acute": disclosure.acute,
        "promised": spoken(local(disclosure.due), now) if disclosure.waits else "",
        "answer_by": spoken(local(due), now) if due else "",
        "left": time_left(due, now) if due else "",
        "late": bool(due and due < now),
        "reachable": disclosure.reaches_child,
    }


def _thread_url(user: User, handing: Handing) -> str:
    """Where the talk itself is, for who may open it by now."""
    try:
        access.find(user, handing.disclosure_id)
    except Http404:
        return ""
    return reverse("answer:thread", args=[handing.disclosure_id])


@require_POST
@guarded
@unlocked_required
def accept(request: StaffRequest, number: int) -> HttpResponse:
    """Say yes for one's team, and go to the talk."""
    handing = access.find_asked(request.unlocked.user, number)
    try:
        asking.accept(request.unlocked, handing, timezone.now())
    except SettledMeanwhile:
        return _settled_meanwhile(request, number, DeclineForm())
    return SeeOther(reverse("answer:thread", args=[handing.disclosure_id]))


@require_POST
@guarded
@unlocked_required
def decline(request: StaffRequest, number: int) -> HttpResponse:
    """Say no for one's team, with a reason."""
    handing = access.find_asked(request.unlocked.user, number)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _asked_page(request, handing, form, 422)
    try:
        asking.decline(request.unlocked, handing, form.cleaned_data["because"], timezone.now())
    except SettledMeanwhile:
        return _settled_meanwhile(request, number, form)
    return SeeOther(reverse("answer:team_inbox", args=[handing.receiving.slug]))


def _settled_meanwhile(request: StaffRequest, number: int, form: DeclineForm) -> HttpResponse:
    """Somebody was faster: the page as it stands now, with what was typed."""
    handing = access.find_asked(request.unlocked.user, number)
    return _asked_page(request, handing, form, 409, lost=True)


# --- the team that has given it ----------------------------------------------------------------


@require_GET
@guarded
@unlocked_required
def kept(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what one's team has handed on and goes on reading; nothing can be done in it."""
    handing = access.find_given(request.unlocked.user, pk)
    if handing is None:
        raise Http404
    opened = access.open_to_read(request.unlocked, handing)
    now = timezone.now()
    context = {
        "handing": handing,
        "reference": reference(pk),
        "taker": handing.accepted_by,
        "when": spoken(handing.giving.local(handing.settled), now) if handing.settled else "",
        "messages": [desk.message(line, opened.disclosure, now) for line in opened.lines()],
        "draft": request.unlocked.draft(pk),
        "here": "inbox",
    }
    return render(request, "answer/referral/kept.html", context)
