"""A form while Ada answers it: what she is asked, what she changes, what comes out."""

import json

import pytest

from alltid.ask.questionnaire import Session, Unanswerable, read, validate

from .forms import (
    answered,
    coding,
    extension,
    fhirpath,
    form,
    item,
    response,
    translated,
    when,
)

ASKED = form(
    item("alone", "boolean", text="Can you answer without anyone seeing?", required=True),
    item(
        "offered",
        "choice",
        text="Has anyone said you'd get something?",
        _text=translated(sv="Har någon sagt att du får något?"),
        enableWhen=[when("alone", answerBoolean=True)],
        answerOption=[
            coding("no", display="No", _display=translated(sv="Nej")),
            coding("once", display="Once", _display=translated(sv="En gång")),
        ],
        required=True,
    ),
    item(
        "what",
        "choice",
        repeats=True,
        enableWhen=[when("offered", answerCoding={"code": "once"})],
        answerOption=[coding("money"), coding("snus")],
        required=True,
    ),
    item("felt", "string", enableWhen=[when("alone", "exists", answerBoolean=True)]),
    title="Enquiry",
    version="1",
)


@pytest.fixture
def ada() -> Session:
    return Session(read(ASKED))


def shown(session):
    return [place.item.link_id for place in session.shown()]


def values(session, link_id, at=()):
    return [answer.value for answer in session.place(link_id, at).answers]


def test_ada_is_asked_what_her_answers_lead_to(ada):
    assert shown(ada) == ["alone"]
    ada.answer("alone", True)
    assert shown(ada) == ["alone", "offered", "felt"]
    ada.answer("offered", "once")
    assert shown(ada) == ["alone", "offered", "what", "felt"]
    assert [place.item.link_id for place in ada.missing()] == ["what"]


def test_response_says_what_ada_answered_and_is_valid(ada):
    ada.answer("alone", True)
    ada.answer("offered", "once")
    ada.answer("what", "money", "snus")
    made = ada.response("completed", authored="2026-11-24T10:00:00+01:00")

    assert validate(made, ASKED) == []
    assert made["questionnaire"] == "http://example.org/form|1"
    assert [each["linkId"] for each in made["item"]] == ["alone", "offered", "what"]
    assert made["item"][1]["answer"] == [coding("once", display="Once")]
    assert json.loads(json.dumps(made)) == made


def test_ada_goes_back_and_what_followed_is_gone_for_good(ada):
    ada.answer("alone", True)
    ada.answer("offered", "once")
    ada.answer("what", "money")
    ada.answer("offered", "no")
    assert shown(ada) == ["alone", "offered", "felt"]
    ada.answer("offered", "once")

    assert values(ada, "what") == []


def test_answer_that_comes_before_its_question_waits_for_it(ada):
    ada.answer("what", "money")
    assert "item" not in ada.response()
    ada.answer("offered", "once")
    ada.answer("alone", True)

    assert values(ada, "what")[0]["code"] == "money"


def test_ada_clears_an_answer(ada):
    ada.answer("alone", True)
    ada.answer("alone")

    assert "item" not in ada.response()
    assert shown(ada) == ["alone"]


def test_language_is_switched_half_way_and_no_answer_changes(ada):
    ada.answer("alone", True)
    ada.answer("offered", "once")
    before = ada.response()
    ada.language = "sv-FI"
    (_alone, offered, *_rest) = ada.shown()

    assert offered.item.text(ada.language) == "Har någon sagt att du får något?"
    assert [each.text(ada.language) for each in ada.options("offered")] == ["Nej", "En gång"]
    assert offered.item.text("fi") == "Has anyone said you'd get something?"
    assert ada.form.languages == ("sv",)
    assert ada.response() == before


def test_codes_of_a_value_set_are_shown_in_the_language_that_they_are_designated_in():
    concept = {"code": "y", "display": "Yes", "designation": [{"language": "sv", "value": "Ja"}]}
    include = [{"system": "s", "concept": [concept]}]
    contained = [{"resourceType": "ValueSet", "id": "set", "compose": {"include": include}}]
    asked = form(item("q", "choice", answerValueSet="#set"), contained=contained)
    session = Session(read(asked))
    session.answer("q", "y")

    (option,) = session.options("q")
    assert [option.text(each) for each in ("sv-FI", "en", None)] == ["Ja", "Yes", "Yes"]
    assert values(session, "q") == [{"system": "s", "code": "y", "display": "Yes"}]


