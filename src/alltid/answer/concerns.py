"""What an adult notes: a worry about a child, or what a child said to them in person."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alltid.people.forms import StaffForm
from alltid.people.models import Team
from alltid.people.unlocking import Unlocked
from alltid.tell.models import Disclosure
from alltid.web.pictures import cut_pictures

from . import access
from .casework.events import Kind
from .chronology import held

LONGEST = 10_000
SOURCES = {
    Disclosure.Source.IN_PERSON: _("What a child told me or a colleague"),
    Disclosure.Source.CONCERN: _("A worry that an adult has"),
}


class ConcernForm(StaffForm):
    """What is noted, and where it comes from."""

    source = forms.ChoiceField(
        label=_("What it is"),
        choices=list(SOURCES.items()),
        widget=forms.RadioSelect,
        error_messages={
            name: _("Choose what it is, so that others read it rightly.")
            for name in ("required", "invalid_choice")
        },
    )
    text = forms.CharField(
        label=_("What was said or seen, in the child's own words where you can"),
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "required": _("Nothing is written yet. Write it, then send again."),
            "max_length": _("That is too long for one entry. Send it in two parts."),
        },
    )

    def clean_text(self) -> str:
        """Without pictures, which nothing here takes."""
        return cut_pictures(self.cleaned_data["text"].replace("\r\n", "\n"))[0]


def note_concern(unlocked: Unlocked, team: Team, *, source: str, text: str, now: datetime) -> UUID:
    """Note it and carry it from now on; the new thread's id. Raises NoKey, NotAudited."""
    user = unlocked.user
    body = {"text": text, "name": user.first_name}
    with transaction.atomic():
        noted = access.note_concern(user, team, source, body, now)
        with held(noted, now, unlocked.newest_key(team)) as here:
            here.add(Kind.PASSED, user, now, to=str(user.pk))
    return noted.pk
