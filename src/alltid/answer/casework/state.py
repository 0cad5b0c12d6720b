"""The state of a case, folded from what happened in it; never typed, never stored as such.

Plain Python. `fold` takes events in their order and cannot fail on any that `events.check` let
pass: what makes no sense (a step finished twice, a debrief closed by the one who owes it) changes
nothing. What may be done at all is refused earlier, by the deeds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import reduce

from .events import Duty, Event, Flag, Kind, Receiver, Risk, Role, Support, What

MOST_STEPS = 5


@dataclass(frozen=True)
class Referral:
    """A child was written about to somebody: to whom, when, by whom."""

    to: Receiver
    at: datetime
    by: str


@dataclass(frozen=True)
class Child:
    """A child concerned. identified: since when it is known who it is, None while it is not."""

    id: str
    role: Role
    identified: datetime | None = None
    duty: Duty | None = None
    duty_at: datetime | None = None
    duty_by: str = ""
    support: Support | None = None
    referrals: tuple[Referral, ...] = ()
    feedback_asked: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Step:
    """A next step that somebody took up, with its day, and when it was given that day."""

    id: str
    what: What
    day: date
    at: datetime
    by: str
    sequence: int


@dataclass(frozen=True)
class Asked:
    """Something that another person has to answer: who asked whom, when."""

    by: str
    at: datetime
    whom: str = ""


@dataclass(frozen=True)
class State:
    """Where a case stands. All ids are strings; "" is nobody."""

    sequence: int = 0
    owner: str = ""
    cover: str = ""
    risk: Risk = Risk.UNKNOWN
    risk_by: str = ""
    risk_at: datetime | None = None
    confirmed_by: str = ""
    was_grave: bool = False
    flags: frozenset[Flag] = frozenset()
    children: Mapping[str, Child] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)
    # What was done since the risk was last set: it is not proposed again.
    done: frozenset[What] = frozenset()
    answers: int = 0
    newest_answer: int = 0
    contacts: tuple[datetime, ...] = ()
    # When we last wrote, and how often somebody has reached for the child since.
    answered: datetime | None = None
    seen_to: int = 0
    reviewed: datetime | None = None
    hand_over: Asked | None = None
    reader: Asked | None = None
    # The team that is asked to take over; the last one that was; whether the child said no to it.
    team_asked: Asked | None = None
    team: str = ""
    child_refused: bool = False
    # Who owes a debrief, and by whom it was held; "" while it is owed.
    debriefs: Mapping[str, str] = field(default_factory=dict)
    prank: Asked | None = None
    prank_agreed: str = ""
    stop: Asked | None = None
    stopped: str = ""
    linked: frozenset[str] = frozenset()
    closing_told: datetime | None = None
    closing_on: date | None = None
    closed: datetime | None = None

    @property
    def confirmed(self) -> bool:
        """Whether a lead has confirmed the risk as it stands."""
        return bool(self.confirmed_by)

    @property
    def owed(self) -> frozenset[str]:
        """Those who owe a debrief still."""
        return frozenset(whom for whom, held_by in self.debriefs.items() if not held_by)

    @property
    def undecided(self) -> tuple[Child, ...]:
        """The children for whom the duty to report is not decided."""
        return tuple(child for child in self.children.values() if child.duty is None)

    @property
    def carries(self) -> str:
        """Whose it is today: the cover who accepted, else the owner."""
        return self.cover or self.owner

    def after(self, event: Event) -> "State":
        """The state once this has happened too."""
        return replace(_THEN[event.kind](self, event), sequence=event.sequence)


def fold(events: Iterable[Event]) -> State:
    """The state after these events, oldest first."""
    return reduce(State.after, events, State())


_Then = Callable[[State, Event], State]
_THEN: dict[Kind, _Then] = {kind: lambda state, _event: state for kind in Kind}


def _then(kind: Kind) -> Callable[[_Then], _Then]:
    def note(then: _Then) -> _Then:
        _THEN[kind] = then
        return then

    return note


# --- who carries it ----------------------------------------------------------------------------


@_then(Kind.REPLIED)
def _replied(state: State, event: Event) -> State:
    state = replace(
        state,
        answers=state.answers + 1,
        newest_answer=int(event.codes["message"]),
        contacts=(*state.contacts, event.at),
        answered=event.at,
        seen_to=0,
    )
    return state if state.owner else _owned_by(state, event.by)


@_then(Kind.CONTACTED)
def _contacted(state: State, event: Event) -> State:
    return replace(state, contacts=(*state.contacts, event.at), seen_to=state.seen_to + 1)


@_then(Kind.PASSED)
def _passed(state: State, event: Event) -> State:
    # Whoever was to stand in stood in for another.
    return _owned_by(replace(state, cover="", hand_over=None), event.code("to"))


def _owned_by(state: State, owner: str) -> State:
    state = replace(state, owner=owner)
    return _owes_debrief(state, owner) if state.risk.grave else state


@_then(Kind.RELEASED)
def _released(state: State, event: Event) -> State:
    """Somebody is not to see it any more: nothing of it is theirs to do."""
    gone = event.code("whom")
    hand_over, reader = state.hand_over, state.reader
    return replace(
        state,
        owner="" if state.owner == gone else state.owner,
        cover="" if state.cover == gone else state.cover,
        hand_over=None if hand_over and gone in (hand_over.whom, hand_over.by) else hand_over,
        reader=None if reader and reader.whom == gone else reader,
        debriefs={whom: by for whom, by in state.debriefs.items() if whom != gone or by},
    )


@_then(Kind.HANDED_OVER)
def _handed_over(state: State, event: Event) -> State:
    return replace(state, hand_over=Asked(event.by, event.at, event.code("to")))


@_then(Kind.COVER_ACCEPTED)
def _accepted(state: State, event: Event) -> State:
    if state.hand_over is None or state.hand_over.whom != event.by:
        return state
    return replace(state, cover=event.by, hand_over=None)


@_then(Kind.COVER_DECLINED)
def _declined(state: State, _event: Event) -> State:
    return replace(state, hand_over=None)


@_then(Kind.TAKEN_BACK)
def _taken_back(state: State, _event: Event) -> State:
    return replace(state, cover="", hand_over=None)


@_then(Kind.TEAM_ASKED)
def _team_asked(state: State, event: Event) -> State:
    team = event.code("team")
    asked = Asked(event.by, event.at, team)
    return replace(state, team_asked=asked, team=team, child_refused=False)


@_then(Kind.TEAM_DECLINED)
@_then(Kind.TEAM_WITHDRAWN)
def _team_not_taking(state: State, _event: Event) -> State:
    return replace(state, team_asked=None)


@_then(Kind.CHILD_REFUSED)
def _child_refused(state: State, _event: Event) -> State:
    return replace(state, team_asked=None, child_refused=True)


@_then(Kind.TEAM_ACCEPTED)
def _team_accepted(state: State, event: Event) -> State:
    """It lies with other people now: what was asked of the old ones, and owed by them, ends."""
    state = replace(
        state,
        team_asked=None,
        cover="",
        hand_over=None,
        reader=None,
        debriefs={whom: by for whom, by in state.debriefs.items() if by},
        # The end that the child was told of was another team's plan.
        closing_told=None,
        closing_on=None,
    )
    return _owned_by(state, event.by)


# --- how urgent it is --------------------------------------------------------------------------


@_then(Kind.RISK_SET)
def _risk_set(state: State, event: Event) -> State:
    risk = Risk(event.code("risk"))
    state = replace(
        state, risk=risk, risk_by=event.by, risk_at=event.at, confirmed_by="", done=frozenset()
    )
    if not risk.grave:
        return state
    return _owes_debrief(replace(state, was_grave=True), state.owner or event.by)


@_then(Kind.RISK_CONFIRMED)
def _risk_confirmed(state: State, event: Event) -> State:
    if event.codes["risk"] != state.risk or state.risk_at is None:
        return state
    return replace(state, confirmed_by=event.by)


@_then(Kind.FLAG_RAISED)
def _raised(state: State, event: Event) -> State:
    return replace(state, flags=state.flags | {Flag(event.code("flag"))})


@_then(Kind.FLAG_LOWERED)
def _lowered(state: State, event: Event) -> State:
    return replace(state, flags=state.flags - {Flag(event.code("flag"))})


@_then(Kind.REVIEWED)
def _reviewed(state: State, event: Event) -> State:
    return replace(state, reviewed=event.at)


# --- the children concerned --------------------------------------------------------------------


def _with(state: State, child: Child) -> State:
    return replace(state, children={**state.children, child.id: child})


def _of_child(change: Callable[[Child, Event], Child]) -> _Then:
    """Change a child that is concerned; of another one nothing is known."""

    def then(state: State, event: Event) -> State:
        child = state.children.get(event.child)
        return state if child is None else _with(state, change(child, event))

    return then


@_then(Kind.CHILD_ADDED)
def _child_added(state: State, event: Event) -> State:
    if event.child in state.children:
        return state
    known = event.at if event.codes["identifiable"] else None
    return _with(state, Child(event.child, Role(event.code("role")), known))


@_then(Kind.CHILD_CHANGED)
@_of_child
def _child_changed(child: Child, event: Event) -> Child:
    known = (child.identified or event.at) if event.codes["identifiable"] else None
    return replace(child, role=Role(event.code("role")), identified=known)


@_then(Kind.CHILD_WITHDRAWN)
def _child_withdrawn(state: State, event: Event) -> State:
    left = {pk: child for pk, child in state.children.items() if pk != event.child}
    return replace(state, children=left)


@_then(Kind.DUTY_DECIDED)
@_of_child
def _decided(child: Child, event: Event) -> Child:
    return replace(child, duty=Duty(event.code("duty")), duty_at=event.at, duty_by=event.by)


@_then(Kind.REFERRED)
@_of_child
def _referred(child: Child, event: Event) -> Child:
    sent = Referral(Receiver(event.code("to")), event.at, event.by)
    return replace(child, referrals=(*child.referrals, sent))


@_then(Kind.FEEDBACK_ASKED)
@_of_child
def _feedback(child: Child, event: Event) -> Child:
    return replace(child, feedback_asked=(*child.feedback_asked, event.at))


@_then(Kind.SUPPORT_NOTED)
@_of_child
def _support(child: Child, event: Event) -> Child:
    return replace(child, support=Support(event.code("support")))


# --- next steps --------------------------------------------------------------------------------


def _step_day(event: Event) -> date:
    return date.fromisoformat(event.code("day"))


@_then(Kind.STEP_TAKEN_UP)
def _taken_up(state: State, event: Event) -> State:
    pk = event.code("step")
    if pk in state.steps or len(state.steps) >= MOST_STEPS:
        return state
    step = Step(pk, What(event.code("what")), _step_day(event), event.at, event.by, event.sequence)
    return replace(state, steps={**state.steps, pk: step})


@_then(Kind.STEP_MOVED)
def _moved(state: State, event: Event) -> State:
    pk = event.code("step")
    if pk not in state.steps:
        return state
    moved = replace(state.steps[pk], day=_step_day(event), at=event.at)
    return replace(state, steps={**state.steps, pk: moved})


@_then(Kind.STEP_DONE)
def _step_done(state: State, event: Event) -> State:
    step = state.steps.get(event.code("step"))
    if step is None:
        return state
    return replace(_step_dropped(state, event), done=state.done | {step.what} - {What.OWN})


@_then(Kind.STEP_DROPPED)
def _step_dropped(state: State, event: Event) -> State:
    left = {pk: step for pk, step in state.steps.items() if pk != event.codes["step"]}
    return replace(state, steps=left)


# --- a second person ---------------------------------------------------------------------------


@_then(Kind.READER_ASKED)
def _reader_asked(state: State, event: Event) -> State:
    return replace(state, reader=Asked(event.by, event.at, event.code("whom")))


@_then(Kind.READER_ANSWERED)
def _reader_answered(state: State, event: Event) -> State:
    asked = state.reader
    return replace(state, reader=None) if asked and asked.whom == event.by else state


def _owes_debrief(state: State, whom: str) -> State:
    if not whom or whom in state.owed:
        return state
    return replace(state, debriefs={**state.debriefs, whom: ""})


@_then(Kind.DEBRIEF_ASKED)
def _debrief_asked(state: State, event: Event) -> State:
    return _owes_debrief(state, event.by)


@_then(Kind.DEBRIEF_DONE)
def _debrief_done(state: State, event: Event) -> State:
    """Nobody closes their own."""
    whom = event.code("whom")
    if whom not in state.owed or event.by in ("", whom):
        return state
    return replace(state, debriefs={**state.debriefs, whom: event.by})


@_then(Kind.PRANK_MARKED)
def _prank(state: State, event: Event) -> State:
    return replace(state, prank=Asked(event.by, event.at), prank_agreed="")


@_then(Kind.PRANK_AGREED)
def _prank_agreed(state: State, event: Event) -> State:
    if state.prank is None or event.by in ("", state.prank.by):
        return state
    return replace(state, prank_agreed=event.by)


@_then(Kind.PRANK_UNMARKED)
def _no_prank(state: State, _event: Event) -> State:
    return replace(state, prank=None, prank_agreed="")


@_then(Kind.STOP_ASKED)
def _stop_asked(state: State, event: Event) -> State:
    return state if state.stopped else replace(state, stop=Asked(event.by, event.at))


@_then(Kind.STOP_AGREED)
def _stop_agreed(state: State, event: Event) -> State:
    if state.stop is None or event.by in ("", state.stop.by):
        return state
    return replace(state, stopped=event.by)


@_then(Kind.STOP_WITHDRAWN)
def _stop_withdrawn(state: State, _event: Event) -> State:
    return state if state.stopped else replace(state, stop=None)


# --- one child, two threads; the end -----------------------------------------------------------


@_then(Kind.LINKED)
def _linked(state: State, event: Event) -> State:
    return replace(state, linked=state.linked | {event.code("other")})


@_then(Kind.UNLINKED)
def _unlinked(state: State, event: Event) -> State:
    return replace(state, linked=state.linked - {event.code("other")})


@_then(Kind.CLOSING_TOLD)
def _closing_told(state: State, event: Event) -> State:
    return replace(state, closing_told=event.at, closing_on=_step_day(event))


@_then(Kind.CLOSED)
def _closed(state: State, event: Event) -> State:
    return replace(state, closed=event.at, hand_over=None, reader=None)


@_then(Kind.REOPENED)
def _reopened(state: State, _event: Event) -> State:
    # What the child was told of the end is not true any more.
    return replace(state, closed=None, closing_told=None, closing_on=None)
