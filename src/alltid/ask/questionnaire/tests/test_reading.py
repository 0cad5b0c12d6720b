"""What is read of a questionnaire, what is refused, and what is named as unused."""

import pytest

from alltid.ask.questionnaire import Refused, Session, as_html, entry_format, read, text_as_html
from alltid.ask.questionnaire.units import comparable

from .forms import CORE, coding, extension, fhirpath, form, item, translated, when


@pytest.mark.parametrize(
    ("wrong", "path", "reason"),
    [
        (item("f", "attachment"), "Questionnaire.item[0]", "file"),
        (
            item("f", "reference", extension("questionnaire-referenceResource", "Code", "Media")),
            "Questionnaire.item[0]",
            "file",
        ),
        (
            item("g", "group", item=[item("a"), item("f", "attachment")]),
            "Questionnaire.item[0].item[1]",
            "file",
        ),
        (item("q", "question"), "Questionnaire.item[0]", "type"),
        (item("q", "coding"), "Questionnaire.item[0]", "no type of R4"),
        ({"type": "string"}, "Questionnaire.item[0]", "no linkId"),
        ("string", "Questionnaire.item[0]", "object"),
        (item("g", "group", item=[item("g")]), "Questionnaire.item[0].item[0]", "twice"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place_and_the_reason(wrong, path, reason):
    with pytest.raises(Refused) as refused:
        read(form(wrong))

    (remark,) = refused.value.remarks
    assert remark.path == path
    assert reason in remark.reason
    assert path in str(refused.value)


def test_everything_that_is_refused_is_said_at_once():
    with pytest.raises(Refused) as refused:
        read(form(item("f", "attachment"), item("q", "question"), item("ok")))

    assert [each.path for each in refused.value.remarks] == [
        "Questionnaire.item[0]",
        "Questionnaire.item[1]",
    ]


def test_what_is_no_questionnaire_is_refused():
    with pytest.raises(Refused, match="no FHIR Questionnaire"):
        read({"resourceType": "Patient"})


@pytest.mark.parametrize(
    ("odd", "named"),
    [
        (
            item("q", "string", {"url": "http://example.org/glitter", "valueBoolean": True}),
            "glitter",
        ),
        (item("q", "choice", answerValueSet="http://example.org/set"), "example.org/set"),
        (item("q", "string", extension("regex", "String", "(")), "regex"),
        (item("q", enableWhen=[{"question": "q", "operator": "like"}]), "enableWhen"),
        (item("q", modifierExtension=[{"url": "http://example.org/turn"}]), "example.org/turn"),
        (
            item(
                "q",
                "integer",
                extension(
                    "calculatedExpression",
                    "Expression",
                    {"language": "text/cql", "expression": "x"},
                ),
            ),
            "calculatedExpression",
        ),
    ],
)
def test_what_is_left_aside_is_named_with_its_place(odd, named):
    (remark,) = read(form(odd)).unused

    assert remark.path == "Questionnaire.item[0]"
    assert named in remark.reason


def test_item_is_read_with_all_it_says_of_itself():
    says = item(
        "q",
        "choice",
        extension("questionnaire-hidden", "Boolean", True),
        extension(
            "questionnaire-itemControl", "CodeableConcept", {"coding": [{"code": "radio-button"}]}
        ),
        extension("questionnaire-supportLink", "Uri", "https://example.org/help"),
        extension("entryFormat", "String", "yyyy"),
        prefix="1a",
        _prefix=translated(sv="1 a"),
        readOnly=True,
        answerOption=[
            {
                **coding("x", display="X"),
                "extension": [extension("questionnaire-optionPrefix", "String", "a)")],
            }
        ],
    )
    read_item = read(form(says)).items[0]

    assert (read_item.hidden, read_item.read_only, read_item.control) == (
        True,
        True,
        "radio-button",
    )
    assert read_item.support_links == ("https://example.org/help",)
    assert (read_item.prefix(), read_item.prefix("sv")) == ("1a", "1 a")
    assert entry_format(read_item) == "yyyy"
    assert read_item.options[0].prefix() == "a)"


def test_form_of_more_expressions_than_are_parsed_leaves_the_rest_aside_and_never_opens_them():
    long = f"%resource.item.where(linkId='{'x' * 3_000}').empty()"
    many = [
        item(f"q{index}", "string", fhirpath("enableWhenExpression", long)) for index in range(40)
    ]
    made = read(form(*many))
    session = Session(made)

    assert made.unused
    assert session.place("q0").enabled
    assert not session.place("q39").enabled


# --- conditions --------------------------------------------------------------------------------


def kg(value, unit="kg"):
    return {"value": value, "system": "http://unitsofmeasure.org", "code": unit, "unit": unit}


@pytest.mark.parametrize(
    ("kind", "given", "operator", "answer", "enabled"),
    [
        ("integer", [], "exists", {"answerBoolean": True}, False),
        ("integer", [], "exists", {"answerBoolean": False}, True),
        ("integer", [1], "exists", {"answerBoolean": True}, True),
        ("integer", [1], "exists", {"answerBoolean": False}, False),
        ("integer", [1], "exists", {"answerString": "true"}, False),
        ("integer", [], "=", {"answerInteger": 0}, False),
        ("integer", [], "!=", {"answerInteger": 0}, False),
        ("integer", [], "<", {"answerInteger": 1}, False),
        ("integer", [], "<=", {"answerInteger": 1}, False),
        ("integer", [0], "=", {"answerInteger": 0}, True),
        ("integer", [0], "=", {"answerBoolean": False}, False),
        ("integer", [2], "!=", {"answerInteger": 0}, True),
        ("integer", [2], ">", {"answerInteger": 2}, False),
        ("integer", [2], ">=", {"answerInteger": 2}, True),
        ("integer", [2], "<", {"answerInteger": 2}, False),
        ("integer", [2], "<=", {"answerInteger": 2}, True),
        ("decimal", [2.5], ">", {"answerInteger": 2}, True),
        ("decimal", [0.3], "=", {"answerDecimal": 0.3}, True),
        ("date", ["2026-02"], "<", {"answerDate": "2026-03-01"}, True),
        ("date", ["2026-03"], "<", {"answerDate": "2026-03-01"}, False),
        ("date", ["2026-03"], "=", {"answerDate": "2026-03-01"}, False),
        (
            "dateTime",
            ["2026-03-01T00:30:00+01:00"],
            "<",
            {"answerDateTime": "2026-03-01T00:00:00Z"},
            True,
        ),
        ("time", ["10:00:00"], ">", {"answerTime": "09:00:00"}, True),
        ("string", ["b"], "=", {"answerString": "b"}, True),
        ("string", ["B"], "=", {"answerString": "b"}, False),
        ("boolean", [True], "=", {"answerBoolean": True}, True),
        ("choice", [{"system": "s", "code": "a"}], "=", {"answerCoding": {"code": "a"}}, True),
        (
            "choice",
            [{"system": "s", "code": "a"}],
            "=",
            {"answerCoding": {"system": "t", "code": "a"}},
            False,
        ),
        ("choice", [{"system": "s", "code": "a"}], ">", {"answerCoding": {"code": "A"}}, False),
        ("quantity", [kg(1)], "=", {"answerQuantity": kg(1000, "g")}, True),
        ("quantity", [kg(1)], ">", {"answerQuantity": kg(999, "g")}, True),
        ("quantity", [kg(1)], ">", {"answerQuantity": kg(1, "m")}, False),
        (
            "reference",
            [{"reference": "Patient/1"}],
            "=",
            {"answerReference": {"reference": "Patient/1"}},
            True,
        ),
        ("integer", [1, 5], "=", {"answerInteger": 5}, True),
        ("integer", [1, 5], "!=", {"answerInteger": 5}, True),
        ("integer", [5, 5], "!=", {"answerInteger": 5}, False),
    ],
)
def test_conditions(kind, given, operator, answer, enabled):
    session = Session(
        read(
            form(
                item("a", kind, repeats=True), item("q", enableWhen=[when("a", operator, **answer)])
            )
        )
    )
    session.answer("a", *given)

    assert session.place("q").enabled is enabled


@pytest.mark.parametrize(
    ("behaviour", "given", "enabled"),
    [
        ("all", "ab", True),
        ("all", "a", False),
        ("any", "a", True),
        ("any", "", False),
        (None, "b", True),
    ],
)
def test_conditions_hold_all_or_any(behaviour, given, enabled):
    conditions = [when("a", answerBoolean=True), when("b", answerBoolean=True)]
    more = {"enableBehavior": behaviour} if behaviour else {}
    session = Session(
        read(
            form(
                item("a", "boolean"), item("b", "boolean"), item("q", enableWhen=conditions, **more)
            )
        )
    )
    for link_id in given:
        session.answer(link_id, True)

    assert session.place("q").enabled is enabled


def test_question_that_is_not_asked_answers_nobodys_condition():
    chain = form(
        item("a", "boolean"),
        item("b", "boolean", enableWhen=[when("a", answerBoolean=True)]),
        item("c", enableWhen=[when("b", answerBoolean=True)]),
        item("d", enableWhen=[when("b", "exists", answerBoolean=False)]),
    )
    session = Session(read(chain))
    session.answer("b", True)

    assert [session.place(each).enabled for each in "bcd"] == [False, False, True]


def test_condition_may_ask_for_what_stands_later_and_may_run_in_a_circle():
    made = form(
        item("first", enableWhen=[when("last", answerBoolean=True)]),
        item("x", "boolean", enableWhen=[when("y", answerBoolean=True)]),
        item("y", "boolean", enableWhen=[when("x", answerBoolean=True)]),
        item("self", "boolean", enableWhen=[when("self", "exists", answerBoolean=True)]),
        item("last", "boolean"),
    )
    session = Session(read(made))
    for link_id in ("x", "y", "self", "last"):
        session.answer(link_id, True)

    assert session.place("first").enabled
    assert not any(session.place(each).enabled for each in ("x", "y", "self"))


def test_expression_and_condition_must_both_hold():
    both = item(
        "q",
        "string",
        fhirpath("enableWhenExpression", "%resource.item.where(linkId='a').answer.value"),
        enableWhen=[when("b", answerBoolean=True)],
    )
    session = Session(read(form(item("a", "boolean"), item("b", "boolean"), both)))
    session.answer("a", True)
    assert not session.place("q").enabled
    session.answer("b", True)
    assert session.place("q").enabled


# --- texts -------------------------------------------------------------------------------------


def marked(text, **languages):
    beside = {"url": f"{CORE}rendering-markdown", "valueMarkdown": text}
    if languages:
        beside["_valueMarkdown"] = translated(**languages)
    return {"extension": [beside]}


def test_markdown_of_a_form_is_shown_and_nothing_of_it_is_run_or_fetched():
    hostile = (
        "**Hi** <script>alert(1)</script> ![x](https://example.org/x.png)"
        " [a](javascript:alert(1)) [b](https://example.org) [c](data:text/html,x)"
    )
    html = as_html(hostile)

    assert "<strong>Hi</strong>" in html
    assert '<a href="https://example.org">b</a>' in html
    for never in ("<script", "<img", 'href="javascript', 'href="data'):
        assert never not in html


def test_text_is_shown_as_its_markdown_in_the_language_that_has_one():
    made = read(
        form(
            item("q", text="Hi <you>", _text=marked("**Hi**", sv="**Hej**")),
            item(
                "r",
                text="Hi",
                _text={
                    "extension": [
                        *marked("**Hi**")["extension"],
                        *translated(sv="Hej")["extension"],
                    ]
                },
            ),
            item("s", text="a < b"),
        )
    )
    first, second, third = made.items

    assert text_as_html(first).strip() == "<p><strong>Hi</strong></p>"
    assert text_as_html(first, "sv").strip() == "<p><strong>Hej</strong></p>"
    assert text_as_html(second, "sv") == "<p>Hej</p>"
    assert text_as_html(third) == "<p>a &lt; b</p>"


# --- units -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "other", "other_unit"),
    [
        (1, "km", 1000, "m"),
        (1, "h", 60, "min"),
        (1, "L", 1000, "mL"),
        (1, "g/dL", 10, "g/L"),
        (72, "km/h", 20, "m/s"),
        (1, "kg/m2", 1000, "g/m2"),
        (1, "mm[Hg]", 133.322, "Pa"),
        (10, "10*9/L", 10**10, "/L"),
        (50, "%", 0.5, "1"),
        (1, "[in_i]", 2.54, "cm"),
        (1, "mg{total}", 1000, "ug"),
    ],
)
def test_units_that_measure_the_same_are_compared(value, unit, other, other_unit):
    both = comparable(kg(value, unit), kg(other, other_unit))

    assert both is not None
    assert both[0] == both[1]


@pytest.mark.parametrize(("unit", "other"), [("km", "kg"), ("apples", "m"), ("Cel", "[degF]")])
def test_units_that_do_not_are_not(unit, other):
    assert comparable(kg(1, unit), kg(1, other)) is None
    assert comparable(kg(1, unit), kg(1, unit)) == (1, 1)
