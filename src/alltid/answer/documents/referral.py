"""One report of concern to social services, about one child (Swedish *orosanmälan*).

What is not known is empty, or `Answer.UNASKED` until somebody has asked, and is said as unknown on
every paper; nothing is guessed. Fields: EVIDENCE.md, duty to report, Sweden.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Answer(StrEnum):
    """A question's answer; asked and still unknown is an answer too."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    UNASKED = "unasked"


class Source(StrEnum):
    """How the reporter knows: the child told it, somebody else told it, they saw it themselves."""

    CHILD_TOLD = "child_told"
    OTHER_TOLD = "other_told"
    OBSERVED = "observed"


@dataclass(frozen=True)
class Recipient:
    """The social services that get the report."""

    name: str = ""
    municipality: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Reporter:
    """Who reports: the duty is personal, so it is a person and not a team."""

    name: str = ""
    role: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    reachable: str = ""
    will_meet: Answer = Answer.UNASKED


@dataclass(frozen=True)
class Child:
    """The one child whom the report is about.

    language: what the child speaks, in words. safe_ways and never_contact: how to reach the child.
    """

    name: str = ""
    personal_number: str = ""
    age: str = ""
    address: str = ""
    school: str = ""
    where_now: str = ""
    language: str = ""
    interpreter: Answer = Answer.UNASKED
    protected_identity: Answer = Answer.UNASKED
    safe_ways: str = ""
    never_contact: str = ""


@dataclass(frozen=True)
class Guardian:
    """A guardian, as far as known."""

    name: str = ""
    relation: str = ""
    phone: str = ""
    address: str = ""
    language: str = ""
    interpreter: Answer = Answer.UNASKED
    lives_with_child: Answer = Answer.UNASKED


@dataclass(frozen=True)
class Worry:
    """What the worry is, in the reporter's words.

    acute_what: the danger now. telephoned: who was called about it, and when.
    """

    what: str = ""
    sources: tuple[Source, ...] = ()
    since: str = ""
    acute: Answer = Answer.UNASKED
    acute_what: str = ""
    telephoned: str = ""
    earlier: Answer = Answer.UNASKED
    earlier_what: str = ""
    done: str = ""


@dataclass(frozen=True)
class Words:
    """The child's own words, unchanged, and when they were written (aware).

    language: of the words, as `sv`, so that they are read aloud rightly; "" where it is not known.
    """

    text: str
    at: datetime
    language: str = ""


@dataclass(frozen=True)
class Statement:
    """What somebody other than the child told; it leaves only where a person included it."""

    who: str
    text: str
    at: datetime
    included: bool = False


@dataclass(frozen=True)
class OtherChild:
    """Another child concerned: a sibling, a friend, the one who did it. Each has their own report.

    Only the relation and whether a report is made leave, until a person included the rest.
    """

    relation: str = ""
    name: str = ""
    age: str = ""
    situation: str = ""
    own_report: Answer = Answer.UNASKED
    included: bool = False


@dataclass(frozen=True)
class Informed:
    """Who knows about the report, and what the child wants said.

    danger: whether telling the guardians could put the child in danger. others: who else was told.
    """

    child: Answer = Answer.UNASKED
    child_wants: str = ""
    guardians: Answer = Answer.UNASKED
    danger: Answer = Answer.UNASKED
    danger_why: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Referral:
    """The whole report; made is aware, in the zone it is said in.

    law: the citation of the jurisdiction pack. unknowable: keys of `missing` that the reporter says
    cannot be known.
    """

    reference: str
    made: datetime
    law: str = ""
    recipient: Recipient = Recipient()
    reporter: Reporter = Reporter()
    child: Child = Child()
    guardians: tuple[Guardian, ...] = ()
    worry: Worry = Worry()
    words: tuple[Words, ...] = ()
    statements: tuple[Statement, ...] = ()
    other_children: Answer = Answer.UNASKED
    others: tuple[OtherChild, ...] = ()
    informed: Informed = Informed()
    unknowable: tuple[str, ...] = ()

    def for_sending(self) -> "Referral":
        """The report as it may leave: of third parties only what is included.

        Where the child's identity is protected, no place that leads to the child is in it.
        """
        hidden = self.child.protected_identity is Answer.YES
        return replace(
            self,
            child=replace(self.child, address="", school="", where_now="")
            if hidden
            else self.child,
            guardians=tuple(replace(one, address="") for one in self.guardians)
            if hidden
            else self.guardians,
            statements=tuple(one for one in self.statements if one.included),
            others=tuple(
                one if one.included else replace(one, name="", age="", situation="")
                for one in self.others
            ),
        )


