"""What is kept of a visit while it lasts: its key, and which forms were used."""

from django.db import models
from django.utils import timezone

VISIT_MINUTES = 15


class VisitKey(models.Model):
    """The key of a quarter of an hour: what a visiting child's page carries is sealed to it."""

    made = models.DateTimeField(unique=True)
    recipient = models.CharField(max_length=80)
    secret = models.CharField(max_length=80)


class SpentForm(models.Model):
    """A form that was used: a digest and when, so that Reload and Back show nothing."""

    digest = models.BinaryField(primary_key=True)
    first_used = models.DateTimeField(default=timezone.now)
