"""A form while it is being answered: what is shown, what is missing, what the response is.

The response follows from the answers alone, in whatever order they were given: after each, all is
worked out from the start. An answer to a question that is not enabled waits unseen, since the
answer that enables it may still come; one whose question is switched off when somebody goes back
and changes an answer is dropped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from .checking import check
from .extensions import Json, objects, typed, whole
from .fhirpath import Failed, Reads, Scope, Snapshot, is_true, plain, run
from .filled import Answer, Filled, Place
from .form import Expression, Form, Item, Option, Typed
from .issues import Issue
from .patterns import Allowance
from .values import well_formed
from .weights import weight_of

ROUNDS = 100  # in which expressions that depend on each other must come to rest

At = tuple[int, ...]
Key = tuple[str, At]


class Unanswerable(ValueError):
    """An answer that an item does not take, in a whole sentence."""


@dataclass(slots=True)
class _Known:
    """What an expression found in an earlier round, and what it had asked for."""

    found: list[Any]
    reads: Reads
    snapshot: Snapshot


class Session:
    """One person's answers to a form.

    `language` may change at any time and changes how the form is shown, never what was answered.
    `given` are values that the form's expressions may name, such as `{"patient": {…}}`.
    """

    def __init__(
        self, form: Form, language: str | None = None, given: Mapping[str, Any] | None = None
    ) -> None:
        self.form = form
        self.language = language
        self._given_values = dict(given or {})
        self._answers: dict[Key, tuple[Typed, ...]] = {}
        self._repetitions: dict[Key, int] = {}
        self._initial = self._starting()
        self._filled = Filled(form)
        self._response: list[Json] = []
        self._settle()

    @classmethod
    def resume(
        cls,
        form: Form,
        response: Json,
        language: str | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> "Session":
        """Return a session with the answers of a response, such as one that was in progress."""
        session = cls(form, language, given)
        session._take(response.get("item"), form.items, ())
        session._settle()
        return session

    # --- answering ---

    def answer(self, link_id: str, *values: Any, at: At = ()) -> None:
        """Answer a question, in place of what it was answered before; no value clears it.

        A value is FHIR's own (`{"valueCoding": {…}}`) or plain: True, 5, "text", a coding, an
        Option, or the code of one. `at` counts through the repeating items around the question.
        Raises Unanswerable, with a sentence.
        """
        item = self._question(link_id)
        kept = tuple(self._typed(item, each) for each in values)
        if len(kept) > 1 and not item.repeats:
            raise Unanswerable(f"{link_id!r} takes one answer.")
        changed = (link_id, at) in self._answers
        before = self._enabled() if changed else set()
        self._answers[(link_id, at)] = kept
        self._settle()
        if changed:
            self._drop(before)

    def repeat(self, link_id: str, times: int, at: At = ()) -> None:
        """Say how many times a repeating group stands; answers beyond that are dropped.

        Raises Unanswerable for an item that is no repeating group.
        """
        item = self.form.by_link_id.get(link_id)
        if item is None or item.type != "group" or not item.repeats:
            raise Unanswerable(f"{link_id!r} is no group that repeats.")
        if not 1 <= times <= 1_000:
            raise Unanswerable(f"{link_id!r} stands between 1 and 1,000 times.")
        before = self._enabled()
        self._repetitions[(link_id, at)] = times
        self._settle()
        self._drop(before)

    def _question(self, link_id: str) -> Item:
        item = self.form.by_link_id.get(link_id)
        if item is None or not item.asks:
            raise Unanswerable(f"The form has no question {link_id!r}.")
        if item.read_only:
            raise Unanswerable(f"{link_id!r} is filled in by the form itself.")
        return item

    def _typed(self, item: Item, value: Any) -> Typed:
        if isinstance(value, Option):
            value = {f"value{value.kind}": _coding(value.value)}
        kinds = item.takes
        if isinstance(value, dict) and (found := typed(value)):
            if found[0] in kinds and well_formed(*found):
                return found
        else:
            if isinstance(value, str) and "Coding" in kinds:
                chosen = self._coded(item, value)
                if chosen:
                    return "Coding", _coding(chosen)
            for kind in kinds:
                if well_formed(kind, value):
                    return kind, _coding(value) if kind == "Coding" else value
        raise Unanswerable(f"{item.link_id!r} does not take this as an answer.")

    def _coded(self, item: Item, code: str) -> Json | None:
        """Return the coding that an item offers under a code."""
        for option in item.options_like("Coding", {"code": code}):
            if isinstance(option.value, dict):
                return option.value
        found = self.form.value_set(item.value_set) if item.value_set else None
        return next(iter(found.with_code(code)), None) if found else None

    def _drop(self, before: set[Key]) -> None:
        """Forget the answers whose question was enabled before a change and is no longer."""
        gone = before - self._enabled()
        for key in gone & self._answers.keys():
            del self._answers[key]

    def _enabled(self) -> set[Key]:
        return {_key(place) for place in self._all() if place.enabled}

    def _take(self, raws: object, items: tuple[Item, ...], at: At) -> None:
        """Take the answers of a response over, as far as the form still has their questions."""
        known = {item.link_id: item for item in items}
        counts: dict[str, int] = {}
        for raw in objects(raws):
            link_id = raw.get("linkId")
            item = known.get(link_id) if isinstance(link_id, str) else None
            if item is None:
                continue
            count = counts[item.link_id] = counts.get(item.link_id, -1) + 1
            if item.type == "group":
                inner = (*at, count) if item.repeats else at
                if item.repeats:
                    self._repetitions[(item.link_id, at)] = count + 1
                self._take(raw.get("item"), item.items, inner)
            elif item.asks and not item.read_only:
                self._take_answers(raw, item, at)

    def _take_answers(self, raw: Json, item: Item, at: At) -> None:
        kept: list[Typed] = []
        for answer in objects(raw.get("answer")):
            found = typed(answer)
            if found and found[0] in item.takes and well_formed(*found):
                inner = (*at, len(kept)) if item.repeats else at
                kept.append(found)
                self._take(answer.get("item"), item.items, inner)
        self._answers[(item.link_id, at)] = tuple(kept if item.repeats else kept[:1])

    # --- what there is to see ---

    def shown(self) -> list[Place]:
        """Return the places to show now, in order: enabled, and neither hidden nor within hidden.

        Help texts stand with their item (`Item.help`) and not here.
        """
        out: list[Place] = []
        waiting = self._filled.places[::-1]
        while waiting:
            place = waiting.pop()
            if place.enabled and not place.item.hidden and place.item.control != "help":
                out.append(place)
                waiting.extend(list(place.within())[::-1])
        return out

    def pages(self) -> list[list[Place]]:
        """Return what is shown as pages: each group of the control `page` is one of its own.

        What stands outside such groups makes pages of its own between them; with no such group
        all is one page. A page without anything to show is left out.
        """
        pages: list[list[Place]] = [[]]
        page_group: Place | None = None
        for place in self.shown():
            around = place
            while around.parent is not None and around.item.control != "page":
                around = around.parent
            own = around if around.item.control == "page" else None
            if own is not page_group:
                pages.append([])
                page_group = own
            if place is not own or place.item.text():
                pages[-1].append(place)
        return [page for page in pages if page]

    def place(self, link_id: str, at: At = ()) -> Place | None:
        """Return the place of an item, or None where it does not stand now."""
        for place in self._filled.by_link_id.get(link_id, ()):
            if place.indexes == at:
                return place
        return None

    def options(self, link_id: str) -> tuple[Option, ...]:
        """Return what an item can be answered with: its options, or the codes of its value set."""
        item = self.form.by_link_id[link_id]
        if item.options or not item.value_set:
            return item.options
        found = self.form.value_set(item.value_set)
        return tuple(
            Option("Coding", each, False, False, weight_of(self.form, None, each), each)
            for each in (found.codings if found else ())
        )

    def missing(self) -> list[Place]:
        """Return the places that are required, enabled and without an answer."""
        return [
            place
            for place in self._all()
            if place.enabled
            and place.item.required
            and not (place.answered() if place.item.type == "group" else place.answers)
            and place.item.type != "display"
        ]

    def issues(self) -> list[Issue]:
        """Return what would be wrong with the response if it were completed now."""
        return check(self.response("completed"), self.form)

    def weights(self) -> dict[str, list[Decimal]]:
        """Return what the answers weigh, by linkId; a question without a weight is not there."""
        out: dict[str, list[Decimal]] = {}
        for place in self._all():
            if place.enabled:
                for answer in place.answers:
                    weight = weight_of(self.form, place.item.link_id, answer.value)
                    if weight is not None:
                        out.setdefault(place.item.link_id, []).append(weight)
        return out

    def response(self, status: str = "in-progress", **more: Any) -> Json:
        """Return the QuestionnaireResponse of the answers so far.

        `more` is what else it should say: `authored`, `subject`, `author`, `id`, as FHIR has them.
        """
        out: Json = {"resourceType": "QuestionnaireResponse", **more, "status": status}
        if self.form.url:
            version = f"|{self.form.version}" if self.form.version else ""
            out["questionnaire"] = f"{self.form.url}{version}"
        if self._response:
            out["item"] = _copied(self._response)
        return out

    # --- working it out ---

    def _all(self) -> Iterator[Place]:
        for places in self._filled.by_link_id.values():
            yield from places

    def _settle(self) -> None:
        """Work out all from the answers, in rounds until nothing changes.

        Expressions that still change in the later rounds run in a circle: what they calculate is
        left empty, and what they enable is not enabled.
        """
        enabled: dict[Key, bool] = {}
        calculated: dict[Key, tuple[Typed, ...]] = {}
        known: dict[tuple[Key, str], _Known] = {}
        allowance = Allowance()
        restless: set[Key] = set()
        for number in range(ROUNDS):
            self._lay_out(enabled, calculated)
            if not any(item.calculated or item.enable_expression for item in self.form.order):
                return
            snapshot = Snapshot(
                {"resourceType": "QuestionnaireResponse", "item": self._response}, self.form.raw
            )
            before = enabled, calculated
            enabled, calculated = self._evaluate(snapshot, known, allowance)
            if (enabled, calculated) == before:
                return
            if number >= ROUNDS // 2:
                restless |= _changed(before[0], enabled) | _changed(before[1], calculated)
        for key in restless:
            enabled.pop(key, None)
            calculated.pop(key, None)
        self._lay_out(enabled, calculated)

    def _lay_out(
        self, enabled: Mapping[Key, bool], calculated: Mapping[Key, tuple[Typed, ...]]
    ) -> None:
        self._filled = Filled(self.form)
        self._filled.places = self._places(self.form.items, None, (), calculated)
        self._filled.enable(lambda place: enabled.get(_key(place), False))
        self._response = _exported(self._filled.places)

    def _places(
        self,
        items: tuple[Item, ...],
        parent: Place | None,
        at: At,
        calculated: Mapping[Key, tuple[Typed, ...]],
    ) -> list[Place]:
        out: list[Place] = []
        for item in items:
            times = 1
            if item.type == "group" and item.repeats:
                times = self._repetitions.get((item.link_id, at), 1)
            for index in range(times):
                here = (*at, index) if item.type == "group" and item.repeats else at
                place = Place(item, parent, item.link_id, here)
                self._filled.add(place)
                out.append(place)
                if item.type == "group":
                    place.places = self._places(item.items, place, here, calculated)
                    continue
                for number, (kind, value) in enumerate(self._values(item, at, calculated)):
                    answer = Answer(kind, value, item.link_id)
                    place.answers.append(answer)
                    beneath = (*at, number) if item.repeats else at
                    answer.places = self._places(item.items, place, beneath, calculated)
        return out

    def _values(
        self, item: Item, at: At, calculated: Mapping[Key, tuple[Typed, ...]]
    ) -> tuple[Typed, ...]:
        key = (item.link_id, at)
        if key in self._answers:
            return self._answers[key]
        if item.calculated is not None:
            return calculated.get(key, ())
        return self._initial.get(item.link_id, ())

    def _evaluate(
        self, snapshot: Snapshot, known: dict[tuple[Key, str], _Known], allowance: Allowance
    ) -> tuple[dict[Key, bool], dict[Key, tuple[Typed, ...]]]:
        enabled: dict[Key, bool] = {}
        calculated: dict[Key, tuple[Typed, ...]] = {}
        scopes: dict[int, Scope] = {}
        for place in self._all():
            item, key = place.item, _key(place)
            if item.enable_expression is not None:
                scope = self._scope(place, snapshot, allowance, scopes)
                found = _result(item.enable_expression, key, scope, known)
                try:
                    enabled[key] = found is not None and is_true(found)
                except Failed:
                    enabled[key] = False
            if item.calculated is not None and key not in self._answers:
                scope = self._scope(place, snapshot, allowance, scopes)
                values = _fitting(item, _result(item.calculated, key, scope, known))
                if values:
                    calculated[key] = values
        return enabled, calculated

    def _scope(
        self,
        place: Place | None,
        snapshot: Snapshot,
        allowance: Allowance,
        scopes: dict[int, Scope],
    ) -> Scope:
        found = scopes.get(id(place))
        if found is None:
            item = place.item if place else None
            variables = item.variables if item else self.form.variables
            found = scopes[id(place)] = Scope(
                snapshot,
                snapshot.resource if place is None else place.raw or {"linkId": place.item.link_id},
                allowance=allowance,
                weigh=lambda link_id, value: weight_of(self.form, link_id, value),
                outer=self._scope(place.parent, snapshot, allowance, scopes) if place else None,
                variables=[(each.name, each.text) for each in variables if each.name],
                given=self._given_values if place is None else None,
                definition=item.raw if item else None,
            )
        return found

    def _starting(self) -> dict[str, tuple[Typed, ...]]:
        """Return what each question is answered with before anybody answers it."""
        out: dict[str, tuple[Typed, ...]] = {}
        snapshot = Snapshot({"resourceType": "QuestionnaireResponse", "item": []}, self.form.raw)
        allowance = Allowance()
        scopes: dict[int, Scope] = {}
        for item in self.form.by_link_id.values():
            if not item.asks:
                continue
            values = tuple(
                each for each in item.initial if each[0] in item.takes and well_formed(*each)
            ) or tuple((each.kind, _coding(each.value)) for each in item.options if each.selected)
            if not values and item.initial_expression is not None:
                places = [Place(each, None, each.link_id) for each in _lineage(item)]
                for outer, inner in pairwise(places):
                    inner.parent = outer
                scope = self._scope(places[-1], snapshot, allowance, scopes)
                try:
                    values = _fitting(item, run(item.initial_expression.text, scope)[0])
                except Failed:
                    values = ()
            if values:
                out[item.link_id] = values if item.repeats else values[:1]
        return out


def _key(place: Place) -> Key:
    return place.item.link_id, place.indexes


def _lineage(item: Item) -> list[Item]:
    out = [item]
    while out[-1].parent is not None:
        out.append(out[-1].parent)
    return out[::-1]


def _changed(earlier: Mapping[Key, Any], later: Mapping[Key, Any]) -> set[Key]:
    keys = earlier.keys() | later.keys()
    return {key for key in keys if earlier.get(key) != later.get(key)}


def _result(
    expression: Expression, key: Key, scope: Scope, known: dict[tuple[Key, str], _Known]
) -> list[Any] | None:
    """Return what an expression finds, from an earlier round where nothing it read has changed."""
    earlier = known.get((key, expression.text))
    if earlier is not None and scope.snapshot.same_for(earlier.reads, scope, earlier.snapshot):
        return earlier.found
    try:
        found, reads = run(expression.text, scope)
    except Failed:
        return None
    known[(key, expression.text)] = _Known(found, reads, scope.snapshot)
    return found


def _fitting(item: Item, found: list[Any] | None) -> tuple[Typed, ...]:
    """Return the values that an expression found as answers to an item, where they fit it."""
    out: list[Typed] = []
    for value in plain(found or []):
        native = _native(value)
        for kind in item.takes:
            if kind == "Integer" and isinstance(native, float):
                continue
            if well_formed(kind, native):
                out.append((kind, _coding(native) if kind == "Coding" else native))
                break
    return tuple(out if item.repeats else out[:1])


def _native(value: Any) -> Any:
    """Return a value as JSON has it, decimals as numbers."""
    if isinstance(value, Decimal):
        exact = whole(int(value)) if value == value.to_integral_value() else None
        return float(value) if exact is None else exact
    if isinstance(value, dict):
        return {key: _native(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_native(each) for each in value]
    return value


def _coding(value: Any) -> Any:
    """Return a coding as an answer carries it: without what a value set says about it."""
    if not isinstance(value, dict):
        return value
    kept = ("system", "version", "code", "display", "userSelected", "reference", "type")
    return {key: value[key] for key in (*kept, "extension", "identifier") if key in value}


def _exported(places: list[Place]) -> list[Json]:
    """Return the items of a response: what is enabled and answered, in the form's order."""
    out: list[Json] = []
    for place in places:
        place.raw = None
        if not place.enabled or place.item.type == "display":
            continue
        raw: Json = {"linkId": place.item.link_id}
        if text := place.item.text():
            raw["text"] = text
        if place.item.type == "group":
            inner = _exported(place.places)
            if inner:
                raw["item"] = inner
        elif place.answers:
            raw["answer"] = [_answer(each) for each in place.answers]
        if len(raw) > 1 + bool(text):
            place.raw = raw
            out.append(raw)
    return out


def _answer(answer: Answer) -> Json:
    out: Json = {f"value{answer.kind}": answer.value}
    if inner := _exported(answer.places):
        out["item"] = inner
    return out


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_copied(each) for each in value]
    return value
