"""Evaluates the FHIRPath of a form: parsed by fhirpathpy once, then run as closures.

The grammar, the types, the model of R4 and most functions are fhirpathpy's. What walks the tree is
ours, for three reasons (docs/adr/0019-expressions-are-bounded.md): what an expression costs is
counted and ends; `%resource.item.where(linkId = 'x')` is looked up and not searched for; and each
part is evaluated once, `$this` being what it is where it stands. sum() of nothing is nothing.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from antlr4 import CommonTokenStream, InputStream, ParseTreeWalker, Token
from antlr4.error.ErrorListener import ErrorListener
from fhirpathpy.engine.evaluators import evaluators as literals
from fhirpathpy.engine.invocations import invocation_registry
from fhirpathpy.engine.invocations import math as arithmetic
from fhirpathpy.engine.invocations.constants import constants
from fhirpathpy.engine.nodes import FP_DateTime, FP_Quantity, FP_Time, ResourceNode
from fhirpathpy.engine.util import get_data
from fhirpathpy.parser.ASTPathListener import ASTPathListener
from fhirpathpy.parser.generated.FHIRPathLexer import FHIRPathLexer
from fhirpathpy.parser.generated.FHIRPathParser import FHIRPathParser

from .extensions import Json
from .patterns import Allowance, Unreadable, found_in, replaced
from .units import comparable

LONGEST = 4_000  # signs of an expression
DEEPEST = 60  # brackets within brackets
MOST_BITS = 256  # of a whole number; FHIR itself has 32

Coll = list[Any]
_Run = Callable[["_Frame", Coll], Coll]
Weigh = Callable[[str | None, Any], Decimal | None]


class Failed(Exception):
    """An expression that has no result: it cannot be read, or not be evaluated on this response."""


class Node(ResourceNode):  # type: ignore[misc]
    """A value at its place: its R4 path, and what it stands in."""

    def __init__(self, data: Any, path: str | None, parent: "Node | None" = None) -> None:
        if isinstance(data, dict) and isinstance(data.get("resourceType"), str):
            path = data["resourceType"]
        self.data, self.path, self.parent = data, path, parent
        self._data = self.propName = self.index = None

    @property
    def link_id(self) -> str | None:
        """The linkId of the item that this stands in, or None."""
        node: Node | None = self
        while node is not None:
            if isinstance(node.data, dict) and isinstance(node.data.get("linkId"), str):
                return str(node.data["linkId"])
            node = node.parent
        return None


class Reads:
    """What an expression asked a response for: items by linkId alone, or more than that (`all`)."""

    __slots__ = ("all", "items")

    def __init__(self) -> None:
        self.all = False
        self.items: set[tuple[str, _Run, str]] = set()

    def also(self, other: "Reads") -> None:
        """Take in what another expression asked for."""
        self.all |= other.all
        self.items |= other.items


class Snapshot:
    """A response as expressions see it at one moment, with what they have asked of it so far."""

    def __init__(self, resource: Json, questionnaire: Json) -> None:
        self.resource = Node(exact(resource), None)
        self._questionnaire = questionnaire
        self._as_node: Node | None = None
        self.found: dict[str, tuple[Coll, Reads]] = {}
        self._by_link_id: dict[str, dict[str, Coll]] = {}
        self.reads = Reads()

    @property
    def questionnaire(self) -> Node:
        """The questionnaire, which few expressions ask for."""
        if self._as_node is None:
            self._as_node = Node(exact(self._questionnaire), None)
        return self._as_node

    def items(self, key: str, base: "_Run", link_id: str, frame: "_Frame") -> Coll:
        """Return the items with a linkId among those that a path finds; `key` names the path."""
        index = self._by_link_id.get(key)
        if index is None:
            index = self._by_link_id[key] = {}
            outer, self.reads = self.reads, Reads()
            for each in base(frame, []):
                data = get_data(each)
                if isinstance(data, dict) and isinstance(data.get("linkId"), str):
                    index.setdefault(data["linkId"], []).append(each)
            self.reads = outer
        self.reads.items.add((key, base, link_id))
        return index.get(link_id, [])

    def same_for(self, reads: Reads, scope: "Scope", earlier: "Snapshot") -> bool:
        """Return whether this snapshot has the same as an earlier one where something was read."""
        if reads.all:
            return False
        frame = _Frame(scope, self.resource)
        return all(
            [each.data for each in self.items(*read, frame)]
            == [each.data for each in earlier.items(*read, frame)]
            for read in reads.items
        )


class Scope:
    """Where an expression is evaluated: its snapshot, its item, the variables in sight.

    `variables` are expressions by name, evaluated when first asked for; one that asks for itself
    is not defined. `given` are values that the caller hands in, such as a launch context.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        context: Any,
        *,
        allowance: Allowance,
        weigh: Weigh,
        outer: "Scope | None" = None,
        variables: Iterable[tuple[str, str]] = (),
        given: Mapping[str, Any] | None = None,
        definition: Json | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.context = context if isinstance(context, Node) else Node(exact(context), _ITEM)
        self.allowance = allowance
        self.weigh = weigh
        self.outer = outer
        self.variables = dict(variables)
        self.given = given or {}
        self.definition = definition
        self._values: dict[str, tuple[Coll, Reads] | None] = {}

    def look_up(self, name: str) -> Coll:
        """Return what `%name` stands for; raise Failed where nothing of this name is in sight."""
        match name:
            case "resource" | "rootResource":
                self.snapshot.reads.all = True
                return [self.snapshot.resource]
            case "questionnaire":
                return [self.snapshot.questionnaire]
            case "context":
                self.snapshot.reads.all = True
                return [self.context]
            case "qitem":
                return [Node(exact(self.definition), _QUESTION)] if self.definition else []
            case "ucum":
                return ["http://unitsofmeasure.org"]
            case "sct":
                return ["http://snomed.info/sct"]
            case "loinc":
                return ["http://loinc.org"]
        if name in self.variables:
            return self._variable(name)
        if name in self.given:
            value = exact(self.given[name])
            return [Node(each, None) for each in (value if isinstance(value, list) else [value])]
        if self.outer is not None:
            return self.outer.look_up(name)
        raise Failed(f"There is no variable %{name}.")

    def _variable(self, name: str) -> Coll:
        if name not in self._values:
            self._values[name] = None
            try:
                self._values[name] = run(self.variables[name], self)
            except Failed:
                del self._values[name]
                raise
        found = self._values[name]
        if found is None:
            raise Failed(f"The variable %{name} asks for itself.")
        self.snapshot.reads.also(found[1])
        return found[0]


