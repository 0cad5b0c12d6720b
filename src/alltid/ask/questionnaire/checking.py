"""Checks any QuestionnaireResponse against its Questionnaire.

    for issue in validate(response, questionnaire):
        print(issue.severity, issue.location, issue.sentence)

Nothing raises, whatever JSON comes in; nothing is fetched.
"""

import hashlib
import marshal
from collections.abc import Iterable, Mapping
from typing import Any

from .answers import Checker
from .extensions import Json, objects, typed, words
from .fhirpath import Failed, Scope, Snapshot, holds
from .filled import Answer, Filled, Place
from .form import Constraint, Form, Item
from .issues import Issue, Severity
from .patterns import Allowance
from .reading import survey
from .values import ABSTRACT, REFUSED, order, well_formed
from .weights import weight_of

_STATES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
_KEPT: dict[bytes, Form] = {}
_KEEP = 64  # forms


def validate(
    response: object,
    questionnaire: object,
    value_sets: Iterable[Mapping[str, Any]] = (),
) -> list[Issue]:
    """Return everything that is wrong with a QuestionnaireResponse; a valid one has no error.

    `questionnaire` is None where it cannot be found. `value_sets` are ValueSets and CodeSystems
    that it names and does not contain. A response in progress has warnings alone.
    """
    if not isinstance(response, dict) or response.get("resourceType") != "QuestionnaireResponse":
        sentence = "This is no FHIR QuestionnaireResponse."
        return [Issue("fatal", "not-a-response", "QuestionnaireResponse", sentence)]
    if not isinstance(questionnaire, dict) or questionnaire.get("resourceType") != "Questionnaire":
        named = str(response.get("questionnaire"))[:300]
        sentence = f"The questionnaire {named} was not found, so that nothing could be checked."
        return [
            Issue(
                "warning" if response.get("status") == "in-progress" else "error",
                "questionnaire-not-found",
                "QuestionnaireResponse.questionnaire",
                sentence,
            )
        ]
    handed_in = list(value_sets)
    form = survey(questionnaire, handed_in) if handed_in else _form(questionnaire)
    return check(response, form)


def _form(questionnaire: Json) -> Form:
    """Return a questionnaire read, or as it was read before, if it is the same to the letter."""
    try:
        key = hashlib.sha256(marshal.dumps(questionnaire, 2)).digest()
    except ValueError:  # nested too deep, or made of more than JSON
        return survey(questionnaire)
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) >= _KEEP:
            _KEPT.clear()
        found = _KEPT[key] = survey(questionnaire)
    return found


def check(response: Json, form: Form, allowance: Allowance | None = None) -> list[Issue]:
    """Return everything that is wrong with a response to a form that was read."""
    checking = _Checking(response, form, allowance or Allowance())
    checking.whole()
    return checking.issues


