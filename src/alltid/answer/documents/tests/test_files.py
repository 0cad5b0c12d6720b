"""What leaves as a file: held to its published schema, and read back the same."""

import json
from copy import deepcopy
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from alltid.answer.documents import case_file, referral, referral_file
from alltid.answer.documents.plain import Unreadable

from .examples import CASE, SCHOOL, WHOLE
from .reports import CASES, REPORTS

FOLDER = Path(case_file.__file__).parent
FORMATS = {
    "referral": (referral_file, WHOLE, referral),
    "case-file": (case_file, CASE, case_file),
}


def schema(name):
    return json.loads((FOLDER / f"{name}-1.schema.json").read_text(encoding="utf-8"))


def validator(name):
    return Draft202012Validator(schema(name), format_checker=FormatChecker())


def places(plain, at=()):
    """Every object of a file, by the way to it."""
    inner = plain.items() if isinstance(plain, dict) else enumerate(plain)
    if isinstance(plain, dict):
        yield at
    for key, value in inner:
        if isinstance(value, dict | list):
            yield from places(value, (*at, key))


def at(plain, way):
    for key in way:
        plain = plain[key]
    return plain


@given(report=REPORTS)
def test_any_report_keeps_to_its_schema_and_is_read_back_as_it_left(report):
    text = referral_file.write(report, SCHOOL)
    validator("referral").validate(json.loads(text))
    assert referral_file.parse(text) == report.for_sending()


@given(case=CASES)
def test_any_case_keeps_to_its_schema_and_is_read_back(case):
    text = case_file.write(case, SCHOOL)
    validator("case-file").validate(json.loads(text))
    assert case_file.parse(text) == case


@pytest.mark.parametrize("name", FORMATS)
def test_the_schema_is_one_and_each_of_its_fields_says_what_it_is(name):
    whole = schema(name)
    Draft202012Validator.check_schema(whole)
    for definition in whole["$defs"].values():
        assert definition["description"].endswith(".")
        for field in definition.get("properties", {}).values():
            assert field.get("description", "").endswith(".") or "$ref" in field


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
def test_a_file_with_a_field_too_many_or_too_few_is_refused_by_schema_and_reader(name, data):
    module, example, _kinds = FORMATS[name]
    plain = json.loads(module.write(example, SCHOOL))
    changed = deepcopy(plain)
    inside = at(changed, data.draw(st.sampled_from(list(places(plain)))))
    if data.draw(st.booleans()):
        inside["more"] = ""
    else:
        del inside[data.draw(st.sampled_from(sorted(inside)))]
    assert not validator(name).is_valid(changed)
    with pytest.raises(Unreadable):
        module.parse(json.dumps(changed))


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data(), other=st.sampled_from([None, 1, 1.5, True, [], {}, "\0"]))
def test_schema_and_reader_agree_on_any_other_value(name, data, other):
    module, example, _kinds = FORMATS[name]
    changed = json.loads(module.write(example, SCHOOL))
    inside = at(changed, data.draw(st.sampled_from(list(places(changed)))))
    inside[data.draw(st.sampled_from(sorted(inside)))] = other
    try:
        module.parse(json.dumps(changed))
        readable = True
    except Unreadable:
        readable = False
    assert readable is validator(name).is_valid(changed)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hej", "This is not JSON"),
        ("[]", "holds format, version and content"),
        ('{"format": "alltid-referral", "version": 2, "content": {}}', "not alltid-referral, ver"),
        ('{"format": "alltid-referral", "version": 1, "content": {}}', "content lacks"),
    ],
)
def test_a_file_that_is_none_says_so(text, sentence):
    with pytest.raises(Unreadable, match=sentence):
        referral_file.parse(text)


def test_a_wrong_answer_is_named_by_its_place():
    text = referral_file.write(WHOLE, SCHOOL).replace(
        '"interpreter": "no"', '"interpreter": "perhaps"', 1
    )
    with pytest.raises(Unreadable, match=r"^content\.child\.interpreter holds what"):
        referral_file.parse(text)


def test_the_guide_explains_every_field_of_a_report():
    guide = (FOLDER.parents[3] / "docs" / "referral-file.md").read_text(encoding="utf-8")
    kinds = [kind for kind in vars(referral).values() if isinstance(kind, type)]
    for kind in kinds:
        if kind.__module__ == referral.__name__ and hasattr(kind, "__dataclass_fields__"):
            missing = [one.name for one in fields(kind) if f"`{one.name}`" not in guide]
            assert kind is referral.Missing or not missing, kind
