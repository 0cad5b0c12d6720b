"""How long a team keeps what children told: what holds, what goes when, and handing over."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alltid.people import audit
from alltid.people.doors import StaffRequest, open_led_team, open_team, unlocked_required
from alltid.people.models import Team
from alltid.people.retention import DEFAULTS, What
from alltid.people.when import spoken_term
from alltid.vault.identity import fingerprint

from ..guard import guarded
from . import handing_over, preview
from .forms import ChangedMeanwhile, PolicyForm


@require_GET
@unlocked_required
def keeping(request: StaffRequest, slug: str) -> HttpResponse:
    """Show a member what their team promises, and a lead what goes when."""
    team = open_team(request.unlocked.user, slug)
    return _page(request, team)


def _page(request: StaffRequest, team: Team, status: int = 200, **said: Any) -> HttpResponse:
    user, now = request.unlocked.user, timezone.now()
    leads, policy, archive = team.is_led_by(user), team.policy(), team.archive()
    context = {
        "team": team, "here": team.slug, "leads": leads, "policy": policy,
        "term": spoken_term(policy.months), "archive": archive,
        "letters": fingerprint(archive.archive_recipient) if archive else "",
        "source": DEFAULTS[team.kind].source,
        "ready": handing_over.ready(user, team, now).count(),
        "at_once": handing_over.AT_ONCE,
    }  # fmt: skip
    if leads:
        days = 90 if request.GET.get("days") == "90" else 30
        after = preview.Cursor.read(request.GET.get("after", ""))
        context |= preview.context(user, team, now, days, after)
        context["gone"] = preview.gone_lately(team, audit.hidden_from(team, user))
    return render(request, "answer/retention/keeping.html", context | said, status=status)


@require_http_methods(["GET", "POST"])
@unlocked_required
def change(request: StaffRequest, slug: str) -> HttpResponse:
    """Let a lead change the policy: what it would do is shown before it is saved."""
    user = request.unlocked.user
    team = open_led_team(user, slug)
    form = PolicyForm(request.POST) if request.method == "POST" else PolicyForm.of(team.policy())
    whole = form.is_bound and form.is_valid()
    if whole and request.POST.get("do") == "save":
        try:
            form.save(team, user)
        except ChangedMeanwhile:
            sentence = _(
                "Nothing was changed: another lead has set it meanwhile. Look at what holds now, "
                "then decide again."
            )
            form.add_error(None, sentence)
            return _form(request, team, form, 409)
        return redirect("answer:keeping", slug)
    if whole and request.POST.get("do") == "show":
        return _preview(request, team, form)
    return _form(request, team, form, 422 if form.errors else 200)


def _form(request: StaffRequest, team: Team, form: PolicyForm, status: int) -> HttpResponse:
    context = {
        "team": team, "here": team.slug, "form": form, "source": DEFAULTS[team.kind].source,
        "usual": DEFAULTS[team.kind], "usual_term": spoken_term(DEFAULTS[team.kind].months),
    }  # fmt: skip
    return render(request, "answer/retention/change.html", context, status=status)


def _preview(request: StaffRequest, team: Team, form: PolicyForm) -> HttpResponse:
    held, user = form.cleaned_data, request.unlocked.user
    context = preview.effect(user, team, held["what"], held["months"], timezone.now()) | {
        "team": team,
        "here": team.slug,
        "kept": [(name, form[name].value()) for name in form.fields],
        "what": What(held["what"]).label,
        "term": spoken_term(held["months"]),
        "archive_name": held["archive_name"],
        "letters": fingerprint(held["archive_recipient"]) if held["archive_recipient"] else "",
    }
    return render(request, "answer/retention/preview.html", context)


@require_POST
@guarded
@unlocked_required
def hand_over(request: StaffRequest, slug: str) -> HttpResponse:
    """Hand over what is ready, and say what became of it; pressed twice, it does nothing twice."""
    team = open_team(request.unlocked.user, slug)
    try:
        handed = handing_over.hand_over_all(request.unlocked, team, timezone.now())
    except handing_over.NoArchive:
        return _page(request, team, 409, no_archive=True)
    except OSError:
        return _page(request, team, 503, not_written=True)
    return _page(request, team, handed=handed)
