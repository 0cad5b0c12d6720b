"""What is typed to ask another team, and to say no for one's own."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alltid.people.forms import StaffForm
from alltid.people.models import Team, User
from alltid.tell.models import Disclosure
from alltid.web.pictures import cut_pictures

from .. import access
from ..casework.forms import LONGEST, DeedForm
from ..casework.turn import Place
from . import asking

_TOO_LONG = _("That is too long for one entry. Send it in two parts.")


class AskTeam(DeedForm):
    """Which team, in which words, what one's own team keeps, and whom it is about there."""

    name, button = "team-ask", _("Ask them")

    words = forms.CharField(
        label=_("What you write to them"),
        help_text=_("Why you ask them, and what is needed. They read this before they say yes."),
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"max_length": _TOO_LONG},
    )
    afterwards = forms.ChoiceField(
        label=_("When they have said yes, we"),
        choices=[
            ("reads", _("go on reading the talk, and cannot answer in it")),
            ("nothing", _("read nothing of it any more")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            name: _("Say what your team keeps: the child is told.")
            for name in ("required", "invalid_choice")
        },
    )

    def __init__(
        self,
        data: QueryDict | None,
        disclosure: Disclosure,
        user: User,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        """Offer the teams that can be asked on this day, and who reads there."""
        super().__init__(data, **kwargs)
        self.teams = {str(team.pk): team for team in asking.teams_to_ask(disclosure, now)}
        self.readers = {
            pk: [one for one in asking.readers(team, now) if one != user]
            for pk, team in self.teams.items()
        }
        self.fields["team"] = forms.ChoiceField(
            label=_("Which team"),
            choices=[(pk, one.name) for pk, one in self.teams.items()],
            error_messages={
                name: _("No team was chosen. Choose one of the list.")
                for name in ("required", "invalid_choice")
            },
        )
        self.fields["hide"] = forms.MultipleChoiceField(
            label=_("Hide it from somebody there"),
            required=False,
            choices=[
                (str(one.pk), f"{one.first_name} ({self.teams[pk].name})")
                for pk, readers in self.readers.items()
                for one in readers
            ],
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "invalid_choice": _("Somebody whom you chose reads there no more. Choose again.")
            },
        )

    @property
    def chosen(self) -> Team:
        """The team that is asked."""
        return self.teams[self.cleaned_data["team"]]

    def do(self, place: Place) -> None:
        """Ask it; raises what the asking raises."""
        held = self.cleaned_data
        opened = access.open_disclosure(place.unlocked, place.disclosure.pk)
        there = self.readers[held["team"]]
        asking.ask(
            place,
            opened,
            self.chosen,
            words=held["words"],
            keeps=held["afterwards"] == "reads",
            hide_from=[one for one in there if str(one.pk) in held["hide"]],
        )


class DeclineForm(StaffForm):
    """Why one's team does not take over; the team that asked reads it."""

    because = forms.CharField(
        label=_("Why not, and who could help instead"),
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "required": _("The reason is missing. One sentence is enough."),
            "max_length": _TOO_LONG,
        },
    )

    def clean_because(self) -> str:
        """A sentence, without pictures, which nothing here takes."""
        because = cut_pictures(self.cleaned_data["because"].replace("\r\n", "\n"))[0]
        if not because.strip():
            raise forms.ValidationError(self.fields["because"].error_messages["required"])
        return because
