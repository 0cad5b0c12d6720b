"""What every staff page shows around its content: who is here, and their teams."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from alltid.web.rooms import is_staff_path

from .models import Team


def staff(request: HttpRequest) -> dict[str, Any]:
    """`person`, `teams` (asked for when a page shows them) and `locks_in`; nothing for a child."""
    unlocked = is_staff_path(request.path_info) and getattr(request, "unlocked", None)
    if not unlocked:
        return {}
    return {
        "person": unlocked.user,
        "teams": Team.objects.of(unlocked.user),
        "locks_in": settings.ALLTID["LOCK_MINUTES"] * 60,
    }
