"""What a member meets where a door stays shut: a whole sentence, and what they typed."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from alltid.answer.duty.pack import NoPack
from alltid.people.reference import reference
from alltid.people.when import spoken_date, spoken_term
from alltid.tell.models import Handing, NoKey
from alltid.tell.tombstone import Tombstone
from alltid.vault.errors import (
    EnvelopeBroken,
    EnvelopeMisplaced,
    KeySubstituted,
    NotForThisKey,
    VaultError,
)

from . import access
from .access import Erased, HandedOn, NotAudited

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
        except Erased as gone:
            return _erased(request, gone.stone)
        except HandedOn as gone:
            return _handed_on(request, gone.handing)
        except (NotAudited, NoKey, NoPack, VaultError) as fault:
            reason, status = _REASONS.get(type(fault), ("broken", 500))
            return shut(request, reason, status)

    return answer


# The fields of the desk in which a person writes.
_IN_WORDS = ("text", "words", "because", "who", "stands", "next", "beware", "reach", "never")


def _handed_on(request: HttpRequest, handing: Handing) -> HttpResponse:
    """Lead who looks to what they may still read; give back what was typed, which is not lost."""
    user, unlocked = request.user, getattr(request, "unlocked", None)
    looks = request.method == "GET"
    if looks and user.is_authenticated and access.keeps_reading(user, handing.disclosure):
        return redirect("answer:kept", handing.disclosure_id)
    typed = unlocked.draft(handing.disclosure_id) if looks and unlocked else ""
    return shut(request, "handed_on", 410 if looks else 409, typed)


def _erased(request: HttpRequest, stone: Tombstone) -> HttpResponse:
    """That it is gone, since when and why; what was typed is given back."""
    team = stone.team
    context = {
        "stone": stone,
        "reference": reference(stone.pk),
        "closed": spoken_date(team.local(stone.closed)) if stone.closed else "",
        "gone": spoken_date(team.local(stone.gone)),
        "term": spoken_term(stone.policy.months),
        "typed": _typed(request),
    }
    return render(request, "answer/retention/erased.html", context, status=410)


def _typed(request: HttpRequest) -> str:
    """What somebody wrote in the form they sent, whichever it was."""
    # The fields of a report are named by their place in it: "child.name".
    names = [*_IN_WORDS, *(name for name in request.POST if "." in name)]
    found = (text for name in names for text in request.POST.getlist(name))
    return "\n\n".join(text for text in found if text.strip())


def shut(request: HttpRequest, reason: str, status: int, typed: str = "") -> HttpResponse:
    """The page of a shut door; an address that showed a page can be come back to."""
    context = {"reason": reason, "typed": typed or _typed(request), "next": request.path}
    return render(request, "answer/shut.html", context, status=status)
