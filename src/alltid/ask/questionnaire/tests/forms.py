"""Forms and responses for the tests, written short."""

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
URL = "http://example.org/form"


def extension(name: str, kind: str, value: Any) -> Json:
    """Return an extension of the standard, or of the SDC guide where its name is one of theirs."""
    base = SDC if name in _SDC else CORE
    return {"url": f"{base}{name}", f"value{kind}": value}


_SDC = {
    *("calculatedExpression", "enableWhenExpression", "initialExpression"),
    *("minQuantity", "maxQuantity"),
}


def fhirpath(name: str, text: str, called: str | None = None) -> Json:
    """Return an extension that holds an expression, such as a variable that is called something."""
    value = {"language": "text/fhirpath", "expression": text}
    return extension(name, "Expression", value | ({"name": called} if called else {}))


def constraint(expression: str, severity: str = "error", human: str = "This must hold.") -> Json:
    """Return a rule of a form, as targetConstraint."""
    value = {"language": "text/fhirpath", "expression": expression}
    return {
        "url": f"{CORE}targetConstraint",
        "extension": [
            {"url": "key", "valueId": "k1"},
            {"url": "severity", "valueCode": severity},
            {"url": "expression", "valueExpression": value},
            {"url": "human", "valueString": human},
        ],
    }


def item(link_id: str, kind: str = "string", *extensions: Json, **more: Any) -> Json:
    """Return an item of a questionnaire."""
    out: Json = {"linkId": link_id, "type": kind, **more}
    if extensions:
        out["extension"] = list(extensions)
    return out


def form(*items: Json, **more: Any) -> Json:
    """Return a questionnaire."""
    base = {"resourceType": "Questionnaire", "url": URL, "status": "active"}
    return {**base, "item": list(items), **more}


def when(question: str, operator: str = "=", **answer: Any) -> Json:
    """Return a condition; answer is `answerBoolean=True` and the like."""
    return {"question": question, "operator": operator, **answer}


def answered(link_id: str, *values: Json, item: list[Json] | None = None) -> Json:
    """Return an item of a response with its answers, or with the items of a group."""
    out: Json = {"linkId": link_id}
    if values:
        out["answer"] = list(values)
    if item is not None:
        out["item"] = item
    return out


def response(*items: Json, **more: Any) -> Json:
    """Return a completed response."""
    base = {"resourceType": "QuestionnaireResponse", "questionnaire": URL, "status": "completed"}
    return {**base, "item": list(items), **more}


def coding(code: str, **more: Any) -> Json:
    """Return an answer or an option that is a coding."""
    return {"valueCoding": {"system": "http://example.org/codes", "code": code, **more}}


def translated(**by_language: str) -> Json:
    """Return the element beside a text, with its translations."""
    return {
        "extension": [
            {
                "url": f"{CORE}translation",
                "extension": [
                    {"url": "lang", "valueCode": language},
                    {"url": "content", "valueString": text},
                ],
            }
            for language, text in by_language.items()
        ]
    }


# --- what hypothesis makes ---------------------------------------------------------------------

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["q1", "q2", "group", "choice", "string", "integer", "completed", "exists"])
    | st.sampled_from(["2026-02-30", "2026-01", "#set", "(a+)+$", "%resource.item", "=", "!=", URL])
)
any_json = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=20,
)
_WORDS = (
    *("resourceType", "item", "linkId", "type", "answer", "extension", "url", "enableWhen"),
    *("question", "operator", "answerOption", "contained", "compose", "include", "concept", "code"),
    *("system", "display", "text", "_text", "required", "repeats", "initial", "answerValueSet"),
    *("valueString", "valueCoding", "valueInteger", "valueQuantity", "valueReference", "reference"),
    *("valueExpression", "expression", "language", "maxLength", "effectivePeriod", "authored"),
    *("answerBoolean", "answerInteger", "status", "questionnaire", "value", "unit", "expansion"),
)
# JSON with the words of FHIR in any place, which goes far deeper into the engine.
fhir_shaped = st.recursive(
    leaves | st.sampled_from([f"{CORE}minValue", f"{CORE}regex", f"{SDC}calculatedExpression"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=6)
    ),
    max_leaves=30,
)
