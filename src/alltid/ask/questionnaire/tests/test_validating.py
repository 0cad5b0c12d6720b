"""What is found wrong with a response, one rule at a time, each beside what is right."""

import json

import pytest

from alltid.ask.questionnaire import validate

from .forms import (
    CORE,
    URL,
    answered,
    coding,
    constraint,
    extension,
    fhirpath,
    form,
    item,
    response,
    translated,
    when,
)

YES_NO = {"answerOption": [coding("yes", display="Yes"), coding("no")]}


def found(asked, *items, **more):
    """What is wrong with a response, as (severity, code) in order."""
    return [(each.severity, each.code) for each in validate(response(*items, **more), asked)]


def said(kind, value, *extensions, form_more=None, **more):
    """What is wrong with one answer to one question."""
    questionnaire = form(item("q", kind, *extensions, **more), **(form_more or {}))
    return found(questionnaire, answered("q", *(value if isinstance(value, list) else [value])))


# --- types -------------------------------------------------------------------------------------

RIGHT = {
    "boolean": {"valueBoolean": False},
    "decimal": {"valueDecimal": 1.5},
    "integer": {"valueInteger": 0},
    "date": {"valueDate": "2026-02"},
    "dateTime": {"valueDateTime": "2026-02-28T23:59:60.5+01:00"},
    "time": {"valueTime": "08:00:00"},
    "string": {"valueString": "hej"},
    "text": {"valueString": "hej\nhej"},
    "url": {"valueUri": "https://example.org/a%20b"},
    "choice": coding("a"),
    "open-choice": {"valueString": "my own"},
    "reference": {"valueReference": {"reference": "Patient/1"}},
    "quantity": {"valueQuantity": {"value": 1, "unit": "kg"}},
}


@pytest.mark.parametrize("kind", RIGHT)
@pytest.mark.parametrize("given", RIGHT)
def test_each_type_of_item_takes_its_own_type_of_answer_alone(kind, given):
    taken = kind == given or (
        {kind, given} in ({"string", "text"}, {"text", "open-choice"}, {"string", "open-choice"})
        or (kind, given) == ("open-choice", "choice")
    )
    codes = said(kind, RIGHT[given])

    if (kind, given) == ("string", "text") or (kind, given) == ("open-choice", "text"):
        assert codes == [("fatal", "new-line")]
    else:
        assert codes == ([] if taken else [("fatal", "answer-type")])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", {"valueBoolean": "true"}),
        ("integer", {"valueInteger": True}),
        ("integer", {"valueInteger": 1.5}),
        ("integer", {"valueInteger": 2**31}),
        ("decimal", {"valueDecimal": "1.5"}),
        ("decimal", {"valueDecimal": float("nan")}),
        ("date", {"valueDate": "2026-02-30"}),
        ("date", {"valueDate": "2026-2-1"}),
        ("date", {"valueDate": "2026-02-01T10:00:00Z"}),
        ("dateTime", {"valueDateTime": "yesterday"}),
        ("time", {"valueTime": "24:00:00"}),
        ("string", {"valueString": ""}),
        ("string", {"valueString": None}),
        ("choice", {"valueCoding": {}}),
        ("quantity", {"valueQuantity": {"value": "5"}}),
        ("string", {}),
        ("string", "hej"),
        ("string", None),
    ],
)
def test_value_without_the_form_that_fhir_gives_it_is_fatal(kind, value):
    assert said(kind, [value]) == [("fatal", "answer-type")]


def test_choice_takes_the_types_of_its_options():
    options = {"answerOption": [{"valueInteger": 1}, {"valueString": "two"}]}

    assert said("choice", {"valueInteger": 1}, **options) == []
    assert said("choice", {"valueString": "two"}, **options) == []
    assert said("choice", {"valueInteger": 2}, **options) == [("error", "not-an-option")]
    assert said("choice", coding("a"), **options) == [("fatal", "answer-type")]


