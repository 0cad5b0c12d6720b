"""The answer package as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnswerConfig(AppConfig):
    """The desk of those who read: its models, its checks, its words for the log."""

    name = "alltid.answer"

    def ready(self) -> None:
        """Register the checks; say below, where nothing is known of cases, what has to be known.

        The log gets its words, and a child's page who carries a talk.
        """
        from alltid.people import audit
        from alltid.tell import who_answers

        from . import (
            checks,  # noqa: F401 - they register themselves
            hands,
        )
        from .casework.words import HAPPENED

        audit.VERBS["asking_read"] = _("read what another team asks")
        audit.VERBS.update({f"case_{kind}": text for kind, text in HAPPENED.items()})
        who_answers.is_said_by(hands.who_answers)
