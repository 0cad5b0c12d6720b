"""The log of who did what: only added to, in the database too."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from .hours import hour_of

if TYPE_CHECKING:
    from .models import Team, User


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Events are added and read, never changed."""

    def update(self, **kwargs: Any) -> int:
        """Refuse: what is in the log stays as it was written."""
        raise TypeError("An audit event is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: what is in the log stays there."""
        raise TypeError("An audit event is never deleted.")


class AuditEvent(models.Model):
    """Who opened, changed, exported or destroyed what, when and why.

    Append only, in the database too (migration 0002): what goes past this class is refused there.
    """

    class Kind(models.TextChoices):
        """What was done with what is kept."""

        OPENED = "opened", gettext_lazy("Opened")
        CHANGED = "changed", gettext_lazy("Changed")
        EXPORTED = "exported", gettext_lazy("Taken out")
        DESTROYED = "destroyed", gettext_lazy("Destroyed")

        @classmethod
        def of(cls, verb: str) -> "AuditEvent.Kind":
            """The kind of a verb; whatever is not named here changed something."""
            return _KINDS.get(verb, cls.CHANGED)

    at = models.DateTimeField(default=timezone.now)
    team = models.ForeignKey("people.Team", models.DO_NOTHING, null=True, related_name="audit")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="audit"
    )
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.CHANGED)
    subject = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=200, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["team", "-id"], name="audit_of_team"),
            # One for each way to filter, in the order in which the log is read.
            models.Index(fields=["team", "kind", "-id"], name="audit_by_kind"),
            models.Index(fields=["team", "actor", "-id"], name="audit_by_person"),
            models.Index(fields=["team", "subject", "-id"], name="audit_by_subject"),
            # What is hidden from a member is asked for at each reading.
            models.Index(fields=["team", "why"], name="audit_about"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add; refuse to change."""
        if not self._state.adding:
            raise TypeError("An audit event is never changed.")
        # An insert whatever the id: one that is there already is an error, not a change.
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what is in the log stays there."""
        raise TypeError("An audit event is never deleted.")

    @classmethod
    def write(
        cls,
        verb: str,
        *,
        actor: "User | None",
        team: "Team | None" = None,
        subject: object = "",
        why: str = "",
    ) -> "AuditEvent":
        """Add one event; a failure to write shuts the door it guards.

        What no member did may be a child's doing, and is noted to the hour.
        """
        at = timezone.now() if actor else hour_of(timezone.now())
        return cls.objects.create(
            at=at,
            verb=verb,
            kind=cls.Kind.of(verb),
            actor=actor,
            team=team,
            subject=str(subject),
            why=why,
        )


# The verbs that do more than change; migration 0002 has them too, for what was written before it.
_KINDS = {
    "opened": AuditEvent.Kind.OPENED,
    "recovery_used": AuditEvent.Kind.OPENED,
    "signed_in": AuditEvent.Kind.OPENED,
    "exported": AuditEvent.Kind.EXPORTED,
    "log_exported": AuditEvent.Kind.EXPORTED,
    "case_report_made": AuditEvent.Kind.EXPORTED,
    "case_taken_out": AuditEvent.Kind.EXPORTED,
    "ended_by_child": AuditEvent.Kind.DESTROYED,
    "erased": AuditEvent.Kind.DESTROYED,
    "words_expired": AuditEvent.Kind.DESTROYED,
}
