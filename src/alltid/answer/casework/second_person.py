"""What one person does not decide alone: a prank, stopping a thread, a debrief."""

from .events import Kind
from .turn import Place, Refusal


def mark_prank(place: Place, because: str) -> None:
    """Ask whether it is a prank; it gets its kind answer all the same."""
    with place.turn() as turn:
        turn.need(turn.state.prank is None, Refusal.DONE_ALREADY)
        turn.need(because.strip(), Refusal.REASON)
        turn.add(Kind.PRANK_MARKED, words={"because": because})


def agree_prank(place: Place) -> None:
    """Agree, as another person who has read it."""
    with place.turn() as turn:
        asked = turn.state.prank
        turn.need(asked is not None, Refusal.NOT_THERE)
        turn.need(asked is not None and asked.by != turn.me, Refusal.ANOTHER_PERSON)
        turn.need(not turn.state.prank_agreed, Refusal.DONE_ALREADY)
        turn.add(Kind.PRANK_AGREED)


def unmark_prank(place: Place) -> None:
    """Take the mark away: it is meant."""
    with place.turn() as turn:
        turn.need(turn.state.prank is not None, Refusal.NOT_THERE)
        turn.add(Kind.PRANK_UNMARKED)


def ask_stop(place: Place, because: str) -> None:
    """Ask another person to stop a thread in which staff are abused."""
    with place.turn() as turn:
        turn.need(turn.state.stop is None, Refusal.DONE_ALREADY)
        turn.need(turn.thread.reachable, Refusal.UNREACHABLE)
        turn.need(because.strip(), Refusal.REASON)
        turn.add(Kind.STOP_ASKED, words={"because": because})


def agree_stop(place: Place) -> None:
    """Stop it, as another person: the six words open it no more, and nothing is erased.

    Never while something of the child's is unread, nor where a child is in danger.
    """
    with place.turn() as turn:
        asked = turn.state.stop
        turn.need(asked is not None, Refusal.NOT_THERE)
        turn.need(asked is not None and asked.by != turn.me, Refusal.ANOTHER_PERSON)
        turn.need(not turn.state.stopped, Refusal.DONE_ALREADY)
        turn.need(not turn.thread.unread and not turn.here.disclosure.acute, Refusal.UNREAD)
        turn.add(Kind.STOP_AGREED)
        turn.here.disclosure.stop()


def withdraw_stop(place: Place) -> None:
    """Let it go on."""
    with place.turn() as turn:
        turn.need(turn.state.stop is not None, Refusal.NOT_THERE)
        turn.need(not turn.state.stopped, Refusal.DONE_ALREADY)
        turn.add(Kind.STOP_WITHDRAWN)


def ask_debrief(place: Place) -> None:
    """Say that one needs to talk about this case; no reason is asked."""
    with place.turn(also_closed=True) as turn:
        turn.need(turn.me not in turn.state.owed, Refusal.DONE_ALREADY)
        turn.add(Kind.DEBRIEF_ASKED)


def hold_debrief(place: Place, whom: str) -> None:
    """Note that one has talked with a colleague about it; nobody does so for themselves."""
    with place.turn(also_closed=True) as turn:
        turn.need(whom in turn.state.owed, Refusal.NOT_THERE)
        turn.need(whom != turn.me, Refusal.ANOTHER_PERSON)
        turn.add(Kind.DEBRIEF_DONE, whom=whom)
