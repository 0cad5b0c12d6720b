"""What is asked for a report of concern, in the order of the country's pack.

A field is named as its place in documents.referral, "child.name", so that what is missing is asked
for where it is typed.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alltid.answer.documents.referral import (
    ASKED,
    Answer,
    Child,
    Guardian,
    Informed,
    Missing,
    OtherChild,
    Recipient,
    Referral,
    Reporter,
    Source,
    Statement,
    Worry,
    missing,
)
from alltid.answer.documents.wording import answered, source
from alltid.answer.duty.terms import Field
from alltid.people.forms import StaffForm
from alltid.web.pictures import cut_pictures

from .matter import Matter, Other

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

T = TypeVar("T")
LONGEST = 4000
GUARDIANS = STATEMENTS = (0, 1)
_QUIET = {"spellcheck": "false", "autocomplete": "off"}


def _text(label: "StrOrPromise", rows: int = 1, hint: "StrOrPromise" = "") -> forms.CharField:
    wide = forms.Textarea(attrs={"rows": rows, **_QUIET})
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=wide if rows > 1 else forms.TextInput(attrs=_QUIET),
        error_messages={
            "max_length": _("That is too long for one field. Say the most important of it.")
        },
    )


class _AnswerField(forms.ChoiceField):
    """Yes, no, cannot be known, or not asked yet."""

    def __init__(self, label: "StrOrPromise") -> None:
        first = (Answer.UNASKED, Answer.YES, Answer.NO, Answer.UNKNOWN)
        super().__init__(
            label=label,
            choices=lambda: [(str(one), answered(one)) for one in first],
            required=False,
            widget=forms.Select(attrs={"class": "short"}),
            error_messages={"invalid_choice": _("That is no answer here. Choose one of the list.")},
        )


def _fields() -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {
        "recipient.municipality": _text(_("Municipality that the report goes to")),
        "recipient.name": _text(_("Who receives it there")),
        "recipient.phone": _text(_("Their telephone")),
        "child.name": _text(_("Name")),
        "child.personal_number": _text(_("Personal identity number")),
        "child.age": _text(_("Age")),
        "child.address": _text(_("Address")),
        "child.school": _text(_("School and class")),
        "child.protected_identity": _AnswerField(_("Protected identity")),
        "child.safe_ways": _text(_("Safe ways to reach the child"), 2),
        "child.never_contact": _text(_("Never contact by"), 2),
        "child.language": _text(_("Language")),
        "child.interpreter": _AnswerField(_("The child needs an interpreter")),
        "worry.what": _text(_("What the worry is, in your own words"), 6),
        "worry.sources": forms.MultipleChoiceField(
            label=_("How it is known"),
            choices=lambda: [(str(one), source(one)) for one in Source],
            required=False,
        ),
        "worry.done": _text(_("What has been done for the child so far"), 3),
        "words": forms.MultipleChoiceField(
            label=_("Messages that go along"),
            required=False,
            error_messages={
                "invalid_choice": _("A message that you chose is not here any more. Choose again.")
            },
        ),
        "worry.since": _text(_("Since when")),
        "child.where_now": _text(_("Where the child is now")),
        "worry.acute": _AnswerField(_("The child is in danger now")),
        "worry.acute_what": _text(_("What the danger is"), 2),
        "worry.telephoned": _text(_("Who was telephoned about it, and when"), 2),
        "other_children": _AnswerField(_("Other children are concerned")),
        "worry.earlier": _AnswerField(_("There has been a worry earlier")),
        "worry.earlier_what": _text(_("What it was"), 2),
        "reporter.name": _text(_("First name and surname")),
        "reporter.phone": _text(_("Telephone")),
        "reporter.email": _text(_("E-mail")),
        "reporter.reachable": _text(_("When you are best reached")),
        "reporter.role": _text(_("Role")),
        "reporter.organisation": _text(_("Organisation")),
        "informed.child": _AnswerField(_("The child knows about the report")),
        "informed.child_wants": _text(_("What the child wants said, and who must not know yet"), 2),
        "informed.guardians": _AnswerField(_("The guardians know")),
        "informed.danger": _AnswerField(_("Telling them could put the child in danger")),
        "informed.danger_why": _text(_("Why it could"), 2),
        "informed.others": _text(_("Who else has been told; one on each line"), 2),
        "reporter.will_meet": _AnswerField(_("You will come to a meeting")),
        "unknowable": forms.MultipleChoiceField(
            choices=[(key, key) for key in ASKED], required=False
        ),
        "again": _text(_("Why there is to be another report")),
    }
    for number in GUARDIANS:
        found |= {
            f"guardians.{number}.name": _text(_("Name")),
            f"guardians.{number}.relation": _text(_("Relation")),
            f"guardians.{number}.phone": _text(_("Telephone")),
            f"guardians.{number}.address": _text(_("Address")),
            f"guardians.{number}.lives_with_child": _AnswerField(_("Lives with the child")),
            f"guardians.{number}.language": _text(_("Language")),
            f"guardians.{number}.interpreter": _AnswerField(_("Interpreter needed")),
        }
    for number in STATEMENTS:
        found |= {
            f"statements.{number}.who": _text(_("Who else told something")),
            f"statements.{number}.text": _text(_("What they told"), 2),
        }
    return found


def _of_other(one: Other) -> dict[str, forms.Field]:
    """What may be said of another child: nothing of it leaves that is not ticked."""
    return {
        f"others.{one.id}.name": _text(_("Name")),
        f"others.{one.id}.age": _text(_("Age")),
        f"others.{one.id}.situation": _text(_("Situation"), 2),
        f"others.{one.id}.included": forms.BooleanField(
            label=_("Name, age and situation go along in this report"), required=False
        ),
    }


# Where each field of a pack's report is typed; what begins so belongs there.
PLACES: dict[str, tuple[str, ...]] = {
    "municipality": ("recipient.",),
    "child": (
        "child.name", "child.personal_number", "child.age", "child.address", "child.school",
        "child.protected_identity", "child.safe_ways", "child.never_contact",
    ),
    "guardians": ("guardians.",),
    "interpreter": ("child.language", "child.interpreter"),
    "basis": ("worry.what", "worry.sources", "statements.", "worry.done"),
    "childs_words": ("words",),
    "since": ("worry.since",),
    "whereabouts": ("child.where_now",),
    "danger": ("worry.acute", "worry.telephoned"),
    "siblings": ("other_children", "others."),
    "earlier_concern": ("worry.earlier",),
    "reporter": ("reporter.name", "reporter.phone", "reporter.email", "reporter.reachable"),
    "reporter_role": ("reporter.role", "reporter.organisation"),
    "informed": ("informed.",),
    "will_meet": ("reporter.will_meet",),
}  # fmt: skip
# What `missing` names as a whole, by the section that asks for it.
_WHOLE = {"child": "child", "guardians": "guardians", "others": "siblings"}


@dataclass(frozen=True)
class Section:
    """One part of the form: its name and hint from the pack, its fields, what is missing in it."""

    key: str
    title: str
    help: str
    fields: list[forms.BoundField]
    missing: list[Missing]

    @property
    def groups(self) -> "list[Group]":
        """The fields, those of one guardian, statement or other child together."""
        found: dict[str, list[forms.BoundField]] = {}
        for field in self.fields:
            first, *rest = field.name.split(".")
            found.setdefault(f"{first}.{rest[0]}" if len(rest) > 1 else "", []).append(field)
        return [Group(name, each) for name, each in found.items()]


@dataclass(frozen=True)
class Group:
    """Fields that stand together."""

    name: str
    fields: list[forms.BoundField]

    @property
    def folded(self) -> bool:
        """Whether it is a second of its kind that nobody has begun."""
        begun = any(field.value() not in (None, "", Answer.UNASKED) for field in self.fields)
        return self.name.endswith(".1") and not begun


class ReportForm(StaffForm):
    """A report as it is written; nothing in it is required, so that it can be kept half done."""

    def __init__(self, matter: Matter, typed: dict[str, list[str]] | None = None) -> None:
        """With what was typed, as `typed_in` gives it; else with what the case knows already."""
        self.matter, self.typed = matter, typed or {}
        data = QueryDict(mutable=True)
        for name, values in self.typed.items():
            data.setlist(name, values)
        super().__init__(
            data if typed is not None else None,
            initial=matter.known() if typed is None else None,
        )
        self.fields.update(_fields())
        messages = [(str(line.sequence), line.body["text"]) for line in matter.messages]
        cast(forms.ChoiceField, self.fields["words"]).choices = messages
        for one in matter.others:
            self.fields.update(_of_other(one))
            self.initial.setdefault(f"others.{one.id}.name", one.who)

    @property
    def again(self) -> str:
        """Why there is to be another report."""
        return str(self.data.get("again", ""))

    @cached_property
    def sections(self) -> list[Section]:
        """The form in the order of the pack; what the pack does not name comes last."""
        named = {one.key: one for one in self.matter.leaving.pack.report.fields}
        ordered = [key for key in named if key in PLACES]
        wanted = self._wanted() if self.is_valid() else []
        return [
            self._section(key, named.get(key), [one for one in wanted if _place(one.key) == key])
            for key in [*ordered, *(key for key in PLACES if key not in named)]
        ]

    def _section(self, key: str, named: Field | None, wanted: list[Missing]) -> Section:
        pack, language = self.matter.leaving.pack, (get_language() or "")[:2]
        asked = [self[name] for name in self.fields if _place(name) == key]
        title = pack.say(named.label, language) if named else str(asked[0].label)
        return Section(key, title, pack.say(named.help, language) if named else "", asked, wanted)

    def _wanted(self) -> list[Missing]:
        """What a valid form lacks still, and what cannot be known among it."""
        return missing(replace(self.report(self.matter.now), unknowable=()))

    def lacking(self) -> list[Missing]:
        """What is missing, in the order of the form, but for what cannot be known."""
        waved = set(self.cleaned_data["unknowable"]) if self.is_valid() else set()
        return [
            one
            for section in self.sections
            for one in section.missing
            if one.required or one.key not in waved
        ]

    def report(self, made: datetime) -> Referral:
        """The report that a valid form says, with the messages that were chosen and no other."""
        held, matter = self.cleaned_data, self.matter
        made = matter.team.local(made).replace(second=0, microsecond=0)
        typed = [self._part(Statement, f"statements.{n}", at=made) for n in STATEMENTS]
        chosen = set(held["words"])
        guardians = [self._part(Guardian, f"guardians.{n}") for n in GUARDIANS]
        sources = tuple(Source(one) for one in held["worry.sources"])
        told = tuple(one for one in held["informed.others"].splitlines() if one.strip())
        return Referral(
            reference=matter.reference,
            made=made,
            law=matter.law,
            recipient=self._part(Recipient, "recipient"),
            reporter=self._part(Reporter, "reporter"),
            child=self._part(Child, "child"),
            guardians=tuple(one for one in guardians if one != Guardian()),
            worry=replace(self._part(Worry, "worry"), sources=sources),
            words=matter.words(chosen),
            # Whoever types or chooses it here includes it.
            statements=(
                *matter.statements(chosen),
                *(replace(one, included=True) for one in typed if one.text or one.who),
            ),
            other_children=self._value("other_children"),
            others=tuple(
                self._part(
                    OtherChild, f"others.{one.id}", relation=one.relation, own_report=one.own_report
                )
                for one in matter.others
            ),
            informed=replace(self._part(Informed, "informed"), others=told),
            unknowable=tuple(held["unknowable"]),
        )

    def _part(self, kind: type[T], place: str, **more: Any) -> T:
        """A part of the report from the fields whose names begin with its place."""
        names = [f.name for f in fields(kind) if f"{place}.{f.name}" in self.fields]  # type: ignore[arg-type]
        return kind(**{name: self._value(f"{place}.{name}") for name in names} | more)

    def _value(self, name: str) -> Any:
        value = self.cleaned_data[name]
        if isinstance(self.fields[name], _AnswerField):
            return Answer(value or Answer.UNASKED)
        return value


def _place(name: str) -> str:
    """The section of a field, or of something that is missing."""
    if name in _WHOLE:
        return _WHOLE[name]
    return next((key for key, begins in PLACES.items() if name.startswith(begins)), "")


# What is typed and is no place in the report.
_BESIDE = ("words", "other_children", "unknowable", "again")


def typed_in(data: QueryDict) -> dict[str, list[str]]:
    """What was typed into a report, as it is kept: without pictures that were pasted as text."""
    return {
        name: [cut_pictures(str(one).replace("\r\n", "\n"))[0] for one in data.getlist(name)]
        for name in data
        if "." in name or name in _BESIDE
    }
