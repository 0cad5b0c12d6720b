"""What can happen in a case: the kinds of events, and the codes that each may carry in clear.

Plain Python. A code is one of a fixed few, a random id or a date, never a person's words: those are
sealed. `check` stands before every event that is stored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Risk(StrEnum):
    """How urgent an adult judges it to be; it begins as unknown, which is not low."""

    UNKNOWN = "unknown"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    IMMEDIATE = "immediate"

    @property
    def grave(self) -> bool:
        """Whether a lead closes it and a debrief is owed."""
        return self in (Risk.HIGH, Risk.IMMEDIATE)


class Role(StrEnum):
    """What a child has to do with it."""

    SELF = "self"
    FRIEND = "friend"
    SIBLING = "sibling"
    DID_IT = "did_it"
    OTHER = "other"


class Duty(StrEnum):
    """What was decided about the duty to report, for one child."""

    REPORT = "report"
    CONSULT = "consult"
    NOT_NOW = "not_now"


class Support(StrEnum):
    """What help one child gets."""

    OFFERED = "offered"
    WITH_US = "with_us"
    ELSEWHERE = "elsewhere"
    DECLINED = "declined"


class Receiver(StrEnum):
    """Who was written to about a child."""

    SOCIAL_SERVICES = "social_services"
    POLICE = "police"
    HEALTH_CARE = "health_care"
    ANOTHER_TEAM = "another_team"


class Flag(StrEnum):
    """What the stop bar says in a word."""

    THREAT = "threat"
    MEETING = "meeting"
    SUICIDE = "suicide"
    STAFF = "staff"
    HONOUR = "honour"
    PROTECTED = "protected"
    OTHER_WRITER = "other_writer"


class Call(StrEnum):
    """Whom an adult rang when it was acute."""

    EMERGENCY = "emergency"
    SOCIAL_SERVICES = "social_services"


class Way(StrEnum):
    """How an adult met the child elsewhere than in the thread."""

    IN_PERSON = "in_person"
    BY_PHONE = "by_phone"


class What(StrEnum):
    """A next step; `own` is one that a person puts into their own words."""

    TALK_NOW = "talk_now"
    TALK_TODAY = "talk_today"
    TALK_SOON = "talk_soon"
    CALL_EMERGENCY = "call_emergency"
    TELL_LEAD = "tell_lead"
    DECIDE_DUTY = "decide_duty"
    SAY_BEFORE = "say_before"
    ANOTHER_WORKER = "another_worker"
    CHECK_IN = "check_in"
    ASK_AGAIN = "ask_again"
    ASK_FEEDBACK = "ask_feedback"
    OWN = "own"


class Why(StrEnum):
    """Why a closed case is open again."""

    CHILD_WROTE = "child_wrote"
    MORE_TO_DO = "more_to_do"


class Kind(StrEnum):
    """What happened."""

    REPLIED = "replied"
    CONTACTED = "contacted"
    PASSED = "passed"
    RELEASED = "released"
    RISK_SET = "risk_set"
    RISK_CONFIRMED = "risk_confirmed"
    FLAG_RAISED = "flag_raised"
    FLAG_LOWERED = "flag_lowered"
    CALLED = "called"
    CHILD_ADDED = "child_added"
    CHILD_CHANGED = "child_changed"
    CHILD_WITHDRAWN = "child_withdrawn"
    DUTY_DECIDED = "duty_decided"
    REFERRED = "referred"
    FEEDBACK_ASKED = "feedback_asked"
    SUPPORT_NOTED = "support_noted"
    STEP_TAKEN_UP = "step_taken_up"
    STEP_MOVED = "step_moved"
    STEP_DONE = "step_done"
    STEP_DROPPED = "step_dropped"
    NOTED = "noted"
    WAYS_NOTED = "ways_noted"
    READER_ASKED = "reader_asked"
    READER_ANSWERED = "reader_answered"
    REVIEWED = "reviewed"
    HANDED_OVER = "handed_over"
    COVER_ACCEPTED = "cover_accepted"
    COVER_DECLINED = "cover_declined"
    TAKEN_BACK = "taken_back"
    TEAM_ASKED = "team_asked"
    TEAM_ACCEPTED = "team_accepted"
    TEAM_DECLINED = "team_declined"
    TEAM_WITHDRAWN = "team_withdrawn"
    CHILD_REFUSED = "child_refused"
    DEBRIEF_ASKED = "debrief_asked"
    DEBRIEF_DONE = "debrief_done"
    PRANK_MARKED = "prank_marked"
    PRANK_AGREED = "prank_agreed"
    PRANK_UNMARKED = "prank_unmarked"
    STOP_ASKED = "stop_asked"
    STOP_AGREED = "stop_agreed"
    STOP_WITHDRAWN = "stop_withdrawn"
    LINKED = "linked"
    UNLINKED = "unlinked"
    CLOSING_TOLD = "closing_told"
    CLOSED = "closed"
    REOPENED = "reopened"


Code = str | int | bool
Codes = Mapping[str, Code]


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    by: the member's id, "" where nobody of the team did it; child: the id of the child concerned
    that it is about, or "".
    """

    sequence: int
    kind: Kind
    at: datetime
    by: str = ""
    child: str = ""
    codes: Codes = field(default_factory=dict)

    def code(self, name: str) -> str:
        """One of its codes that is a word, an id or a day."""
        return str(self.codes[name])