_ITEM = "QuestionnaireResponse.item"
_QUESTION = "Questionnaire.item"


def exact(value: Any) -> Any:
    """Return a copy of JSON with each float as the decimal that was written."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {key: exact(each) for key, each in value.items()}
    if isinstance(value, list):
        return [exact(each) for each in value]
    return value


def evaluate(expression: str, scope: Scope) -> list[Any]:
    """Return what an expression finds in a scope, as plain values: JSON, decimals, texts.

    Raises Failed, with a sentence, for whatever keeps it from having a result.
    """
    return [_plain(each) for each in run(expression, scope)[0]]


def holds(expression: str, scope: Scope) -> bool:
    """Return whether an expression is true; one that finds nothing does not hold. Raises Failed."""
    return is_true(run(expression, scope)[0])


def is_true(found: Coll) -> bool:
    """Return whether what an expression found is true. Raises Failed for several values."""
    return _truth(found) is True


def plain(found: Coll) -> list[Any]:
    """Return what an expression found as plain values."""
    return [_plain(each) for each in found]


def run(expression: str, scope: Scope) -> tuple[Coll, Reads]:
    """Return what an expression finds, as nodes that know their place, and what it asked for.

    Raises Failed.
    """
    snapshot = scope.snapshot
    outer, snapshot.reads = snapshot.reads, Reads()
    try:
        program = _program(expression)
        scope.allowance.spend(1)
        snapshot.reads.all = _reads_context(expression)
        constants.reset()
        return program(_Frame(scope, scope.context), [scope.context]), snapshot.reads
    except Failed:
        raise
    except Exception as wrong:  # what fhirpathpy raises has no class of its own
        raise Failed(str(wrong)[:300] or type(wrong).__name__) from wrong
    finally:
        snapshot.reads = outer


# --- reading -----------------------------------------------------------------------------------


class _Strict(ErrorListener):  # type: ignore[misc]
    def syntaxError(self, _recognizer, _symbol, _line, column, message, _error):  # type: ignore[no-untyped-def]
        raise Unreadable(f"At {column}: {message}"[:300])


@lru_cache(2_000)
def _parsed(expression: str) -> Json:
    if len(expression) > LONGEST:
        raise Unreadable(f"An expression has at most {LONGEST} signs.")
    deep = deepest = 0
    for sign in expression:
        deep += (sign in "([{") - (sign in ")]}")
        deepest = max(deep, deepest)
    if deepest > DEEPEST:
        raise Unreadable(f"An expression has at most {DEEPEST} brackets within brackets.")
    lexer = FHIRPathLexer(InputStream(expression))
    stream = CommonTokenStream(lexer)
    parser = FHIRPathParser(stream)
    for each in (lexer, parser):
        each.removeErrorListeners()
        each.addErrorListener(_Strict())
    tree = parser.expression()
    if stream.LA(1) != Token.EOF:
        raise Unreadable(f"What stands from {stream.LT(1).column} on belongs to no expression.")
    listener = ASTPathListener()
    ParseTreeWalker().walk(listener, tree)
    found: Json = listener.parentStack[0]["children"][0]
    return found


@lru_cache(2_000)
def _program(expression: str) -> "_Run":
    try:
        return _compile(_parsed(expression))
    except RecursionError as wrong:
        raise Unreadable("The expression is nested too deep.") from wrong


_OF_NOTHING = {"iif", "now", "today", "timeOfDay", "coalesce"}
_OF_EACH = {"where", "select", "exists", "all", "repeat", "aggregate"}


@lru_cache(2_000)
def _reads_context(expression: str) -> bool:
    """Return whether an expression reads the item where it stands, and not %names alone."""

    def reads(node: Json, inside: bool) -> bool:
        kind, children = node["type"], node.get("children", [])
        if kind == "InvocationExpression":
            return reads(children[0], inside) or arguments(children[1], inside)
        if kind == "InvocationTerm":
            first = children[0]
            if first["type"] != "FunctionInvocation":
                return not inside
            name = _identifier(first["children"][0]["children"][0])
            return arguments(first, inside) or not (inside or name in _OF_NOTHING)
        return any(reads(each, inside) for each in children)

    def arguments(node: Json, inside: bool) -> bool:
        if node["type"] != "FunctionInvocation":
            return False
        parts = node["children"][0]["children"]
        inside = inside or _identifier(parts[0]) in _OF_EACH
        return any(reads(each, inside) for part in parts[1:] for each in part["children"])

    return reads(_parsed(expression), inside=False)


# --- compiling ---------------------------------------------------------------------------------


class _Frame:
    """What a lambda sees: its scope, `$this`, `$index`, `$total`."""

    __slots__ = ("index", "scope", "this", "total")

    def __init__(self, scope: Scope, this: Any, index: int = 0, total: Coll | None = None) -> None:
        self.scope, self.this, self.index, self.total = scope, this, index, total or []


def _compile(node: Json) -> _Run:
    kind = node["type"]
    children = node.get("children", [])
    match kind:
        case "TermExpression" | "ParenthesizedTerm" | "InvocationTerm":
            return _compile(children[0])
        case "LiteralTerm" if children:
            return _compile(children[0])
        case "ExternalConstantTerm":
            name = _constant_name(node)
            return lambda frame, _focus: frame.scope.look_up(name)
        case "ThisInvocation":
            return lambda frame, _focus: [frame.this]
        case "IndexInvocation":
            return lambda frame, _focus: [frame.index]
        case "TotalInvocation":
            return lambda frame, _focus: frame.total or []
        case "MemberInvocation":
            return _member(_identifier(children[0]))
        case "FunctionInvocation":
            return _function(children[0])
        case "InvocationExpression":
            return _invocation(node)
        case "IndexerExpression":
            return _indexer(*map(_compile, children))
        case "PolarityExpression":
            return _polarity(node["terminalNodeText"][0], _compile(children[0]))
        case _ if kind in _OPERATIONS:
            return _operation(node["terminalNodeText"][0], children)
        case _ if kind.endswith("Literal"):
            constant = _literal(node)
            return lambda _frame, _focus: constant
    raise Unreadable(f"{kind} is not understood.")


_OPERATIONS = {
    *("MultiplicativeExpression", "AdditiveExpression", "UnionExpression", "InequalityExpression"),
    *("TypeExpression", "EqualityExpression", "MembershipExpression", "AndExpression"),
    *("OrExpression", "ImpliesExpression"),
}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


def _literal(node: Json) -> Coll:
    if node["type"] == "StringLiteral":
        return [
            re.sub(
                r"\\(u[0-9a-fA-F]{4}|.)",
                lambda found: (
                    chr(int(found[1][1:], 16))
                    if len(found[1]) == 5
                    else _ESCAPES.get(found[1], found[1])
                ),
                node["text"][1:-1],
                flags=re.DOTALL,
            )
        ]
    found: Coll = literals[node["type"]]({}, [], node)
    return found


def _identifier(node: Json) -> str:
    return str(node.get("text", "")).strip('`"')


def _constant_name(node: Json) -> str:
    inner = node["children"][0]
    if inner.get("children"):
        return _identifier(inner["children"][0])
    return str(inner["terminalNodeText"][-1]).strip("'`%")


@lru_cache(1)
def model() -> dict[str, dict[str, Any]]:
    """Return fhirpathpy's model of R4: its types, their parents, where a choice of types stands."""
    folder = files("fhirpathpy.models") / "r4"
    return {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("choiceTypePaths", "path2Type", "pathsDefinedElsewhere", "type2Parent")
    }


