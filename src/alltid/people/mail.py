"""Mail to staff: it says that something waits, and nothing else."""

import logging
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from .models import User

log = logging.getLogger(__name__)


def send(user: User, *, urgent: bool) -> bool:
    """One neutral sentence, no id, no link, no team; False where the mail server did not take it.

    What cannot be sent keeps nobody from what they do.
    """
    with translation.override(user.language):
        sentence = _("Something waits for you now.") if urgent else _("Something waits for you.")
    try:
        EmailMessage(sentence, sentence, to=[user.email]).send()
    except (SMTPException, OSError) as error:
        # Its text could quote an address; the kind of error is enough to begin to look.
        log.warning("A notice could not be sent: %s.", type(error).__name__)
        return False
    return True
