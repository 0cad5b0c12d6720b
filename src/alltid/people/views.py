"""The staff's own pages: signing in and out, making a way in, the account."""

from contextlib import suppress
from typing import Any

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from alltid.vault.errors import KdfBusy
from alltid.vault.identity import fingerprint
from alltid.web.rooms import is_staff_path
from alltid.web.throttle import SIGNING_IN

from . import signin, unlocking
from .doors import StaffRequest, open_team, unlocked_required
from .forms import (
    AccountForm,
    AwayForm,
    InvitationCodeForm,
    NewAccountForm,
    NewCodeForm,
    NewPassphraseForm,
    OfferForm,
    SignInForm,
    StaffForm,
)
from .joining import (
    Offer,
    OfferSpent,
    change_secrets,
    invitation_for,
    leave_everywhere,
    make_account,
)
from .keys import InvitationUsed
from .keys import join as join_team
from .models import AuditEvent, Invitation, Membership, Team, User

_BACKEND = "alltid.people.signin.IdentityBackend"
_REFUSED, _INVALID, _WAIT, _BUSY = 403, 422, 429, 503


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; an empty form was sent too."""
    return request.POST if request.method == "POST" else None


def _status(form: StaffForm | AccountForm | AwayForm) -> int:
    """What a page answers that shows a form (again)."""
    return _INVALID if form.errors else 200


def home(request: HttpRequest) -> HttpResponse:
    """Lead to the inbox; to one's account while no team has let one in; else to signing in."""
    if not getattr(request, "unlocked", None):
        return redirect("people:sign_in")
    if not Team.objects.of(request.user).exists():  # type: ignore[arg-type]
        return redirect("people:account")
    return redirect("answer:inbox")


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    local = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if local and is_staff_path(wanted) else ""


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name, passphrase and code; let in whoever has all three."""
    target = _target(request)
    if getattr(request, "unlocked", None):
        return redirect(target or "people:home")
    form = SignInForm(_sent(request))
    status = _status(form)
    if request.method == "POST" and form.is_valid():
        signed, status = _let_try(request, form) or _try(form, **form.cleaned_data)
        if signed is not None:
            return _enter(request, signed, target or reverse("people:home"))
    said = {name: name in request.GET for name in ("closed", "joined", "changed")}
    locked = request.user.is_authenticated and not any(said.values())
    context = {"form": form, "next": target, "person": None, "locked": locked, **said}
    return render(request, "people/sign_in.html", context, status=status)


def _let_try(request: HttpRequest, form: StaffForm) -> tuple[None, int] | None:
    """None, or a sentence for the form and the status where one visitor has asked too often."""
    if SIGNING_IN.allows(request.visitor):  # type: ignore[attr-defined]
        return None
    form.add_error(None, _("Many are signing in right now. Try again in a moment."))
    return None, _WAIT


def _try(
    form: StaffForm, name: str, passphrase: str, code: str
) -> tuple[signin.SignedIn | None, int]:
    """Prove somebody by all three; otherwise a sentence for the form, and the status."""
    try:
        return signin.sign_in(name, passphrase, code), 200
    except signin.Refused:
        sentence, status = (
            _(
                "The name, the passphrase or the code is not right. Look at all three and try "
                "again; the code changes every half minute and works once."
            ),
            _REFUSED,
        )
    except signin.Wait as wait:
        sentence, status = (
            ngettext(
                "There were several wrong tries. Wait %(seconds)d second, then try again.",
                "There were several wrong tries. Wait %(seconds)d seconds, then try again.",
                wait.seconds,
            )
            % {"seconds": wait.seconds},
            _WAIT,
        )
    except KdfBusy:
        sentence, status = _("Many are signing in right now. Try again in a moment."), _BUSY
    form.add_error(None, sentence)
    return None, status


def _enter(request: HttpRequest, signed: signin.SignedIn, target: str) -> HttpResponse:
    response = redirect(target)
    unlocking.end(request, response)
    # Whoever was here before, also this person behind the lock: the session's name is a new one.
    request.session.flush()
    login(request, signed.user, backend=_BACKEND)
    unlocking.start(request, response, signed.user, signed.identity)
    unlocking.Unlocked(signed.user, signed.identity).check_teams()
    AuditEvent.write("signed_in", actor=signed.user)
    return response


def _leave(request: HttpRequest, said: str) -> HttpResponse:
    response = redirect(f"{reverse('people:sign_in')}?{said}")
    unlocking.end(request, response)
    logout(request)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave nothing: the unlocked identity, the session and both cookies go."""
    return _leave(request, "closed")


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Keep an unlocked session from its lock: 204, or 403 where it is locked already."""
    return HttpResponse(status=204 if getattr(request, "unlocked", None) else _REFUSED)


# --- making a way in ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Take an invitation code, offer secrets, and make the account once they are proved."""
    form = InvitationCodeForm(_sent(request))
    if request.method != "POST" or not form.is_valid():
        return render(request, "people/join.html", {"form": form}, status=_status(form))
    if refused := _let_try(request, form):
        return render(request, "people/join.html", {"form": form}, status=refused[1])
    invitation = invitation_for(form.cleaned_data["code"])
    if invitation is None:
        form.add_error("code", _no_invitation())
        return render(request, "people/join.html", {"form": form}, status=_REFUSED)
    if getattr(request, "unlocked", None) and invitation.user_id is None:
        if not invitation.team.memberships.filter(user=request.user.pk).exists():
            with suppress(InvitationUsed):
                join_team(invitation, request.unlocked.user)  # type: ignore[attr-defined]
        return redirect("people:account")
    return _take_offer(request, invitation, form.cleaned_data["code"])


