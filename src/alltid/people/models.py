"""Who works here: users, teams, their keys and their unlocked sessions."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alltid.vault.envelope import Label, open_identity, seal_identity
from alltid.vault.identity import Identity

from .audit_event import AuditEvent as AuditEvent  # so that Django finds the model
from .hours import Hours
from .retention import DEFAULTS, What

# Who has not signed in for so long is not counted among those who read.
SEEN_LATELY = timedelta(days=14)
# So many have to read, or children cannot tell a team; its members are warned so long before.
READERS = 2
WARNED_BEFORE = timedelta(days=3)


class Installation(models.Model):
    """The one row that says what this database is: a trial or not, with which peppers and salt."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    trial = models.BooleanField(default=False)
    pepper_marks = models.JSONField(default=dict)
    salt_mark = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]


class User(AbstractBaseUser):
    """A member of staff; their identity lies sealed under their passphrase."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True)
    first_name = models.CharField(max_length=40)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    is_analyst = models.BooleanField(default=False)
    is_operator = models.BooleanField(default=False)

    recipient = models.CharField(max_length=80)
    salt = models.BinaryField()
    pepper_version = models.PositiveSmallIntegerField()
    sealed_identity = models.BinaryField()
    sealed_totp = models.BinaryField()
    totp_step = models.BigIntegerField(default=0)

    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    seen = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "name"

    def __str__(self) -> str:
        return self.first_name or self.name

    def identity_label(self) -> Label:
        """Where the envelope of this user's identity belongs."""
        return Label("user", str(self.pk))

    def totp_label(self) -> Label:
        """Where the envelope of this user's second factor belongs."""
        return Label("totp", str(self.pk))


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams by what they can do now."""

    def of(self, user: User) -> "TeamQuerySet":
        """Teams this user belongs to and has been let in to."""
        return self.filter(memberships__user=user, memberships__let_in__isnull=False)


class Team(models.Model):
    """The people who read and answer together, at one place, in their own hours."""

    class Kind(models.TextChoices):
        """What law the team works under; the promise to a child hangs on it."""

        MANDATED = "mandated", gettext_lazy("School or social services")
        HEALTH_RECORD = "health_record", gettext_lazy("Health care")
        NOT_MANDATED = "not_mandated", gettext_lazy("Helpline or association")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    place = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.MANDATED)
    country = models.CharField(max_length=2, default="SE")
    position = models.PositiveSmallIntegerField(default=0)
    cover = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="covers")
    timezone = models.CharField(max_length=40, default="Europe/Stockholm")
    # Monday first: {"0": [["08:00", "16:00"]], …}
    opening = models.JSONField(default=dict)
    # Days without readers, both ends included: [["2026-06-20", "2026-08-10"]]
    closures = models.JSONField(default=list)
    # Open minutes until somebody has read, as children are promised.
    reads_within = models.PositiveSmallIntegerField(default=120)
    acute_within = models.PositiveSmallIntegerField(default=30)
    # Whom its staff telephone when a child is in danger: social services of the municipality, in
    # their hours from Monday to Friday and at all others.
    municipality = models.CharField(max_length=60, blank=True, default="")
    social_number = models.CharField(max_length=30, blank=True, default="")
    social_hours = models.CharField(max_length=11, blank=True, default="08:00-16:30")
    night_number = models.CharField(max_length=30, blank=True, default="")
    opened = models.DateTimeField(null=True, blank=True)
    intake_stopped = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def local(self, moment: datetime) -> datetime:
        """A moment as the clock shows it where the team is."""
        return moment.astimezone(ZoneInfo(self.timezone))

    @property
    def hours(self) -> Hours:
        """When this team reads."""
        return Hours(self.opening, self.closures, self.country, self.timezone)

    def current_key(self) -> "TeamKey | None":
        """The generation that everything new is sealed to."""
        return self.keys.first()

    def intake_key(self) -> "TeamKey | None":
        """The generation that what a child tells is sealed to; None while an alarm is on.

        Asked of the database, whatever this object remembers: a minute after an alarm is too late.
        """
        return self.keys.filter(team__intake_stopped__isnull=True).first()

    def policy(self) -> "RetentionPolicy":
        """How long it keeps what is told now: the newest version, or what its kind does unless set.

        Asked of the database: what a child is told of it then holds for that child.
        """
        newest = self.policies.first()
        if newest is not None:
            return newest
        usual = DEFAULTS[self.kind]
        made, _new = RetentionPolicy.objects.get_or_create(
            team=self, version=1, defaults={"what": usual.what, "months": usual.months}
        )
        return made

    def archive(self) -> "RetentionPolicy | None":
        """The newest version that names an archive: its key is no promise to a child."""
        return self.policies.exclude(archive_recipient="").first()

    def readers(self, now: datetime) -> "models.QuerySet[Membership]":
        """Members who can read today: let in, holding the key, not away, signed in of late."""
        return (
            self.memberships.filter(let_in__isnull=False, user__is_active=True)
            .exclude(away_from__lte=now, away_until__gt=now)
            .filter(user__seen__gt=now - SEEN_LATELY)
            .select_related("user")
            .order_by("role", "user__first_name")
        )

    def leads(self) -> "models.QuerySet[Membership]":
        """The members who lead this team."""
        found = self.memberships.filter(role=Membership.Role.LEAD, let_in__isnull=False)
        return found.select_related("user").order_by("user__first_name", "pk")

    def is_led_by(self, user: User) -> bool:
        """Whether this user leads it."""
        return self.leads().filter(user=user).exists()

    def obstacles(self, now: datetime) -> Iterator[str]:
        """Why children cannot tell this team now: whole sentences, none when they can."""
        if self.intake_stopped:
            yield _("An alarm has stopped the intake.")
        if self.opened is None:
            yield _("The lead has not opened it for children.")
        if self.cover_id is None:
            yield _("No cover team is named.")
        if not self.opening:
            yield _("There are no reading hours.")
        if not self.keys.exists():
            yield _("There is no key to seal to.")
        if self.readers(now).count() < READERS:
            yield _("Fewer than two members read: let in, here, and signed in within 14 days.")

    def accepts(self, now: datetime) -> bool:
        """Whether a child can tell this team now."""
        return not any(self.obstacles(now))

    def dropping_out(self, now: datetime) -> list[User]:
        """The readers without whom children cannot tell this team soon; none where they can.

        By then they are away, or have not signed in for too long.
        """
        left = self.readers(now + WARNED_BEFORE)
        if left.count() >= READERS or not self.accepts(now):
            return []
        leaving = self.readers(now).exclude(pk__in=left.values("pk"))
        return [membership.user for membership in leaving]

    def stop_intake(self) -> None:
        """Take no more disclosures until a lead has looked: a stored key is not its holders'."""
        type(self).objects.filter(pk=self.pk, intake_stopped__isnull=True).update(
            intake_stopped=timezone.now()
        )


