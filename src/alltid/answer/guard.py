"""What a member meets where a door stays shut: a whole sentence, and what they typed."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from alltid.tell.models import Handing, NoKey
from alltid.vault.errors import (
    EnvelopeBroken,
    EnvelopeMisplaced,
    KeySubstituted,
    NotForThisKey,
    VaultError,
)

from . import access
from .access import HandedOn, NotAudited

P = ParamSpec("P")

# What went wrong, by the name that the template knows it by, and the status.
_REASONS: dict[type[Exception], tuple[str, int]] = {
    NotAudited: ("not_audited", 503),
    KeySubstituted: ("substituted", 503),
    EnvelopeBroken: ("broken", 500),
    EnvelopeMisplaced: ("misplaced", 500),
    NotForThisKey: ("no_key", 403),
    NoKey: ("no_key", 403),
}


def guarded(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer a shut door with its page, and with the text that was sent."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except HandedOn as gone:
            return _handed_on(request, gone.handing)
        except (NotAudited, NoKey, VaultError) as fault:
            reason, status = _REASONS.get(type(fault), ("broken", 500))
            return shut(request, reason, status)

    return answer


def _handed_on(request: HttpRequest, handing: Handing) -> HttpResponse:
    """Lead who looks to what they may still read; give back what was typed, which is not lost."""
    user, unlocked = request.user, getattr(request, "unlocked", None)
    looks = request.method == "GET"
    if looks and user.is_authenticated and access.keeps_reading(user, handing.disclosure):
        return redirect("answer:kept", handing.disclosure_id)
    typed = unlocked.draft(handing.disclosure_id) if looks and unlocked else ""
    return shut(request, "handed_on", 410 if looks else 409, typed)


def shut(request: HttpRequest, reason: str, status: int, typed: str = "") -> HttpResponse:
    """The page of a shut door; an address that showed a page can be come back to."""
    sent = (request.POST.get(name, "") for name in ("text", "words", "because"))
    typed = typed or next(filter(None, sent), "")
    context = {"reason": reason, "typed": typed, "next": request.path}
    return render(request, "answer/shut.html", context, status=status)