@pytest.mark.parametrize(
    ("link_id", "given"),
    [
        ("alone", ["yes"]),
        ("alone", [True, False]),
        ("offered", ["often"]),
        ("offered", [{"valueString": "once"}]),
        ("nothing", [1]),
    ],
)
def test_answer_that_does_not_fit_is_refused_and_nothing_changes(ada, link_id, given):
    before = ada.response()
    with pytest.raises(Unanswerable):
        ada.answer(link_id, *given)

    assert ada.response() == before


def test_answers_take_their_fhir_form_or_a_plain_one():
    kinds = form(
        item("d", "decimal"), item("i", "integer"), item("t", "date"), item("o", "open-choice"),
        item("c", "choice", answerOption=[{"valueInteger": 1}, {"valueInteger": 2}]),
        item("q", "quantity"),
    )  # fmt: skip
    session = Session(read(kinds))
    for link_id, value in (
        *(("d", 2), ("i", 3), ("t", "2026-11-24"), ("o", "my own"), ("q", {"value": 1})),
        ("c", session.options("c")[1]),
    ):
        session.answer(link_id, value)

    assert [each["answer"][0] for each in session.response()["item"]] == [
        *({"valueDecimal": 2}, {"valueInteger": 3}, {"valueDate": "2026-11-24"}),
        *({"valueString": "my own"}, {"valueInteger": 2}, {"valueQuantity": {"value": 1}}),
    ]


# --- initial, calculated, read-only, hidden ----------------------------------------------------


def test_form_starts_with_what_it_says_and_ada_may_change_it():
    chosen = [coding("a"), {**coding("b"), "initialSelected": True}]
    session = Session(
        read(
            form(
                item("i", "integer", initial=[{"valueInteger": 1}]),
                item("c", "choice", answerOption=chosen),
                item("e", "string", fhirpath("initialExpression", "%patient.name.given.first()")),
                item("w", "integer", initial=[{"valueString": "not a number"}]),
            )
        ),
        given={"patient": {"name": [{"given": ["Ada", "B"]}]}},
    )

    assert [values(session, each) for each in "iew"] == [[1], ["Ada"], []]
    assert values(session, "c")[0]["code"] == "b"
    session.answer("i", 2)
    session.answer("c")
    assert [values(session, each) for each in "ic"] == [[2], []]


SUM = "%resource.item.where(linkId='a' or linkId='b').answer.value.sum()"


def test_calculated_answer_follows_and_is_the_forms_own_where_it_is_read_only():
    session = Session(
        read(
            form(
                item("a", "integer"),
                item("b", "integer"),
                item("sum", "integer", fhirpath("calculatedExpression", SUM), readOnly=True),
                item("own", "decimal", fhirpath("calculatedExpression", f"{SUM} / 2")),
            )
        )
    )
    assert values(session, "sum") == []
    session.answer("a", 1)
    session.answer("b", 2)
    assert (values(session, "sum"), values(session, "own")) == ([3], [1.5])
    session.answer("b", 4)
    session.answer("own", 9)
    assert (values(session, "sum"), values(session, "own")) == ([5], [9])
    with pytest.raises(Unanswerable, match="by the form itself"):
        session.answer("sum", 1)


def test_hidden_item_is_exported_and_not_shown():
    hidden = extension("questionnaire-hidden", "Boolean", True)
    session = Session(
        read(form(item("h", "group", hidden, item=[item("q", initial=[{"valueString": "x"}])])))
    )

    assert shown(session) == []
    assert session.response()["item"][0]["item"][0]["answer"] == [{"valueString": "x"}]


# --- repetition and pages ----------------------------------------------------------------------

CHILDREN = form(
    item(
        "child",
        "group",
        repeats=True,
        item=[
            item("name"),
            item("school", "boolean"),
            item("which", enableWhen=[when("school", answerBoolean=True)]),
        ],
    ),
    item("pets", "string", repeats=True, item=[item("age", "integer")]),
)