class RetentionPolicy(models.Model):
    """One version of how long a team keeps what children told it, newest first; never changed.

    A talk holds on to the version that its child was told of. months: from closing. by: the lead
    who set it, None for what holds unless set. archive_recipient: the public key (`age1…`).
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="policies")
    version = models.PositiveIntegerField()
    what = models.CharField(max_length=7, choices=What)
    months = models.PositiveSmallIntegerField()
    archive_name = models.CharField(max_length=80, blank=True)
    archive_recipient = models.CharField(max_length=80, blank=True)
    made = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["team", "version"], name="one_policy_a_version")
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add; refuse to change: children were told of it."""
        if not self._state.adding:
            raise TypeError("A policy is never changed. Add the next version.")
        super().save(*args, **kwargs | {"force_insert": True})

    @property
    def keeps_after_end(self) -> bool:
        """Whether what an adult has read is kept where the child ends the talk."""
        return self.what != What.ERASE


class Membership(models.Model):
    """A user in a team. Until let in, they hold no key and see nothing."""

    class Role(models.TextChoices):
        """What a member does there."""

        RESPONDER = "responder", gettext_lazy("Responder")
        LEAD = "lead", gettext_lazy("Safeguarding lead")

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.RESPONDER)
    let_in = models.DateTimeField(null=True, blank=True)
    # Who made the code with which a lost way in was made anew.
    mended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    away_from = models.DateTimeField(null=True, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="once_a_team")]

    def is_away(self, now: datetime) -> bool:
        """Whether an absence covers this moment."""
        return bool(self.away_from and self.away_until and self.away_from <= now < self.away_until)


