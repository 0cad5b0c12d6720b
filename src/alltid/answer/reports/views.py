"""The pages of a report of concern: write it, look at it, take it out, note that it was sent."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alltid.answer.documents import referral_file, referral_paper
from alltid.answer.documents.referral import Referral
from alltid.people.doors import StaffRequest, unlocked_required
from alltid.people.forms import StaffForm
from alltid.people.printing import NotPrinted
from alltid.people.when import spoken

from .. import access
from ..casework import reporting
from ..casework.attempt import tried
from ..casework.events import MadeAs
from ..casework.turn import Place, Refusal
from ..casework.words import REFUSED
from ..guard import guarded, shut
from ..models import CaseEvent, Report
from ..views import SeeOther
from .form import ReportForm, typed_in
from .in_hand import InHand, begun
from .leaving import TYPES, hand_out
from .matter import Matter

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _line(
    label: "StrOrPromise", missing: "StrOrPromise", hint: "StrOrPromise" = ""
) -> forms.CharField:
    wrong = {"required": missing, "max_length": gettext_lazy("That is too long. Say it in a line.")}
    return forms.CharField(label=label, help_text=hint, max_length=200, error_messages=wrong)


class SentForm(StaffForm):
    """To whom a report went, when and how: typed by the person who sent it."""

    whom = _line(
        gettext_lazy("To whom"),
        gettext_lazy("Say to whom you sent it, for instance the municipality."),
    )
    when = _line(gettext_lazy("When"), gettext_lazy("Say when you sent it: the day and the hour."))
    how = _line(
        gettext_lazy("How"),
        gettext_lazy("Say how you sent it."),
        gettext_lazy("Their e-service, secure e-mail, by post, by hand, …"),
    )


# --- writing -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@guarded
def write(request: HttpRequest, pk: UUID, child: UUID) -> HttpResponse:
    """Fill in a report about one child; what is typed is kept, behind the lock too."""
    unlocked = getattr(request, "unlocked", None)
    if request.method == "POST" and (not unlocked or "X-Draft" in request.headers):
        return _keep_unopened(request, pk, child)
    return _keep(request, pk, child) if request.method == "POST" else _begin(request, pk, child)


@unlocked_required
def _begin(request: StaffRequest, pk: UUID, child: UUID) -> HttpResponse:
    opened = access.open_disclosure(request.unlocked, pk)
    matter, row = Matter(opened, child, timezone.now()), begun(opened, child)
    if row is None:
        return _form(request, matter, ReportForm(matter), None)
    typed = row.open(opened.case_identity).body["typed"]
    return _form(request, matter, ReportForm(matter, typed), row)


@unlocked_required
def _keep(request: StaffRequest, pk: UUID, child: UUID) -> HttpResponse:
    opened, now = access.open_disclosure(request.unlocked, pk), timezone.now()
    matter = Matter(opened, child, now)
    form = ReportForm(matter, typed_in(request.POST))
    row = Report.objects.keep(opened.case, child, request.unlocked.user, form.typed, now)
    if not form.is_valid():
        return _form(request, matter, form, row, 422)
    if "look" in request.POST:
        return SeeOther(reverse("answer:report", args=[pk, row.pk]))
    return SeeOther(reverse("answer:write_report", args=[pk, child]))


def _keep_unopened(request: HttpRequest, pk: UUID, child: UUID) -> HttpResponse:
    """Seal what was sent to the case, whose recipient is public: 204 to the script.

    Behind the lock whoever pressed a button is led to the signing in.
    """
    user = request.user
    if not user.is_authenticated:
        return shut(request, "signed_out", 401)
    disclosure = access.find(user, pk)
    there = CaseEvent.objects.filter(case__disclosure=disclosure, child=child).first()
    if there is None:
        raise Http404
    Report.objects.keep(there.case, child, user, typed_in(request.POST), timezone.now())
    if "X-Draft" in request.headers:
        return HttpResponse(status=204)
    back = urlencode({"next": reverse("answer:write_report", args=[pk, child])})
    return SeeOther(f"{reverse('people:sign_in')}?{back}")


def _form(
    request: StaffRequest, matter: Matter, form: ReportForm, row: Report | None, status: int = 200
) -> HttpResponse:
    mine = row is not None and row.by_id == request.unlocked.user.pk
    context = {
        "matter": matter,
        "thread": matter.opened.disclosure.pk,
        "form": form,
        "kept": spoken(matter.team.local(row.saved), matter.now) if row else "",
        "begun_by": "" if mine or row is None else row.by.first_name,
        "before": matter.before(str(row.pk) if row and mine else ""),
        "here": "inbox",
    }
    return render(request, "answer/reports/write.html", context, status=status)


# --- looking -----------------------------------------------------------------------------------


@require_GET
@guarded
@unlocked_required
def look(request: StaffRequest, pk: UUID, report: UUID) -> HttpResponse:
    """Show a report as it would leave, or as it was sent."""
    opened = access.open_disclosure(request.unlocked, pk)
    return _look(request, InHand(opened, report, timezone.now()))


def _look(
    request: StaffRequest,
    hand: InHand,
    sentence: str = "",
    status: int = 200,
    sent: SentForm | None = None,
) -> HttpResponse:
    """The preview; where what was typed is not fit for it, the form that says why."""
    matter, thread = hand.matter, hand.matter.opened.disclosure.pk
    if not hand.row.sent and not hand.form.is_valid():
        return SeeOther(reverse("answer:write_report", args=[thread, hand.row.child]))
    report = hand.report
    now = matter.team.local(matter.now)
    context = {
        "hand": hand,
        "matter": matter,
        "thread": thread,
        "sheet": referral_paper.page(report.for_sending(), get_language() or "en"),
        "lacking": [] if hand.row.sent else hand.form.lacking(),
        "before": hand.before,
        "stays": matter.stays(),
        "sentence": sentence,
        "made": hand.made and spoken(hand.made.made, matter.now),
        "sent_when": hand.row.sent and spoken(matter.team.local(hand.row.sent), matter.now),
        "sent": sent or SentForm(initial=_expected(report, now)),
        "languages": settings.LANGUAGES,
        "language": matter.leaving.pack.languages[0],
        "here": "inbox",
    }
    return render(request, "answer/reports/look.html", context, status=status)


def _expected(report: Referral, now: datetime) -> dict[str, str]:
    to = report.recipient
    return {
        "whom": ", ".join(one for one in (to.name, to.municipality) if one.strip()),
        "when": f"{now:%Y-%m-%d %H:%M}",
    }


# --- taking out, and sending -------------------------------------------------------------------


@require_POST
@guarded
@unlocked_required
def make(request: StaffRequest, pk: UUID, report: UUID, made_as: MadeAs) -> HttpResponse:
    """Give a report out as a document; it stands in the chronology and in the log first."""
    opened, now = access.open_disclosure(request.unlocked, pk), timezone.now()
    hand = InHand(opened, report, now)
    if sentence := _stands_against(hand, made_as):
        return _look(request, hand, sentence, 409)
    leaves = hand.report
    try:
        content = _written(hand, leaves, made_as, request.POST.get("language", ""))
    except NotPrinted:
        return _look(request, hand, _not_printed(), 503)
    deed = partial(
        reporting.made,
        child=hand.matter.child.id,
        report=str(report),
        made_as=made_as,
        because="" if hand.row.sent else hand.form.again,
        copy=hand.row.sent is not None,
    )
    with transaction.atomic():
        if sentence := tried(deed, _place(hand)):
            return _look(request, hand, sentence, 409)
        if not hand.row.sent:
            hand.keep_made(leaves)
    ending, content_type = TYPES[made_as]
    name = f"{hand.matter.reference}-{hand.matter.number}.{ending}"
    return hand_out(opened, content, name, content_type, hand.matter.child.id)


def _place(hand: InHand) -> Place:
    """Before the case as it was just read: a page stays as it is when a document is taken out."""
    opened = hand.matter.opened
    return Place(opened.unlocked, opened.disclosure, opened.case.sequence, hand.now)


def _stands_against(hand: InHand, made_as: MadeAs) -> str:
    """Why it cannot leave as it is, in a sentence; "" where nothing stands against it."""
    if not hand.row.sent and not hand.form.is_valid():
        return _("A field is not right yet. Go back to the form, which says which.")
    if stays := hand.matter.stays():
        return stays
    if hand.before and not hand.form.again.strip():
        return str(REFUSED[Refusal.REPORTED_BEFORE])
    lacking = [] if hand.row.sent else hand.form.lacking()
    if made_as is MadeAs.FILE and any(one.required for one in lacking):
        return _(
            "Another system reads no drafts, and something is missing still: it stands below. Fill "
            "it in, or take out the paper, which says that it is a draft."
        )
    return ""


def _written(hand: InHand, report: Referral, made_as: MadeAs, language: str) -> bytes:
    terms = hand.matter.leaving.terms(hand.matter.child)
    if made_as is MadeAs.FILE:
        return referral_file.write(report, terms).encode()
    known = language if language in dict(settings.LANGUAGES) else ""
    return referral_paper.pdf(report, terms, known or hand.matter.leaving.pack.languages[0])


def _not_printed() -> str:
    return _(
        "The paper could not be made just now. Nothing is lost: what you wrote is kept in the "
        "case. Try again in a minute; if it stays so, tell whoever runs this installation, and "
        "copy the text below into your own report."
    )


@require_POST
@guarded
@unlocked_required
def send(request: StaffRequest, pk: UUID, report: UUID) -> HttpResponse:
    """Note that a person has sent a report by their own means: to whom, when and how."""
    opened, now = access.open_disclosure(request.unlocked, pk), timezone.now()
    hand, form = InHand(opened, report, now), SentForm(request.POST)
    if hand.row.sent:
        return _look(request, hand, str(REFUSED[Refusal.DONE_ALREADY]), 409)
    if not form.is_valid() or not hand.form.is_valid():
        return _look(request, hand, status=422, sent=form)
    if hand.before and not hand.form.again.strip():
        return _look(request, hand, str(REFUSED[Refusal.REPORTED_BEFORE]), 409, form)
    deed = partial(
        reporting.sent,
        child=hand.matter.child.id,
        report=str(report),
        words=form.cleaned_data,
        because=hand.form.again,
    )
    with transaction.atomic():
        if sentence := tried(deed, _place(hand)):
            return _look(request, hand, sentence, 409, form)
        hand.keep_sent(now)
    return SeeOther(reverse("answer:thread", args=[pk]) + "#children")
