"""The only way out of the house for what a case holds: asked what may leave, never kept by anybody.

Whatever staff can take out goes through `hand_out`. A team whose pack sets an age gives out nothing
of a child under it, or of unknown age, before the one who carries the case has decided that it may
(PRACTICE.md, rule 6).
"""

from django.http import HttpResponse
from django.utils.functional import cached_property

from alltid.answer.documents.leaving import YOUNGEST, Terms
from alltid.answer.duty import pack

from ..access import OpenDisclosure
from ..casework.events import MadeAs, Role
from ..casework.state import Child, State, fold

# What follows the dot in a document's name, and what a browser is told that it is.
TYPES = {MadeAs.PAPER: ("pdf", "application/pdf"), MadeAs.FILE: ("json", "application/json")}


class Leaving:
    """What may leave of a case, for one request."""

    def __init__(self, opened: OpenDisclosure) -> None:
        """Raises NoPack where the team's country has none."""
        self.opened, team = opened, opened.disclosure.team
        self.pack, self.kind = pack.load(team.country), team.kind

    @cached_property
    def state(self) -> State:
        """The case as it stands."""
        events = self.opened.case.events.order_by("sequence")
        return fold(event.plain for event in events)

    @property
    def asks_age(self) -> bool:
        """Whether the pack sets an age for teams of this kind."""
        return self.pack.kinds[self.kind].asked_only_below > 0

    @cached_property
    def age_band(self) -> str:
        """The youngest age that the child who wrote has tapped; "" where none was."""
        tapped = {line.body.get("age", "") for line in self.opened.lines() if line.from_child}
        known = [(age, band) for band in tapped if (age := YOUNGEST.get(band)) is not None]
        return min(known)[1] if known else ""

    def terms(self, child: Child) -> Terms:
        """What decides for one child concerned; the age that was tapped is the writer's own."""
        own = self.asks_age and child.role is Role.SELF
        return Terms(self.pack, self.kind, self.age_band if own else "", child.may_leave)

    def terms_of_whole(self) -> Terms:
        """What decides for the whole case: any child concerned, and always the one who told."""
        children = list(self.state.children.values())
        found = [self.terms(child) for child in children]
        if not any(child.role is Role.SELF for child in children):
            found.append(Terms(self.pack, self.kind, self.age_band if self.asks_age else ""))
        return min(found, key=lambda terms: terms.open)

    def require(self, child: str = "") -> None:
        """Raise MustStay unless a document may leave; child: the one it is about, else all."""
        terms = self.terms(self.state.children[child]) if child else self.terms_of_whole()
        terms.require()


def hand_out(
    opened: OpenDisclosure, content: bytes, name: str, content_type: str, child: str = ""
) -> HttpResponse:
    """A document as it leaves, which no cache keeps; raises MustStay, NoPack.

    child: the child concerned whom it is about, "" where it is about all of the case.
    """
    Leaving(opened).require(child)
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