# --- how many ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "extensions", "count", "codes"),
    [
        ({"required": True}, [], 0, ["required"]),
        ({"required": True}, [], 1, []),
        ({}, [], 2, ["repeats"]),
        ({"repeats": True}, [], 2, []),
        ({"repeats": True}, [("questionnaire-minOccurs", 2)], 1, ["min-occurs"]),
        ({"repeats": True}, [("questionnaire-minOccurs", 2)], 2, []),
        ({"repeats": True}, [("questionnaire-maxOccurs", 2)], 3, ["max-occurs"]),
        ({"repeats": True}, [("questionnaire-maxOccurs", 2)], 2, []),
    ],
)
def test_answers_are_counted(more, extensions, count, codes):
    asked = item("q", "integer", *(extension(n, "Integer", v) for n, v in extensions), **more)
    answers = [{"valueInteger": index} for index in range(count)]

    assert found(form(asked), answered("q", *answers)) == [("error", code) for code in codes]


def test_what_is_required_is_missed_where_it_is_left_out_altogether():
    assert found(form(item("q", required=True))) == [("error", "required")]
    assert found(form(item("q", required=True)), status="in-progress") == [("warning", "required")]


def test_what_is_required_in_a_group_that_is_not_there_is_not_missed():
    inner = item("g", "group", item=[item("q", required=True)])

    assert found(form(inner)) == []
    assert found(form(inner), answered("g")) == [("error", "required")]


def test_required_group_needs_an_answer_somewhere():
    inner = item("g", "group", required=True, item=[item("h", "group", item=[item("q")])])
    full = answered("g", item=[answered("h", item=[answered("q", RIGHT["string"])])])

    assert found(form(inner), full) == []
    assert found(form(inner)) == [("error", "required")]
    assert found(form(inner), answered("g", item=[answered("h")])) == [("error", "required")]


def test_group_stands_several_times_only_where_it_repeats():
    once = answered("g", item=[answered("q", RIGHT["string"])])
    single = form(item("g", "group", item=[item("q")]))
    most = extension("questionnaire-maxOccurs", "Integer", 2)
    many = form(item("g", "group", most, repeats=True, item=[item("q")]))

    assert found(single, once, once) == [("error", "repeats")]
    assert found(many, once, once) == []
    assert found(many, once, once, once) == [("error", "max-occurs")]


# --- structure ---------------------------------------------------------------------------------


def test_item_that_the_form_has_not_is_fatal_once_with_all_beneath_it():
    strange = answered("other", item=[answered("q"), answered("deeper")])

    assert found(form(item("q")), strange) == [("fatal", "unknown-item")]


def test_item_that_stands_elsewhere_in_the_form_is_fatal_and_said_so():
    inner = form(item("g", "group", item=[item("q")]))
    (issue,) = validate(response(answered("q", RIGHT["string"])), inner)

    assert (issue.severity, issue.code) == ("fatal", "unknown-item")
    assert "somewhere else" in issue.sentence
    assert issue.location == "QuestionnaireResponse.item[0]"


@pytest.mark.parametrize(
    ("asked", "given", "code"),
    [
        (item("q", "group"), answered("q", RIGHT["string"]), "group-answer"),
        (item("q", "display"), answered("q", RIGHT["string"]), "display-answer"),
        (item("q", "question"), answered("q", RIGHT["string"]), "abstract-type"),
        (item("q", item=[item("r")]), answered("q", item=[answered("r")]), "misplaced-item"),
        (item("q"), {"linkId": "q", "answer": {}}, "structure"),
        (item("q", "attachment"), answered("q", {"valueAttachment": {"title": "x"}}), "file"),
    ],
)
def test_answers_and_items_stand_where_their_type_has_them(asked, given, code):
    assert found(form(asked), given) == [("fatal", code)]


