"""What holds for every form and every way of answering it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.ask.questionnaire import Form, Session, read, survey, validate

from .forms import (
    Json,
    any_json,
    coding,
    constraint,
    extension,
    fhir_shaped,
    fhirpath,
    form,
    item,
    response,
    translated,
    when,
)

CODES = ("no", "once", "unsure")
WEIGHTS = {"no": 0, "once": 2}  # "unsure" weighs nothing at all, which is not zero


def options() -> list[Json]:
    """Three options; one of them has no weight, each has a Swedish name."""
    found = []
    for code in CODES:
        option = coding(code, display=code, _display=translated(sv=f"sv-{code}"))
        if code in WEIGHTS:
            option["extension"] = [extension("itemWeight", "Decimal", WEIGHTS[code])]
        found.append(option)
    return found


conditions = st.sampled_from(
    [
        {"operator": "=", "answerCoding": {"code": "no"}},
        {"operator": "!=", "answerCoding": {"code": "no"}},
        {"operator": "exists", "answerBoolean": True},
        {"operator": "exists", "answerBoolean": False},
    ]
)
HAS = "%resource.descendants().where(linkId='{}').answer.value.code = 'once'"


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Return a form of some questions, groups and expressions that depend on each other at will."""
    count = draw(st.integers(3, 6))
    names = [f"q{index}" for index in range(count)]
    items: list[Json] = []
    groups: list[list[Json]] = [items]
    for name in names:
        question = item(
            name,
            "choice",
            text=name,
            _text=translated(sv=f"sv-{name}"),
            answerOption=options(),
            required=draw(st.booleans()),
            repeats=draw(st.booleans()),
        )
        before = names[: names.index(name)]
        if before and draw(st.integers(0, 3)):
            # Mostly it asks for what stands just before it, as forms do, and at times for anything.
            asked = draw(st.sampled_from([before[-1:], before[-1:], before, names]))
            question["enableWhen"] = [
                {"question": draw(st.sampled_from(asked)), **draw(conditions)}
                for _each in range(draw(st.integers(1, 2)))
            ]
            question["enableBehavior"] = draw(st.sampled_from(["all", "any"]))
        if draw(st.integers(0, 7)) == 7:
            text = HAS.format(draw(st.sampled_from(names)))
            question.setdefault("extension", []).append(fhirpath("enableWhenExpression", text))
        draw(st.sampled_from(groups)).append(question)
        if draw(st.integers(0, 3)) == 3:
            inner: list[Json] = []
            extra = {"enableWhen": [{"question": draw(st.sampled_from(names)), **draw(conditions)}]}
            group = item(f"g-{name}", "group", item=inner, **(draw(st.sampled_from([{}, extra]))))
            draw(st.sampled_from(groups)).append(group)
            groups.append(inner)
    score = "%resource.descendants().where(linkId.startsWith('q')).answer.value.weight().sum()"
    items.append(item("score", "decimal", fhirpath("calculatedExpression", score), readOnly=True))
    return read(form(*items))


answers = st.dictionaries(
    st.integers(0, 5).map("q{}".format), st.sampled_from(CODES), min_size=3, max_size=6
)


def answer_all(session: Session, given: dict[str, str], order: list[str]) -> None:
    for link_id in order:
        if link_id in session.form.by_link_id:
            session.answer(link_id, given[link_id])