def _no_invitation() -> str:
    return _(
        "No invitation has that code. Look at every sign, or ask for a new one: "
        "a code works once and for seven days."
    )


def _take_offer(request: HttpRequest, invitation: Invitation, code: str) -> HttpResponse:
    kind = OfferForm if invitation.user_id else NewAccountForm
    language = translation.get_language()
    bound_to = bytes(invitation.code_digest).hex()
    offer, form = _offer_for(request, bound_to, language, kind)
    if form.is_bound and form.is_valid():
        if not offer.shows(form.cleaned_data["code"]):
            form.add_error("code", _not_the_code())
        elif _make(form, invitation, offer, language):
            return redirect(f"{reverse('people:sign_in')}?joined")
    own = invitation.user
    context = {
        "form": form, "offer": offer, "qr": offer.qr(own.name if own else invitation.team.name),
        "invitation": invitation, "invitation_code": code, "own": own,
        "renewed": not form.is_bound and "own-offer" in request.POST,
    }  # fmt: skip
    return render(request, "people/join_offer.html", context)


def _offer_for(
    request: HttpRequest, bound_to: str, language: str, kind: type[StaffForm]
) -> tuple[Offer, StaffForm]:
    """The offer that came back with a form; else a new one, with what was typed beside it."""
    try:
        return Offer.read(request.POST["own-offer"], bound_to), kind(request.POST, prefix="own")
    except (KeyError, OfferSpent):
        offer = Offer.make(bound_to, language)
        typed = {name: request.POST.get(f"own-{name}", "") for name in kind.keeps}
        return offer, kind(prefix="own", initial=typed | {"offer": offer.signed()})


def _make(form: StaffForm, invitation: Invitation, offer: Offer, language: str) -> bool:
    user = invitation.user or User(
        language=language,
        **{name: form.cleaned_data[name] for name in ("name", "first_name", "email")},
    )
    try:
        make_account(invitation, offer, user)
    except InvitationUsed:
        form.add_error(None, _no_invitation())
        return False
    except KdfBusy:
        form.add_error(None, _("Many are signing in right now. Try again in a moment."))
        return False
    return True


def _not_the_code() -> str:
    return _(
        "That is not the code which the new entry shows. Wait for the next one, type it at once, "
        "and see that the phone's clock is right."
    )