@lru_cache(4_000)
def _way(path: str | None, key: str) -> tuple[tuple[tuple[str, str], ...], str | None]:
    """Return the fields that a member can stand in, each with its type, and its path otherwise."""
    if path is None:
        return (), None
    if key == "extension":
        return (), "Extension"
    r4 = model()
    full = r4["pathsDefinedElsewhere"].get(f"{path}.{key}", f"{path}.{key}")
    kinds = r4["choiceTypePaths"].get(full, ())
    fields = []
    for each in kinds:
        lower = each[0].lower() + each[1:]
        fields.append((f"{key}{each}", lower if lower in r4["type2Parent"] else each))
    return tuple(fields), r4["path2Type"].get(full, full)


def _member(key: str) -> _Run:
    def found(frame: _Frame, focus: Coll) -> Coll:
        out: Coll = []
        for each in focus:
            node = each if isinstance(each, Node) else Node(each, None)
            data = node.data
            if isinstance(data, FP_Quantity):
                data = _quantity(data)
            if not isinstance(data, dict):
                continue
            if key[:1].isupper() and data.get("resourceType") == key:
                out.append(node)
                continue
            fields, path = _way(node.path, key)
            value = data.get(key)
            if value is None:
                for name, kind in fields:
                    if (value := data.get(name)) is not None:
                        path = kind
                        break
                else:
                    continue
            if isinstance(value, list):
                out.extend(Node(one, path, node) for one in value if one is not None)
            else:
                out.append(Node(value, path, node))
        frame.scope.allowance.spend(len(focus) + len(out))
        return out

    return found


