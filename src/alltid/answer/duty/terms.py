"""What a pack holds: the words that may stand in it, and the shapes that the desk is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from . import numbers
from .numbers import Number
from .timer import Timer

# Language → text.
Words = Mapping[str, str]

KINDS = ("mandated", "health_record", "not_mandated")
RISKS = ("unknown", "low", "medium", "high", "immediate")
# Each step of the desk's workflow.
STEPS = (
    "first_read",
    "first_reply",
    "risk_set",
    "risk_confirmed",
    "duty_decision",
    "duty_lead",
    "feedback",
    "second_contact",
    "unread_by_child",
    "unread_kept_open",
    "lead_review",
    "enquiry_talk",
    "closing_notice",
)
# From when a timer counts: the child told, somebody read, what had to be done at once was done,
# the risk was set, there is a suspicion and it is known who the child is, a referral was sent, the
# child was answered, the lead looked at the case, the child was asked, the child was told of the
# closing.
MOMENTS = (
    "told",
    "read",
    "acted",
    "risk_set",
    "identifiable",
    "referred",
    "answered",
    "reviewed",
    "asked",
    "closing_told",
)
# What the software can fill into a referral, or ask for.
FIELDS = (
    "date",
    "municipality",
    "child",
    "guardians",
    "interpreter",
    "basis",
    "childs_words",
    "since",
    "whereabouts",
    "danger",
    "siblings",
    "earlier_concern",
    "reporter",
    "reporter_role",
    "informed",
    "will_meet",
)
# Text to the child → what the responder fills in, each of which it must hold.
TEXTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "before": frozenset({"what", "when"}),
        "after": frozenset({"who", "what", "when"}),
        "could_not_wait": frozenset({"who", "what", "when"}),
    }
)


class Duty(StrEnum):
    """How far the law binds whoever learns that a child is harmed."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class OnEnd(StrEnum):
    """What becomes of the text when a child ends the talk."""

    ERASE = "erase"
    WORDS_STOP = "words_stop"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands: the law, its section, and in a plain sentence what it says."""

    law: str
    section: str
    says: Words


@dataclass(frozen=True, slots=True)
class Kind:
    """What holds for one kind of organisation.

    may_refuse_to: kinds of team to which a child can refuse to be handed on; asked_only_below: the
    age under which an export says only that the child was asked, 0 where there is none; texts:
    what the responder writes to the child, by the names of TEXTS.
    """

    duty: Duty
    who: Words
    citations: tuple[Citation, ...]
    consult_without_name: bool
    on_end: OnEnd
    may_refuse_to: frozenset[str]
    asked_only_below: int
    texts: Mapping[str, Words]

    def exports_only_that_asked(self, age: int | None) -> bool:
        """Whether an export about a child says no more than that they were asked.

        age: in whole years; None where it is not known, which is treated as the youngest.
        """
        return (age or 0) < self.asked_only_below

    def child_may_refuse(self, receiving: str) -> bool:
        """Whether the child can say no to a team of that kind."""
        return receiving in self.may_refuse_to


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a referral: of FIELDS, whether it must be filled in, and what belongs there."""

    key: str
    required: bool
    label: Words
    help: Words


@dataclass(frozen=True, slots=True)
class Report:
    """The referral to social services: its name, to whom it goes, its fields in their order.

    urgent: what to do first where it cannot wait; then: what follows when it has been received.
    """

    name: Words
    to: Words
    urgent: Words
    then: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Clocked:
    """One timer of a step at a risk, and from which of MOMENTS it counts."""

    counts_from: str
    timer: Timer


@dataclass(frozen=True, slots=True)
class Question:
    """What a lawyer has yet to answer: which key of the pack, its line, and the question."""

    about: str
    line: int
    asks: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything a country's pack says.

    country: ISO 3166, as Team.country; draft: no team may rely on it; review: who has read it, and
    who still should; soon: how long ahead a step is shown as soon; alarms: risks whose first read
    calls somebody out of hours.
    """

    file: str
    country: str
    name: Words
    languages: tuple[str, ...]
    version: date
    draft: bool
    review: str
    questions: tuple[Question, ...]
    kinds: Mapping[str, Kind]
    report: Report
    soon: Timer
    alarms: frozenset[str]
    steps: Mapping[tuple[str, str], tuple[Clocked, ...]]
    numbers: tuple[Number, ...]

    def timers(self, step: str, risk: str) -> tuple[Clocked, ...]:
        """The timers of a step at a risk, as the pack orders them; none where it says none."""
        return self.steps[step, risk]

    def numbers_at(
        self,
        local: datetime,
        municipality: str = "",
        *,
        is_holiday: bool = False,
        examples: bool = False,
        own: tuple[Number, ...] = (),
    ) -> list[Number]:
        """Whom to telephone at a moment; see `numbers.at`. own: what the team itself has given."""
        return numbers.at(
            (*own, *self.numbers), local, municipality, is_holiday=is_holiday, examples=examples
        )

    def say(self, words: Words, language: str) -> str:
        """A text in a language, or in the pack's first where the pack has none in it."""
        return words.get(language) or words[self.languages[0]]
