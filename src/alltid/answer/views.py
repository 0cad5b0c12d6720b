"""The staff's pages for what children told."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alltid.people.doors import StaffRequest, open_team, unlocked_required
from alltid.people.models import Team, User
from alltid.people.reference import reference
from alltid.people.unlocking import keep_draft
from alltid.tell.models import AnsweredMeanwhile, Disclosure, EndedByChild
from alltid.web.pictures import cut_pictures

from . import access, desk, hands
from . import inbox as inboxes
from .access import OpenDisclosure
from .casework import page
from .casework.attempt import attempt
from .casework.forms import DEEDS, DeedForm
from .casework.turn import Place
from .coach import Coaching
from .concerns import ConcernForm, note_concern
from .export import export_thread
from .forms import LONGEST, ExportForm, ReplyForm
from .guard import guarded, shut
from .referral import lists

Deed = Callable[[Disclosure, User, str], None]


class SeeOther(HttpResponseRedirect):
    """After a deed: go and look (RFC 9110, 15.4.4), so that Reload does nothing twice."""

    status_code = 303


@require_GET
@unlocked_required
def first_inbox(request: StaffRequest) -> HttpResponse:
    """Lead to the inbox of one's first team; tell who has none what they can do here."""
    team = Team.objects.of(request.unlocked.user).first()
    if team is None:
        return render(request, "answer/no_team.html", {"here": "inbox"}, status=404)
    return redirect("answer:team_inbox", team.slug)


@require_GET
@unlocked_required
def inbox(request: StaffRequest, slug: str) -> HttpResponse:
    """Show a team's inbox, most urgent first."""
    user, now = request.unlocked.user, timezone.now()
    teams = list(Team.objects.of(user))
    team = next((team for team in teams if team.slug == slug), None)
    if team is None:
        raise Http404
    leads = team.is_led_by(user)
    context = inboxes.context(user, team, _cursor(request), now) | lists.context(user, team, now)
    context |= {
        "here": "inbox",
        "team": team,
        "inboxes": teams if len(teams) > 1 else [],
        "dropping_out": team.dropping_out(now),
        "late_by": inboxes.late_by(user, team, now) if leads else [],
        "late_covered": inboxes.late_covered(team, now) if leads else [],
    }
    return render(request, "answer/inbox.html", context)


def _cursor(request: HttpRequest) -> inboxes.Cursor | None:
    if "before" in request.GET:
        return inboxes.Cursor.read(request.GET["before"], older=False)
    return inboxes.Cursor.read(request.GET.get("after", ""), older=True)