class RecoverySheet(models.Model):
    """A printed identity with a keeper; opens the team's keys when nobody else can."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="sheets")
    number = models.PositiveSmallIntegerField()
    keeper = models.CharField(max_length=80)
    recipient = models.CharField(max_length=80)
    checked = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="one_sheet_a_number")
        ]


class TeamKey(models.Model):
    """One generation of a team's key, the newest first; only the recipient is stored in clear.

    An older one only opens what was sealed to it, and goes with the last of that.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="keys")
    number = models.PositiveIntegerField()
    recipient = models.CharField(max_length=80)
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["team", "number"], name="one_generation")]

    def label(self) -> Label:
        """Where every copy of this generation belongs."""
        return Label("team", str(self.team_id), self.number)

    def seal_to(
        self, identity: Identity, *, user: User | None = None, sheet: RecoverySheet | None = None
    ) -> "TeamKeyCopy":
        """Give a member or a sheet their copy of this generation's identity."""
        holder = user or sheet
        if holder is None:
            raise ValueError("A copy has a holder.")
        sealed = seal_identity(self.label(), identity, [holder.recipient])
        copy, _made = TeamKeyCopy.objects.update_or_create(
            key=self, user=user, sheet=sheet, defaults={"sealed": sealed}
        )
        return copy


class TeamKeyCopy(models.Model):
    """A generation's identity, sealed to one member or one recovery sheet."""

    key = models.ForeignKey(TeamKey, models.CASCADE, related_name="copies")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="team_key_copies"
    )
    sheet = models.ForeignKey(RecoverySheet, models.CASCADE, null=True, related_name="copies")
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "user"], condition=Q(user__isnull=False), name="one_copy_a_user"
            ),
            models.UniqueConstraint(
                fields=["key", "sheet"], condition=Q(sheet__isnull=False), name="one_copy_a_sheet"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(sheet__isnull=True), name="one_holder_a_copy"
            ),
        ]

    def open(self, holder: Identity) -> Identity:
        """The generation's identity; raises a VaultError, KeySubstituted among them."""
        return open_identity(bytes(self.sealed), holder, self.key.label(), self.key.recipient)


class Unlocking(models.Model):
    """A signed-in user's identity, sealed to a key that only their cookie holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="unlockings")
    session_digest = models.BinaryField(unique=True)
    recipient = models.CharField(max_length=80)
    sealed = models.BinaryField()
    last_used = models.DateTimeField()

    def label(self) -> Label:
        """Where the sealed identity belongs."""
        return Label("unlocking", str(self.user_id))


class Draft(models.Model):
    """What a member was writing, sealed to them alone; it survives the lock.

    part: which of several things at one place, "" for an answer to a child.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    subject = models.UUIDField()
    part = models.CharField(max_length=60, blank=True, default="")
    sealed = models.BinaryField()
    saved = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "subject", "part"], name="one_draft_a_place")
        ]

    def label(self) -> Label:
        """Where the sealed draft belongs."""
        return Label("draft", f"{self.subject} {self.part}".rstrip())


class Invitation(models.Model):
    """A code, told to one person, with which they make their own way in (or make it anew)."""

    code_digest = models.BinaryField(unique=True)
    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    role = models.CharField(
        max_length=10, choices=Membership.Role, default=Membership.Role.RESPONDER
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    expires = models.DateTimeField()