def test_items_under_a_question_stand_in_its_answers():
    inner = form(item("q", "boolean", item=[item("r", "integer", required=True)]))
    right = answered("q", {"valueBoolean": True, "item": [answered("r", {"valueInteger": 1})]})

    assert found(inner, right) == []
    assert found(inner, answered("q", {"valueBoolean": True})) == [("error", "required")]
    assert found(inner) == []


def test_items_in_another_order_than_the_forms_are_a_warning():
    two = form(item("a"), item("b"))

    assert found(two, answered("b"), answered("a")) == [("warning", "order")]


# --- bounds ------------------------------------------------------------------------------------

KM = {"system": "http://unitsofmeasure.org", "code": "km", "unit": "km"}
M = {"system": "http://unitsofmeasure.org", "code": "m", "unit": "m"}


@pytest.mark.parametrize(
    ("kind", "value", "name", "bound_kind", "bound", "code"),
    [
        ("integer", {"valueInteger": 1}, "minValue", "Integer", 2, "min-value"),
        ("integer", {"valueInteger": 2}, "minValue", "Integer", 2, None),
        ("integer", {"valueInteger": 3}, "maxValue", "Integer", 2, "max-value"),
        ("decimal", {"valueDecimal": 0.3}, "maxValue", "Decimal", 0.3, None),
        ("decimal", {"valueDecimal": 2.1}, "maxValue", "Integer", 2, "max-value"),
        ("date", {"valueDate": "2026-01"}, "minValue", "Date", "2026-01-15", None),
        ("date", {"valueDate": "2025-12"}, "minValue", "Date", "2026-01-15", "min-value"),
        (
            *("dateTime", {"valueDateTime": "2026-01-01T00:30:00+01:00"}),
            *("minValue", "DateTime", "2026-01-01T00:00:00Z", "min-value"),
        ),
        ("time", {"valueTime": "10:00:00"}, "maxValue", "Time", "09:59:59", "max-value"),
        ("quantity", {"valueQuantity": {"value": 900, **M}}, "minQuantity", "Quantity",
         {"value": 1, **KM}, "min-value"),
        ("quantity", {"valueQuantity": {"value": 1000, **M}}, "minQuantity", "Quantity",
         {"value": 1, **KM}, None),
        ("quantity", {"valueQuantity": {"value": 9, "unit": "apples"}}, "maxQuantity", "Quantity",
         {"value": 1, **KM}, "unit"),
        ("decimal", {"valueDecimal": 1.25}, "maxDecimalPlaces", "Integer", 1, "decimal-places"),
        ("decimal", {"valueDecimal": 1.50}, "maxDecimalPlaces", "Integer", 1, None),
        ("string", {"valueString": "hi"}, "minLength", "Integer", 3, "min-length"),
        ("string", {"valueString": "hej"}, "minLength", "Integer", 3, None),
        ("string", {"valueString": "a12"}, "regex", "String", "[a-z][0-9]", "pattern"),
        ("string", {"valueString": "a1"}, "regex", "String", "[a-z][0-9]", None),
    ],
)  # fmt: skip
def test_bounds_of_an_answer(kind, value, name, bound_kind, bound, code):
    codes = said(kind, value, extension(name, bound_kind, bound))

    assert codes == ([("error", code)] if code else [])


def test_longest_answer():
    assert said("string", {"valueString": "four"}, maxLength=3) == [("error", "max-length")]
    assert said("open-choice", {"valueString": "four"}, maxLength=3) == [("error", "max-length")]
    assert said("text", {"valueString": "å" * 3}, maxLength=3) == []


# --- options and value sets --------------------------------------------------------------------


def test_coding_is_an_option_by_its_code_and_system_and_may_not_bear_another_name():
    assert said("choice", coding("yes"), **YES_NO) == []
    assert said("choice", coding("yes", display="YES "), **YES_NO) == []
    assert said("choice", coding("yes", display="No"), **YES_NO) == [("error", "not-an-option")]
    assert said("choice", coding("no", display="Nej"), **YES_NO) == []
    other = {"valueCoding": {"system": "http://example.org/other", "code": "yes"}}
    assert said("choice", other, **YES_NO) == [("error", "not-an-option")]


