"""What the team writes to itself: notes, ways to reach the child, a question to a second reader."""

from alltid.people.models import User

from .events import Kind, Way
from .turn import Place, Refusal


def note(place: Place, text: str) -> None:
    """Keep a private note."""
    with place.turn(also_closed=True) as turn:
        turn.need(text.strip(), Refusal.WORDS)
        turn.add(Kind.NOTED, words={"text": text})


def ways(place: Place, reach: str, never: str) -> None:
    """Say how the child can be reached safely, and how never, in place of what was said before."""
    with place.turn() as turn:
        turn.need(reach.strip() or never.strip(), Refusal.WORDS)
        turn.add(Kind.WAYS_NOTED, words={"reach": reach, "never": never})


def met(place: Place, way: Way, words: str) -> None:
    """Note that somebody talked with the child elsewhere."""
    with place.turn() as turn:
        turn.add(Kind.CONTACTED, way=way, words={"text": words})


def ask_reader(place: Place, whom: User, question: str) -> None:
    """Ask another member to read along, about an answer above all."""
    with place.turn() as turn:
        turn.need(whom != place.user, Refusal.ANOTHER_PERSON)
        turn.need(question.strip(), Refusal.WORDS)
        turn.add(Kind.READER_ASKED, whom=str(whom.pk), words={"text": question})


def answer_as_reader(place: Place, text: str) -> None:
    """Say, as the one who was asked, what one thinks."""
    with place.turn() as turn:
        asked = turn.state.reader
        turn.need(asked is not None and asked.whom == turn.me, Refusal.NOT_YOURS)
        turn.need(text.strip(), Refusal.WORDS)
        turn.add(Kind.READER_ANSWERED, words={"text": text})
