"""The end of a case: the child is told first, it closes where nothing lacks, it opens again."""

from datetime import date

from ..access import OpenDisclosure
from ..chronology import Held
from . import timers
from .closing import days, first_day, what_is_missing
from .events import Kind, Why
from .turn import NotYet, Place, Refusal, Refused


def tell_child(place: Place, opened: OpenDisclosure, text: str, day: date, read_up_to: int) -> None:
    """Answer the child with the day on which it closes, as long ahead as the team's pack says.

    Raises what an answer raises (`OpenDisclosure.reply`), besides what a turn does.
    """
    with place.turn() as turn:
        team = place.disclosure.team
        turn.need(turn.thread.reachable, Refusal.UNREACHABLE)
        turn.need(text.strip(), Refusal.WORDS)
        first = first_day(turn.state, place.now, team.hours, timers.of(team.country))
        if day < first:
            raise Refused(Refusal.TOO_SOON, first)
        opened.reply_in(turn.here, text, read_up_to, place.now, closes=day)
        turn.add(Kind.CLOSING_TOLD, day=day.isoformat())


def close(place: Place, words: str) -> None:
    """Close it where nothing is missing; raises NotYet. The child's words go on working."""
    with place.turn(also_closed=True) as turn:
        turn.need(turn.state.closed is None, Refusal.CLOSED_ALREADY)
        _nothing_missing(turn.here, place)
        turn.add(Kind.CLOSED, words={"text": words})
        turn.here.disclosure.close(place.now)


def _nothing_missing(here: Held, place: Place) -> None:
    team = place.disclosure.team
    times = timers.of(team.country)
    missing = what_is_missing(
        here.state, here.thread, team.hours, times, by_lead=place.is_lead, now=place.now
    )
    if missing:
        raise NotYet(missing, days(here.state, here.thread, team.hours, times, place.now))


def reopen(place: Place, because: str) -> None:
    """Open it again, because there is more to do."""
    with place.turn(also_closed=True) as turn:
        turn.need(turn.state.closed is not None, Refusal.DONE_ALREADY)
        turn.add(Kind.REOPENED, why=Why.MORE_TO_DO, words={"because": because})
        turn.here.disclosure.open_again()
