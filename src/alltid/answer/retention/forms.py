"""What a lead sets about how long their team keeps what children told."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alltid.people.forms import StaffForm
from alltid.people.models import AuditEvent, RetentionPolicy, Team, User
from alltid.people.retention import LONGEST, SHORTEST, What
from alltid.vault.envelope import seal_file
from alltid.vault.errors import VaultError

_MONTHS = {
    name: _("Write a number of months, from 2 to 1200. It is longer than any backup is kept.")
    for name in ("required", "invalid", "min_value", "max_value")
}
_CHOOSE = _("Nothing was chosen. Choose one of the three.")


class ChangedMeanwhile(Exception):
    """Another lead set it after the page was made."""


class PolicyForm(StaffForm):
    """The next version of a team's policy; seen: the version that stood on the page."""

    what = forms.ChoiceField(
        label=_("At the end of the term"),
        choices=What.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )
    months = forms.IntegerField(
        label=_("Months from closing"),
        help_text=_("12 is a year, 60 five years, 120 ten."),
        min_value=SHORTEST,
        max_value=LONGEST,
        error_messages=_MONTHS,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    archive_name = forms.CharField(
        label=_("The archive, as children know it"),
        help_text=_("Only for handing over. A child reads: “Then it is locked and goes to …”"),
        required=False,
        max_length=80,
    )
    archive_recipient = forms.CharField(
        label=_("The archive's public key"),
        help_text=_("It begins with age1. Ask the archive for it; never for its secret key."),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    why = forms.CharField(
        label=_("Why it is changed"),
        help_text=_("One sentence, for the log. Name no child and no case."),
        max_length=200,
        error_messages={"required": _("The reason is missing. One sentence is enough.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, now: RetentionPolicy) -> "PolicyForm":
        """The form that begins with what holds."""
        names = ("what", "months", "archive_name", "archive_recipient")
        return cls(initial={name: getattr(now, name) for name in names} | {"seen": now.version})

    def clean_archive_recipient(self) -> str:
        """One that can be sealed to, or none."""
        recipient: str = self.cleaned_data["archive_recipient"].strip()
        if recipient:
            try:
                seal_file(b"", recipient)
            except VaultError:
                raise forms.ValidationError(
                    _(
                        "That is no age recipient. It begins with age1 and has 62 letters and "
                        "digits; compare it with what the archive sent."
                    )
                ) from None
        return recipient

    def clean(self) -> dict[str, Any]:
        """An archive has a name and a key; without handing over there is none."""
        held = super().clean() or {}
        if held.get("what") != What.ARCHIVE:
            held["archive_name"] = held["archive_recipient"] = ""
            return held
        wanted = {
            "archive_name": _("An archive has a name. Write it as children know it."),
            "archive_recipient": _("Without the archive's public key nothing can be sealed to it."),
        }
        for name, sentence in wanted.items():
            if not held.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return held

    def save(self, team: Team, by: User) -> RetentionPolicy:
        """Let it hold for what is told from now on; raises ChangedMeanwhile."""
        held = dict(self.cleaned_data)
        seen = held.pop("seen")
        with transaction.atomic():
            Team.objects.select_for_update().get(pk=team.pk)
            if team.policy().version != seen:
                raise ChangedMeanwhile
            AuditEvent.write("policy_changed", actor=by, team=team, why=held["why"])
            return RetentionPolicy.objects.create(team=team, version=seen + 1, by=by, **held)
