"""What a member meets where a door stays shut: a whole sentence, and what they typed."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alltid.tell.models import NoKey
from alltid.vault.errors import (
    EnvelopeBroken,
    EnvelopeMisplaced,
    KeySubstituted,
    NotForThisKey,
    VaultError,
)

from .access import NotAudited

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
        except (NotAudited, NoKey, VaultError) as fault:
            reason, status = _REASONS.get(type(fault), ("broken", 500))
            return shut(request, reason, status)

    return answer


# The fields of the desk in which a person writes.
_IN_WORDS = ("text", "because", "who", "stands", "next", "beware", "reach", "never")


def _typed(request: HttpRequest) -> str:
    found = (request.POST.get(name, "") for name in _IN_WORDS)
    return "\n\n".join(text for text in found if text.strip())


def shut(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    """The page of a shut door; an address that showed a page can be come back to."""
    context = {"reason": reason, "typed": _typed(request), "next": request.path}
    return render(request, "answer/shut.html", context, status=status)