def _invocation(node: Json) -> _Run:
    left, right = node["children"]
    base, then = _compile(left), _compile(right)
    key = _key(left) if _from_resource(left) else None
    link_id = _asks_link_id(right)
    if link_id is not None:
        if key is None:
            then = _with_link_id(link_id)
        else:
            return lambda frame, _focus: frame.scope.snapshot.items(key, base, link_id, frame)
    own = _key(node) if _from_resource(node) else None
    if own is None:
        return lambda frame, focus: then(frame, base(frame, focus))

    def remembered(frame: _Frame, focus: Coll) -> Coll:
        snapshot = frame.scope.snapshot
        if own not in snapshot.found:
            outer, snapshot.reads = snapshot.reads, Reads()
            try:
                snapshot.found[own] = then(frame, base(frame, focus)), snapshot.reads
            finally:
                snapshot.reads = outer
        found, reads = snapshot.found[own]
        snapshot.reads.also(reads)
        return found

    return remembered


def _with_link_id(link_id: str) -> _Run:
    def filtered(frame: _Frame, focus: Coll) -> Coll:
        frame.scope.allowance.spend(len(focus))
        return [
            each
            for each in focus
            if isinstance(each, Node)
            and isinstance(each.data, dict)
            and each.data.get("linkId") == link_id
        ]

    return filtered


def _inner(node: Json) -> Json:
    while node["type"] in ("TermExpression", "InvocationTerm", "LiteralTerm") and node.get(
        "children"
    ):
        node = node["children"][0]
    return node


def _asks_link_id(node: Json) -> str | None:
    """Return the linkId of `where(linkId = '…')`, or None for anything else."""
    if node["type"] != "FunctionInvocation":
        return None
    parts = node["children"][0].get("children", [])
    if len(parts) != 2 or _identifier(parts[0]) != "where" or len(parts[1]["children"]) != 1:
        return None
    test = parts[1]["children"][0]
    if test["type"] != "EqualityExpression" or test["terminalNodeText"] != ["="]:
        return None
    sides = sorted((_inner(each) for each in test["children"]), key=lambda each: str(each["type"]))
    if [each["type"] for each in sides] != ["MemberInvocation", "StringLiteral"]:
        return None
    if _identifier(sides[0]["children"][0]) != "linkId":
        return None
    return str(_literal(sides[1])[0])


_CHANGING = {"now", "today", "timeOfDay", "trace", "aggregate"}


def _from_resource(node: Json) -> bool:
    """Return whether a path starts at %resource and asks for nothing that differs by item."""
    start = node
    while start["type"] in ("InvocationExpression", "TermExpression"):
        start = start["children"][0]
    if start["type"] != "ExternalConstantTerm":
        return False
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each["type"] == "ExternalConstantTerm" and _constant_name(each) != "resource":
            return False
        if each["type"] in ("IndexInvocation", "TotalInvocation", "ThisInvocation"):
            return False
        if each["type"] == "Functn" and _identifier(each["children"][0]) in _CHANGING:
            return False
        waiting.extend(each.get("children", ()))
    return True


def _key(node: Json) -> str:
    inner = "\1".join(_key(each) for each in node.get("children", ()))
    return f"{node['type']}\2{node.get('text', '')}\2{node['terminalNodeText']}\2{inner}\3"


def _indexer(base: _Run, at: _Run) -> _Run:
    def indexed(frame: _Frame, focus: Coll) -> Coll:
        found, index = base(frame, focus), at(frame, [frame.this])
        if not index:
            return []
        position = _number(index)
        if position is None or not 0 <= position < len(found):
            return []
        return [found[int(position)]]

    return indexed


def _polarity(sign: str, inner: _Run) -> _Run:
    def signed(frame: _Frame, focus: Coll) -> Coll:
        found = inner(frame, focus)
        value = _value(found[0]) if len(found) == 1 else None
        if isinstance(value, FP_Quantity):
            return [FP_Quantity(-value.value if sign == "-" else value.value, value.unit)]
        number = _number(found)
        return [] if number is None else [-number if sign == "-" else number]

    return signed


# --- values ------------------------------------------------------------------------------------


def _value(each: Any) -> Any:
    """Return what a node or a literal is worth: dates, times and quantities as such."""
    if not isinstance(each, ResourceNode):
        return get_data(each)
    data = each.data
    if isinstance(data, str):
        if each.path in ("date", "dateTime", "instant"):
            return FP_DateTime(data) or data
        if each.path == "time":
            return FP_Time(data) or data
    elif isinstance(data, dict) and each.path in ("Quantity", "Age", "Duration"):
        unit = data.get("code") or data.get("unit") or "1"
        return FP_Quantity(get_data(data.get("value")), f"'{unit}'")
    return get_data(data)


def _plain(each: Any) -> Any:
    value = get_data(each)
    if isinstance(value, FP_Quantity):
        return _quantity(value)
    if isinstance(value, FP_DateTime | FP_Time):
        return value.asStr
    return value


def _quantity(value: Any) -> Json:
    unit = FP_Quantity.timeUnitsToUCUM.get(value.unit, value.unit or "'1'").strip("'")
    return {
        "value": value.value,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": unit,
    }


