"""The children concerned: who they are in this, what was decided for each, what help each gets."""

from uuid import uuid4

from .events import Duty, Kind, Receiver, Role, Support
from .turn import Place, Refusal, Turn


def add(place: Place, role: Role, who: str, *, identifiable: bool) -> str:
    """Note a child concerned; the new random id. who: in words, sealed."""
    child = str(uuid4())
    with place.turn() as turn:
        turn.add(
            Kind.CHILD_ADDED,
            child=child,
            role=role,
            identifiable=identifiable,
            words={"who": who},
        )
    return child


def change(place: Place, child: str, role: Role, who: str, *, identifiable: bool) -> None:
    """Say anew what a child has to do with it and who they are."""
    with place.turn() as turn:
        _there(turn, child)
        turn.add(
            Kind.CHILD_CHANGED,
            child=child,
            role=role,
            identifiable=identifiable,
            words={"who": who},
        )


def withdraw(place: Place, child: str, because: str) -> None:
    """Take away a child who was noted by mistake; nobody about whom somebody was written to."""
    with place.turn() as turn:
        _there(turn, child)
        turn.need(because.strip(), Refusal.REASON)
        turn.need(not turn.state.children[child].referrals, Refusal.DONE_ALREADY)
        turn.add(Kind.CHILD_WITHDRAWN, child=child, words={"because": because})


def decide(place: Place, child: str, duty: Duty, because: str) -> None:
    """Decide about the duty to report for one child; not reporting now needs its reason."""
    with place.turn() as turn:
        _there(turn, child)
        turn.need(duty is not Duty.NOT_NOW or because.strip(), Refusal.REASON)
        turn.add(Kind.DUTY_DECIDED, child=child, duty=duty, words={"because": because})


def refer(place: Place, child: str, to: Receiver, what: str) -> None:
    """Note that somebody was written to about one child."""
    with place.turn() as turn:
        _there(turn, child)
        turn.add(Kind.REFERRED, child=child, to=to, words={"text": what})


def ask_feedback(place: Place, child: str, answer: str) -> None:
    """Note that one asked what became of a report, and the answer."""
    with place.turn() as turn:
        _there(turn, child)
        turn.need(turn.state.children[child].referrals, Refusal.NOT_THERE)
        turn.add(Kind.FEEDBACK_ASKED, child=child, words={"text": answer})


def support(place: Place, child: str, support: Support, words: str) -> None:
    """Note what help one child gets."""
    with place.turn() as turn:
        _there(turn, child)
        turn.add(Kind.SUPPORT_NOTED, child=child, support=support, words={"text": words})


def give_leave(place: Place, child: str, because: str) -> None:
    """Decide, as the one who carries the case, that what is known of one child may leave."""
    with place.turn() as turn:
        _there(turn, child)
        turn.need(turn.carries, Refusal.NOT_CARRIED)
        turn.need(because.strip(), Refusal.REASON)
        turn.need(not turn.state.children[child].may_leave, Refusal.DONE_ALREADY)
        turn.add(Kind.LEAVE_GIVEN, child=child, words={"because": because})


def take_leave_back(place: Place, child: str, because: str) -> None:
    """Decide that nothing more of one child leaves; what has left cannot be called back."""
    with place.turn() as turn:
        _there(turn, child)
        turn.need(turn.state.children[child].may_leave, Refusal.NOT_THERE)
        turn.add(Kind.LEAVE_TAKEN_BACK, child=child, words={"because": because})


def _there(turn: Turn, child: str) -> None:
    turn.need(child in turn.state.children, Refusal.NOT_THERE)
