"""The Django application web."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The web package."""

    name = "alltid.web"

    def ready(self) -> None:
        """Register the checks."""
        from . import checks  # noqa: F401 - they register themselves