def _singleton(found: Coll) -> Any:
    if len(found) > 1:
        raise Failed("One value was expected where there are several.")
    return _value(found[0]) if found else None


def _truth(found: Coll) -> bool | None:
    value = _singleton(found)
    return value if value is None or isinstance(value, bool) else True


def _number(found: Coll) -> int | Decimal | None:
    value = _singleton(found)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Failed("A number was expected where there is something else.")
    return value


def _text(found: Coll) -> str | None:
    value = _singleton(found)
    if value is None:
        return None
    if isinstance(value, FP_DateTime | FP_Time):
        return str(value.asStr)
    if not isinstance(value, str):
        raise Failed("A text was expected where there is something else.")
    return value


def _equal(left: Any, right: Any) -> bool | None:
    """Return whether two values are equal; None where that cannot be said."""
    ours, theirs = _value(left), _value(right)
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, FP_Quantity) and isinstance(theirs, FP_Quantity):
        both = comparable(_quantity(ours), _quantity(theirs))
        return None if both is None else both[0] == both[1]
    moments = (FP_DateTime, FP_Time)
    if isinstance(ours, moments) or isinstance(theirs, moments):
        ours, theirs = _moment(ours, theirs), _moment(theirs, ours)
        if type(ours) is not type(theirs):
            return False
        found = ours.equals(theirs)
        return None if found is None else bool(found)
    return bool(ours == theirs)


def _moment(value: Any, beside: Any) -> Any:
    return type(beside)(value) if isinstance(value, str) else value


def _compared(operator: str, left: Coll, right: Coll) -> Coll:
    if not left or not right:
        return []
    ours, theirs = _singleton(left), _singleton(right)
    if isinstance(ours, FP_Quantity) and isinstance(theirs, FP_Quantity):
        both = comparable(_quantity(ours), _quantity(theirs))
        if both is None:
            return []
        sign: int | None = (both[0] > both[1]) - (both[0] < both[1])
    elif isinstance(ours, FP_DateTime | FP_Time) or isinstance(theirs, FP_DateTime | FP_Time):
        ours, theirs = _moment(ours, theirs), _moment(theirs, ours)
        if type(ours) is not type(theirs):
            raise Failed("A date is compared with something else.")
        sign = ours.compare(theirs)
    elif _both(ours, theirs, str) or _both(ours, theirs, int | Decimal):
        sign = (ours > theirs) - (ours < theirs)
    else:
        raise Failed("Two values of different types are compared.")
    if sign is None:
        return []
    return [{"<": sign < 0, ">": sign > 0, "<=": sign <= 0, ">=": sign >= 0}[operator]]


def _both(left: Any, right: Any, kind: Any) -> bool:
    return (
        isinstance(left, kind)
        and isinstance(right, kind)
        and not isinstance(left, bool)
        and not isinstance(right, bool)
    )


def _mark(each: Any) -> Any:
    """Return what is the same for values that are equal, for sets."""
    value = _plain(each)
    if isinstance(value, bool | str):
        return (type(value).__name__, value)
    if isinstance(value, int | Decimal):
        return Decimal(value).normalize()
    return json.dumps(value, sort_keys=True, default=str)


def _distinct(found: Coll) -> Coll:
    return list({_mark(each): each for each in reversed(found)}.values())[::-1]


# --- operators ---------------------------------------------------------------------------------


def _operation(operator: str, children: list[Json]) -> _Run:
    left = _compile(children[0])
    if operator in ("is", "as"):
        wanted = children[1]["text"]
        return _typed(operator, left, wanted)
    right = _compile(children[1])
    if operator in ("and", "or", "xor", "implies"):
        return _logic(operator, left, right)

    def applied(frame: _Frame, focus: Coll) -> Coll:
        ours, theirs = left(frame, focus), right(frame, focus)
        frame.scope.allowance.spend(1 + len(ours) + len(theirs))
        return _apply(operator, ours, theirs, frame.scope.allowance)

    return applied


def _apply(operator: str, ours: Coll, theirs: Coll, allowance: Allowance) -> Coll:
    match operator:
        case "=" | "!=":
            if not ours or not theirs:
                return []
            found = _all_equal(ours, theirs)
            return [] if found is None else [found is (operator == "=")]
        case "~" | "!~":
            return [_equivalent(ours, theirs) is (operator == "~")]
        case "<" | ">" | "<=" | ">=":
            return _compared(operator, ours, theirs)
        case "|":
            return _distinct(ours + theirs)
        case "in":
            return _contains(theirs, ours)
        case "contains":
            return _contains(ours, theirs)
        case "&":
            joined = (_text(ours) or "") + (_text(theirs) or "")
            allowance.spend(len(joined))
            return [joined]
    if not ours or not theirs:
        return []
    if operator in "+-" and not _both(_singleton(ours), _singleton(theirs), int | Decimal):
        function = arithmetic.plus if operator == "+" else arithmetic.minus
        values = [_value(ours[0])], [_value(theirs[0])]
        found = function({}, *values)
        allowance.spend(len(found) if isinstance(found, str) else 1)
        return found if isinstance(found, list) else [found]
    return _calculated(operator, _number(ours), _number(theirs))


