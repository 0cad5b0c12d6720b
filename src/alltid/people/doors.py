"""The doors of the staff's room: who may pass, and where the others are sent."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from .models import Team, User
from .unlocking import Unlocked

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of somebody signed in and unlocked."""

    user: User
    unlocked: Unlocked


def unlocked_required(
    view: Callable[Concatenate[StaffRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only an unlocked user pass; others sign in and come back to the same page."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not getattr(request, "unlocked", None):
            target = _page(request)
            query = urlencode({"next": target}) if target else ""
            return HttpResponseRedirect(f"{reverse('people:sign_in')}?{query}".rstrip("?"))
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return door


def _page(request: HttpRequest) -> str:
    """The page that was shown: this one, or the one whose form was sent."""
    if request.method == "GET":
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() else ""


def open_team(user: User, slug: str) -> Team:
    """A team that this user belongs to and was let in to; Http404 for everybody else."""
    team = Team.objects.of(user).filter(slug=slug).first()
    if team is None:
        raise Http404
    return team


def open_led_team(user: User, slug: str) -> Team:
    """A team that this user leads; Http404 for everybody else."""
    team = open_team(user, slug)
    if not team.is_led_by(user):
        raise Http404
    return team