@dataclass(frozen=True)
class Missing:
    """One thing that the report lacks: its key, and a sentence that asks for it.

    required: whoever reports can always say it. Else it would help, and may be unknowable.
    """

    key: str
    sentence: str | Promise
    required: bool


REQUIRED = {
    "recipient.municipality": _(
        "Say which municipality the report goes to: where the child lives or is now. If neither "
        "is known, your own."
    ),
    "reporter.name": _("Say who reports, by first name and surname."),
    "reporter.role": _("Say what the reporter's role is, for instance school counsellor."),
    "reporter.organisation": _("Say which school, clinic or organisation the reporter works for."),
    "reporter.phone": _("Give a telephone number at which the reporter can be reached."),
    "worry.what": _("Write what the worry is, in your own plain words."),
    "worry.sources": _("Say whether the child told it, somebody else told it, or you saw it."),
    "worry.acute": _("Say whether the child is in danger now, or that you do not know."),
    "worry.telephoned": _(
        "A danger now is told by telephone first, then in writing. Call, and note whom you spoke "
        "to and when."
    ),
    "informed.child": _("Say whether the child knows about the report."),
    "informed.guardians": _("Say whether the guardians know about the report."),
    "informed.danger": _(
        "Say whether telling the guardians could put the child in danger, or that you do not know."
    ),
}

ASKED = {
    "child": _(
        "Nothing here says who the child is yet. Social services can be consulted without a name "
        "until it is known."
    ),
    "child.name": _("The child's name would help."),
    "child.personal_number": _("The child's personal identity number would help."),
    "child.age": _("The child's age would help, even about."),
    "child.address": _("The child's address would help."),
    "child.school": _("The child's school and class would help."),
    "child.where_now": _("It would help to know where the child is now."),
    "child.language": _("It would help to know which language the child speaks."),
    "child.interpreter": _("It would help to know whether the child needs an interpreter."),
    "child.protected_identity": _(
        "It would help to know whether the child's identity is protected."
    ),
    "child.safe_ways": _("It would help to know how the child can be reached safely."),
    "guardians": _("It would help to know who the guardians are, and how they are reached."),
    "words": _("The child's own words would help; choose those that say most."),
    "worry.since": _("It would help to know since when this has been going on."),
    "worry.acute_what": _("It would help to know what the danger now is."),
    "worry.earlier": _("It would help to know whether there has been a worry earlier."),
    "worry.done": _("It would help to know what has been done for the child so far."),
    "other_children": _(
        "It would help to know whether other children are concerned, brothers and sisters "
        "above all."
    ),
    "others": _("It would help to know which other children are concerned."),
    "informed.child_wants": _(
        "It would help to know what the child wants said, and who must not know yet."
    ),
    "informed.danger_why": _("It would help to know what the danger in telling would be."),
    "reporter.will_meet": _("It would help to know whether the reporter will come to a meeting."),
}

# What is asked for only where another answer makes it matter.
_ONLY_IF = {
    "worry.telephoned": lambda report: report.worry.acute is Answer.YES,
    "worry.acute_what": lambda report: report.worry.acute is Answer.YES,
    "informed.danger_why": lambda report: report.informed.danger is Answer.YES,
    "others": lambda report: report.other_children is Answer.YES,
    "child.address": lambda report: report.child.protected_identity is not Answer.YES,
    "child.school": lambda report: report.child.protected_identity is not Answer.YES,
    "child.where_now": lambda report: report.child.protected_identity is not Answer.YES,
}


def missing(report: Referral) -> list[Missing]:
    """What the report still needs, and then what would help; nothing that is unknowable.

    Each sentence is in the language that is active when it is shown.
    """
    return [
        Missing(key, sentence, required)
        for texts, required in ((REQUIRED, True), (ASKED, False))
        for key, sentence in texts.items()
        if _lacks(report, key) and (required or key not in report.unknowable)
    ]


def _lacks(report: Referral, key: str) -> bool:
    if key in _ONLY_IF and not _ONLY_IF[key](report):
        return False
    if key == "child":
        child = report.child
        return not (child.name or child.personal_number or child.address or child.school)
    value = attrgetter(key)(report)
    return not value.strip() if type(value) is str else value in ((), Answer.UNASKED)