def test_condition_in_a_repeated_group_asks_its_own_repetition():
    session = Session(read(CHILDREN))
    session.repeat("child", 2)
    session.answer("school", True, at=(1,))

    assert session.place("which", (0,)).enabled is False
    assert session.place("which", (1,)).enabled is True
    session.answer("which", "North", at=(1,))
    made = session.response("completed")
    assert validate(made, CHILDREN) == []
    assert Session.resume(read(CHILDREN), made).response("completed") == made


def test_form_that_wants_groups_within_groups_many_times_starts_with_one_of_each():
    many = extension("questionnaire-minOccurs", "Integer", 1_000)
    nested = item("g0", "group", many, repeats=True, item=[item("q")])
    for index in range(1, 10):
        nested = item(f"g{index}", "group", many, repeats=True, item=[nested])

    assert len(shown(Session(read(form(nested))))) == 11


def test_repetition_that_is_taken_away_takes_its_answers_along():
    session = Session(read(CHILDREN))
    session.repeat("child", 2)
    session.answer("name", "Mio", at=(1,))
    session.repeat("child", 1)
    session.repeat("child", 2)

    assert values(session, "name", (1,)) == []
    with pytest.raises(Unanswerable):
        session.repeat("pets", 2)


def test_items_under_a_repeating_question_stand_under_each_answer():
    session = Session(read(CHILDREN))
    session.answer("pets", "cat", "dog")
    session.answer("age", 3, at=(1,))
    (pets,) = session.response()["item"]

    assert pets["answer"] == [
        {"valueString": "cat"},
        {"valueString": "dog", "item": [answered("age", {"valueInteger": 3})]},
    ]


def control(code):
    concept = {"coding": [{"code": code}]}
    return extension("questionnaire-itemControl", "CodeableConcept", concept)


def test_pages_are_the_groups_that_the_form_calls_so_and_help_stands_with_its_question():
    paged = form(
        item("intro", "display", text="Hello"),
        item("p1", "group", control("page"), item=[
            item("a", "integer", control("slider"), item=[
                item("h", "display", control("help"), text="Help!", _text=translated(sv="Hjälp!")),
            ]),
        ]),
        item("p2", "group", control("page"), item=[
            item("b", enableWhen=[when("a", ">", answerInteger=3)]),
        ]),
    )  # fmt: skip
    session = Session(read(paged))

    def pages():
        return [[place.item.link_id for place in page] for page in session.pages()]

    assert pages() == [["intro"], ["a"]]
    session.answer("a", 4)
    assert pages() == [["intro"], ["a"], ["b"]]
    slider = session.place("a").item
    assert (slider.control, slider.help(), slider.help("sv")) == ("slider", "Help!", "Hjälp!")


# --- what answers weigh ------------------------------------------------------------------------


def test_answers_weigh_what_the_form_or_the_value_set_says_and_else_nothing():
    heavy = {**coding("a"), "extension": [extension("itemWeight", "Decimal", 2)]}
    light = {**coding("b"), "extension": [extension("ordinalValue", "Decimal", 0)]}
    concept = {"code": "x", "extension": [extension("ordinalValue", "Decimal", 5)]}
    weighed = form(
        item("one", "choice", answerOption=[heavy, light, coding("c")], repeats=True),
        item("two", "choice", answerValueSet="#set"),
        item("sum", "decimal", fhirpath("calculatedExpression",
                                        "%resource.item.answer.value.weight().sum()")),
        contained=[{"resourceType": "ValueSet", "id": "set",
                    "compose": {"include": [{"system": "s", "concept": [concept]}]}}],
    )  # fmt: skip
    session = Session(read(weighed))
    session.answer("one", "c")
    assert (session.weights(), values(session, "sum")) == ({}, [])
    session.answer("one", "a", "b", "c")
    session.answer("two", "x")

    assert session.weights() == {"one": [2, 0], "two": [5]}
    assert values(session, "sum") == [7]


def test_session_takes_up_what_still_fits_of_a_response():
    given = response(
        answered("alone", {"valueBoolean": True}),
        answered("offered", {"valueString": "often"}),
        answered("gone", {"valueString": "x"}),
    )
    session = Session.resume(read(ASKED), given)

    assert session.response()["item"] == [
        {
            "linkId": "alone",
            "text": "Can you answer without anyone seeing?",
            "answer": [{"valueBoolean": True}],
        }
    ]
