"""Handing a case over while one is away: three lines, and a cover who says yes.

Passing it on for good is a tap (hands.pass_on).
"""

from alltid.people.models import User

from .events import Kind
from .turn import Place, Refusal


def hand_over(place: Place, to: User, *, stands: str, next_step: str, beware: str) -> None:
    """Ask somebody to stand in. stands, next_step, beware: the three lines, all of them."""
    with place.turn() as turn:
        turn.need(to != place.user and turn.state.owner != str(to.pk), Refusal.ANOTHER_PERSON)
        turn.need(stands.strip() and next_step.strip() and beware.strip(), Refusal.WORDS)
        lines = {"stands": stands, "next": next_step, "beware": beware}
        turn.add(Kind.HANDED_OVER, to=str(to.pk), words=lines)


def accept(place: Place) -> None:
    """Stand in, as the one who was asked."""
    with place.turn() as turn:
        asked = turn.state.hand_over
        turn.need(asked is not None and asked.whom == turn.me, Refusal.NOT_YOURS)
        turn.add(Kind.COVER_ACCEPTED)


def decline(place: Place, because: str) -> None:
    """Say no, as the one who was asked; or take the question back, as the one who asked."""
    with place.turn() as turn:
        asked = turn.state.hand_over
        turn.need(asked is not None and turn.me in (asked.whom, asked.by), Refusal.NOT_YOURS)
        turn.add(Kind.COVER_DECLINED, words={"because": because})


def take_back(place: Place) -> None:
    """End the standing in: the owner is here again."""
    with place.turn() as turn:
        turn.need(turn.state.cover, Refusal.NOT_THERE)
        turn.add(Kind.TAKEN_BACK)
