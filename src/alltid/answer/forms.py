"""What a responder or a lead types."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alltid.people.forms import StaffForm
from alltid.vault.envelope import seal_export
from alltid.vault.errors import VaultError
from alltid.web.pictures import cut_pictures

from .coach import Coaching
from .duty.terms import TEXTS

LONGEST = 10_000
# What a responder fills in where an answer began from a text of the pack.
_PLACES = {f"{{{place}}}" for places in TEXTS.values() for place in places}


class ReplyForm(StaffForm):
    """An answer to a child, and the last message that stood on the screen meanwhile."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false", "autocomplete": "off"}),
    )
    read_up_to = forms.IntegerField(
        min_value=0,
        max_value=2**31,
        widget=forms.HiddenInput,
        error_messages={
            name: gettext_lazy("This page is not whole any more. Read the talk again, then send.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
    heard = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        """Cut out pictures that were pasted as text."""
        self.pictures, self.typed = 0, QueryDict(mutable=True)
        if data is not None:
            self.typed = data.copy()
            text, self.pictures = cut_pictures(data.get("text", "").replace("\r\n", "\n"))
            self.typed["text"] = text
        super().__init__(None if data is None else self.typed, **kwargs)

    def clean_text(self) -> str:
        """Something to say, not too long, and without a picture."""
        text: str = self.cleaned_data["text"]
        if self.pictures:
            raise forms.ValidationError(
                _(
                    "There was a picture in the text, and nothing here takes pictures. It was "
                    "taken out; read through what is left and send again."
                )
            )
        if not text.strip():
            raise forms.ValidationError(
                _("Nothing is written yet, so nothing was sent. Write to the child first.")
            )
        if left := sorted(place for place in _PLACES if place in text):
            raise forms.ValidationError(
                _(
                    "%(place)s still stands in the text, so nothing was sent. Write there what "
                    "the child should read, then send again."
                )
                % {"place": ", ".join(left)}
            )
        if len(text) > LONGEST:
            raise forms.ValidationError(
                _(
                    "That is %(over)s characters too long for one answer. Send it in two parts; "
                    "all of it still stands here."
                )
                % {"over": len(text) - LONGEST}
            )
        return text

    @cached_property
    def coaching(self) -> Coaching:
        """What the coach says of what is written, and what of that was said before."""
        return Coaching.of(self["text"].value() or "", self["heard"].value() or "")

    def stand_on(self, sequence: int, sentence: str = "") -> None:
        """Go back to a page that shows the talk up to there, with a sentence above the form.

        Sending it again is meant: the newer messages are seen by then.
        """
        self.typed["read_up_to"] = str(sequence)
        if sentence:
            self.add_error(None, sentence)


class ExportForm(StaffForm):
    """For whom a thread is taken out."""

    recipient = forms.CharField(
        label=gettext_lazy("The receiver's age recipient"),
        error_messages={
            "required": gettext_lazy(
                "The recipient is missing. Ask the receiver for theirs; it begins with age1."
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_recipient(self) -> str:
        """One that can be sealed to."""
        recipient: str = self.cleaned_data["recipient"]
        try:
            seal_export("", recipient)
        except VaultError:
            raise forms.ValidationError(
                _(
                    "That is no age recipient. It begins with age1 and has 62 letters and digits; "
                    "compare it with what the receiver sent. Nothing was taken out."
                )
            ) from None
        return recipient
