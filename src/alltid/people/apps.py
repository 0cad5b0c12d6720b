"""People: who works here, what they may open, and when they read."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, teams, keys, unlocking, audit."""

    name = "alltid.people"

    def ready(self) -> None:
        """Register the checks."""
        from . import checks  # noqa: F401 - they register themselves
