"""The page with a neutral note about one child, to paste into a record system."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from alltid.answer.documents import record_note
from alltid.answer.documents.leaving import MustStay
from alltid.answer.documents.record_note import Arrived, Decided, Decision, RecordNote
from alltid.people.doors import StaffRequest, unlocked_required
from alltid.tell.models import Disclosure

from .. import access
from ..casework.words import STEPS
from ..guard import guarded
from .matter import Matter

ARRIVED = {
    Disclosure.Source.CHILD: Arrived.TOLD,
    Disclosure.Source.IN_PERSON: Arrived.TOLD,
    Disclosure.Source.CONCERN: Arrived.CONCERN,
}


@require_GET
@guarded
@unlocked_required
def note(request: StaffRequest, pk: UUID, child: UUID) -> HttpResponse:
    """Show the lines in each language; where nothing may leave, why."""
    matter = Matter(access.open_disclosure(request.unlocked, pk), child, timezone.now())
    terms = matter.leaving.terms(matter.child)
    lines, stays = [], ""
    for language, name in settings.LANGUAGES:
        try:
            lines.append((language, name, record_note.text(_of(matter, language), terms, language)))
        except MustStay:
            stays = matter.stays()
    context = {"matter": matter, "thread": pk, "lines": lines, "stays": stays, "here": "inbox"}
    return render(request, "answer/reports/note.html", context)


def _of(matter: Matter, language: str) -> RecordNote:
    """What the case says, in codes and days; of an own step, what an adult called it."""
    page, child = matter.page, matter.child
    disclosure = matter.opened.disclosure
    decided = None
    if child.duty is not None and child.duty_at is not None:
        by, at = page.name(child.duty_by), matter.team.local(child.duty_at)
        decided = Decided(Decision(child.duty), by, "", at)
    step = min(page.state.steps.values(), key=lambda one: one.day, default=None)
    words = page.words(page.events[step.sequence - 1]) if step else {}
    with translation.override(language):
        called = str(STEPS[step.what]) or (words or {}).get("text", "") if step else ""
    return RecordNote(
        at=matter.team.local(disclosure.told),
        arrived=ARRIVED[Disclosure.Source(disclosure.source)],
        reference=matter.reference,
        decided=decided,
        next_step=called,
        next_by=step.day if step else None,
    )
