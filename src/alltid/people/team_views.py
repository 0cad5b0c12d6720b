"""A team's pages: its people, keys and hours."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alltid.vault.errors import VaultError
from alltid.vault.identity import fingerprint

from . import keys, mail, roster
from .doors import StaffRequest, open_led_team, open_team, unlocked_required
from .forms import HoursForm, InviteForm
from .models import AuditEvent, Membership, Team, User
from .unlocking import Unlocked

Remove = Callable[[Membership, Unlocked], object]


@require_GET
@unlocked_required
def team(request: StaffRequest, slug: str) -> HttpResponse:
    """Show a team's members, keys, hours and sheets, and what can be done about them."""
    user = request.unlocked.user
    team = open_team(user, slug)
    now = team.local(timezone.now())
    sheets = list(team.sheets.all())
    context = {
        "team": team, "here": team.slug, "now": now, "leads": team.is_led_by(user),
        "members": roster.members(team, now, user), "week": roster.week(team),
        "closures": roster.closures(team, now.date()), "obstacles": list(team.obstacles(now)),
        "dropping_out": team.dropping_out(now), "keys": list(team.keys.all()), "sheets": sheets,
        "unchecked": roster.unchecked(sheets, now), "invite": InviteForm(),
    }  # fmt: skip
    return render(request, "people/team.html", context)


@require_http_methods(["GET", "POST"])
@unlocked_required
def hours(request: StaffRequest, slug: str) -> HttpResponse:
    """Let a lead change when the team reads and who covers."""
    user = request.unlocked.user
    team = open_led_team(user, slug)
    form = HoursForm(team, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.apply()
            AuditEvent.write("hours_changed", actor=user, team=team)
        return redirect("people:team", slug)
    context = {"form": form, "team": team, "here": team.slug}
    return render(request, "people/hours.html", context, status=422 if form.errors else 200)


@require_POST
@unlocked_required
def children(request: StaffRequest, slug: str) -> HttpResponse:
    """Let a lead open the team for children, close it, or lift an alarm after looking."""
    user = request.unlocked.user
    team = open_led_team(user, slug)
    wanted = request.POST.get("do")
    with transaction.atomic():
        if wanted == "open":
            team.opened = timezone.now()
            AuditEvent.write("opened_team", actor=user, team=team)
        elif wanted == "close":
            team.opened = None
            AuditEvent.write("closed_team", actor=user, team=team)
        elif wanted == "lift":
            team.intake_stopped = None
            AuditEvent.write("intake_opened", actor=user, team=team)
        team.save(update_fields=["opened", "intake_stopped"])
    if wanted == "lift":
        # A key that is still not what it should be stops the intake again at once.
        request.unlocked.check_teams()
    return redirect("people:team", slug)


@require_POST
@unlocked_required
def invite(request: StaffRequest, slug: str) -> HttpResponse:
    """Make a code with which a new member makes their way in; it is shown once."""
    user = request.unlocked.user
    team = open_led_team(user, slug)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return redirect("people:team", slug)
    code = keys.invite(team, form.cleaned_data["role"], user)
    context = {"code": code, "team": team, "here": team.slug, "join": _join_address(request)}
    return render(request, "people/invited.html", context)


def _join_address(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("people:join"))


def _other_member(user: User, team: Team, pk: int) -> Membership:
    members = team.memberships.select_related("user", "team").exclude(user=user)
    return get_object_or_404(members, pk=pk)


@require_http_methods(["GET", "POST"])
@unlocked_required
def mend(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Make a code for a member who lost their passphrase or phone, and let the team know."""
    user = request.unlocked.user
    team = open_team(user, slug)
    membership = _other_member(user, team, pk)
    if not keys.may_mend(user, membership):
        raise Http404
    context = {"team": team, "here": team.slug, "membership": membership}
    if request.method == "POST":
        context["join"] = _join_address(request)
        context["code"] = keys.invite(team, membership.role, user, membership.user)
        for colleague in User.objects.filter(memberships__team=team).exclude(pk=user.pk):
            if colleague.email:
                mail.send(colleague, mail.WAITS_NOW)
        return render(request, "people/invited.html", context)
    return render(request, "people/mend.html", context)


@require_http_methods(["GET", "POST"])
@unlocked_required
def let_in(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Seal the team's keys to somebody who waits, once two people have compared letters."""
    user = request.unlocked.user
    team = open_team(user, slug)
    membership = _other_member(user, team, pk)
    if membership.let_in:
        return redirect("people:team", slug)
    letters = fingerprint(membership.user.recipient)
    another = keys.another_lets_in(user, membership)
    wrong = ""
    if request.method == "POST":
        try:
            if another:
                raise PermissionDenied
            # The letters that were compared, not those that stand in the database by now.
            if request.POST.get("letters") != letters:
                raise keys.NobodyToLetIn
            keys.let_in(membership, request.unlocked)
            return redirect("people:team", slug)
        except keys.NobodyToLetIn:
            wrong = _("The letters have changed since this page was opened. Compare them again.")
        except VaultError:
            wrong = _("You do not hold every key of this team yourself. Ask another member.")
    context = {
        "team": team, "here": team.slug, "membership": membership, "letters": letters,
        "another": another, "wrong": wrong,
    }  # fmt: skip
    return render(request, "people/let_in.html", context, status=409 if wrong else 200)


@require_http_methods(["GET", "POST"])
@unlocked_required
def remove_member(request: StaffRequest, slug: str, pk: int, remove: Remove) -> HttpResponse:
    """Take a member out of a team, and give the open cases' keys to the next generation.

    `answer` gives it an address and `remove`, since only there the cases are known.
    """
    user = request.unlocked.user
    team = open_led_team(user, slug)
    membership = _other_member(user, team, pk)
    wrong = _why_not(membership)
    if request.method == "POST" and not wrong:
        try:
            remove(membership, request.unlocked)
            return redirect("people:team", slug)
        except keys.LastMember:
            # Another lead removed somebody at this very moment.
            wrong = _nobody_else()
        except VaultError:
            wrong = _(
                "You do not hold every key of this team yourself, so open threads would be lost. "
                "Nothing was changed. Ask another lead."
            )
    context = {"team": team, "here": team.slug, "membership": membership, "wrong": wrong}
    return render(request, "people/remove.html", context, status=409 if wrong else 200)


def _why_not(membership: Membership) -> str:
    return "" if keys.may_remove(membership) else _nobody_else()


def _nobody_else() -> str:
    return _(
        "Nobody else can open what children wrote to this team. Let another member in, or "
        "check a recovery sheet first."
    )
