"""A questionnaire as a typed tree, made by reading.py and never changed afterwards."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from .extensions import Json, in_language, objects, spoken
from .issues import Remark
from .terms import Terms, ValueSet

Operator = Literal["exists", "=", "!=", ">", "<", ">=", "<="]
Typed = tuple[str, Any]  # ("Coding", {…}): a value[x] with its type


@dataclass(frozen=True, slots=True)
class Condition:
    """One enableWhen: what the answer to a question must be."""

    question: str
    operator: Operator
    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Expression:
    """A FHIRPath expression of the form, with the name it is known by where it has one."""

    text: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule of the form over its answers, and what to say when it does not hold."""

    key: str
    severity: Literal["error", "warning"]
    expression: str
    human: str
    raw: Json

    def says(self, language: str | None = None) -> str:
        """Return the form's own sentence in a language."""
        for each in objects(self.raw.get("extension")):
            if each.get("url") == "human":
                found = in_language(each, "valueString", language)
                return found or self.human
        return self.human


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: its typed value, what it weighs, whether it stands alone."""

    kind: str
    value: Any
    exclusive: bool
    selected: bool
    weight: Decimal | None
    raw: Json

    def text(self, language: str | None = None) -> str:
        """Return how the option is shown in a language: its display, or the value itself."""
        if isinstance(self.value, dict):
            shown = in_language(self.value, "display", language) if self.kind == "Coding" else None
            for each in objects(self.value.get("designation")):  # of a concept in a value set
                named = str(each.get("language")).lower()
                if language and named in spoken(language) and "value" in each:
                    return str(each["value"])
            return shown or str(
                self.value.get("display")
                or self.value.get("code")
                or self.value.get("reference")
                or ""
            )
        return in_language(self.raw, f"value{self.kind}", language) or str(self.value)

    def prefix(self, language: str | None = None) -> str | None:
        """Return what stands before the option, as in "a)"."""
        for each in objects(self.raw.get("extension")):
            if str(each.get("url")).endswith("optionPrefix"):
                return in_language(each, "valueString", language)
        return None


def _hint(kind: str, value: object) -> object:
    """Return what is the same for values of one type that are equal."""
    if isinstance(value, dict):
        value = value.get("code", value.get("reference", value.get("display")))
    return kind, str(value)


@dataclass(slots=True, eq=False, repr=False)
class Item:
    """One item of a questionnaire: a question, a group of items, or a text to be shown."""

    link_id: str
    type: str
    path: str
    raw: Json
    parent: "Item | None"
    depth: int
    items: tuple["Item", ...] = ()
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    control: str | None = None
    max_length: int | None = None
    min_length: int | None = None
    min_occurs: int | None = None
    max_occurs: int | None = None
    max_decimal_places: int | None = None
    minimum: Typed | None = None
    maximum: Typed | None = None
    regex: str | None = None
    options: tuple[Option, ...] = ()
    takes: tuple[str, ...] = ()  # the types of value that answer it
    value_set: str | None = None
    units: tuple[Json, ...] = ()
    unit_set: str | None = None
    reference_types: tuple[str, ...] = ()
    enable_when: tuple[Condition, ...] = ()
    enable_all: bool = False
    enable_expression: Expression | None = None
    initial: tuple[Typed, ...] = ()
    initial_expression: Expression | None = None
    calculated: Expression | None = None
    variables: tuple[Expression, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    support_links: tuple[str, ...] = ()
    slider_step: int | None = None
    orientation: str | None = None
    _options: dict[object, list[Option]] | None = None

    def options_like(self, kind: str, value: object) -> list[Option]:
        """Return the options that can be equal to a value: of its type, with its code."""
        if self._options is None:
            self._options = {}
            for option in self.options:
                self._options.setdefault(_hint(option.kind, option.value), []).append(option)
        return self._options.get(_hint(kind, value), [])

    @property
    def asks(self) -> bool:
        """Whether the item is a question, which can have answers."""
        return self.type not in ("group", "display")

    def text(self, language: str | None = None) -> str:
        """Return the item's text in a language; empty where it has none."""
        return in_language(self.raw, "text", language) or ""

    def prefix(self, language: str | None = None) -> str | None:
        """Return what stands before the text, as in "1a"."""
        return in_language(self.raw, "prefix", language)

    def help(self, language: str | None = None) -> str | None:
        """Return the text of the item's help, which is a child of the control `help`."""
        return next((each.text(language) for each in self.items if each.control == "help"), None)


@dataclass(slots=True, eq=False, repr=False)
class Form:
    """A questionnaire that was read: the tree, and what was found on the way.

    `refusals` are what `read` raises Refused for; `unused` is what the engine leaves aside.
    `order` has every item after its parent and after each question that its conditions ask for,
    as far as these do not run in a circle; `sources` are the questions that a condition asks for.
    """

    url: str | None
    version: str | None
    title: str
    status: str | None
    raw: Json
    items: tuple[Item, ...] = ()
    by_link_id: dict[str, Item] = field(default_factory=dict)
    order: tuple[Item, ...] = ()
    sources: frozenset[str] = frozenset()
    variables: tuple[Expression, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    terms: Terms = field(default_factory=lambda: Terms(None))
    languages: tuple[str, ...] = ()
    refusals: list[Remark] = field(default_factory=list)
    unused: list[Remark] = field(default_factory=list)
    _sets: dict[str, ValueSet | None] = field(default_factory=dict)

    def heading(self, language: str | None = None) -> str:
        """Return the form's title in a language."""
        return in_language(self.raw, "title", language) or self.title

    def description(self, language: str | None = None) -> str:
        """Return what the form says about itself in a language, as markdown."""
        return in_language(self.raw, "description", language) or ""

    def value_set(self, reference: str) -> ValueSet | None:
        """Return the value set of a canonical, or None where it is not here."""
        if reference not in self._sets:
            self._sets[reference] = self.terms.find(reference)
        return self._sets[reference]
