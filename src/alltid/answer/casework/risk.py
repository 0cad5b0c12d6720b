"""How urgent it is: the level, the lead's word on it, what the stop bar says, whom one rang."""

from .events import Call, Flag, Kind, Risk
from .turn import Place, Refusal


def set_level(place: Place, risk: Risk, because: str) -> None:
    """Say how urgent it is; a lead's own word needs no other lead's."""
    with place.turn() as turn:
        turn.add(Kind.RISK_SET, risk=risk, words={"because": because})
        if place.is_lead and risk is not Risk.UNKNOWN:
            turn.add(Kind.RISK_CONFIRMED, risk=risk)


def confirm(place: Place) -> None:
    """Let a lead say that the level is right."""
    with place.turn() as turn:
        turn.need_lead()
        turn.need(turn.state.risk is not Risk.UNKNOWN, Refusal.NOTHING_TO_CONFIRM)
        turn.need(not turn.state.confirmed, Refusal.DONE_ALREADY)
        turn.add(Kind.RISK_CONFIRMED, risk=turn.state.risk)


def review(place: Place, words: str) -> None:
    """Let a lead note that they have looked at the whole case."""
    with place.turn() as turn:
        turn.need_lead()
        turn.add(Kind.REVIEWED, words={"text": words})


def raise_flag(place: Place, flag: Flag, because: str) -> None:
    """Put a word on the stop bar."""
    with place.turn() as turn:
        turn.need(flag not in turn.state.flags, Refusal.DONE_ALREADY)
        turn.add(Kind.FLAG_RAISED, flag=flag, words={"because": because})


def lower_flag(place: Place, flag: Flag, because: str) -> None:
    """Take a word from the stop bar, with a reason."""
    with place.turn() as turn:
        turn.need(flag in turn.state.flags, Refusal.NOT_THERE)
        turn.need(because.strip(), Refusal.REASON)
        turn.add(Kind.FLAG_LOWERED, flag=flag, words={"because": because})


def rang(place: Place, whom: Call, words: str) -> None:
    """Note that somebody was rung because it was acute."""
    with place.turn() as turn:
        turn.add(Kind.CALLED, whom=whom, words={"text": words})
