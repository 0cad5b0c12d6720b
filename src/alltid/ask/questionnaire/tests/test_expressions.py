"""What a form's FHIRPath finds, and that none of it runs on without end."""

import contextlib
import time
from decimal import Decimal

import fhirpathpy
import pytest
from fhirpathpy.models import models

from alltid.ask.questionnaire import Session, read, survey, validate
from alltid.ask.questionnaire.fhirpath import LONGEST, Failed, Scope, Snapshot, evaluate, holds
from alltid.ask.questionnaire.patterns import (
    Allowance,
    Exhausted,
    Unreadable,
    found_in,
    matches_whole,
)

from .forms import answered, coding, constraint, extension, fhirpath, form, item, response

RESPONSE = response(
    answered("a", {"valueInteger": 3}),
    answered("b", {"valueDecimal": 0.1}, {"valueDecimal": 0.2}),
    answered("c", coding("x", display="X"), coding("y")),
    answered("d", {"valueDate": "2026-03-01"}),
    answered("e", {"valueString": "hej"}, {"valueString": "Hej "}),
    answered("f", {"valueQuantity": {"value": 70, "code": "kg", "unit": "kg",
                                     "system": "http://unitsofmeasure.org"}}),
    answered("g", item=[answered("g1", {"valueBoolean": True, "item": [
        answered("g2", {"valueInteger": 5})]})]),
)  # fmt: skip


def scope(**more):
    snapshot = Snapshot(RESPONSE, {"resourceType": "Questionnaire", "title": "T"})
    return Scope(
        snapshot,
        snapshot.resource,
        allowance=more.pop("allowance", None) or Allowance(),
        weigh=lambda link_id, value: (
            Decimal(7) if isinstance(value, dict) and value.get("code") == "x" else None
        ),
        **more,
    )


def find(expression, **more):
    return evaluate(expression, scope(**more))


OF = "%resource.item.where(linkId='{}').answer.value"

# Where fhirpathpy says the same of the same response, it is held to it.
SAME = [
    "item.count()",
    "item.where(linkId = 'a').answer.value + 1",
    "item.where(linkId = 'b').answer.value.count()",
    "item.linkId.where($this > 'c').first()",
    "item.where(linkId = 'c').answer.value.code",
    "item.where(linkId = 'c').answer.value.where(code = 'x').display",
    "item.where(linkId = 'd').answer.value > @2026-02-01",
    "item.where(linkId = 'd').answer.value + 1 month",
    "item.where(linkId = 'e').answer.value.first().upper()",
    "item.where(linkId = 'e').answer.value.first().length()",
    "item.answer.value.ofType(Coding).count()",
    "item.answer.value.ofType(integer)",
    "item.first().answer.value is integer",
    "item.repeat(item | answer.item).linkId",
    "item[0].linkId",
    "item.exists(linkId = 'zz')",
    "item.all(linkId.exists())",
    "item.where(linkId = 'zz').answer.value = 3",
    "(1 | 2 | 2 | 3).count()",
    "1 + 2 * 3 - 4",
    "10 mod 3 = 1 and 7 div 2 = 3",
    "true xor true",
    "{} or true",
    "{} and false",
    "{}.exists()",
    "'abc'.substring(1, 1) & 'z'",
    "'a,b'.split(',').count()",
    "'hej'.startsWith('h') implies false",
    "iif(1 < 2, 'yes', 'no')",
    "(1 | 2 | 3).aggregate($this + $total, 0)",
    "2.power(8)",
    "16.sqrt()",
    "(-7).abs()",
    "1.5.round(0)",
    "'5'.toInteger() + 1",
    "'1.5'.toDecimal()",
    "'x' in ('x' | 'y')",
    "('x' | 'y') contains 'z'",
    "(1 | 2).combine(2 | 3).count()",
    "(1 | 2 | 3).skip(1).take(1)",
    "(1 | 2).intersect(2 | 3)",
    "(1 | 2).subsetOf(1 | 2 | 3)",
    "'A' ~ 'a'",
    "5 'mg' = 5 'mg'",
    "@2026-03-01 - 1 day",
    "item.children().count() > 3",
    "%context.item.count()",
    "%resource.descendants().where(linkId = 'g2').answer.value",
    "'abc'.matches('b')",
    "'abc'.replaceMatches('(b)', '[$1]')",
    "'2026-01-01'.toDate() <= @2026-01-01",
]


