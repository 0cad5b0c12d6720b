"""The lead's page, and what one person of the team carries."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from alltid.people.doors import StaffRequest, open_led_team, unlocked_required
from alltid.people.models import User

from .page import Page


@require_GET
@unlocked_required
def lead(request: StaffRequest, slug: str) -> HttpResponse:
    """Show a lead that nothing lies: who waits, what is overdue, who carries what, who reads."""
    user = request.unlocked.user
    page = Page(open_led_team(user, slug), user, timezone.now())
    return render(request, "answer/lead/lead.html", page.context())


@require_GET
@unlocked_required
def carried(request: StaffRequest, slug: str, who: UUID | None = None) -> HttpResponse:
    """List what one person carries, or what nobody does, for a lead who gives it to another."""
    user = request.unlocked.user
    team = open_led_team(user, slug)
    person = User.objects.filter(pk=who).first() if who else None
    context = Page(team, user, timezone.now()).carried_by(person)
    is_member = person and team.memberships.filter(user=person, let_in__isnull=False).exists()
    if who and not (is_member or context["cases"]):
        raise Http404
    return render(request, "answer/lead/carried.html", context)
