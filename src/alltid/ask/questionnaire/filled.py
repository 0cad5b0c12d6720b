"""A form with answers in it: every place where an item stands, and which of them are enabled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .extensions import Json
from .form import Condition, Form, Item
from .values import order, same


@dataclass(slots=True, eq=False, repr=False)
class Answer:
    """One answer at a place: its type and value, and the places of the items beneath it."""

    kind: str
    value: Any
    location: str
    places: list["Place"] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Place:
    """Where one item of a form stands in a response; a repeated group has several.

    `indexes` count through the repeating items around it, the outermost first. `raw` is the item
    as the response has it, None where it has none. `enabled` is None until it was found out.
    """

    item: Item
    parent: "Place | None"
    location: str
    indexes: tuple[int, ...] = ()
    raw: Json | None = None
    answers: list[Answer] = field(default_factory=list)
    places: list["Place"] = field(default_factory=list)
    enabled: bool | None = None
    near: dict[str, list["Place"]] = field(default_factory=dict)

    def within(self) -> Iterator["Place"]:
        """Yield the places directly beneath, those beneath an answer too."""
        yield from self.places
        for answer in self.answers:
            yield from answer.places

    def answered(self) -> bool:
        """Return whether anything enabled is answered here or beneath."""
        waiting = [self]
        while waiting:
            place = waiting.pop()
            if place.enabled is not False:
                if place.answers:
                    return True
                waiting.extend(place.within())
        return False


@dataclass(slots=True, eq=False, repr=False)
class Filled:
    """All the places of a response, in the form's own order."""

    form: Form
    places: list[Place] = field(default_factory=list)
    by_link_id: dict[str, list[Place]] = field(default_factory=dict)

    def add(self, place: Place) -> None:
        """Take a place into the index; conditions find it from what stands around it."""
        link_id = place.item.link_id
        self.by_link_id.setdefault(link_id, []).append(place)
        if link_id in self.form.sources:
            around = place.parent
            while around is not None:
                around.near.setdefault(link_id, []).append(place)
                around = around.parent

    def enable(self, expression_holds: Callable[[Place], bool]) -> None:
        """Find out which places are enabled.

        An item is enabled where what it stands in is, and where its conditions hold; a question
        that is not enabled has no answers for anybody's condition. Where conditions run in a
        circle, the one that is met first finds the other unanswered.
        """
        for item in self.form.order:
            for place in self.by_link_id.get(item.link_id, ()):
                around = place.parent
                place.enabled = (
                    (around is None or bool(around.enabled))
                    and self._conditions_hold(place)
                    and (item.enable_expression is None or expression_holds(place))
                )

    def _conditions_hold(self, place: Place) -> bool:
        conditions = place.item.enable_when
        if not conditions:
            return True
        found = (self._holds(each, place) for each in conditions)
        return all(found) if place.item.enable_all else any(found)

    def _holds(self, condition: Condition, place: Place) -> bool:
        answers = [
            answer
            for source in self._nearest(condition.question, place)
            if source.enabled
            for answer in source.answers
        ]
        if condition.operator == "exists":
            return isinstance(condition.value, bool) and bool(answers) is condition.value
        return any(_fits(condition, answer) for answer in answers)

    def _nearest(self, question: str, place: Place) -> list[Place]:
        """Return the places of a question that stand nearest: in the same repetition first."""
        around = place.parent
        while around is not None:
            if around.item.link_id == question:
                return [around]
            if question in around.near:
                return around.near[question]
            around = around.parent
        return self.by_link_id.get(question, [])


def _fits(condition: Condition, answer: Answer) -> bool:
    values = (answer.kind, answer.value, condition.kind, condition.value)
    if condition.operator == "=":
        return same(*values)
    if condition.operator == "!=":
        return not same(*values)
    sign = order(*values)
    if sign is None or "Coding" in values[::2]:
        return False
    return {"<": sign < 0, ">": sign > 0, "<=": sign <= 0, ">=": sign >= 0}[condition.operator]