def link_ids(value: Any) -> set[str]:
    """Every linkId in a response."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            found |= {each["linkId"]} if "linkId" in each else set()
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return found


@given(forms(), answers)
def test_disabled_item_is_never_required_shown_scored_or_exported(made, given_answers):
    session = Session(made)
    answer_all(session, given_answers, list(given_answers))

    disabled = {
        name
        for name, item in made.by_link_id.items()
        if not any(place.enabled for place in session._filled.by_link_id.get(name, ()))
    }
    assert disabled.isdisjoint(place.item.link_id for place in session.shown())
    assert disabled.isdisjoint(place.item.link_id for place in session.missing())
    assert disabled.isdisjoint(session.weights())
    assert disabled.isdisjoint(link_ids(session.response()))
    assert not [each for each in session.issues() if each.code == "not-enabled"]


@given(forms(), answers, st.randoms())
def test_same_answers_in_any_order_give_the_same_response(made, given_answers, random):
    order = list(given_answers)
    first, second = Session(made), Session(made)
    answer_all(first, given_answers, order)
    random.shuffle(order)
    answer_all(second, given_answers, order)

    assert first.response() == second.response()


@given(forms(), answers, st.data())
def test_going_back_and_changing_gives_what_the_last_answers_give(made, given_answers, data):
    session = Session(made)
    answer_all(session, given_answers, list(given_answers))
    before = {place.item.link_id for place in session._all() if place.enabled}
    name = data.draw(st.sampled_from(sorted(made.by_link_id.keys() & given_answers) or ["q0"]))
    session.answer(name, data.draw(st.sampled_from(CODES)))
    shut = before - {place.item.link_id for place in session._all() if place.enabled}

    kept = {key[0]: values for key, values in session._answers.items()}
    if name in given_answers:
        assert shut.isdisjoint(kept)
    anew = Session(made)
    for link_id, values in kept.items():
        anew.answer(link_id, *({f"value{kind}": value} for kind, value in values))
    assert session.response() == anew.response()


@given(forms(), answers)
def test_missing_is_never_zero(made, given_answers):
    session = Session(made)
    answer_all(session, given_answers, list(given_answers))

    place = session.place("score")
    weights = [
        WEIGHTS[answer.value["code"]]
        for other in session._all()
        if other.enabled and other.item.link_id != "score"
        for answer in other.answers
        if answer.value["code"] in WEIGHTS
    ]
    assert [answer.value for answer in place.answers] == ([sum(weights)] if weights else [])


@given(forms(), answers)
def test_translation_changes_no_answer(made, given_answers):
    plain, switched = Session(made), Session(made, language="sv")
    for link_id, code in given_answers.items():
        if link_id in made.by_link_id:
            plain.answer(link_id, code)
            switched.language = "sv" if switched.language is None else None
            switched.answer(link_id, code)

    assert plain.response() == switched.response()
    shown = [place.item.text("sv") for place in switched.shown() if place.item.text()]
    assert all(text.startswith("sv-") for text in shown)


@given(forms(), answers)
def test_response_is_valid_but_for_what_is_missing(made, given_answers):
    session = Session(made)
    answer_all(session, given_answers, list(given_answers))

    wrong = validate(session.response("completed"), made.raw)
    assert {each.code for each in wrong} <= {"required"}
    if not session.missing():
        assert wrong == []


@given(forms(), answers)
def test_session_that_is_taken_up_again_has_the_same_response(made, given_answers):
    session = Session(made)
    answer_all(session, given_answers, list(given_answers))

    assert Session.resume(made, session.response()).response() == session.response()


@given(any_json | fhir_shaped, any_json | fhir_shaped)
@settings(max_examples=150)
def test_nothing_raises_on_any_json(one, other):
    shaped = other if isinstance(other, dict) else {"item": other}
    first = one if isinstance(one, dict) else {"item": one}
    for questionnaire in (other, shaped | {"resourceType": "Questionnaire"}):
        survey(questionnaire)
        for each in (one, first | {"resourceType": "QuestionnaireResponse"}):
            for issue in validate(each, questionnaire):
                assert issue.severity in ("fatal", "error", "warning")
                assert issue.sentence


@given(fhir_shaped, st.lists(st.sampled_from("abc"), max_size=3), st.data())
@settings(max_examples=150)
def test_nothing_raises_where_one_part_of_a_good_form_is_any_json(part, path, data):
    good = form(
        item(
            "a",
            "choice",
            extension("minValue", "Integer", 1),
            extension("regex", "String", "x"),
            fhirpath("calculatedExpression", "1"),
            constraint("answer.exists()"),
            answerOption=options(),
            enableWhen=[when("b", "exists", answerBoolean=True)],
            initial=[coding("no")],
        ),
        item("b", "group", item=[item("c", "quantity", repeats=True)]),
        contained=[{"resourceType": "ValueSet", "id": "x", "compose": {"include": []}}],
    )
    filled = response(
        {"linkId": "a", "answer": [coding("no")]},
        {"linkId": "b", "item": [{"linkId": "c", "answer": [{"valueQuantity": {"value": 1}}]}]},
    )
    for whole in (good, filled):
        place: Any = whole
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or data.draw(st.integers(0, 3)) == 0:
                place[key] = part
                break
            place = place[key]
    validate(filled, good)
    made = survey(good)
    session = Session(made)
    session.response()
    session.issues()
    session.pages()
    Session.resume(made, filled)


@pytest.mark.parametrize("depth", [40, 90, 400, 5_000])
def test_nothing_raises_however_deep_it_is_nested(depth):
    deep: Json = item("q", "group")
    filled: Json = {"linkId": "q"}
    for index in range(depth):
        deep = item(f"q{index}", "group", item=[deep])
        filled = {"linkId": f"q{index}", "item": [filled]}

    found = validate(response(filled), form(deep))

    assert bool(found) is (depth > 49)
