"""What a member meets where a door stays shut: a whole sentence, and what they typed."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alltid.people.reference import reference
from alltid.people.when import spoken_date, spoken_term
from alltid.tell.models import NoKey
from alltid.tell.tombstone import Tombstone
from alltid.vault.errors import (
    EnvelopeBroken,
    EnvelopeMisplaced,
    KeySubstituted,
    NotForThisKey,
    VaultError,
)

from .access import Erased, NotAudited

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
        except Erased as gone:
            return _erased(request, gone.stone)
        except (NotAudited, NoKey, VaultError) as fault:
            reason, status = _REASONS.get(type(fault), ("broken", 500))
            return shut(request, reason, status)

    return answer


def _erased(request: HttpRequest, stone: Tombstone) -> HttpResponse:
    """That it is gone, since when and why; what was typed is given back."""
    team = stone.team
    context = {
        "stone": stone,
        "reference": reference(stone.pk),
        "closed": spoken_date(team.local(stone.closed)) if stone.closed else "",
        "gone": spoken_date(team.local(stone.gone)),
        "term": spoken_term(stone.policy.months),
        "typed": request.POST.get("text", ""),
    }
    return render(request, "answer/retention/erased.html", context, status=410)


def shut(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    """The page of a shut door; an address that showed a page can be come back to."""
    context = {"reason": reason, "typed": request.POST.get("text", ""), "next": request.path}
    return render(request, "answer/shut.html", context, status=status)