# --- one thread --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@guarded
def thread(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a thread; answer the child."""
    if request.method == "POST" and not getattr(request, "unlocked", None):
        return _answer_behind_the_lock(request, pk)
    return _reply(request, pk) if request.method == "POST" else _read(request, pk)


@unlocked_required
def _read(request: StaffRequest, pk: UUID) -> HttpResponse:
    opened = access.open_disclosure(request.unlocked, pk)
    return _desk(request, opened)


@unlocked_required
def _reply(request: StaffRequest, pk: UUID) -> HttpResponse:
    opened = access.open_disclosure(request.unlocked, pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _not_sent(request, opened, form, 422)
    text, read_up_to = form.cleaned_data["text"], form.cleaned_data["read_up_to"]
    if form.coaching.holds_back and opened.disclosure.ended is None:
        form.add_error("text", form.coaching.sentence())
        return _not_sent(request, opened, form, 422)
    try:
        opened.reply(text, read_up_to, timezone.now())
    except EndedByChild:
        return _not_sent(request, opened, form, 410)
    except AnsweredMeanwhile:
        if not opened.has_sent(text, read_up_to):
            return _not_sent(request, opened, form, 409, _someone_answered())
    request.unlocked.save_draft(pk, "")
    hands.stop_writing(opened.disclosure, request.unlocked.user)
    return SeeOther(reverse("answer:thread", args=[pk]))


def _someone_answered() -> str:
    return _(
        "Nothing was sent: a colleague has answered since you opened this page. Their answer "
        "stands in the talk now. Read it, change yours if it says the same, or send it anyway."
    )


def _not_sent(
    request: StaffRequest, opened: OpenDisclosure, form: ReplyForm, status: int, sentence: str = ""
) -> HttpResponse:
    """The desk again with everything typed, which is kept as a draft too."""
    if form["text"].value().strip():
        request.unlocked.save_draft(opened.disclosure.pk, form["text"].value())
    return _desk(request, opened, form, status, sentence)


def _desk(
    request: StaffRequest,
    opened: OpenDisclosure,
    form: ReplyForm | None = None,
    status: int = 200,
    sentence: str = "",
    export: ExportForm | None = None,
    deed: DeedForm | None = None,
) -> HttpResponse:
    asked = _asked(request)
    whole_talk = "talk" in request.GET or asked is not None
    lines = opened.lines(None if whole_talk else desk.NEWEST)
    read_up_to = lines[-1].sequence if lines else 0
    if form is None:
        draft = request.unlocked.draft(opened.disclosure.pk)
        form = ReplyForm(initial={"text": draft, "read_up_to": read_up_to})
    else:
        form.stand_on(read_up_to, sentence)
    context = desk.context(opened, lines, form, timezone.now(), asked)
    # The desk says what is new; the case below it, what has been read by now.
    opened.mark_read(lines)
    whole = "chronology" in request.GET
    context["case"] = page.context(opened, timezone.now(), deed, whole=whole)
    if opened.is_lead:
        context["export"] = export or ExportForm()
    return render(request, "answer/thread.html", context, status=status)


def _asked(request: HttpRequest) -> int | None:
    """The message whose marks somebody asks for; None where the address names none."""
    number = request.GET.get("marks", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


# --- drafts, also from behind the lock ---------------------------------------------------------


@require_POST
@guarded
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what is being written: 204 to the script, the thread to a person who pressed a button.

    Behind the lock 401 with a sentence; who is still signed in has the draft kept all the same.
    """
    if not getattr(request, "unlocked", None):
        kept = _seal_behind_the_lock(request, pk)
        sentence = (
            _("This page is locked. Your draft is kept; sign in and it is here.")
            if kept
            else _("You are signed out. Copy what you wrote, then sign in.")
        )
        return JsonResponse({"sentence": sentence, "kept": kept}, status=401)
    return _keep(request, pk)


@unlocked_required
def _keep(request: StaffRequest, pk: UUID) -> HttpResponse:
    user, text = request.unlocked.user, _text(request)
    disclosure = access.find(user, pk)
    request.unlocked.save_draft(pk, text)
    if text.strip():
        hands.note_writing(disclosure, user, timezone.now())
    else:
        hands.stop_writing(disclosure, user)
    if "X-Draft" in request.headers:
        return HttpResponse(status=204)
    return SeeOther(reverse("answer:thread", args=[pk]))


def _text(request: HttpRequest) -> str:
    return cut_pictures(request.POST.get("text", "").replace("\r\n", "\n"))[0]


def _seal_behind_the_lock(request: HttpRequest, pk: UUID) -> bool:
    """Seal what was sent to its writer, whose recipient is public; False where nobody is known."""
    user = request.user
    if not user.is_authenticated:
        return False
    access.find(user, pk)
    if (text := _text(request)).strip():
        keep_draft(user, pk, text, user.recipient)
    return True


def _answer_behind_the_lock(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An answer that comes too late is a draft, and waits behind the signing in."""
    if not _seal_behind_the_lock(request, pk):
        return shut(request, "signed_out", 401)
    back = urlencode({"next": reverse("answer:thread", args=[pk])})
    return SeeOther(f"{reverse('people:sign_in')}?{back}")


@require_POST
@guarded
@unlocked_required
def coach(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Tell the one who writes what the coach says of the text so far; nothing is kept of it."""
    access.find(request.unlocked.user, pk)
    coaching = Coaching.of(_text(request)[:LONGEST])
    return render(request, "answer/coach.html", {"coaching": coaching})


# --- deeds in the case -------------------------------------------------------------------------


@require_POST
@guarded
@unlocked_required
def deed(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    """Do one thing in the case; where it cannot be done the desk again, with everything typed."""
    disclosure = access.find(request.unlocked.user, pk)
    if name not in DEEDS:
        raise Http404
    form, sentence, status = DEEDS[name](request.POST), "", 422
    if form.is_valid():
        seen, now = form.cleaned_data["seen"], timezone.now()
        sentence, status = attempt(form, Place(request.unlocked, disclosure, seen, now)), 409
        if not sentence:
            return SeeOther(reverse("answer:thread", args=[pk]) + "#case")
    opened = access.open_disclosure(request.unlocked, pk)
    form.stand_on(opened.case.sequence, sentence)
    return _desk(request, opened, status=status, deed=form)


@require_http_methods(["GET", "POST"])
@guarded
@unlocked_required
def concern(request: StaffRequest, slug: str) -> HttpResponse:
    """Note a worry, or what a child said in person: a case without a way back for the child."""
    team = open_team(request.unlocked.user, slug)
    form = ConcernForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        pk = note_concern(request.unlocked, team, **form.cleaned_data, now=timezone.now())
        return SeeOther(reverse("answer:thread", args=[pk]))
    context = {"form": form, "team": team, "here": "inbox"}
    status = 422 if form.errors else 200
    return render(request, "answer/concern.html", context, status=status)


# --- other hands -------------------------------------------------------------------------------


@require_POST
@guarded
@unlocked_required
def other_hands(request: StaffRequest, pk: UUID, deed: Deed) -> HttpResponse:
    """Give a thread to another member or take it, hide it from one, or show it again."""
    user = request.unlocked.user
    try:
        deed(access.find(user, pk), user, request.POST.get("member", ""))
    except hands.NoSuchMember:
        return shut(request, "nobody", 409)
    except hands.NobodyElseReads:
        return shut(request, "alone", 409)
    return SeeOther(reverse("answer:thread", args=[pk]))


@require_POST
@guarded
@unlocked_required
def export(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a lead the whole thread, as a file that its receiver alone can open."""
    access.find_led(request.unlocked.user, pk)
    form = ExportForm(request.POST)
    if not form.is_valid():
        opened = access.open_disclosure(request.unlocked, pk)
        return _desk(request, opened, status=422, export=form)
    sealed = export_thread(request.unlocked, pk, form.cleaned_data["recipient"], timezone.now())
    name = f"{reference(pk)}.age"
    return HttpResponse(
        sealed,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
