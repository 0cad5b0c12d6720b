"""Keeping a case over its term, for an ongoing legal matter: asked, agreed by another, to a day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .events import Kind
from .turn import Place, Refusal

# Whoever needs longer looks at it again then.
LONGEST = timedelta(days=366)


def ask_hold(place: Place, because: str, day: date) -> None:
    """Ask another person to keep it to the end of this day, a year ahead at the most."""
    with place.turn(also_closed=True) as turn:
        today = place.disclosure.team.local(place.now).date()
        turn.need(because.strip(), Refusal.REASON)
        turn.need(day > today, Refusal.PAST)
        turn.need(day <= today + LONGEST, Refusal.TOO_LONG)
        turn.add(Kind.HOLD_ASKED, words={"because": because}, day=day.isoformat())


def agree_hold(place: Place) -> None:
    """Agree, as another person: from now on nothing of it is erased before the day is over."""
    with place.turn(also_closed=True) as turn:
        asked, day = turn.state.hold, turn.state.hold_to
        turn.need(asked is not None and day is not None, Refusal.NOT_THERE)
        turn.need(asked is not None and asked.by != turn.me, Refusal.ANOTHER_PERSON)
        zone = ZoneInfo(place.disclosure.team.timezone)
        if day is not None:
            turn.add(Kind.HOLD_AGREED, day=day.isoformat())
            turn.here.disclosure.hold(datetime.combine(day + timedelta(days=1), time(), zone))


def lift_hold(place: Place, because: str) -> None:
    """Let it go when its term is over, as a lead; where that is past, in the next round."""
    with place.turn(also_closed=True) as turn:
        there = turn.state.hold is not None or turn.state.held_to is not None
        turn.need(there, Refusal.NOT_THERE)
        turn.need_lead()
        turn.need(because.strip(), Refusal.REASON)
        turn.add(Kind.HOLD_LIFTED, words={"because": because})
        turn.here.disclosure.hold(None)