def _calculated(operator: str, left: Any, right: Any) -> Coll:
    if operator in ("/", "div", "mod") and right == 0:
        return []
    match operator:
        case "+":
            found = left + right
        case "-":
            found = left - right
        case "*":
            found = left * right
        case "/":
            found = Decimal(left) / Decimal(right)
        case "div":
            found = int(Decimal(left) / Decimal(right))
        case "mod":
            found = Decimal(left) % Decimal(right)
        case _:
            raise Failed(f"The operator {operator} is not known.")
    if isinstance(found, int) and found.bit_length() > MOST_BITS:
        raise Failed("The result is too large a number.")
    return [found]


def _all_equal(ours: Coll, theirs: Coll) -> bool | None:
    if len(ours) != len(theirs):
        return False
    found = [_equal(left, right) for left, right in zip(ours, theirs, strict=True)]
    if any(each is False for each in found):
        return False
    return None if None in found else True


def _equivalent(ours: Coll, theirs: Coll) -> bool:
    if len(ours) != len(theirs):
        return False

    def folded(each: Any) -> Any:
        value = _value(each)
        if isinstance(value, str):
            return " ".join(value.split()).casefold()
        if isinstance(value, dict) and "code" in value:
            return (value.get("system"), value["code"])
        return None

    for left, right in zip(ours, theirs, strict=True):
        one, other = folded(left), folded(right)
        if one is not None or other is not None:
            if one != other:
                return False
        elif _equal(left, right) is not True:
            return False
    return True


def _contains(among: Coll, one: Coll) -> Coll:
    if not one:
        return []
    if len(one) > 1:
        raise Failed("One value was expected where there are several.")
    return [any(_equal(each, one[0]) is True for each in among)]


def _logic(operator: str, left: _Run, right: _Run) -> _Run:
    def judged(frame: _Frame, focus: Coll) -> Coll:
        frame.scope.allowance.spend(1)
        ours = _truth(left(frame, focus))
        if operator == "and" and ours is False:
            return [False]
        if operator == "or" and ours is True:
            return [True]
        if operator == "implies" and ours is False:
            return [True]
        theirs = _truth(right(frame, focus))
        match operator:
            case "and":
                found = False if theirs is False else None if None in (ours, theirs) else True
            case "or":
                found = True if theirs is True else None if None in (ours, theirs) else False
            case "xor":
                found = None if ours is None or theirs is None else ours is not theirs
            case _:
                found = True if theirs is True else None if None in (ours, theirs) else False
        return [] if found is None else [found]

    return judged


def _kind(each: Any) -> str:
    if isinstance(each, ResourceNode) and each.path:
        path = str(each.path).removeprefix("System.")
        return "BackboneElement" if "." in path else path
    value = get_data(each)
    for python, kind in (
        (bool, "boolean"),
        (int, "integer"),
        (Decimal, "decimal"),
        (str, "string"),
        (FP_Time, "time"),
        (FP_Quantity, "Quantity"),
    ):
        if isinstance(value, python):
            return kind
    if isinstance(value, FP_DateTime):
        return "dateTime" if "T" in value.asStr else "date"
    return "object"


def _is(each: Any, wanted: str) -> bool:
    name = wanted.replace("`", "").rpartition(".")[2].casefold()
    kind: str | None = _kind(each)
    while kind:
        if kind.casefold() == name:
            return True
        kind = model()["type2Parent"].get(kind)
    return False


def _typed(operator: str, inner: _Run, wanted: str) -> _Run:
    def typed(frame: _Frame, focus: Coll) -> Coll:
        found = inner(frame, focus)
        if not found:
            return []
        if operator == "is":
            if len(found) > 1:
                raise Failed("One value was expected where there are several.")
            return [_is(found[0], wanted)]
        return [each for each in found if _is(each, wanted)]

    return typed


# --- functions ---------------------------------------------------------------------------------


def _function(node: Json) -> _Run:
    parts = node["children"]
    name = _identifier(parts[0])
    given = parts[1]["children"] if len(parts) > 1 else []
    if name in ("is", "as", "ofType") and len(given) == 1:
        return _typed("is" if name == "is" else "as", lambda _frame, focus: focus, given[0]["text"])
    arguments = [_compile(each) for each in given]
    if name in _LAMBDAS:
        return _metered(_LAMBDAS[name](*arguments))
    if name in _OWN:
        return _metered(_called(_OWN[name], arguments))
    if name in invocation_registry:
        return _metered(_library(name, arguments))
    raise Unreadable(f"There is no function {name}().")


def _metered(function: _Run) -> _Run:
    def metered(frame: _Frame, focus: Coll) -> Coll:
        found = function(frame, focus)
        cost = 1 + len(focus) + len(found)
        if found and isinstance(found[0], str):
            cost += len(found[0])
        frame.scope.allowance.spend(cost)
        return found

    return metered


