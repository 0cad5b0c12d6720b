"""Carrying what a child told: the case beside a disclosure, who may not see it, who was told."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from alltid.people.models import Team, TeamKey, User
from alltid.tell.models import Disclosure, Handing, NoKey
from alltid.vault.envelope import Label, Opened, open_identity, open_text, seal_identity, seal_text
from alltid.vault.identity import Identity

from .casework.events import Event, Kind, Risk

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
    """What adults do about a disclosure; what they write there no child's copy opens.

    What happened stands in its events, and everything but the key follows from them: risk, closed,
    undecided, due, owner and cover are kept here for lists alone, written with each event
    (chronology.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disclosure = models.OneToOneField(Disclosure, models.CASCADE, related_name="case")
    recipient = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField(default=0)
    risk = models.CharField(max_length=10, default=Risk.UNKNOWN.value)
    closed = models.BooleanField(default=False)
    # The duty to report waits to be decided, as it does before any child is noted.
    undecided = models.BooleanField(default=True)
    due = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="cases"
    )
    cover = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="covered_cases"
    )

    objects = CaseManager()

    @property
    def carried_by(self) -> uuid.UUID | None:
        """Whose it is today: the cover who accepted, else the owner."""
        return self.cover_id or self.owner_id

    def label(self) -> Label:
        """Where every copy of the notes' identity belongs."""
        return Label("notes", str(self.pk))


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


class CaseEvent(models.Model):
    """One thing that happened in a case; written once, and gone only with the whole case.

    at: to the minute where a member did it, as in the log, else to the hour. codes: what
    `casework.events.check` let pass. sealed: the words that belong to it, to the case's key.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="case_events"
    )
    child = models.UUIDField(null=True, blank=True)
    codes = models.JSONField(default=dict, blank=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            # Its index is the one that a case's events are read by.
            models.UniqueConstraint(fields=["case", "sequence"], name="one_place_an_event")
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add; refuse to change."""
        if not self._state.adding:
            raise TypeError("What happened in a case is never changed.")
        super().save(*args, **kwargs | {"force_insert": True})

    @property
    def plain(self) -> Event:
        """What the state is folded from."""
        by, child = str(self.by_id or ""), str(self.child or "")
        return Event(self.sequence, Kind(self.kind), self.at, by, child, self.codes)

    def label(self) -> Label:
        """Where the sealed words belong."""
        return Label("event", str(self.case_id), self.sequence)

    def seal(self, body: dict[str, Any], recipient: str) -> None:
        """Seal the words of this event; not saved."""
        self.sealed = seal_text(self.label(), str(self.by_id or ""), body, [recipient])

    def open(self, identity: Identity) -> Opened:
        """Author and body; raises a VaultError."""
        return open_text(bytes(self.sealed or b""), identity, self.label())


class ReportManager(models.Manager["Report"]):
    """Finds and keeps what is being written."""

    def begun(self, case: Case, child: UUID, by: User) -> "Report | None":
        """What this member is writing about a child, or else what a colleague wrote last."""
        begun = self.filter(case=case, child=child, sent=None).select_related("by", "case")
        return begun.filter(by=by).first() or begun.order_by("-saved").first()

    def keep(
        self, case: Case, child: UUID, by: User, typed: dict[str, list[str]], now: datetime
    ) -> "Report":
        """Keep what a member typed so far, in their own copy; what was made of it is outdated."""
        # The page keeps what is typed by itself, perhaps in the moment in which it is sent.
        with transaction.atomic():
            report, _made = self.get_or_create(
                case=case, child=child, by=by, sent=None, defaults={"saved": now, "sealed": b""}
            )
            report.saved = now
            report.seal({"typed": typed})
            report.save(update_fields=["saved", "sealed"])
        return report


class Report(models.Model):
    """A report of concern about one child, as one member writes it and sends it.

    Sealed to the case: a draft that outlives the lock, then what left, unchanged.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="reports")
    child = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+")
    saved = models.DateTimeField()
    sent = models.DateTimeField(null=True, blank=True)
    sealed = models.BinaryField()

    objects = ReportManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "child", "by"], condition=Q(sent=None), name="one_report_in_hand"
            )
        ]

    def label(self) -> Label:
        """Where the envelope belongs."""
        return Label("report", str(self.pk))

    def seal(self, body: dict[str, Any]) -> None:
        """Seal what was typed, and what was made of it; not saved."""
        self.sealed = seal_text(self.label(), str(self.by_id), body, [self.case.recipient])

    def open(self, identity: Identity) -> Opened:
        """Writer and body; raises a VaultError."""
        return open_text(bytes(self.sealed), identity, self.label())


class CaseDeadline(models.Model):
    """What has to happen in a case by a time: derived like its state, and kept to be found."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="deadlines")
    # As the disclosure has it, so that one index finds what falls due in a team.
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False)
    wanted = models.CharField(max_length=16)
    subject = models.CharField(max_length=36, blank=True)
    due = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "wanted", "subject"], name="wanted_once")
        ]
        indexes = [models.Index(fields=["team", "due", "id"], name="falls_due")]

    @property
    def mark(self) -> str:
        """What a notice keeps of it: another due time is another reason."""
        return f"{self.wanted} {self.subject[:8]} {self.due.astimezone(UTC):%y%m%d%H%M}"


class CoachedQuarter(models.Model):
    """How many answers of a team went out with something in them that the coach had marked.

    No person, no case, no text. answers, marked: while the quarter lasts; 0 once it is settled.
    percent: then the share, never under 5 nor over 95; None where it is withheld.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="coached")
    quarter = models.DateField()
    answers = models.PositiveIntegerField(default=0)
    marked = models.PositiveIntegerField(default=0)
    settled = models.BooleanField(default=False)
    percent = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "quarter"], name="one_a_quarter")]


class Referral(models.Model):
    """What a team that is asked to take over holds before it answers: words to it, and a shut key.

    words: sealed to that team's generation. shut: the keys of talk and case (referral/escrow.py).
    Gone when the asking has ended, whichever way.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handing = models.OneToOneField(Handing, models.CASCADE, related_name="referral")
    team_key = models.ForeignKey(TeamKey, models.PROTECT, related_name="referrals")
    pepper_version = models.PositiveSmallIntegerField()
    words = models.BinaryField()
    shut = models.BinaryField()


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
        STEP = "step", "step"
        STEP_LEAD = "step_lead", "step_lead"
        STEP_COVER = "step_cov", "step_cov"
        TEAM_ASKED = "asked", "asked"
        TEAM_LATE = "asked_late", "asked_late"
        TEAM_ANSWERED = "answered", "answered"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    disclosure = models.ForeignKey(Disclosure, models.CASCADE, null=True, related_name="notices")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind)
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
