"""What a form costs grows with its items and not faster; counted in calls, not by a clock."""

import gc
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.ask.questionnaire import Session, survey, validate

from .forms import answered, extension, fhirpath, form, item, response, when

HELD = "%resource.item.where(linkId='q0').answer.value = 1"


def plain(count, _random):
    asked = [item(f"q{index}", "integer", required=True) for index in range(count)]
    return form(*asked), response(
        *(answered(f"q{index}", {"valueInteger": 1}) for index in range(count))
    )


def chained(count, random):
    """Each question is asked by the answer to the one before, and they stand in any order."""
    asked = [item("q0", "integer")]
    for index in range(1, count):
        condition = when(f"q{index - 1}", "=", answerInteger=1)
        asked.append(item(f"q{index}", "integer", enableWhen=[condition]))
    random.shuffle(asked)
    answers = [answered(each["linkId"], {"valueInteger": 1}) for each in asked]
    return form(*asked), response(*answers)


def repeated(count, _random):
    """A group stands once for each child, and asks within itself."""
    inner = [
        item("a", "boolean"),
        item("b", enableWhen=[when("a", answerBoolean=True)], required=True),
    ]
    group = item("g", "group", repeats=True, item=inner)
    each = answered(
        "g", item=[answered("a", {"valueBoolean": True}), answered("b", {"valueString": "x"})]
    )
    return form(group), response(*[each] * count)


def expressed(count, _random):
    asked = [item("q0", "integer")]
    asked += [
        item(f"q{index}", "integer", fhirpath("enableWhenExpression", HELD))
        for index in range(1, count)
    ]
    return form(*asked), response(
        *(answered(f"q{index}", {"valueInteger": 1}) for index in range(count))
    )


def bounded(count, _random):
    least = extension("minValue", "Integer", 2)
    options = [{"valueInteger": value} for value in range(3)]
    asked = [
        item(f"q{index}", "integer", least, answerOption=options, repeats=True)
        for index in range(count)
    ]
    return form(*asked), response(
        *(answered(f"q{index}", *[{"valueInteger": 1}] * 3) for index in range(count))
    )


def chosen(count, _random):
    """One question with many options, all of them chosen, and one with as many codes."""
    codes = [{"system": "s", "code": str(index)} for index in range(count)]
    options = [{"valueCoding": each} for each in codes]
    concepts = [{"code": each["code"]} for each in codes]
    include = [{"system": "s", "concept": concepts}, {"system": "s", "valueSet": ["#s"]}]
    asked = form(
        item("q", "choice", repeats=True, answerOption=options),
        item("r", "choice", repeats=True, answerValueSet="#s"),
        contained=[{"resourceType": "ValueSet", "id": "s", "compose": {"include": include}}],
    )
    return asked, response(answered("q", *options), answered("r", *options))


def calls(call):
    """Return how many functions are called, Python's own and those of its libraries."""
    counted = 0

    def count(_frame, event, _argument):
        nonlocal counted
        counted += event in ("call", "c_call")

    gc.disable()  # what a collection calls back is no part of it
    sys.setprofile(count)
    try:
        call()
    finally:
        sys.setprofile(None)
        gc.enable()
    return counted


SHAPES = [plain, chained, repeated, expressed, bounded, chosen]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@given(count=st.integers(20, 60), random=st.randoms())
@settings(max_examples=5)
def test_checking_grows_with_the_items_and_not_faster(shape, count, random):
    few, many = shape(count, random), shape(4 * count, random)
    for asked, given_response in (few, many):
        validate(given_response, asked)  # expressions are parsed, the form is read

    ratio = calls(lambda: validate(many[1], many[0])) / calls(lambda: validate(few[1], few[0]))
    assert ratio < 4.5


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@given(count=st.integers(20, 60), random=st.randoms())
@settings(max_examples=5)
def test_reading_and_answering_grow_with_the_items_and_not_faster(shape, count, random):
    def whole(made):
        asked, given_response = made
        Session.resume(survey(asked), given_response).response()

    few, many = shape(count, random), shape(4 * count, random)
    whole(few)

    assert calls(lambda: whole(many)) / calls(lambda: whole(few)) < 4.5
