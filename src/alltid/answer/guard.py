"""What a member meets where a door stays shut: a whole sentence, and what they typed."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alltid.answer.duty.pack import NoPack
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
    NoPack: ("no_pack", 409),
}


def guarded(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer a shut door with its page, and with the text that was sent."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (NotAudited, NoKey, NoPack, VaultError) as fault:
            reason, status = _REASONS.get(type(fault), ("broken", 500))
            return shut(request, reason, status)

    return answer


def shut(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    """The page of a shut door; an address that showed a page can be come back to."""
    # The fields of a report are named by their place in it: "child.name".
    typed = [text for name in request.POST if "." in name for text in request.POST.getlist(name)]
    text = request.POST.get("text", "") or "\n\n".join(one for one in typed if one.strip())
    context = {"reason": reason, "typed": text, "next": request.path}
    return render(request, "answer/shut.html", context, status=status)
