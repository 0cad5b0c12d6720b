"""The answer package as Django sees it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnswerConfig(AppConfig):
    """Registers the models, and says in the log's words what happens in a case."""

    name = "alltid.answer"

    def ready(self) -> None:
        """Give the log its words: `people` keeps it, and knows nothing of cases."""
        from alltid.people import audit

        from .casework.words import HAPPENED

        audit.VERBS["asking_read"] = _("read what another team asks")
        audit.VERBS.update({f"case_{kind}": text for kind, text in HAPPENED.items()})
