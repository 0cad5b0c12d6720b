"""Reads any R4 Questionnaire, as plain JSON, into the tree of form.py.

    form = read(json.load(file))     # raises Refused with every path and reason
    form.unused                      # what stands in the form and is left aside

Nothing raises on JSON that is no questionnaire but Refused, and nothing is fetched.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .extensions import (
    CORE,
    SDC,
    Json,
    extension,
    extensions,
    languages_of,
    objects,
    part,
    typed,
    whole,
    words,
)
from .form import Condition, Constraint, Expression, Form, Item, Option, Typed
from .issues import Refused, Remark
from .patterns import readable
from .terms import Terms
from .units import number
from .values import ABSTRACT, ITEM_TYPES, REFUSED, TAKES

DEEPEST = 50  # items within items
MOST = 20_000  # items of one form
MOST_SIGNS = 100_000  # of all its expressions and patterns, which take time to be parsed

_FILES = ("Binary", "DocumentReference", "Media")
_OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
_FHIRPATH = "text/fhirpath"
_TOO_MANY = "The form has more expressions and patterns than are read; these are left aside."
# Extensions that are read, or that only say how a form came to be or is drawn elsewhere.
_KNOWN = {
    *("minValue", "maxValue", "minLength", "regex", "entryFormat", "maxDecimalPlaces"),
    *("questionnaire-minOccurs", "questionnaire-maxOccurs", "minOccurs", "maxOccurs"),
    *("questionnaire-hidden", "questionnaire-itemControl", "questionnaire-optionExclusive"),
    *("questionnaire-unit", "questionnaire-unitOption", "questionnaire-unitValueSet"),
    *("questionnaire-referenceResource", "questionnaire-supportLink", "translation"),
    *("questionnaire-optionPrefix", "questionnaire-displayCategory", "ordinalValue", "itemWeight"),
    *("questionnaire-ordinalValue", "questionnaire-choiceOrientation", "rendering-markdown"),
    *("questionnaire-sliderStepValue", "questionnaire-constraint", "targetConstraint", "variable"),
    *("calculatedExpression", "enableWhenExpression", "initialExpression", "minQuantity"),
    *("maxQuantity", "shortText", "launchContext", "rendering-style", "rendering-xhtml"),
    *("designNote", "replaces", "questionnaire-signatureRequired", "cqf-expression"),
    *("unitOption", "unitValueSet", "optionPrefix", "entryMode", "preferredTerminologyServer"),
}


def read(resource: Mapping[str, Any], value_sets: Iterable[Mapping[str, Any]] = ()) -> Form:
    """Return a Questionnaire as a form to be asked.

    `value_sets` are ValueSet and CodeSystem resources that the form names and does not contain.
    Raises Refused, with every path and reason, for what cannot be asked here: an attachment, a
    reference to a file, an item without a linkId of its own, a type that R4 does not know.
    """
    form = survey(resource, value_sets)
    if form.refusals:
        raise Refused(form.refusals)
    return form


def survey(resource: object, value_sets: Iterable[Mapping[str, Any]] = ()) -> Form:
    """Return whatever can be read of a questionnaire, with its refusals beside it."""
    raw = resource if isinstance(resource, dict) else {}
    form = Form(
        url=words(raw.get("url")),
        version=words(raw.get("version")),
        title=words(raw.get("title")) or words(raw.get("name")) or "",
        status=words(raw.get("status")),
        raw=raw,
        variables=_expressions(raw, "variable"),
        constraints=_constraints(raw),
        terms=Terms(raw.get("contained"), value_sets),
        languages=tuple(sorted(languages_of(raw))),
    )
    if raw.get("resourceType") != "Questionnaire":
        form.refusals.append(Remark("Questionnaire", "This is no FHIR Questionnaire."))
    _remark_extensions(form, raw, "Questionnaire")
    reader = _Reader(form)
    if not reader.affords(form.variables, form.constraints):
        form.variables, form.constraints = (), ()
        reader.unused("Questionnaire", _TOO_MANY)
    form.items = reader.items(raw.get("item"), "Questionnaire", None)
    form.sources = frozenset(
        condition.question for item in form.by_link_id.values() for condition in item.enable_when
    )
    form.order = _ordered(form)
    return form


class _Reader:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.count = 0
        self.signs = MOST_SIGNS

    def affords(
        self,
        expressions: Iterable[Expression | None],
        constraints: Iterable[Constraint],
        pattern: str | None = None,
    ) -> bool:
        """Take expressions and a pattern into account; return whether they may still be parsed."""
        self.signs -= sum(len(each.text) for each in expressions if each)
        self.signs -= sum(len(each.expression) for each in constraints) + len(pattern or "")
        return self.signs >= 0

    def items(self, raws: object, path: str, parent: Item | None) -> tuple[Item, ...]:
        depth = parent.depth + 1 if parent else 0
        if depth >= DEEPEST and raws:
            self.refuse(path, f"Items stand within items more than {DEEPEST} deep.")
            return ()
        if raws is not None and not isinstance(raws, list):
            self.refuse(f"{path}.item", "Items must be a list.")
        found = []
        for index, raw in enumerate(raws if isinstance(raws, list) else ()):
            where = f"{path}.item[{index}]"
            item = self.item(raw, where, parent, depth)
            if item is not None:
                found.append(item)
        return tuple(found)

    def item(self, raw: object, path: str, parent: Item | None, depth: int) -> Item | None:
        self.count += 1
        if self.count > MOST:
            if self.count == MOST + 1:
                self.refuse(path, f"A form has at most {MOST} items.")
            return None
        if not isinstance(raw, dict):
            self.refuse(path, "An item must be an object.")
            return None
        link_id, kind = words(raw.get("linkId")), raw.get("type")
        if link_id is None:
            self.refuse(path, "The item has no linkId.")
            return None
        if link_id in self.form.by_link_id:
            self.refuse(path, f"The linkId {link_id!r} stands twice.")
            return None
        if not isinstance(kind, str) or kind not in ITEM_TYPES:
            self.refuse(path, f"The type {kind!r} of {link_id!r} is no type of R4.")
            return None
        item = Item(link_id, kind, path, raw, parent, depth)
        self.form.by_link_id[link_id] = item
        _fill(item)
        made = (item.enable_expression, item.initial_expression, item.calculated)
        if not self.affords((*made, *item.variables), item.constraints, item.regex):
            # Never asked rather than always: what opens the item cannot be known.
            never = item.enable_expression and Expression("false")
            item.enable_expression, item.initial_expression, item.calculated = never, None, None
            item.variables, item.constraints, item.regex = (), (), None
            self.unused(path, _TOO_MANY)
        self._look(item)
        _remark_extensions(self.form, raw, path)
        item.items = self.items(raw.get("item"), path, item)
        return item

    def _look(self, item: Item) -> None:
        if item.type in REFUSED:
            self.refuse(
                item.path, f"{item.link_id!r} asks for a file; no file is ever received here."
            )
        if item.type in ABSTRACT:
            self.refuse(item.path, f"{item.link_id!r} has the type 'question', which none can ask.")
        files = list(extensions(item.raw, "questionnaire-referenceResource"))
        if item.type == "reference" and any(each in _FILES for each in files):
            self.refuse(
                item.path,
                f"{item.link_id!r} asks for a reference to a file; no file is ever received here.",
            )
        if item.regex and not readable(item.regex):
            self.unused(item.path, "The pattern (regex) cannot be read and is not tried.")
        for name in ("calculatedExpression", "enableWhenExpression", "initialExpression"):
            for each in extensions(item.raw, name):
                language = each.get("language") if isinstance(each, dict) else None
                if language != _FHIRPATH:
                    self.unused(item.path, f"{name} is not in FHIRPath and is not evaluated.")
        for each in objects(item.raw.get("enableWhen")):
            if _condition(each) is None:
                self.unused(item.path, "A condition (enableWhen) cannot be read and never holds.")
        set_named = words(item.raw.get("answerValueSet"))
        if set_named:
            found = self.form.value_set(set_named)
            if found is None:
                self.unused(item.path, f"The value set {set_named} is not here.")
            elif found.unread or found.open_systems:
                self.unused(item.path, f"The value set {set_named} cannot be listed in full.")

    def refuse(self, path: str, reason: str) -> None:
        self.form.refusals.append(Remark(path, reason))

    def unused(self, path: str, reason: str) -> None:
        self.form.unused.append(Remark(path, reason))


def _fill(item: Item) -> None:
    """Set what an item says of itself."""
    raw = item.raw
    item.required = raw.get("required") is True
    item.repeats = raw.get("repeats") is True
    item.read_only = raw.get("readOnly") is True
    item.enable_when = tuple(
        _condition(each) or Condition("", "exists", "Boolean", True)
        for each in objects(raw.get("enableWhen"))
    )
    item.enable_all = raw.get("enableBehavior") == "all"
    item.max_length = whole(raw.get("maxLength"))
    item.value_set = words(raw.get("answerValueSet"))
    item.options = tuple(
        option for each in objects(raw.get("answerOption")) if (option := _option(each))
    )
    item.takes = TAKES.get(item.type, ())
    if item.options and item.type in ("choice", "open-choice"):
        own = ("String",) if item.type == "open-choice" else ()
        item.takes = tuple(dict.fromkeys((*(each.kind for each in item.options), *own)))
    item.initial = tuple(found for each in objects(raw.get("initial")) if (found := typed(each)))
    if "extension" not in raw:
        return
    item.hidden = extension(raw, "questionnaire-hidden") is True
    item.control = _control(raw)
    item.min_length = whole(extension(raw, "minLength"))
    item.min_occurs = whole(extension(raw, "questionnaire-minOccurs", "minOccurs"))
    item.max_occurs = whole(extension(raw, "questionnaire-maxOccurs", "maxOccurs"))
    item.max_decimal_places = whole(extension(raw, "maxDecimalPlaces"))
    item.minimum = _bound(raw, "minValue", "minQuantity")
    item.maximum = _bound(raw, "maxValue", "maxQuantity")
    item.regex = words(extension(raw, "regex"))
    item.units = tuple(objects(list(extensions(raw, "questionnaire-unitOption", "unitOption"))))
    item.unit_set = words(extension(raw, "questionnaire-unitValueSet", "unitValueSet"))
    item.reference_types = tuple(
        each for each in extensions(raw, "questionnaire-referenceResource") if isinstance(each, str)
    )
    item.enable_expression = next(iter(_expressions(raw, "enableWhenExpression")), None)
    item.initial_expression = next(iter(_expressions(raw, "initialExpression")), None)
    item.calculated = next(iter(_expressions(raw, "calculatedExpression")), None)
    item.variables = _expressions(raw, "variable")
    item.constraints = _constraints(raw)
    item.slider_step = whole(extension(raw, "questionnaire-sliderStepValue"))
    item.orientation = words(extension(raw, "questionnaire-choiceOrientation"))
    item.support_links = tuple(
        each for each in extensions(raw, "questionnaire-supportLink") if isinstance(each, str)
    )


def _control(raw: Json) -> str | None:
    concept = extension(raw, "questionnaire-itemControl")
    codings = objects(concept.get("coding")) if isinstance(concept, dict) else []
    return next((code for each in codings if (code := words(each.get("code")))), None)


def _bound(raw: Json, *names: str) -> Typed | None:
    """Return a least or greatest value with its type, of the first extension that has one."""
    urls = {f"{base}{name}" for name in names for base in (CORE, SDC)}
    for each in objects(raw.get("extension")):
        if str(each.get("url")) in urls and (found := typed(each)):
            return found
    return None


def _expressions(raw: object, name: str) -> tuple[Expression, ...]:
    """Return the FHIRPath expressions under a name; others are left aside."""
    return tuple(
        Expression(each["expression"], words(each.get("name")))
        for each in extensions(raw, name)
        if isinstance(each, dict)
        and each.get("language") == _FHIRPATH
        and words(each.get("expression"))
    )


def _constraints(raw: object) -> tuple[Constraint, ...]:
    found = []
    for each in extensions(raw, "targetConstraint", "questionnaire-constraint", "constraint"):
        if not isinstance(each, dict) or "extension" not in each:
            continue
        expression = part(each, "expression")
        if isinstance(expression, dict):
            expression = expression.get("expression")
        if words(expression):
            found.append(
                Constraint(
                    key=str(part(each, "key") or ""),
                    severity="warning" if part(each, "severity") == "warning" else "error",
                    expression=expression,
                    human=words(part(each, "human")) or "A rule of this form does not hold.",
                    raw=each,
                )
            )
    return tuple(found)


def _condition(raw: Json) -> Condition | None:
    question, operator = words(raw.get("question")), raw.get("operator")
    value = typed(raw, "answer")
    if question is None or operator not in _OPERATORS or value is None:
        return None
    return Condition(question, operator, *value)


def _option(raw: Json) -> Option | None:
    found = typed(raw)
    if found is None:
        return None
    kind, value = found
    weight = number(extension(raw, "itemWeight", "ordinalValue", "questionnaire-ordinalValue"))
    if weight is None:
        weight = weight_in(value)
    return Option(
        kind=kind,
        value=value,
        exclusive=extension(raw, "questionnaire-optionExclusive") is True,
        selected=raw.get("initialSelected") is True,
        weight=weight,
        raw=raw,
    )


def weight_in(coding: object) -> Decimal | None:
    """Return what a coding says that it weighs (itemWeight, ordinalValue), or None."""
    return number(
        extension(
            coding,
            "itemWeight",
            "ordinalValue",
            "questionnaire-ordinalValue",
            "codesystem-ordinalValue",
        )
    )


def _remark_extensions(form: Form, raw: Json, path: str) -> None:
    for each in objects(raw.get("extension")):
        url = str(each.get("url"))
        if url.rpartition("/")[2].removeprefix("sdc-questionnaire-") not in _KNOWN:
            form.unused.append(Remark(path, f"The extension {url[:200]} is not used here."))
    for each in objects(raw.get("modifierExtension")):
        form.unused.append(
            Remark(path, f"The modifier extension {str(each.get('url'))[:200]} is not understood.")
        )


def _ordered(form: Form) -> tuple[Item, ...]:
    """Return every item after its parent and the questions it asks for; a circle is cut."""
    begun: set[str] = set()
    done: list[Item] = []
    for start in form.by_link_id.values():
        waiting: list[tuple[Item, bool]] = [(start, False)]
        while waiting:
            item, ready = waiting.pop()
            if ready:
                done.append(item)
            elif item.link_id not in begun:
                begun.add(item.link_id)
                waiting.append((item, True))
                needs = [form.by_link_id.get(each.question) for each in item.enable_when]
                waiting.extend((each, False) for each in (*needs, item.parent) if each)
    return tuple(done)
