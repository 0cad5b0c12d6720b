"""One deed in a case: who does it, what they had before them, and what may stand against it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alltid.people.models import User
from alltid.people.unlocking import Unlocked
from alltid.tell.models import Disclosure

from .. import access, chronology
from ..models import CaseEvent
from .closing import Missing, Thread
from .events import Code, Kind
from .state import State


class Refusal(StrEnum):
    """Why something cannot be done; the sentences stand in words.py."""

    CLOSED = "closed"
    LEAD_ONLY = "lead_only"
    NOT_YOURS = "not_yours"
    ANOTHER_PERSON = "another_person"
    NOBODY = "nobody"
    NOT_THERE = "not_there"
    REASON = "reason"
    WORDS = "words"
    FULL = "full"
    PAST = "past"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    DONE_ALREADY = "done_already"
    SAME_THREAD = "same_thread"
    TOO_SOON = "too_soon"
    UNREACHABLE = "unreachable"
    UNREAD = "unread"
    CLOSED_ALREADY = "closed_already"
    NO_TEAM = "no_team"
    ASKED_ALREADY = "asked_already"
    CHILD_ENDED = "child_ended"


class Refused(Exception):
    """It cannot be done as the case stands."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


class NotYet(Exception):
    """It cannot be closed yet."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(*missing)
        self.missing = missing


class HappenedMeanwhile(Exception):
    """Somebody did something in the case after the page was made; nothing was changed by this."""

    def __init__(self, events: list[CaseEvent]) -> None:
        super().__init__(len(events))
        self.events = events


@dataclass(frozen=True)
class Place:
    """A member before a case: the newest event that stood on their page, and when they act."""

    unlocked: Unlocked
    disclosure: Disclosure
    seen: int
    now: datetime

    @property
    def user(self) -> User:
        """Who acts."""
        return self.unlocked.user

    @property
    def is_lead(self) -> bool:
        """Whether they lead the team."""
        return self.disclosure.team.is_led_by(self.user)

    @contextmanager
    def turn(self, *, also_closed: bool = False) -> Iterator["Turn"]:
        """Do something alone with the case.

        Raises Http404 where it was hidden from them meanwhile, HappenedMeanwhile, NotAudited, and
        Refused where the case is closed, unless it is for closed cases too.
        """
        key = self.unlocked.newest_key(self.disclosure.team)
        with chronology.held(self.disclosure, self.now, key) as here:
            access.find(self.user, self.disclosure.pk)
            if here.state.sequence != self.seen:
                newer = here.case.events.filter(sequence__gt=self.seen).select_related("by")
                raise HappenedMeanwhile(list(newer.order_by("sequence")))
            if here.state.closed is not None and not also_closed:
                raise Refused(Refusal.CLOSED)
            yield Turn(self, here)


@dataclass(frozen=True)
class Turn:
    """The time in which one member alone changes a case."""

    place: Place
    here: chronology.Held

    @property
    def state(self) -> State:
        """The state as it is now."""
        return self.here.state

    @property
    def thread(self) -> Thread:
        """The talk as it is now."""
        return self.here.thread

    @property
    def me(self) -> str:
        """The id of the one whose turn it is."""
        return str(self.place.user.pk)

    def add(
        self, kind: Kind, *, child: str = "", words: dict[str, str] | None = None, **codes: Code
    ) -> None:
        """Write it into the log, then into the chronology; raises NotAudited."""
        access.write_log(self.place.user, self.place.disclosure, f"case_{kind}")
        self.here.add(kind, self.place.user, self.place.now, child=child, words=words, **codes)

    def need(self, holds: object, why: Refusal) -> None:
        """Go on where this holds; else raises Refused, and nothing is changed."""
        if not holds:
            raise Refused(why)

    def need_lead(self) -> None:
        """Go on where a lead does it; else raises Refused."""
        self.need(self.place.is_lead, Refusal.LEAD_ONLY)
