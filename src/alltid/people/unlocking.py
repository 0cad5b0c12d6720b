"""An unlocked session: the user's identity, sealed under a key that only their cookie holds."""

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from alltid.vault.envelope import Label, Opened, open_identity, open_text, seal_identity, seal_text
from alltid.vault.errors import KeySubstituted, NotForThisKey, VaultError
from alltid.vault.identity import Identity

from .models import AuditEvent, Draft, Team, TeamKey, TeamKeyCopy, Unlocking, User


class Unlocked:
    """A user whose identity is open for the length of this request: opens their teams' keys."""

    def __init__(self, user: User, identity: Identity) -> None:
        self.user = user
        self._identity = identity
        self._teams: dict[int, Identity] = {}

    def team_identity(self, key: TeamKey) -> Identity:
        """The identity of one generation of a team's key.

        Raises NotForThisKey where this user has no copy. A substituted key stops that team's
        intake before KeySubstituted is raised.
        """
        if key.pk not in self._teams:
            copy = TeamKeyCopy.objects.filter(key=key, user=self.user).select_related("key").first()
            if copy is None:
                raise NotForThisKey("This user holds no copy of this team's key.")
            try:
                self._teams[key.pk] = copy.open(self._identity)
            except KeySubstituted:
                alarm(key.team, self.user)
                raise
        return self._teams[key.pk]

    def newest_key(self, team: Team) -> TeamKey | None:
        """The team's newest generation that this user can open: none that was only put there."""
        for key in team.keys.all():
            with suppress(NotForThisKey):
                self.team_identity(key)
                return key
        return None

    def check_teams(self) -> None:
        """Open every team key once and stop the intake of a team whose key was replaced.

        So is one whose newest key this member holds no copy of: somebody put it there.
        """
        for copy in TeamKeyCopy.objects.filter(user=self.user).select_related("key__team"):
            try:
                self.team_identity(copy.key)
            except VaultError:
                alarm(copy.key.team, self.user)
        for team in Team.objects.of(self.user):
            newest = team.current_key()
            if newest is not None and not newest.copies.filter(user=self.user).exists():
                alarm(team, self.user)

    def save_draft(self, subject: UUID, text: str, part: str = "") -> None:
        """Keep what is being written, sealed to this user alone; an empty text forgets it."""
        if text.strip():
            keep_draft(self.user, subject, text, self._identity.recipient, part)
        else:
            Draft.objects.filter(user=self.user, subject=subject, part=part).delete()

    def draft(self, subject: UUID) -> str:
        """What this user was writing there, or an empty text."""
        return self.drafts(subject).get("", "")

    def drafts(self, subject: UUID) -> dict[str, str]:
        """All that this user was writing there, by its part."""
        return {
            draft.part: open_text(bytes(draft.sealed), self._identity, draft.label()).body["text"]
            for draft in Draft.objects.filter(user=self.user, subject=subject)
        }

    def open_own(self, stored: bytes, label: Label) -> Opened:
        """Open what was sealed to this user alone (a child's word on an answer, for a lead)."""
        return open_text(stored, self._identity, label)


def keep_draft(user: User, subject: UUID, text: str, recipient: str, part: str = "") -> None:
    """Seal a draft to its writer; where the session is locked, to their stored recipient."""
    place = {"user": user, "subject": subject, "part": part}
    draft = Draft.objects.filter(**place).first() or Draft(**place)
    draft.sealed = seal_text(draft.label(), str(user.pk), {"text": text}, [recipient])
    draft.saved = timezone.now()
    draft.save()


def alarm(team: Team, user: User | None) -> None:
    """Stop a team's intake: a stored recipient is not the public part of what opens."""
    team.stop_intake()
    AuditEvent.write("intake_stopped", actor=user, team=team, why="key substituted or unreadable")


def _digest(request: HttpRequest) -> bytes:
    return hashlib.sha256((request.session.session_key or "").encode()).digest()


def start(request: HttpRequest, response: HttpResponse, user: User, identity: Identity) -> None:
    """Seal the identity for this session and give its key to the browser alone."""
    ephemeral = Identity.generate()
    unlocking = Unlocking(
        user=user,
        session_digest=_digest(request),
        recipient=user.recipient,
        last_used=timezone.now(),
    )
    unlocking.sealed = seal_identity(unlocking.label(), identity, [ephemeral.recipient])
    Unlocking.objects.filter(session_digest=unlocking.session_digest).delete()
    unlocking.save()
    # An earlier session's cookie that this answer deletes would leave its Max-Age=0 behind.
    response.cookies.pop(settings.KEY_COOKIE, None)
    response.set_cookie(
        settings.KEY_COOKIE,
        ephemeral.reveal(),
        path="/",
        secure=settings.SECURE,
        httponly=True,
        samesite="Strict",
    )


def current(request: HttpRequest) -> Unlocked | None:
    """The unlocked user of this request, or None where the session is locked or never was open."""
    key = request.COOKIES.get(settings.KEY_COOKIE)
    if not key or not request.user.is_authenticated:
        return None
    now = timezone.now()
    unlocking = (
        Unlocking.objects.filter(
            session_digest=_digest(request),
            user_id=request.user.pk,
            last_used__gt=now - timedelta(minutes=settings.ALLTID["LOCK_MINUTES"]),
        )
        .select_related("user")
        .first()
    )
    if unlocking is None or not unlocking.user.is_active:
        return None
    try:
        identity = open_identity(
            bytes(unlocking.sealed), Identity(key), unlocking.label(), unlocking.user.recipient
        )
    except VaultError:
        return None
    if now - unlocking.last_used > timedelta(seconds=30):
        Unlocking.objects.filter(pk=unlocking.pk).update(last_used=now)
    return Unlocked(unlocking.user, identity)


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Forget this session's unlocking, in the database and in the browser."""
    Unlocking.objects.filter(session_digest=_digest(request)).delete()
    response.delete_cookie(settings.KEY_COOKIE, path="/", samesite="Strict")


def forget_idle(now: datetime) -> None:
    """Forget what was locked and never come back to: a stolen cookie has nothing to open then."""
    idle = now - timedelta(minutes=settings.ALLTID["LOCK_MINUTES"])
    Unlocking.objects.filter(last_used__lte=idle).delete()
    Session.objects.filter(expire_date__lte=now).delete()


def end_all(user: User) -> None:
    """Lock every session of a user: on removal, a new passphrase, deactivation."""
    Unlocking.objects.filter(user=user).delete()
