"""What was typed into a deed's form and is not done: sealed to its writer, and on the desk again.

It is kept while one types, when the page is locked by then, and when the deed is refused; it goes
when the deed is done or thrown away, and with the disclosure.
"""

import json
from uuid import UUID

from alltid.people.models import User
from alltid.people.unlocking import Unlocked, keep_draft

from .forms import DeedForm


def keep(unlocked: Unlocked, subject: UUID, form: DeedForm) -> None:
    """Keep what stands in a form; one without words is forgotten."""
    unlocked.save_draft(subject, _text(form), form.part)


def keep_behind_the_lock(user: User, subject: UUID, form: DeedForm) -> None:
    """Keep it for whoever is locked out: it is sealed to their recipient, which is public."""
    if text := _text(form):
        keep_draft(user, subject, text, user.recipient, form.part)


def forget(unlocked: Unlocked, subject: UUID, form: DeedForm) -> None:
    """It is done, or thrown away."""
    unlocked.save_draft(subject, "", form.part)


def kept(unlocked: Unlocked, subject: UUID) -> dict[str, dict[str, str]]:
    """What this user typed, by the part of the form: field by field."""
    return {part: json.loads(text) for part, text in unlocked.drafts(subject).items() if part}


def _text(form: DeedForm) -> str:
    """The fields of a form as one text; "" where nobody has written a word."""
    fields = {field.name: str(field.value() or "") for field in form.visible_fields()}
    words = any(fields[name].strip() for name in form.in_words())
    return json.dumps(fields) if words else ""