def _library(name: str, arguments: list[_Run]) -> _Run:
    """Return a function of fhirpathpy, called with values."""
    entry = invocation_registry[name]
    arity = entry.get("arity")
    kinds = arity.get(len(arguments)) if arity else ([] if not arguments else None)
    if kinds is None or "Expr" in kinds:
        raise Unreadable(f"{name}() does not take {len(arguments)} arguments.")

    def called(frame: _Frame, focus: Coll) -> Coll:
        if entry.get("nullable_input") and not focus:
            return []
        values: list[Any] = []
        for argument, kind in zip(arguments, kinds, strict=False):
            found = argument(frame, [frame.this])
            if kind in ("Any", "AnyAtRoot"):
                values.append(found)
            elif not found:
                values.append([])
            elif kind == "String":
                values.append(_text(found))
            else:
                values.append(_number(found))
        if (entry.get("nullable") or entry.get("nullable_input")) and [] in values:
            return []
        result = entry["fn"]({"vars": {}, "model": None}, [_valued(x) for x in focus], *values)
        return result if isinstance(result, list) else [] if result is None else [result]

    return called


def _valued(each: Any) -> Any:
    """Return a primitive itself, so that fhirpathpy's own functions meet no node of ours."""
    data = each.data if isinstance(each, Node) else each
    return each if isinstance(data, dict) else _value(each) if isinstance(each, Node) else data


def _called(function: Callable[..., Coll], arguments: list[_Run]) -> _Run:
    def called(frame: _Frame, focus: Coll) -> Coll:
        return function(frame, focus, *(each(frame, [frame.this]) for each in arguments))

    return called


def _each(frame: _Frame, focus: Coll, expression: _Run) -> Iterable[tuple[Any, Coll]]:
    for index, this in enumerate(focus):
        frame.scope.allowance.spend(1)
        yield this, expression(_Frame(frame.scope, this, index, frame.total), [this])


def _where(test: _Run) -> _Run:
    return lambda frame, focus: [
        this for this, found in _each(frame, focus, test) if _truth(found) is True
    ]


def _select(projection: _Run) -> _Run:
    def selected(frame: _Frame, focus: Coll) -> Coll:
        out: Coll = []
        for _this, found in _each(frame, focus, projection):
            frame.scope.allowance.spend(len(found))
            out.extend(found)
        return out

    return selected


def _exists(test: _Run | None = None) -> _Run:
    if test is None:
        return lambda _frame, focus: [bool(focus)]
    return lambda frame, focus: [
        any(_truth(found) is True for _this, found in _each(frame, focus, test))
    ]


def _all(test: _Run) -> _Run:
    return lambda frame, focus: [
        all(_truth(found) is True for _this, found in _each(frame, focus, test))
    ]


def _repeat(projection: _Run) -> _Run:
    def repeated(frame: _Frame, focus: Coll) -> Coll:
        out: Coll = []
        seen: set[Any] = set()
        waiting = list(focus)
        while waiting:
            following: Coll = []
            for _this, found in _each(frame, waiting, projection):
                for each in found:
                    mark = id(each.data) if _is_complex(each) else _mark(each)
                    if mark not in seen:
                        seen.add(mark)
                        following.append(each)
            frame.scope.allowance.spend(len(following))
            out.extend(following)
            waiting = following
        return out

    return repeated


def _is_complex(each: Any) -> bool:
    return isinstance(each, Node) and isinstance(each.data, dict)


def _iif(test: _Run, then: _Run, otherwise: _Run | None = None) -> _Run:
    def chosen(frame: _Frame, focus: Coll) -> Coll:
        this = focus[0] if focus else frame.this
        inner = _Frame(frame.scope, this, frame.index, frame.total)
        if _truth(test(inner, focus)) is True:
            return then(inner, focus)
        return otherwise(inner, focus) if otherwise else []

    return chosen


def _aggregate(step: _Run, start: _Run | None = None) -> _Run:
    def aggregated(frame: _Frame, focus: Coll) -> Coll:
        total = start(frame, [frame.this]) if start else []
        for index, this in enumerate(focus):
            total = step(_Frame(frame.scope, this, index, total), [this])
            frame.scope.allowance.spend(1 + len(total))
        return total

    return aggregated


def _coalesce(*choices: _Run) -> _Run:
    def first(frame: _Frame, focus: Coll) -> Coll:
        return next((found for each in choices if (found := each(frame, focus))), [])

    return first


_LAMBDAS: dict[str, Callable[..., _Run]] = {
    "where": _where,
    "select": _select,
    "exists": _exists,
    "all": _all,
    "repeat": _repeat,
    "iif": _iif,
    "aggregate": _aggregate,
    "coalesce": _coalesce,
    "trace": lambda *_: lambda _frame, focus: focus,
}


def _children(_frame: _Frame, focus: Coll) -> Coll:
    out: Coll = []
    for each in focus:
        if not _is_complex(each):
            continue
        for key, value in each.data.items():
            path = _way(each.path, key)[1]
            values = value if isinstance(value, list) else [value]
            out.extend(Node(one, path, each) for one in values if one is not None)
    return out


def _descendants(frame: _Frame, focus: Coll) -> Coll:
    out: Coll = []
    layer = _children(frame, focus)
    while layer:
        frame.scope.allowance.spend(len(layer))
        out.extend(layer)
        layer = _children(frame, layer)
    return out