@pytest.mark.parametrize("expression", SAME)
def test_expression_finds_what_fhirpathpy_finds(expression):
    theirs = fhirpathpy.evaluate(RESPONSE, expression, {"resource": RESPONSE}, models["r4"])

    assert [str(each) for each in find(expression)] == [
        str(each.asStr if hasattr(each, "asStr") else each) for each in theirs
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (OF.format("a"), [3]),
        (f"{OF.format('b')}.sum() = 0.3", [True]),  # decimals, not floats
        (f"{OF.format('zz')}.sum()", []),  # missing is never zero
        (f"{OF.format('zz')} + 1", []),
        (f"{OF.format('c')}.weight()", [7]),
        (f"{OF.format('c')}.weight().sum() + 1", [8]),
        ("%resource.item.where(linkId='c').answer.weight()", [7]),
        (f"{OF.format('c')}[1].weight()", []),
        (f"{OF.format('b')}.min() | {OF.format('b')}.max()", [Decimal("0.1"), Decimal("0.2")]),
        (f"{OF.format('zz')}.max()", []),
        (f"{OF.format('f')} > 60000 'g'", [True]),
        (f"{OF.format('f')} = 70000 'g'", [True]),
        (f"{OF.format('d')} is date", [True]),
        (f"{OF.format('c')}.first() is Coding", [True]),
        ("item.where(linkId='e').answer.where(value = 'hej').count()", [1]),
        ("item.where(answer.where(value = 'hej').exists()).linkId", ["e"]),  # $this within $this
        ("%questionnaire.title", ["T"]),
        ("true = 1", [False]),
        ("item.trace('x').count()", [7]),
        ("now() > @2020-01-01T00:00:00Z", [True]),
        ("'caf\\u00e9'", ["café"]),
        ("'it\\'s'", ["it's"]),
        ("'é\\\\n'", ["é\\n"]),
    ],
)
def test_expression_finds(expression, expected):
    assert find(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "answer.count() = 3 and so on",
        "1 +",
        "",
        "(1 | 2) > 1",
        "2 > 'a'",
        "%nothing",
        "nothing()",
        "item.where()",
        "'(' .matches('(')",
        "item.resolve()",
        "'a'.toQuantity('b', 'c')",
        "2 'kg' + 'a'",
        "$this.first(5)",
    ],
)
def test_expression_that_cannot_be_read_or_evaluated_says_so(expression):
    with pytest.raises(Failed):
        find(expression)


def test_variables_are_found_when_they_are_asked_for():
    outer = scope(variables=[("one", OF.format("a")), ("two", "%one + 1"), ("bad", "1 +")])
    inner = Scope(
        outer.snapshot, {"linkId": "q"}, outer=outer, variables=[("two", "%two * 10")],
        allowance=Allowance(), weigh=outer.weigh,
    )  # fmt: skip

    assert evaluate("%two", outer) == [4]
    with pytest.raises(Failed, match="asks for itself"):
        evaluate("%two", inner)
    with pytest.raises(Failed):
        evaluate("%bad", outer)


def test_values_that_are_handed_in_are_named_like_variables():
    assert find("%patient.birthDate < today()", given={"patient": {"birthDate": "2010"}}) == [True]


# --- bounds ------------------------------------------------------------------------------------

