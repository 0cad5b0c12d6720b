"""What is typed for each deed in a case; a form that is whole does its deed.

Whether it may be done is the deed's to say, so that fields refuse only what cannot be read.
"""

import re
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _

from alltid.people.forms import StaffForm
from alltid.people.models import User
from alltid.tell.models import Disclosure
from alltid.web.pictures import cut_pictures

from .. import access, hands
from ..referral import asking
from . import children, ending, handover, linking, notes, risk, second_person, steps
from .events import Call, Duty, Flag, Receiver, Risk, Role, Support, Way, What
from .turn import Place, Refusal, Refused
from .words import CALLS, DUTIES, FLAGS, RECEIVERS, RISKS, ROLES, STEPS, SUPPORTS, WAYS, choices

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 4000
_CHOOSE = _("Nothing was chosen. Choose one of the list.")


def _one_of(codes: Any, table: Any, label: "StrOrPromise", **more: Any) -> forms.ChoiceField:
    """codes: an enumeration of events.py; table: its words."""
    wrong = {"required": _CHOOSE, "invalid_choice": _CHOOSE}
    return forms.ChoiceField(
        label=label, choices=choices(codes, table), error_messages=wrong, **more
    )


def _lines(label: "StrOrPromise", rows: int = 2) -> forms.CharField:
    quiet = {"rows": rows, "spellcheck": "false", "autocomplete": "off"}
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs=quiet),
        error_messages={"max_length": _("That is too long for one entry. Send it in two parts.")},
    )


def _id() -> forms.CharField:
    return forms.CharField(widget=forms.HiddenInput, max_length=36, required=False)


def _day(label: "StrOrPromise") -> forms.DateField:
    wrong = _("That is no day. Write it as 2026-03-20.")
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"required": wrong, "invalid": wrong},
    )


class DeedForm(StaffForm):
    """One deed: its fields, the word on its button, and the newest event that stood on the page."""

    name: ClassVar[str]
    button: "ClassVar[StrOrPromise]"
    grave: ClassVar[bool] = False

    seen = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={
            name: _("This page is not whole any more. Read the case again, then send.")
            for name in ("required", "invalid", "min_value")
        },
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        """Cut out pictures that were pasted as text."""
        if data is not None:
            data = data.copy()
            for name, field in self.base_fields.items():
                if isinstance(field, forms.CharField) and name in data:
                    data[name] = cut_pictures(str(data[name]).replace("\r\n", "\n"))[0]
        kwargs.setdefault("auto_id", f"{self.name}-%s")
        super().__init__(data, **kwargs)

    def do(self, place: Place) -> None:
        """Do it; raises what the deed raises."""
        raise NotImplementedError

    def stand_on(self, sequence: int, sentence: str) -> None:
        """Go back to a page that shows the case up to there, with a sentence above the form."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = str(sequence)
        self.data = data
        if sentence:
            self.add_error(None, sentence)


class SetRisk(DeedForm):
    """How urgent it is."""

    name, button = "risk", _("Set the risk")
    risk = _one_of(Risk, RISKS, _("Risk"))
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        risk.set_level(place, Risk(self.cleaned_data["risk"]), self.cleaned_data["because"])


class Confirm(DeedForm):
    """The lead's word."""

    name, button = "confirm", _("Confirm the risk")

    def do(self, place: Place) -> None:
        risk.confirm(place)


class Review(DeedForm):
    """The lead has looked."""

    name, button = "review", _("I have looked at the whole case")
    text = _lines(_("What the lead thinks"))

    def do(self, place: Place) -> None:
        risk.review(place, self.cleaned_data["text"])


class Raise(DeedForm):
    """A word on the stop bar."""

    name, button = "raise", _("Put it on the stop bar")
    flag = _one_of(Flag, FLAGS, _("Warning"))
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        risk.raise_flag(place, Flag(self.cleaned_data["flag"]), self.cleaned_data["because"])


class Lower(DeedForm):
    """A word taken away."""

    name, button = "lower", _("Take it from the stop bar")
    flag = _one_of(Flag, FLAGS, "", widget=forms.HiddenInput)
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        risk.lower_flag(place, Flag(self.cleaned_data["flag"]), self.cleaned_data["because"])


class Rang(DeedForm):
    """A call that was made."""

    name, button = "rang", _("I have called")
    whom = _one_of(Call, CALLS, _("Whom"))
    text = _lines(_("What was said"))

    def do(self, place: Place) -> None:
        risk.rang(place, Call(self.cleaned_data["whom"]), self.cleaned_data["text"])


class AddChild(DeedForm):
    """A child concerned."""

    name, button = "child", _("Note the child")
    role = _one_of(Role, ROLES, _("What the child has to do with it"))
    who = _lines(_("Who it is, as far as it is known"))
    identifiable = forms.BooleanField(label=_("We know who it is"), required=False)

    def do(self, place: Place) -> None:
        held = self.cleaned_data
        children.add(place, Role(held["role"]), held["who"], identifiable=held["identifiable"])