def test_option_goes_by_its_translation_too():
    option = coding("yes", display="Yes", _display=translated(sv="Ja"))

    assert said("choice", coding("yes", display="ja"), answerOption=[option]) == []


def test_open_choice_takes_a_text_of_ones_own_and_no_code_of_ones_own():
    assert said("open-choice", {"valueString": "perhaps"}, **YES_NO) == []
    assert said("open-choice", coding("perhaps"), **YES_NO) == [("error", "not-an-option")]


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("string", {"valueString": "a"}, {"valueString": "b"}),
        ("integer", {"valueInteger": 1}, {"valueInteger": 2}),
        ("date", {"valueDate": "2026-01-01"}, {"valueDate": "2026-01"}),
        ("time", {"valueTime": "10:00:00"}, {"valueTime": "10:00:01"}),
    ],
)
def test_options_bind_other_types_as_well(kind, right, wrong):
    assert said(kind, right, answerOption=[right]) == []
    assert said(kind, wrong, answerOption=[right]) == [("error", "not-an-option")]


def test_exclusive_option_stands_alone():
    alone = {
        **coding("none"),
        "extension": [extension("questionnaire-optionExclusive", "Boolean", True)],
    }
    asked = form(item("q", "choice", repeats=True, answerOption=[coding("a"), coding("b"), alone]))

    assert found(asked, answered("q", coding("none"))) == []
    assert found(asked, answered("q", coding("a"), coding("b"))) == []
    assert found(asked, answered("q", coding("a"), coding("none"))) == [("error", "exclusive")]


SYSTEM = "http://example.org/codes"
CONCEPTS = [{"code": "a", "display": "A"}, {"code": "b", "concept": [{"code": "c"}]}]
SETS = {
    "composed": {"compose": {"include": [{"system": SYSTEM, "concept": CONCEPTS}]}},
    "expanded": {
        "expansion": {
            "contains": [
                {"system": SYSTEM, "code": "a", "display": "A"},
                {"abstract": True, "contains": [{"system": SYSTEM, "code": "b"}]},
            ]
        }
    },
    "included": {"compose": {"include": [{"valueSet": ["#composed"]}]}},
    "excluded": {
        "compose": {
            "include": [{"system": SYSTEM, "concept": [*CONCEPTS, {"code": "z"}]}],
            "exclude": [{"system": SYSTEM, "concept": [{"code": "z"}]}],
        }
    },
    "whole": {"compose": {"include": [{"system": f"{SYSTEM}/contained"}]}},
    "shared": {
        "compose": {
            "include": [
                {"system": SYSTEM, "concept": [*CONCEPTS, {"code": "z"}], "valueSet": ["#composed"]}
            ]
        }
    },
}


@pytest.mark.parametrize("name", SETS)
def test_contained_and_expanded_value_sets_are_read(name):
    system = f"{SYSTEM}/contained" if name == "whole" else SYSTEM
    contained = [{"resourceType": "ValueSet", "id": each, **body} for each, body in SETS.items()]
    contained.append(
        {"resourceType": "CodeSystem", "url": f"{SYSTEM}/contained", "concept": CONCEPTS}
    )

    def check(code, **more):
        answer = {"valueCoding": {"system": system, "code": code, **more}}
        more = {"form_more": {"contained": contained}, "answerValueSet": f"#{name}"}
        return said("choice", answer, **more)

    assert check("a", display="A") == check("b") == []
    assert check("z") == [("error", "not-in-value-set")]
    assert check("a", display="B") == [("error", "not-in-value-set")]


def test_value_sets_that_name_each_other_come_to_an_end():
    names = [f"s{index}" for index in range(30)]
    tangle = [
        {"resourceType": "ValueSet", "id": name, "compose": {"include": [
            *({"valueSet": [f"#{other}"]} for other in names),
            {"system": SYSTEM, "concept": [{"code": name}]}]}}
        for name in names
    ]  # fmt: skip
    more = {"form_more": {"contained": tangle}, "answerValueSet": "#s0"}

    assert said("choice", coding("s0"), **more) == []