def _weight(frame: _Frame, focus: Coll) -> Coll:
    out: Coll = []
    for each in focus:
        values = [each]
        if isinstance(each, Node) and each.path == "QuestionnaireResponse.item.answer":
            values = _member("value")(frame, [each])
        for value in values:
            link_id = value.link_id if isinstance(value, Node) else None
            weight = frame.scope.weigh(link_id, get_data(value))
            if weight is not None:
                out.append(weight)
    return out


def _numbers(focus: Coll) -> list[Any]:
    return [number for each in focus if (number := _number([each])) is not None]


def _today(_frame: _Frame, _focus: Coll) -> Coll:
    return [FP_DateTime(invocation_registry["today"]["fn"]({}, []))]


def _replace(_frame: _Frame, focus: Coll, old: Coll, new: Coll) -> Coll:
    text, before, after = _text(focus), _text(old), _text(new)
    if text is None or before is None or after is None:
        return []
    _frame.scope.allowance.spend(len(text) + (text.count(before) + 1) * len(after))
    return [text.replace(before, after)]


def _matches(frame: _Frame, focus: Coll, pattern: Coll) -> Coll:
    text, sought = _text(focus), _text(pattern)
    if text is None or sought is None:
        return []
    return [found_in(sought, text, frame.scope.allowance)]


def _replace_matches(frame: _Frame, focus: Coll, pattern: Coll, replacement: Coll) -> Coll:
    text, sought, new = _text(focus), _text(pattern), _text(replacement)
    if text is None or sought is None or new is None:
        return []
    frame.scope.allowance.spend((len(text) + 1) * (len(new) + 1))
    return [replaced(sought, new, text, frame.scope.allowance)]


def _join(frame: _Frame, focus: Coll, separator: Coll | None = None) -> Coll:
    texts = [_text([each]) or "" for each in focus]
    between = _text(separator or []) or ""
    frame.scope.allowance.spend(sum(map(len, texts)) + len(between) * len(texts))
    return [between.join(texts)] if texts else []


def _subset(inner: Coll, outer: Coll) -> bool:
    among = {_mark(each) for each in outer}
    return all(_mark(each) in among for each in inner)


def _to_string(_frame: _Frame, focus: Coll) -> Coll:
    value = _singleton(focus)
    if value is None or isinstance(value, dict):
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(value.asStr if isinstance(value, FP_DateTime | FP_Time) else value)]


def _not(_frame: _Frame, focus: Coll) -> Coll:
    found = _truth(focus)
    return [] if found is None else [not found]


def _extension(_frame: _Frame, focus: Coll, url: Coll) -> Coll:
    wanted = _text(url)
    return [
        each
        for each in _member("extension")(_frame, focus)
        if _is_complex(each) and each.data.get("url") == wanted
    ]


def _average(_frame: _Frame, focus: Coll) -> Coll:
    numbers = _numbers(focus)
    return [Decimal(sum(numbers)) / len(numbers)] if numbers else []


def _without(_frame: _Frame, focus: Coll, other: Coll) -> Coll:
    among = {_mark(each) for each in other}
    return [each for each in focus if _mark(each) not in among]


def _shared(_frame: _Frame, focus: Coll, other: Coll) -> Coll:
    among = {_mark(each) for each in other}
    return _distinct([each for each in focus if _mark(each) in among])


def _single(_frame: _Frame, focus: Coll) -> Coll:
    if len(focus) > 1:
        raise Failed("One value was expected where there are several.")
    return focus


_OWN: dict[str, Callable[..., Coll]] = {
    "not": _not,
    "children": _children,
    "descendants": _descendants,
    "weight": _weight,
    "ordinal": _weight,
    "sum": lambda _frame, focus: [sum(found)] if (found := _numbers(focus)) else [],
    "min": lambda _frame, focus: [min(found)] if (found := _numbers(focus)) else [],
    "max": lambda _frame, focus: [max(found)] if (found := _numbers(focus)) else [],
    "avg": _average,
    "today": _today,
    "now": lambda _frame, _focus: [FP_DateTime(invocation_registry["now"]["fn"]({}, []))],
    "replace": _replace,
    "matches": _matches,
    "replaceMatches": _replace_matches,
    "join": _join,
    "toString": _to_string,
    "extension": _extension,
    "single": _single,
    "first": lambda _frame, focus: focus[:1],
    "last": lambda _frame, focus: focus[-1:],
    "tail": lambda _frame, focus: focus[1:],
    "take": lambda _frame, focus, count: focus[: max(0, int(_number(count) or 0))],
    "skip": lambda _frame, focus, count: focus[max(0, int(_number(count) or 0)) :],
    "distinct": lambda _frame, focus: _distinct(focus),
    "isDistinct": lambda _frame, focus: [len(_distinct(focus)) == len(focus)],
    "union": lambda _frame, focus, other: _distinct(focus + other),
    "combine": lambda _frame, focus, other: focus + other,
    "intersect": _shared,
    "exclude": _without,
    "subsetOf": lambda _frame, focus, other: [_subset(focus, other)],
    "supersetOf": lambda _frame, focus, other: [_subset(other, focus)],
    "hasValue": lambda _frame, focus: [len(focus) == 1 and not _is_complex(focus[0])],
    "getValue": lambda _frame, focus: (
        focus if len(focus) == 1 and not _is_complex(focus[0]) else []
    ),
}
