"""What follows from what happened: plain folds, and the laws that hold for any chronology."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..events import (
    ABOUT_A_CHILD,
    Call,
    Duty,
    Event,
    Flag,
    Kind,
    NotACode,
    Receiver,
    Risk,
    Role,
    Support,
    Way,
    What,
    Why,
    check,
)
from ..state import MOST_STEPS, State, fold

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BO, LO, MIO = (str(UUID(int=number)) for number in (1, 2, 3))
IDS = st.sampled_from([BO, LO, MIO])
SOUTH = str(UUID(int=99))
SMALL = st.sampled_from([str(UUID(int=number)) for number in range(10, 18)])
DAYS = st.dates(date(2026, 1, 1), date(2027, 1, 1)).map(date.isoformat)
CODES = {
    "message": st.integers(1, 1000),
    "to": IDS,
    "whom": IDS,
    "risk": st.sampled_from(Risk),
    "flag": st.sampled_from(Flag),
    "way": st.sampled_from(Way),
    "role": st.sampled_from(Role),
    "identifiable": st.booleans(),
    "duty": st.sampled_from(Duty),
    "support": st.sampled_from(Support),
    "step": SMALL,
    "what": st.sampled_from(What),
    "day": DAYS,
    "other": SMALL,
    "team": SMALL,
    "why": st.sampled_from(Why),
}
OWN = {
    (Kind.CALLED, "whom"): st.sampled_from(Call),
    (Kind.REFERRED, "to"): st.sampled_from(Receiver),
}
NAMES = {
    Kind.REPLIED: ("message",), Kind.CONTACTED: ("way",), Kind.PASSED: ("to",),
    Kind.RELEASED: ("whom",), Kind.RISK_SET: ("risk",), Kind.RISK_CONFIRMED: ("risk",),
    Kind.FLAG_RAISED: ("flag",), Kind.FLAG_LOWERED: ("flag",), Kind.CALLED: ("whom",),
    Kind.CHILD_ADDED: ("role", "identifiable"), Kind.CHILD_CHANGED: ("role", "identifiable"),
    Kind.DUTY_DECIDED: ("duty",), Kind.REFERRED: ("to",), Kind.SUPPORT_NOTED: ("support",),
    Kind.STEP_TAKEN_UP: ("step", "what", "day"), Kind.STEP_MOVED: ("step", "day"),
    Kind.STEP_DONE: ("step",), Kind.STEP_DROPPED: ("step",), Kind.READER_ASKED: ("whom",),
    Kind.TEAM_ASKED: ("team",), Kind.TEAM_ACCEPTED: ("team",), Kind.TEAM_DECLINED: ("team",),
    Kind.TEAM_WITHDRAWN: ("team",), Kind.CHILD_REFUSED: ("team",),
    Kind.HANDED_OVER: ("to",), Kind.DEBRIEF_DONE: ("whom",), Kind.LINKED: ("other",),
    Kind.UNLINKED: ("other",), Kind.CLOSING_TOLD: ("day",), Kind.REOPENED: ("why",),
}  # fmt: skip


@st.composite
def one_event(draw):
    """Any event that may be stored, at the wrong moment as likely as at the right one."""
    kind = draw(st.sampled_from(Kind))
    codes = {name: draw(OWN.get((kind, name), CODES[name])) for name in NAMES.get(kind, ())}
    child = draw(SMALL) if kind in ABOUT_A_CHILD else ""
    return kind, draw(IDS), child, {name: _plain(value) for name, value in codes.items()}


def _plain(value):
    return str(value) if isinstance(value, str) else value


def numbered(found):
    return [
        Event(number, kind, AT + timedelta(minutes=number), by, child, codes)
        for number, (kind, by, child, codes) in enumerate(found, start=1)
    ]


CHRONOLOGIES = st.lists(one_event(), max_size=40).map(numbered)


def after(*found):
    """The state after (kind, by, codes) triples."""
    return fold(numbered((kind, by, codes.pop("child", ""), codes) for kind, by, codes in found))


@given(CHRONOLOGIES)
def test_any_chronology_folds_and_every_event_in_it_may_be_stored(events):
    for event in events:
        check(event.kind, event.codes, event.child)
    state = fold(events)
    assert state.sequence == len(events)
    assert len(state.steps) <= MOST_STEPS


@given(CHRONOLOGIES)
def test_nobody_ever_holds_their_own_debrief_or_is_their_own_second_person(events):
    state = fold(events)
    assert all(whom != held_by for whom, held_by in state.debriefs.items())
    assert not state.stopped or state.stopped != state.stop.by
    assert not state.prank_agreed or state.prank_agreed != state.prank.by


@given(CHRONOLOGIES, st.integers(0, 40))
def test_a_chronology_can_be_folded_in_two_parts(events, at):
    state = fold(events[:at])
    for event in events[at:]:
        state = state.after(event)
    assert state == fold(events)


@given(CHRONOLOGIES, IDS)
def test_who_is_released_has_nothing_left_to_do(events, gone):
    state = fold(events).after(Event(99, Kind.RELEASED, AT, LO, "", {"whom": gone}))
    assert gone not in (state.owner, state.cover, state.carries)
    assert gone not in state.owed
    assert state.reader is None or state.reader.whom != gone
    assert state.hand_over is None or gone not in (state.hand_over.whom, state.hand_over.by)


@given(CHRONOLOGIES)
def test_what_was_ever_grave_owes_somebody_a_debrief_or_has_had_it(events):
    state = fold(events)
    if state.was_grave and not any(event.kind is Kind.RELEASED for event in events):
        assert state.debriefs


def test_a_case_begins_unknown_which_is_not_low():
    assert State().risk is Risk.UNKNOWN
    assert not State().confirmed


def test_a_new_level_wants_the_leads_word_anew():
    high = (Kind.RISK_SET, BO, {"risk": "high"})
    yes = (Kind.RISK_CONFIRMED, LO, {"risk": "high"})
    assert after(high, yes).confirmed
    assert not after(high, yes, (Kind.RISK_SET, BO, {"risk": "low"})).confirmed
    assert not after(high, (Kind.RISK_CONFIRMED, LO, {"risk": "low"})).confirmed


def test_who_replies_first_carries_it_and_a_cover_carries_it_meanwhile():
    replied = (Kind.REPLIED, BO, {"message": 2})
    handed = (Kind.HANDED_OVER, BO, {"to": MIO})
    assert after(replied).carries == BO
    assert after(replied, (Kind.REPLIED, LO, {"message": 3})).carries == BO
    assert after(replied, handed).carries == BO
    assert after(replied, handed, (Kind.COVER_ACCEPTED, LO, {})).carries == BO
    covered = (replied, handed, (Kind.COVER_ACCEPTED, MIO, {}))
    assert after(*covered).carries == MIO
    assert after(*covered, (Kind.TAKEN_BACK, BO, {})).carries == BO


def test_a_lower_level_does_not_take_the_debrief_back():
    state = after(
        (Kind.REPLIED, BO, {"message": 2}),
        (Kind.RISK_SET, LO, {"risk": "immediate"}),
        (Kind.RISK_SET, LO, {"risk": "low"}),
        (Kind.DEBRIEF_DONE, BO, {"whom": BO}),
    )
    assert state.owed == {BO}
    assert state.was_grave


def test_the_other_teams_yes_gives_the_case_to_who_said_it_and_ends_what_was_the_first_teams():
    before = (
        (Kind.REPLIED, BO, {"message": 2}),
        (Kind.RISK_SET, BO, {"risk": "high"}),
        (Kind.HANDED_OVER, BO, {"to": LO}),
        (Kind.READER_ASKED, BO, {"whom": LO}),
        (Kind.CLOSING_TOLD, BO, {"day": "2026-04-01"}),
        (Kind.TEAM_ASKED, BO, {"team": SOUTH}),
    )
    asked = after(*before)
    assert (asked.team_asked.whom, asked.carries) == (SOUTH, BO)
    taken = after(*before, (Kind.TEAM_ACCEPTED, MIO, {"team": SOUTH}))
    assert (taken.carries, taken.owed, taken.risk) == (MIO, {MIO}, "high")
    assert (taken.team_asked, taken.hand_over, taken.reader, taken.closing_on) == (None,) * 4


@pytest.mark.parametrize("end", [Kind.TEAM_DECLINED, Kind.TEAM_WITHDRAWN, Kind.CHILD_REFUSED])
def test_without_a_yes_the_case_stays_whose_it_was(end):
    before = ((Kind.REPLIED, BO, {"message": 2}), (Kind.TEAM_ASKED, BO, {"team": SOUTH}))
    state = after(*before, (end, "", {"team": SOUTH}))
    assert (state.carries, state.team_asked) == (BO, None)
    assert state.child_refused == (end is Kind.CHILD_REFUSED)
    again = after(*before, (end, "", {"team": SOUTH}), before[1])
    assert not again.child_refused


def test_a_child_is_identified_once_and_the_clock_does_not_begin_anew():
    child = str(UUID(int=10))
    known = {"child": child, "role": "self", "identifiable": True}
    state = after((Kind.CHILD_ADDED, BO, dict(known)), (Kind.CHILD_CHANGED, BO, dict(known)))
    assert state.children[child].identified == AT + timedelta(minutes=1)


def test_reopening_forgets_what_the_child_was_told_of_the_end():
    state = after(
        (Kind.CLOSING_TOLD, BO, {"day": "2026-03-20"}),
        (Kind.CLOSED, LO, {}),
        (Kind.REOPENED, "", {"why": "child_wrote"}),
    )
    assert (state.closed, state.closing_told, state.closing_on) == (None, None, None)


@pytest.mark.parametrize(
    ("kind", "codes", "child"),
    [
        (Kind.NOTED, {"text": "what Ada said"}, ""),
        (Kind.RISK_SET, {"risk": "very high"}, ""),
        (Kind.RISK_SET, {}, ""),
        (Kind.PASSED, {"to": "Bo"}, ""),
        (Kind.REPLIED, {"message": True}, ""),
        (Kind.STEP_MOVED, {"step": BO, "day": "soon"}, ""),
        (Kind.DUTY_DECIDED, {"duty": "report"}, ""),
        (Kind.DUTY_DECIDED, {"duty": "report"}, "Ada"),
        (Kind.NOTED, {}, BO),
    ],
)
def test_no_persons_words_go_in_clear(kind, codes, child):
    with pytest.raises(NotACode):
        check(kind, codes, child)