def test_value_set_that_is_not_here_is_said_once_a_question():
    asked = item("q", "choice", repeats=True, answerValueSet="http://example.org/elsewhere|2")
    answers = [answered("q", coding("a"), coding("b"))]
    handed_in = [{"resourceType": "ValueSet", "url": "http://example.org/elsewhere",
                  **SETS["composed"]}]  # fmt: skip

    assert found(form(asked), *answers) == [("error", "value-set-missing")]
    assert validate(response(*answers), form(asked), handed_in) == []


def test_code_of_a_system_that_belongs_whole_is_taken():
    contained = [{"resourceType": "ValueSet", "id": "s", "compose": {"include": [
        {"system": "http://loinc.org"}]}}]  # fmt: skip
    more = {"form_more": {"contained": contained}, "answerValueSet": "#s"}

    loinc = {"valueCoding": {"system": "http://loinc.org", "code": "1-8"}}
    assert said("choice", loinc, **more) == []
    assert said("choice", coding("1-8"), **more) == [("error", "not-in-value-set")]


def test_units_are_those_of_the_form():
    unit = extension("questionnaire-unitOption", "Coding", {"system": KM["system"], "code": "km"})

    assert said("quantity", {"valueQuantity": {"value": 1, **KM}}, unit) == []
    assert said("quantity", {"valueQuantity": {"value": 1, **M}}, unit) == [("error", "unit")]


# --- addresses and references ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("https://example.org", True),
        ("urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7", True),
        ("urn:uuid:53fefa32", False),
        ("not an address", False),
        ("100%", False),
    ],
)
def test_addresses(text, right):
    assert said("url", {"valueUri": text}) == ([] if right else [("error", "invalid-url")])


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("Patient/1", None),
        ("https://example.org/fhir/Patient/1/_history/2", None),
        ("urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7", None),
        ("#inside", None),
        ("#outside", "invalid-reference"),
        ("Chicken/1", "reference-type"),
        ("Organization/1", "reference-type"),
        ("ftp://example.org/Patient/1", "invalid-reference"),
        ("a b", "invalid-reference"),
        (5, "invalid-reference"),
    ],
)
def test_references(reference, code):
    kinds = extension("questionnaire-referenceResource", "Code", "Patient")
    answers = [answered("q", {"valueReference": {"reference": reference}})]
    contained = [{"resourceType": "Patient", "id": "inside"}]
    codes = found(form(item("q", "reference", kinds)), *answers, contained=contained)

    assert codes == ([("error", code)] if code else [])


# --- conditions and rules ----------------------------------------------------------------------


def test_answer_to_what_is_not_asked_is_one_error_and_nothing_else():
    asked = form(
        item("a", "boolean"),
        item(
            "g",
            "group",
            enableWhen=[when("a", answerBoolean=True)],
            item=[item("q", required=True, maxLength=1), item("r", required=True)],
        ),
    )
    beneath = answered("g", item=[answered("q", {"valueString": "long"})])

    assert found(asked, answered("a", {"valueBoolean": False})) == []
    assert found(asked, answered("a", {"valueBoolean": False}), beneath) == [
        ("error", "not-enabled")
    ]
    assert found(asked, answered("a", {"valueBoolean": True}), beneath) == [
        ("error", "max-length"),
        ("error", "required"),
    ]


def test_condition_in_an_expression_sees_the_response():
    text = "%resource.item.where(linkId='a').answer.value = true"
    asked = form(item("a", "boolean"), item("q", "string", fhirpath("enableWhenExpression", text),
                                            required=True))  # fmt: skip

    assert found(asked, answered("a", {"valueBoolean": False})) == []
    assert found(asked, answered("a", {"valueBoolean": True})) == [("error", "required")]


