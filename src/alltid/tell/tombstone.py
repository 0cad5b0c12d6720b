"""What is left of a talk that is gone: that there was one, when it went, and under which policy."""

import hashlib

from django.db import models

from alltid.people.models import RetentionPolicy, Team


class Tombstone(models.Model):
    """A talk that is gone. No word of it, no risk, no age; its id leads to nothing else.

    gone: the hour in which it was erased here. mark: what six words find it by, as long as they
    would have worked; None where they had stopped. archive: the version of the policy that names
    the archive that got it; archived: SHA-256 of the file, in hexadecimal; "" where there is none.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="tombstones", db_index=False)
    policy = models.ForeignKey(RetentionPolicy, models.PROTECT, related_name="+")
    closed = models.DateTimeField(null=True)
    gone = models.DateTimeField()
    mark = models.BinaryField(null=True, unique=True)
    archive = models.ForeignKey(RetentionPolicy, models.PROTECT, null=True, related_name="+")
    archived = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-gone", "id"], name="gone_lately")]

    @staticmethod
    def mark_of(locator: bytes) -> bytes:
        """What a tombstone keeps of a locator; nothing can be opened by it."""
        return hashlib.sha256(b"alltid/1/gone" + locator).digest()