class OfChild(DeedForm):
    """A deed about one child."""

    child = _id()


class ChangeChild(OfChild):
    """What is known of a child, anew."""

    name, button = "child-change", _("Change it")
    role = _one_of(Role, ROLES, _("What the child has to do with it"))
    who = _lines(_("Who it is, as far as it is known"))
    identifiable = forms.BooleanField(label=_("We know who it is"), required=False)

    def do(self, place: Place) -> None:
        held = self.cleaned_data
        children.change(
            place, held["child"], Role(held["role"]), held["who"], identifiable=held["identifiable"]
        )


class Withdraw(OfChild):
    """A mistake."""

    name, button = "child-withdraw", _("Take the child away")
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        children.withdraw(place, self.cleaned_data["child"], self.cleaned_data["because"])


class Decide(OfChild):
    """The duty to report."""

    name, button = "duty", _("Decide")
    duty = _one_of(Duty, DUTIES, _("Duty to report"))
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        held = self.cleaned_data
        children.decide(place, held["child"], Duty(held["duty"]), held["because"])


class Refer(OfChild):
    """Somebody was written to."""

    name, button = "refer", _("Note what was sent")
    to = _one_of(Receiver, RECEIVERS, _("To whom"))
    text = _lines(_("What was sent, and how"))

    def do(self, place: Place) -> None:
        held = self.cleaned_data
        children.refer(place, held["child"], Receiver(held["to"]), held["text"])


class Feedback(OfChild):
    """What became of it."""

    name, button = "feedback", _("Note the answer")
    text = _lines(_("What they said became of the report"))

    def do(self, place: Place) -> None:
        children.ask_feedback(place, self.cleaned_data["child"], self.cleaned_data["text"])


class Helps(OfChild):
    """What help a child gets."""

    name, button = "support", _("Note the help")
    support = _one_of(Support, SUPPORTS, _("Help"))
    text = _lines(_("What help"))

    def do(self, place: Place) -> None:
        held = self.cleaned_data
        children.support(place, held["child"], Support(held["support"]), held["text"])


class TakeUp(DeedForm):
    """A next step."""

    name, button = "step", _("Take it up")
    what = _one_of(What, STEPS, "", widget=forms.HiddenInput)
    text = _lines(_("In your own words"))
    day = _day(_("By"))

    def do(self, place: Place) -> None:
        held = self.cleaned_data
        steps.take_up(place, What(held["what"]), held["day"], held["text"])


class OfStep(DeedForm):
    """A deed about one step."""

    step = _id()


class Move(OfStep):
    """Another day."""

    name, button = "step-move", _("Give it this day")
    day = _day(_("By"))

    def do(self, place: Place) -> None:
        steps.move(place, self.cleaned_data["step"], self.cleaned_data["day"])


class Done(OfStep):
    """A step that is done."""

    name, button = "step-done", _("Done")
    text = _lines(_("How it went"))

    def do(self, place: Place) -> None:
        steps.finish(place, self.cleaned_data["step"], self.cleaned_data["text"])


class Drop(OfStep):
    """A step that is let be."""

    name, button = "step-drop", _("Let it be")
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        steps.drop(place, self.cleaned_data["step"], self.cleaned_data["because"])


class Note(DeedForm):
    """A private note."""

    name, button = "note", _("Keep the note")
    text = _lines(_("A note for the team alone"), 4)

    def do(self, place: Place) -> None:
        notes.note(place, self.cleaned_data["text"])


class Ways(DeedForm):
    """How the child can be reached."""

    name, button = "ways", _("Keep it so")
    reach = _lines(_("Safe ways to reach the child"))
    never = _lines(_("Never contact"))

    def do(self, place: Place) -> None:
        notes.ways(place, self.cleaned_data["reach"], self.cleaned_data["never"])


class Met(DeedForm):
    """A talk elsewhere."""

    name, button = "met", _("Note the talk")
    way = _one_of(Way, WAYS, _("How"))
    text = _lines(_("What was said"))

    def do(self, place: Place) -> None:
        notes.met(place, Way(self.cleaned_data["way"]), self.cleaned_data["text"])


class ToMember(DeedForm):
    """A deed that asks another member."""

    member = forms.CharField(max_length=36, required=False)

    def chosen(self, place: Place) -> User:
        """The one who was chosen; raises Refused where it is nobody who can be asked."""
        for user in hands.who_can_answer(place.disclosure):
            if str(user.pk) == self.cleaned_data["member"] and user != place.user:
                return user
        raise Refused(Refusal.NOBODY)


class AskReader(ToMember):
    """A second reader."""

    name, button = "reader", _("Ask them to read along")
    text = _lines(_("What you ask them"))

    def do(self, place: Place) -> None:
        notes.ask_reader(place, self.chosen(place), self.cleaned_data["text"])


class AnswerReader(DeedForm):
    """What the second reader thinks."""

    name, button = "reader-answer", _("Answer as second reader")
    text = _lines(_("What you think"))

    def do(self, place: Place) -> None:
        notes.answer_as_reader(place, self.cleaned_data["text"])


