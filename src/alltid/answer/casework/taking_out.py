"""The whole case is taken out, for a secrecy review."""

from .events import Kind, MadeAs
from .turn import Place, Refusal


def take_out(place: Place, made_as: MadeAs, because: str) -> None:
    """Note that the whole case leaves, by whom and what for."""
    with place.turn(also_closed=True) as turn:
        turn.need(because.strip(), Refusal.REASON)
        turn.add(Kind.TAKEN_OUT, made_as=made_as, words={"because": because})