# --- one's own account -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@unlocked_required
def account(request: StaffRequest) -> HttpResponse:
    """Show who one is here, and change name, address and language."""
    user = request.unlocked.user
    # A copy, so that a refused first name does not stand in the page's head.
    form = AccountForm(_sent(request), instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            if "first_name" in form.changed_data:
                _note_name(user, form.cleaned_data["first_name"])
            user = form.save(commit=False)
            user.save(update_fields=form.Meta.fields)
        translation.activate(user.language)
        return redirect(f"{reverse('people:account')}?saved")
    own = Membership.objects.filter(user=user).select_related("team").order_by("team__name")
    now = timezone.now()
    context = {
        "form": form, "here": "account", "letters": fingerprint(user.recipient),
        "places": [_place(membership) for membership in own if membership.let_in],
        "waiting": [membership.team for membership in own if not membership.let_in],
        "saved": "saved" in request.GET, "now": now,
    }  # fmt: skip
    return render(request, "people/account.html", context, status=_status(form))


def _note_name(user: User, name: str) -> None:
    """Write into the logs of one's teams what children will see instead of the name they know."""
    for team in Team.objects.of(user):
        why = f"{user.first_name} → {name}"
        AuditEvent.write("renamed", actor=user, team=team, subject=user.pk, why=why)


def _place(membership: Membership, data: Any = None) -> dict[str, Any]:
    return {"team": membership.team, "away": AwayForm.of(membership, data)}


@require_http_methods(["GET", "POST"])
@unlocked_required
def away(request: StaffRequest, slug: str) -> HttpResponse:
    """Say when one is away from a team."""
    user = request.unlocked.user
    membership = open_team(user, slug).memberships.select_related("team").get(user=user)
    form = AwayForm.of(membership, _sent(request))
    if request.method == "POST" and form.is_valid():
        form.apply(membership)
        AuditEvent.write("away", actor=user, team=membership.team, subject=user.pk)
        return redirect("people:team", slug)
    context = {"form": form, "team": membership.team, "here": "account"}
    return render(request, "people/away.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@unlocked_required
def passphrase(request: StaffRequest) -> HttpResponse:
    """Offer five new words, and take them into use once the old ones are proved."""
    user = request.unlocked.user
    offer, form = _offer_for(
        request, f"passphrase:{user.pk}:{user.recipient}", user.language, NewPassphraseForm
    )
    status = _status(form)
    if form.is_bound and form.is_valid():
        signed, status = _prove(form, user)
        if signed is not None:
            totp_secret = signin.totp_secret_of(signed.user, signed.identity)
            if _change(form, signed, offer.passphrase, totp_secret):
                return _leave(request, "changed")
            status = _BUSY
    context = {"form": form, "offer": offer, "here": "account"}
    return render(request, "people/passphrase.html", context, status=status)


@require_http_methods(["GET", "POST"])
@unlocked_required
def code(request: StaffRequest) -> HttpResponse:
    """Offer a new second factor, and take it into use once both it and the old are proved."""
    user = request.unlocked.user
    offer, form = _offer_for(
        request, f"code:{user.pk}:{user.recipient}", user.language, NewCodeForm
    )
    status = _status(form)
    if form.is_bound and form.is_valid():
        if not offer.shows(form.cleaned_data["new_code"]):
            form.add_error("new_code", _not_the_code())
        else:
            signed, status = _prove(form, user)
            if signed is not None:
                signed.user.totp_step = 0
                if _change(form, signed, form.cleaned_data["passphrase"], offer.totp_secret):
                    return _leave(request, "changed")
                status = _BUSY
    context = {"form": form, "offer": offer, "qr": offer.qr(user.name), "here": "account"}
    return render(request, "people/code.html", context, status=status)


def _change(form: StaffForm, signed: signin.SignedIn, passphrase: str, totp_secret: str) -> bool:
    """Whether the new secrets are taken into use; otherwise a sentence for the form."""
    try:
        change_secrets(signed, passphrase, totp_secret)
    except KdfBusy:
        form.add_error(None, _("Many are signing in right now. Try again in a moment."))
        return False
    return True


def _prove(form: StaffForm, user: User) -> tuple[signin.SignedIn | None, int]:
    held = form.cleaned_data
    return _try(form, user.name, held["passphrase"], held["code"])


@require_POST
@unlocked_required
def sign_out_everywhere(request: StaffRequest) -> HttpResponse:
    """End every session of this user, in every browser."""
    leave_everywhere(request.unlocked.user)
    return _leave(request, "closed")