class HandOver(ToMember):
    """Three lines and a cover."""

    name, button = "hand-over", _("Ask them to stand in")
    stands = _lines(_("How it stands"), 1)
    next = _lines(_("What is next"), 1)
    beware = _lines(_("What to beware of"), 1)

    def do(self, place: Place) -> None:
        held = self.cleaned_data
        handover.hand_over(
            place,
            self.chosen(place),
            stands=held["stands"],
            next_step=held["next"],
            beware=held["beware"],
        )


class Accept(DeedForm):
    """Yes."""

    name, button = "accept", _("I stand in")

    def do(self, place: Place) -> None:
        handover.accept(place)


class Decline(DeedForm):
    """No, or never mind."""

    name, button = "decline", _("No, or take the question back")
    because = _lines(_("Because; it may stay empty"))

    def do(self, place: Place) -> None:
        handover.decline(place, self.cleaned_data["because"])


class TakeBack(DeedForm):
    """The owner is here again."""

    name, button = "take-back", _("End the standing in")

    def do(self, place: Place) -> None:
        handover.take_back(place)


class WithdrawTeam(DeedForm):
    """The other team is not asked any more."""

    name, button = "team-withdraw", _("Ask them no more")

    def do(self, place: Place) -> None:
        asking.withdraw(place)


class Prank(DeedForm):
    """Is it a prank?"""

    name, button = "prank", _("Ask a second person")
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        second_person.mark_prank(place, self.cleaned_data["because"])


class AgreePrank(DeedForm):
    """A second person thinks so too."""

    name, button = "prank-agree", _("I read it as a prank too")

    def do(self, place: Place) -> None:
        second_person.agree_prank(place)


class UnmarkPrank(DeedForm):
    """It is meant."""

    name, button = "prank-unmark", _("It is meant")

    def do(self, place: Place) -> None:
        second_person.unmark_prank(place)


class Stop(DeedForm):
    """Abuse of staff."""

    name, button, grave = "stop", _("Ask a second person to stop it"), True
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        second_person.ask_stop(place, self.cleaned_data["because"])


class AgreeStop(DeedForm):
    """A second person stops it."""

    name, button, grave = "stop-agree", _("Stop the thread for good"), True

    def do(self, place: Place) -> None:
        second_person.agree_stop(place)


class WithdrawStop(DeedForm):
    """It goes on."""

    name, button = "stop-withdraw", _("Let it go on")

    def do(self, place: Place) -> None:
        second_person.withdraw_stop(place)


class NeedDebrief(DeedForm):
    """I need to talk about it."""

    name, button = "debrief", _("I need a debrief")

    def do(self, place: Place) -> None:
        second_person.ask_debrief(place)


class HoldDebrief(DeedForm):
    """One has talked with a colleague."""

    name, button = "debrief-held", _("We have talked about it")
    whom = _id()

    def do(self, place: Place) -> None:
        second_person.hold_debrief(place, self.cleaned_data["whom"])


class Link(DeedForm):
    """Another thread of the same child."""

    name, button = "link", _("Link the threads")
    other = forms.CharField(
        label=_("The address of the other thread, as the browser shows it"), required=False
    )

    def do(self, place: Place) -> None:
        linking.link(place, _other(place, self.cleaned_data["other"]))


class Unlink(DeedForm):
    """They do not belong together."""

    name, button = "unlink", _("Unlink it")
    other = _id()

    def do(self, place: Place) -> None:
        linking.unlink(place, _other(place, self.cleaned_data["other"]))


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _other(place: Place, address: str) -> Disclosure:
    """The thread that an address names; raises Refused where this member can open none there."""
    found = _ID.search(address.lower())
    try:
        return access.find(place.user, UUID(found.group() if found else ""))
    except (ValueError, Http404):
        raise Refused(Refusal.SAME_THREAD) from None


class TellClosing(DeedForm):
    """The child is told the day."""

    name, button = "tell-closing", _("Send it to the child")
    day = _day(_("The day on which it closes"))
    text = _lines(_("What the child reads"), 4)
    read_up_to = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def do(self, place: Place) -> None:
        opened = access.open_disclosure(place.unlocked, place.disclosure.pk)
        held = self.cleaned_data
        ending.tell_child(place, opened, held["text"], held["day"], held["read_up_to"])


class Close(DeedForm):
    """The end."""

    name, button = "close", _("Close the case")
    text = _lines(_("How it ended"))

    def do(self, place: Place) -> None:
        ending.close(place, self.cleaned_data["text"])


class Reopen(DeedForm):
    """Not the end."""

    name, button = "reopen", _("Open it again")
    because = _lines(_("Because"))

    def do(self, place: Place) -> None:
        ending.reopen(place, self.cleaned_data["because"])


def _all(kind: type[DeedForm]) -> list[type[DeedForm]]:
    below = [form for child in kind.__subclasses__() for form in _all(child)]
    return [kind, *below] if hasattr(kind, "name") else below


DEEDS: dict[str, type[DeedForm]] = {form.name: form for form in _all(DeedForm)}
