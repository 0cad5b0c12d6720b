"""How long a large form takes to be worked out anew, and how fast responses are checked."""

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from alltid.ask.questionnaire import Item, Session, read, validate
from bench.frame import Result

ITEMS, EXPRESSIONS = 500, 100
BUDGET = 100.0  # milliseconds
RESPONSES, SECONDS = 10_000, 60.0
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"

Json = dict[str, Any]


def main() -> Result:
    """Measure a form of 500 items and 100 expressions, and the checking of 10,000 responses."""
    form = read(_large())
    print(f"{ITEMS} items, {EXPRESSIONS} expressions (sums, conditions, a chain, scores)")
    began = time.perf_counter()
    session = Session(form)
    print(f"first worked out, expressions parsed  {1000 * (time.perf_counter() - began):8.1f} ms")
    took = []
    for index in range(30):
        began = time.process_time()
        session.answer(f"q{index}", index % 4)
        took.append(1000 * (time.process_time() - began))
    figure = statistics.median(took)
    print(f"worked out anew after an answer       {figure:8.1f} ms median, {max(took):.1f} worst")

    small, answers = _ordinary()
    per_small = _each(lambda: validate(answers, small), 500)
    large, given = form.raw, session.response("completed")
    peer, able = _peer(form.items, session.response("completed"))
    alone = 1000 * _each(peer, 1)
    print(f"fhirpathpy alone, {able} of the {EXPRESSIONS}, parsed    {alone:8.1f} ms")
    per_large = _each(lambda: validate(given, large), 20)
    minutes = per_small * RESPONSES
    print(f"ordinary response of 15 items checked {1000 * per_small:8.2f} ms")
    print(f"{RESPONSES:,} of them                        {minutes:8.1f} s (budget {SECONDS:.0f})")
    print(f"response to the large form checked    {1000 * per_large:8.1f} ms")
    return Result(
        "questionnaire",
        round(figure, 1),
        "ms",
        BUDGET,
        figure <= BUDGET and minutes <= SECONDS,
    )


def _each(call: Callable[[], object], times: int) -> float:
    call()
    gc.collect()
    began = time.process_time()
    for _again in range(times):
        call()
    return (time.process_time() - began) / times


def _peer(items: Iterable[Item], response: Json) -> tuple[Callable[[], object], int]:
    """Return the same expressions as fhirpathpy by itself runs them, those that it can."""
    able = []
    for item in items:
        for each in (item.calculated, item.enable_expression):
            if each:
                run = fhirpathpy.compile(each.text, models["r4"])
                with suppress(TypeError):  # sum() of what stands in a response
                    run(response, {"resource": response})
                    able.append(run)
    return lambda: [run(response, {"resource": response}) for run in able], len(able)


def _expression(name: str, text: str) -> Json:
    value = {"language": "text/fhirpath", "expression": text}
    return {"url": f"{SDC}{name}", "valueExpression": value}


def _large() -> Json:
    """Return a form of 400 questions and 100 that expressions fill in or open."""
    questions: list[Json] = [
        {"linkId": f"q{index}", "text": f"Number {index}", "type": "integer"}
        for index in range(ITEMS - EXPRESSIONS)
    ]
    for index in range(1, ITEMS - EXPRESSIONS, 2):
        questions[index]["enableWhen"] = [
            {"question": f"q{index - 1}", "operator": "exists", "answerBoolean": False},
            {"question": f"q{index - 1}", "operator": "<", "answerInteger": 3},
        ]
    found = "%resource.item.where(linkId='{}').answer.value"
    made: list[Json] = []
    for index in range(EXPRESSIONS):
        item: Json = {"linkId": f"e{index}", "text": f"Made {index}", "type": "integer"}
        one, other = found.format(f"q{index}"), found.format(f"q{index + 100}")
        match index % 4:
            case 0:
                text = _expression("calculatedExpression", f"{one} + {other}")
            case 1:
                text = _expression("enableWhenExpression", f"{one} > 1 or {other}.exists()")
            case 2:
                sums = " | ".join(found.format(f"q{index + step}") for step in range(0, 50, 10))
                text = _expression("calculatedExpression", f"({sums}).sum()")
            case _:
                earlier = found.format(f"e{index - 4}") if 3 < index < 40 else "1"
                text = _expression("calculatedExpression", f"iif({one} > 0, {earlier} + 1, 0)")
        item["extension"] = [text]
        made.append(item)
    return {
        "resourceType": "Questionnaire",
        "url": "http://example.org/large",
        "status": "active",
        "item": [*questions, *made],
    }


def _ordinary() -> tuple[Json, Json]:
    """Return a form like a routine enquiry, and an answered response to it."""
    codes = [{"valueCoding": {"system": "x", "code": code}} for code in "abcde"]
    items: list[Json] = [
        {
            "linkId": f"c{index}",
            "text": f"Question {index}",
            "type": "choice",
            "required": index % 3 == 0,
            "repeats": index % 4 == 0,
            "answerOption": codes,
        }
        for index in range(12)
    ]
    for index in range(1, 12):
        items[index]["enableWhen"] = [
            {"question": f"c{index - 1}", "operator": "!=", "answerCoding": {"code": "e"}}
        ]
    items += [
        {"linkId": "t", "type": "text", "maxLength": 400},
        {"linkId": "n", "type": "integer"},
        {"linkId": "d", "type": "date"},
    ]
    form: Json = {
        "resourceType": "Questionnaire",
        "url": "http://example.org/ordinary",
        "status": "active",
        "item": items,
    }
    answered: list[Json] = [
        {"linkId": f"c{index}", "answer": [codes[index % 4]]} for index in range(12)
    ]
    answered += [
        {"linkId": "t", "answer": [{"valueString": "It rained all week."}]},
        {"linkId": "n", "answer": [{"valueInteger": 7}]},
        {"linkId": "d", "answer": [{"valueDate": "2026-11-24"}]},
    ]
    response: Json = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "http://example.org/ordinary",
        "status": "completed",
        "item": answered,
    }
    assert validate(response, form) == []
    return form, response
