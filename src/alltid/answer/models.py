"""Carrying what a child told: the case beside a disclosure, who may not see it, who was told."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from alltid.people.models import Team, TeamKey, User
from alltid.tell.models import Disclosure, NoKey
from alltid.vault.envelope import Label, Opened, open_identity, open_text, seal_identity, seal_text
from alltid.vault.identity import Identity

# A draft is kept a moment after the last key; after this long somebody is not writing any more.
WRITES_FOR = timedelta(minutes=3)


class CaseManager(models.Manager["Case"]):
    """Opens the case of a disclosure."""

    def open_for(self, disclosure: Disclosure, key: TeamKey | None = None) -> "Case":
        """The disclosure's case, made with a key of its own the first time it is wanted.

        key: what the notes are sealed to, the team's newest unless it is given. Raises NoKey where
        the team has none.
        """
        case: Case | None = self.filter(disclosure=disclosure).select_related("owner").first()
        if case is not None:
            return case
        key = key or disclosure.team.current_key()
        if key is None:
            raise NoKey
        identity = Identity.generate()
        # Both or neither: a case without a copy of its key could never hold a note.
        with transaction.atomic():
            case, made = self.get_or_create(
                disclosure=disclosure, defaults={"recipient": identity.recipient}
            )
            if made:
                CaseKeyCopy.of(case, identity, key).save(force_insert=True)
        return case


class Case(models.Model):
    """What adults do about a disclosure; its notes have a key that no child's copy opens."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disclosure = models.OneToOneField(Disclosure, models.CASCADE, related_name="case")
    recipient = models.CharField(max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="cases"
    )

    objects = CaseManager()

    def label(self) -> Label:
        """Where every copy of the notes' identity belongs."""
        return Label("notes", str(self.pk))

    def seal_note(self, author: User, text: str, now: datetime) -> "CaseNote":
        """The next note, sealed to this case's key; not saved."""
        newest = self.notes.order_by("-sequence").first()
        note = CaseNote(case=self, sequence=newest.sequence + 1 if newest else 1)
        body = {"at": now.isoformat(timespec="minutes"), "text": text}
        note.sealed = seal_text(note.label(), str(author.pk), body, [self.recipient])
        return note


class CaseKeyCopy(models.Model):
    """The identity that opens a case's notes, sealed to one generation of a team's key."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="copies")
    team_key = models.ForeignKey(TeamKey, models.PROTECT, related_name="note_copies")
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "team_key"], name="one_note_copy_a_generation")
        ]

    @classmethod
    def of(cls, case: Case, identity: Identity, key: TeamKey) -> "CaseKeyCopy":
        """A copy for a generation; not saved."""
        sealed = seal_identity(case.label(), identity, [key.recipient])
        return cls(case=case, team_key=key, sealed=sealed)

    def open(self, holder: Identity) -> Identity:
        """The notes' identity; raises a VaultError, KeySubstituted among them."""
        return open_identity(bytes(self.sealed), holder, self.case.label(), self.case.recipient)


class CaseNote(models.Model):
    """What an adult writes for the team alone."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    sequence = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence"], name="one_place_a_note")
        ]

    def label(self) -> Label:
        """Where the sealed note belongs."""
        return Label("note", str(self.case_id), self.sequence)

    def open(self, identity: Identity) -> Opened:
        """Author and body; raises a VaultError."""
        return open_text(bytes(self.sealed), identity, self.label())


class Recusal(models.Model):
    """A disclosure is hidden from a member: it is about them, or about somebody close to them."""

    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recusals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "user"], name="hidden_once"),
            models.CheckConstraint(condition=~Q(user=models.F("by")), name="hidden_by_another"),
        ]


class WritingQuerySet(models.QuerySet["Writing"]):
    """Who is at the keyboard."""

    def now(self, now: datetime) -> "WritingQuerySet":
        """Those who wrote a moment ago."""
        return self.filter(at__gt=now - WRITES_FOR)

    def forget_old(self, now: datetime) -> None:
        """Keep no trace of who once wrote."""
        self.filter(at__lte=now - WRITES_FOR).delete()


class Writing(models.Model):
    """A member is writing an answer now; the others see it before they write the same."""

    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="writing")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="writing")
    at = models.DateTimeField()

    objects = WritingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disclosure", "user"], name="writes_once")]


class Notice(models.Model):
    """One reason to write to one person, once: a disclosure, or a team that soon cannot be told.

    The mail itself says neither.
    """

    class Kind(models.TextChoices):
        """Why a person is told."""

        NEW = "new", "new"
        ACUTE = "acute", "acute"
        LATE = "late", "late"
        COVER = "cover", "cover"
        SHUTS = "shuts", "shuts"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    disclosure = models.ForeignKey(Disclosure, models.CASCADE, null=True, related_name="notices")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="notices")
    kind = models.CharField(max_length=8, choices=Kind)
    # The promise or the message it is about: another one is another reason.
    about = models.CharField(max_length=40)
    claimed = models.DateTimeField()
    sent = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "disclosure", "kind", "about"], name="told_once"
            ),
            models.UniqueConstraint(
                fields=["user", "team"], condition=Q(team__isnull=False), name="warned_once"
            ),
            models.CheckConstraint(
                condition=Q(disclosure__isnull=True) ^ Q(team__isnull=True), name="one_reason"
            ),
        ]
        indexes = [models.Index(fields=["user", "sent"], name="last_told")]
