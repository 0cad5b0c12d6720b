"""Next steps: at most five, each with a day; proposed, never imposed."""

from datetime import date
from uuid import uuid4

from .events import Kind, What
from .state import MOST_STEPS
from .turn import Place, Refusal, Turn


def take_up(place: Place, what: What, day: date, words: str) -> str:
    """Take up a step, one that was proposed or one's own words; its new random id."""
    step = str(uuid4())
    with place.turn() as turn:
        turn.need(len(turn.state.steps) < MOST_STEPS, Refusal.FULL)
        turn.need(what is not What.OWN or words.strip(), Refusal.WORDS)
        _not_past(turn, day)
        turn.add(
            Kind.STEP_TAKEN_UP, step=step, what=what, day=day.isoformat(), words={"text": words}
        )
    return step


def move(place: Place, step: str, day: date) -> None:
    """Give a step another day."""
    with place.turn() as turn:
        turn.need(step in turn.state.steps, Refusal.NOT_THERE)
        _not_past(turn, day)
        turn.add(Kind.STEP_MOVED, step=step, day=day.isoformat())


def finish(place: Place, step: str, words: str) -> None:
    """Note that a step is done, and how it went."""
    with place.turn() as turn:
        turn.need(step in turn.state.steps, Refusal.NOT_THERE)
        turn.add(Kind.STEP_DONE, step=step, words={"text": words})


def drop(place: Place, step: str, because: str) -> None:
    """Let a step be, with a reason."""
    with place.turn() as turn:
        turn.need(step in turn.state.steps, Refusal.NOT_THERE)
        turn.need(because.strip(), Refusal.REASON)
        turn.add(Kind.STEP_DROPPED, step=step, words={"because": because})


def _not_past(turn: Turn, day: date) -> None:
    today = turn.place.disclosure.team.local(turn.place.now).date()
    turn.need(day >= today, Refusal.PAST)
