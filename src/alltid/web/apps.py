"""The Django application web."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The web package."""

    name = "alltid.web"
