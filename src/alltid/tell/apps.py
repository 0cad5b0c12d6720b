"""The Django application tell."""

from django.apps import AppConfig


class TellConfig(AppConfig):
    """The tell package."""

    name = "alltid.tell"
