"""Mail to staff: one neutral sentence, and nothing else."""

import logging
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from .models import User

log = logging.getLogger(__name__)

WAITS = gettext_lazy("Something waits for you.")
WAITS_NOW = gettext_lazy("Something waits for you now.")
SIGN_IN = gettext_lazy("It is time to sign in.")


def send(user: User, sentence: Promise) -> bool:
    """One of the sentences above, no id, no link, no team; False where no mail server took it.

    What cannot be sent keeps nobody from what they do.
    """
    with translation.override(user.language):
        text = str(sentence)
    try:
        EmailMessage(text, text, to=[user.email]).send()
    except (SMTPException, OSError) as error:
        # Its text could quote an address; the kind of error is enough to begin to look.
        log.warning("A notice could not be sent: %s.", type(error).__name__)
        return False
    return True
