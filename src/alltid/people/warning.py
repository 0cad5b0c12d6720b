"""Mail to those whose team's doors somebody touches. It says that something waits, nothing else."""

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from .models import User

log = logging.getLogger(__name__)


def warn(users: Iterable[User]) -> None:
    """Write to each who has an address; what cannot be sent keeps nobody from what they do."""
    for user in users:
        if not user.email:
            continue
        with translation.override(user.language):
            sentence = _("Something waits for you now.")
        try:
            EmailMessage(sentence, sentence, to=[user.email]).send()
        except (SMTPException, OSError) as error:
            # Its text could quote an address.
            log.warning("A notice could not be sent: %s.", type(error).__name__)
