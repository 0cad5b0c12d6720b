"""Where a child says no to another team."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from .handing import refuse
from .models import Disclosure, Door
from .pages import comes_back, in_language, never_lost
from .views import show_door, visiting


@in_language
@require_POST
@never_lost
@comes_back
@visiting
def no(request: HttpRequest, language: str, door: Door, now: datetime) -> HttpResponse:
    """Take in the child's no, and show the talk as it stands then."""
    if isinstance(door.held, Disclosure):
        refuse(door.held, request.POST.get("handing", ""), now)
    return show_door(request, door, language, now)
