"""How an answer felt: a child's word about it, which the team's leads alone can open."""

from django.db import IntegrityError, transaction

from alltid.vault.envelope import Label, seal_text

from . import who_answers
from .models import CHILD, Disclosure, Feeling

FEELINGS = ("good", "so_so", "not_good")


def feeling_label(disclosure: Disclosure, sequence: int) -> Label:
    """Where the envelope of a feeling about the answer of that sequence belongs."""
    return Label("feeling", str(disclosure.pk), sequence)


def send_feeling(disclosure: Disclosure, feeling: str) -> None:
    """Seal it to every lead of the team who may see the talk, once for the newest answer."""
    answer = disclosure.messages.filter(from_child=False).order_by("-sequence").first()
    leads = filter(who_answers.of(disclosure).may_name, disclosure.team.leads())
    recipients = [lead.user.recipient for lead in leads]
    if answer is None or not recipients:
        return
    label = feeling_label(disclosure, answer.sequence)
    sealed = seal_text(label, CHILD, {"feeling": feeling}, recipients)
    try:
        with transaction.atomic():
            Feeling.objects.create(disclosure=disclosure, sequence=answer.sequence, sealed=sealed)
    except IntegrityError:
        # One word an answer; the first one stands.
        return