@pytest.mark.parametrize(
    ("expression", "severity", "expected"),
    [
        ("answer.count() = 2", "error", []),
        ("answer.count() = 3", "error", [("error", "constraint")]),
        ("answer.count() = 3", "warning", [("warning", "constraint")]),
        ("answer.where(value = 'z').value", "error", [("error", "constraint")]),
        ("answer.count( = 3", "error", [("warning", "constraint-unchecked")]),
        ("%nothing.exists()", "error", [("warning", "constraint-unchecked")]),
        ("%two = answer.count()", "error", []),
        ("%form = 1", "error", []),
        ("%qitem.linkId = 'q' and %context.linkId = 'q'", "error", []),
        ("%resource.item.count() = %questionnaire.item.count()", "error", []),
    ],
)
def test_rules_of_a_form(expression, severity, expected):
    two = fhirpath("variable", "answer.count()", "two")
    asked = item("q", "string", two, constraint(expression, severity), repeats=True)
    whole = form(asked, extension=[fhirpath("variable", "item.count()", "form")])

    assert found(whole, answered("q", {"valueString": "a"}, {"valueString": "b"})) == expected


def test_rule_of_the_whole_form_and_the_older_name_of_a_rule():
    old = {
        "url": f"{CORE}questionnaire-constraint",
        "extension": [
            {"url": "severity", "valueCode": "error"},
            {"url": "expression", "valueString": "item.exists()"},
            {"url": "human", "valueString": "Answer something."},
        ],
    }
    (issue,) = validate(response(), form(item("q"), extension=[old]))

    assert issue.sentence == "Answer something."
    assert issue.location == "QuestionnaireResponse"


# --- the response as a whole -------------------------------------------------------------------


def test_response_without_its_questionnaire_is_an_error():
    assert [each.code for each in validate(response(), None)] == ["questionnaire-not-found"]
    assert validate(response(), None)[0].severity == "error"


def test_what_is_no_response_is_fatal():
    assert [each.code for each in validate({"resourceType": "Patient"}, form())] == [
        "not-a-response"
    ]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (URL, []),
        (f"{URL}|2", []),
        (f"{URL}|3", [("fatal", "questionnaire-mismatch")]),
        ("http://example.org/other", [("fatal", "questionnaire-mismatch")]),
        (None, [("warning", "questionnaire-unnamed")]),
    ],
)
def test_response_says_which_questionnaire_it_answers(named, expected):
    assert found(form(version="2"), questionnaire=named) == expected


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_questionnaire_that_is_not_in_use_is_a_warning(status):
    assert found(form(status=status)) == [("warning", f"questionnaire-{status}")]


def test_response_from_outside_the_time_of_its_questionnaire_is_a_warning():
    period = form(effectivePeriod={"start": "2026-01-02", "end": "2026-06"})

    assert found(period, authored="2026-01-02T10:00:00Z") == []
    assert found(period, authored="2026-06-30T10:00:00Z") == []
    for authored in ("2026-01-01T10:00:00Z", "2026-07-01"):
        assert found(period, authored=authored) == [("warning", "questionnaire-inactive")]


def test_response_in_progress_has_warnings_alone():
    codes = found(
        form(item("q", required=True)), answered("z"), answered("q"), status="in-progress"
    )

    assert codes == [("warning", "required"), ("warning", "unknown-item")]


def test_status_is_one_that_fhir_knows():
    assert found(form(), status="done") == [("error", "status")]


def test_nothing_of_what_is_checked_is_changed():
    asked = form(
        item("q", "decimal", constraint("answer.value < 3"), initial=[{"valueDecimal": 1}])
    )
    given = response(answered("q", {"valueDecimal": 2.5}))
    before = json.dumps([asked, given])
    validate(given, asked)

    assert json.dumps([asked, given]) == before


def test_form_that_was_changed_is_read_anew():
    asked = form(item("q"))
    assert found(asked) == []
    asked["item"][0]["required"] = True

    assert found(asked) == [("error", "required")]