HOSTILE = {
    "deep": "(" * 3_000 + "1" + ")" * 3_000,
    "long": "1" + "+1" * LONGEST,
    "nested": "where(" * 50 + "true" + ")" * 50,
    "product": "%resource.descendants()" + ".select(%resource.descendants())" * 20,
    "doubled text": f"({'|'.join(map(str, range(90)))}).aggregate($total & $total, 'aaaa')",
    "doubled number": f"({'|'.join(map(str, range(90)))}).aggregate($total * $total, 99)",
    "doubled list": "%resource.item" + ".select($this.combine($this))" * 60,
    "replaced": "'a'" + ".replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaa')" * 60,
    "replaced by pattern": "'a'" + ".replaceMatches('a', 'aaaaaaaaaaaaaaaaaaaaaaaa')" * 60,
    "endless": "item.repeat($this | %resource.item).repeat(%resource.descendants())",
    "power": "9999999999.power(9999999999)",
    "slow pattern": "('" + "a" * 40 + "!').matches('^(a+)+$') or ('"
    + "a" * 40 + "b').matches('^(a|a)*$')",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_expression_that_asks_for_too_much_ends_soon(name):
    began = time.process_time()
    with contextlib.suppress(Failed):
        find(HOSTILE[name])

    assert time.process_time() - began < 5


def test_allowance_is_one_for_all_expressions_of_a_response():
    rules = [constraint("item.descendants().count() > 0") for _each in range(2_500)]
    questions = [item(f"q{index}", "integer") for index in range(500)]
    answers = [answered(f"q{index}", {"valueInteger": 1}) for index in range(500)]
    began = time.process_time()
    found = validate(response(*answers), form(*questions, extension=rules))

    assert time.process_time() - began < 10
    assert found[-1].code == "constraint-unchecked"
    assert "more than they may cost" in found[-1].sentence


def test_pattern_that_takes_too_long_is_a_warning_and_not_a_wait():
    catastrophe = extension("regex", "String", "(a|aa|a*)*(b|c)+(a+)+$")
    questions = [item(f"q{index}", "string", catastrophe) for index in range(200)]
    answers = [
        answered(f"q{index}", {"valueString": "a" * 60 + "b" + "a" * 60 + "!"})
        for index in range(200)
    ]
    began = time.process_time()
    found = validate(response(*answers), form(*questions))

    assert time.process_time() - began < 8
    assert {(each.severity, each.code) for each in found} <= {
        ("warning", "pattern-unchecked"),
        ("error", "pattern"),
    }


def test_pattern_is_timed_and_bounded():
    slow = Allowance(seconds=30)
    with pytest.raises(Exhausted):
        matches_whole("(a|a)*", "a" * 40 + "b", slow)
    with pytest.raises(Exhausted):
        matches_whole("a*", "a" * 10_001, slow)
    with pytest.raises(Unreadable):
        matches_whole("(", "x", slow)
    with pytest.raises(Unreadable):
        matches_whole("a" * 1_001, "x", slow)
    assert matches_whole("a.c", "abc", slow)
    assert not matches_whole("b", "abc", slow)
    assert found_in("b", "abc", slow)


def test_expressions_that_ask_for_each_other_come_to_an_end():
    one, two = OF.format("one"), OF.format("two")
    circle = read(
        form(
            item("one", "integer", fhirpath("calculatedExpression", f"iif({two} > 0, 0, 1)")),
            item("two", "integer", fhirpath("calculatedExpression", f"iif({one} > 0, 1, 0)")),
            item("three", "string", fhirpath("enableWhenExpression",
                                             "%resource.item.where(linkId='four').empty()")),
            item("four", "string", fhirpath("enableWhenExpression",
                                            "%resource.item.where(linkId='three').empty()")),
            item("five", "integer", fhirpath("calculatedExpression", "%resource.item.count()")),
        )
    )  # fmt: skip
    session = Session(circle)
    session.answer("three", "x")
    session.answer("four", "y")
    first = session.response()
    other = Session(circle)
    other.answer("four", "y")
    other.answer("three", "x")

    assert first == other.response()
    assert {each["linkId"] for each in first.get("item", [])}.isdisjoint({"one", "two", "three"})


def test_long_chain_of_expressions_comes_to_rest():
    links = [item("e0", "integer")]
    links += [
        item(f"e{index}", "integer",
             fhirpath("calculatedExpression", f"{OF.format(f'e{index - 1}')} + 1"))
        for index in range(1, 60)
    ]  # fmt: skip
    session = Session(read(form(*reversed(links))))
    session.answer("e0", 1)

    assert session.place("e59").answers[0].value == 60


def test_rule_that_finds_nothing_does_not_hold():
    assert holds("item.exists()", scope())
    assert not holds("item.where(linkId = 'zz').answer.value > 3", scope())


def test_form_with_an_expression_that_cannot_be_read_is_read():
    broken = form(item("q", "integer", fhirpath("calculatedExpression", "1 +")))
    session = Session(survey(broken))

    assert session.response().get("item") is None
