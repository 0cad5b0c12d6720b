"""The answer package as Django sees it."""

from django.apps import AppConfig


class AnswerConfig(AppConfig):
    """The desk of those who read: its models, its checks, its words for the log."""

    name = "alltid.answer"

    def ready(self) -> None:
        """Register the checks; give the log its words, since `people` knows nothing of cases."""
        from alltid.people import audit

        from . import checks  # noqa: F401 - they register themselves
        from .casework.words import HAPPENED

        audit.VERBS.update({f"case_{kind}": text for kind, text in HAPPENED.items()})