class NotACode(ValueError):
    """An event would carry in clear what is no code, or lacks one."""


def _id(value: Code) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _day(value: Code) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _number(value: Code) -> bool:
    return type(value) is int and 0 < value < 2**31


def _truth(value: Code) -> bool:
    return isinstance(value, bool)


def _one_of(codes: type[StrEnum]) -> Callable[[Code], bool]:
    known = {str(code) for code in codes}
    return lambda value: value in known


_OF: dict[Kind, dict[str, Callable[[Code], bool]]] = {
    Kind.REPLIED: {"message": _number},
    Kind.CONTACTED: {"way": _one_of(Way)},
    Kind.PASSED: {"to": _id},
    Kind.RELEASED: {"whom": _id},
    Kind.RISK_SET: {"risk": _one_of(Risk)},
    Kind.RISK_CONFIRMED: {"risk": _one_of(Risk)},
    Kind.FLAG_RAISED: {"flag": _one_of(Flag)},
    Kind.FLAG_LOWERED: {"flag": _one_of(Flag)},
    Kind.CALLED: {"whom": _one_of(Call)},
    Kind.CHILD_ADDED: {"role": _one_of(Role), "identifiable": _truth},
    Kind.CHILD_CHANGED: {"role": _one_of(Role), "identifiable": _truth},
    Kind.DUTY_DECIDED: {"duty": _one_of(Duty)},
    Kind.REFERRED: {"to": _one_of(Receiver)},
    Kind.SUPPORT_NOTED: {"support": _one_of(Support)},
    Kind.STEP_TAKEN_UP: {"step": _id, "what": _one_of(What), "day": _day},
    Kind.STEP_MOVED: {"step": _id, "day": _day},
    Kind.STEP_DONE: {"step": _id},
    Kind.STEP_DROPPED: {"step": _id},
    Kind.READER_ASKED: {"whom": _id},
    Kind.HANDED_OVER: {"to": _id},
    Kind.TEAM_ASKED: {"team": _id},
    Kind.TEAM_ACCEPTED: {"team": _id},
    Kind.TEAM_DECLINED: {"team": _id},
    Kind.TEAM_WITHDRAWN: {"team": _id},
    Kind.CHILD_REFUSED: {"team": _id},
    Kind.DEBRIEF_DONE: {"whom": _id},
    Kind.LINKED: {"other": _id},
    Kind.UNLINKED: {"other": _id},
    Kind.CLOSING_TOLD: {"day": _day},
    Kind.REOPENED: {"why": _one_of(Why)},
}
ABOUT_A_CHILD = frozenset(
    {
        Kind.CHILD_ADDED,
        Kind.CHILD_CHANGED,
        Kind.CHILD_WITHDRAWN,
        Kind.DUTY_DECIDED,
        Kind.REFERRED,
        Kind.FEEDBACK_ASKED,
        Kind.SUPPORT_NOTED,
    }
)


def check(kind: Kind, codes: Codes, child: str = "") -> None:
    """Make sure that an event carries in clear its own codes and nothing else; NotACode."""
    wanted = _OF.get(kind, {})
    if set(codes) != set(wanted):
        raise NotACode(f"{kind} carries {sorted(wanted)}, not {sorted(codes)}.")
    for name, is_code in wanted.items():
        if not is_code(codes[name]):
            raise NotACode(f"{name} of {kind} is no code.")
    if (kind in ABOUT_A_CHILD) != bool(child) or (child and not _id(child)):
        raise NotACode(f"{kind} names the wrong number of children.")