class _Checking:
    def __init__(self, response: Json, form: Form, allowance: Allowance) -> None:
        self.response = response
        self.form = form
        self.allowance = allowance
        self.issues: list[Issue] = []
        self.in_progress = response.get("status") == "in-progress"
        contained = {str(each.get("id")) for each in objects(response.get("contained"))}
        self.answers = Checker(form, contained, allowance, self.say)
        self.filled = Filled(form)
        self.unknown: list[tuple[str, str, str]] = []
        self._snapshot: Snapshot | None = None
        self._scopes: dict[int, Scope] = {}

    def say(self, severity: Severity, code: str, location: str, sentence: str) -> None:
        if self.in_progress:
            severity = "warning"
        self.issues.append(Issue(severity, code, location, sentence))

    def whole(self) -> None:
        self._envelope()
        self.filled.places = self._places(
            self.response.get("item"), self.form.items, "QuestionnaireResponse", None
        )
        self.filled.enable(self._expression_holds)
        self._siblings(self.filled.places)
        for code, location, sentence in self.unknown:
            self.say("fatal", code, location, sentence)
        self._constraints(self.form.constraints, "QuestionnaireResponse", None)

    # --- the response itself ---

    def _envelope(self) -> None:
        root = "QuestionnaireResponse"
        if self.response.get("status") not in _STATES:
            states = ", ".join(_STATES)
            self.say("error", "status", f"{root}.status", f"The status must be one of {states}.")
        named = words(self.response.get("questionnaire"))
        if named is None:
            self.say(
                "warning",
                "questionnaire-unnamed",
                f"{root}.questionnaire",
                "The response does not say which questionnaire it answers.",
            )
        elif not self._is_named(named):
            self.say(
                "fatal",
                "questionnaire-mismatch",
                f"{root}.questionnaire",
                f"The response answers {named[:300]}, and was compared with another questionnaire.",
            )
        if self.form.status in ("draft", "retired"):
            self.say(
                "warning",
                f"questionnaire-{self.form.status}",
                f"{root}.questionnaire",
                f"The questionnaire is marked as {self.form.status}.",
            )
        period, authored = self.form.raw.get("effectivePeriod"), self.response.get("authored")
        if isinstance(period, dict) and authored is not None:
            start, end = (
                order("DateTime", authored, "DateTime", period.get(each))
                for each in ("start", "end")
            )
            if start == -1 or end == 1:
                self.say(
                    "warning",
                    "questionnaire-inactive",
                    f"{root}.authored",
                    "The response was written outside the time that the questionnaire is for.",
                )

    def _is_named(self, named: str) -> bool:
        url, _, version = named.partition("|")
        version = version.partition("#")[0]
        own = self.form.raw.get("id")
        if self.form.url is None or (isinstance(own, str) and url == f"Questionnaire/{own}"):
            return True
        if url.startswith("#"):
            return True
        return url == self.form.url and (not version or version == self.form.version)

    # --- which places there are ---

    def _places(
        self, raws: object, items: tuple[Item, ...], path: str, parent: Place | None
    ) -> list[Place]:
        """Return a place for each item that stands here, and one for each that is left out."""
        known = {item.link_id: item for item in items}
        found: dict[str, list[Place]] = {}
        last = -1
        ranks = {item.link_id: rank for rank, item in enumerate(items)}
        disorder = False
        if raws is not None and not isinstance(raws, list):
            self.unknown.append(("structure", f"{path}.item", "Items must be a list."))
            raws = []
        for index, raw in enumerate(raws or ()):
            location = f"{path}.item[{index}]"
            link_id = raw.get("linkId") if isinstance(raw, dict) else None
            if not isinstance(link_id, str) or link_id not in known:
                self.unknown.append(("unknown-item", location, self._unknown(link_id)))
                continue
            item = known[link_id]
            disorder |= ranks[link_id] < last
            last = max(last, ranks[link_id])
            place = Place(item, parent, location, raw=raw)
            self.filled.add(place)
            self._fill(place)
            found.setdefault(link_id, []).append(place)
        if disorder:
            self.say("warning", "order", path, "The items stand in another order than in the form.")
        out: list[Place] = []
        for item in items:
            places = found.get(item.link_id)
            if places is None:
                absent = Place(item, parent, path)
                self.filled.add(absent)
                places = [absent]
            out.extend(places)
        return out

    def _unknown(self, link_id: object) -> str:
        if not isinstance(link_id, str):
            return "The item has no linkId."
        if link_id in self.form.by_link_id:
            return f"The item {link_id[:100]!r} stands somewhere else in the questionnaire."
        return f"The questionnaire has no item {link_id[:100]!r}."

    def _fill(self, place: Place) -> None:
        raw, item = place.raw or {}, place.item
        if item.type == "group":
            place.places = self._places(raw.get("item"), item.items, place.location, place)
            return
        answers = raw.get("answer")
        for index, each in enumerate(answers if isinstance(answers, list) else ()):
            location = f"{place.location}.answer[{index}]"
            found = typed(each) if isinstance(each, dict) else None
            kind, value = found or ("", None)
            answer = Answer(kind, value, location)
            place.answers.append(answer)
            if item.items and isinstance(each, dict):
                answer.places = self._places(each.get("item"), item.items, location, place)

    # --- what is wrong with them ---

    def _siblings(self, places: list[Place]) -> None:
        counts: dict[str, int] = {}
        for place in places:
            counts[place.item.link_id] = counts.get(place.item.link_id, 0) + (place.raw is not None)
        for place in places:
            first = counts.pop(place.item.link_id, None)
            if place.enabled:
                if first is not None:
                    self._occurs(place, first)
                self._place(place)
            elif place.raw is not None and self._has_answers(place):
                self.say(
                    "error",
                    "not-enabled",
                    place.location,
                    f"{_name(place)} is not asked after these answers, and is answered.",
                )

    def _has_answers(self, place: Place) -> bool:
        waiting = [place]
        while waiting:
            each = waiting.pop()
            if each.answers:
                return True
            waiting.extend(each.within())
        return False

    def _occurs(self, place: Place, count: int) -> None:
        """Check how often an item stands in what it stands in."""
        item = place.item
        if count > 1 and not (item.type == "group" and item.repeats):
            self._many(place, "repeats", f"{_name(place)} stands {count} times, and may once.")
        if item.type == "group":
            if item.min_occurs is not None and count < item.min_occurs:
                self._many(place, "min-occurs", f"{_name(place)} needs {item.min_occurs}.")
            if item.max_occurs is not None and count > item.max_occurs:
                self._many(
                    place, "max-occurs", f"{_name(place)} may stand {item.max_occurs} times."
                )

    def _many(self, place: Place, code: str, sentence: str) -> None:
        self.say("error", code, place.location, sentence)

    def _place(self, place: Place) -> None:
        item = place.item
        count = len(place.answers)
        if item.type == "group":
            if item.required and not place.answered():
                self._many(place, "required", f"{_name(place)} needs at least one answer.")
        elif item.type in ABSTRACT:
            if place.raw is not None:
                self.say(
                    "fatal", "abstract-type", place.location, f"{_name(place)} has no real type."
                )
        elif item.type != "display":
            self._counts(place, count)
        if place.raw is None:
            return
        self._shape(place)
        for answer in place.answers:
            if item.asks and item.type not in ABSTRACT:
                self._answer(place, answer)
            self._siblings(answer.places)
        self._siblings(place.places)
        self._constraints(item.constraints, place.location, place)

    def _counts(self, place: Place, count: int) -> None:
        item = place.item
        if count == 0 and item.required:
            self._many(place, "required", f"{_name(place)} must be answered.")
        if count > 1 and not item.repeats:
            self._many(place, "repeats", f"{_name(place)} takes one answer, and has {count}.")
        if item.min_occurs is not None and count < item.min_occurs:
            self._many(place, "min-occurs", f"{_name(place)} needs {item.min_occurs} answers.")
        if item.max_occurs is not None and count > item.max_occurs:
            self._many(place, "max-occurs", f"{_name(place)} takes {item.max_occurs} answers.")

    def _shape(self, place: Place) -> None:
        """Check that answers and items stand where the type of the item has them."""
        raw, item = place.raw or {}, place.item
        if raw.get("answer") is not None and not isinstance(raw["answer"], list):
            self.say("fatal", "structure", f"{place.location}.answer", "Answers must be a list.")
        elif item.type == "group" and raw.get("answer"):
            self.say(
                "fatal",
                "group-answer",
                f"{place.location}.answer",
                f"{_name(place)} is a group, which has items and no answers.",
            )
        elif item.type == "display" and raw.get("answer"):
            self.say("fatal", "display-answer", place.location, f"{_name(place)} is no question.")
        if item.type != "group" and raw.get("item"):
            self.say(
                "fatal",
                "misplaced-item",
                f"{place.location}.item",
                f"Items under the question {item.link_id!r} belong in its answers.",
            )

    def _answer(self, place: Place, answer: Answer) -> None:
        item = place.item
        if item.type in REFUSED:
            self.say(
                "fatal", "file", answer.location, f"{_name(place)} asks for a file; none is taken."
            )
            return
        wanted = item.takes
        if answer.kind not in wanted or not well_formed(answer.kind, answer.value):
            has = f"value{answer.kind}" if answer.kind else "no value"
            self.say(
                "fatal",
                "answer-type",
                answer.location,
                f"{_name(place)} takes {' or '.join(f'value{each}' for each in wanted)}"
                f" in the form that FHIR gives it; the answer has {has}.",
            )
            return
        self.answers.answer(place, answer)

    # --- expressions ---

    def _constraints(
        self, constraints: tuple[Constraint, ...], location: str, place: Place | None
    ) -> None:
        for each in constraints:
            try:
                if not holds(each.expression, self._scope(place)):
                    self.say(each.severity, "constraint", location, each.human)
            except Failed as failed:
                self.say(
                    "warning",
                    "constraint-unchecked",
                    location,
                    f"The rule {each.key or each.human!r} could not be evaluated. {failed}",
                )

    def _expression_holds(self, place: Place) -> bool:
        expression = place.item.enable_expression
        try:
            return expression is None or holds(expression.text, self._scope(place))
        except Failed:
            return False

    def _scope(self, place: Place | None) -> Scope:
        """Return where the expressions of a place are evaluated, variables of what is around it."""
        found = self._scopes.get(id(place))
        if found is not None:
            return found
        if self._snapshot is None:
            self._snapshot = _snapshot(self.response, self.form.raw)
        if place is None:
            found = Scope(
                self._snapshot,
                self._snapshot.resource,
                allowance=self.allowance,
                weigh=lambda link_id, value: weight_of(self.form, link_id, value),
                variables=[(each.name, each.text) for each in self.form.variables if each.name],
            )
        else:
            outer = self._scope(place.parent)
            found = Scope(
                self._snapshot,
                place.raw or {"linkId": place.item.link_id},
                allowance=self.allowance,
                weigh=outer.weigh,
                outer=outer,
                variables=[(each.name, each.text) for each in place.item.variables if each.name],
                definition=place.item.raw,
            )
        self._scopes[id(place)] = found
        return found


def _snapshot(response: Json, questionnaire: Json) -> Snapshot:
    try:
        return Snapshot(response, questionnaire)
    except RecursionError:  # nested deeper than any form that is read; its rules go unchecked
        return Snapshot({"resourceType": "QuestionnaireResponse"}, {})


def _name(place: Place) -> str:
    text = place.item.text() or place.item.link_id
    return repr(text if len(text) <= 80 else f"{text[:79]}…")
