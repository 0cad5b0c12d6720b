"""A FHIR R4 questionnaire engine on plain dicts: it reads, asks and validates, and fetches nothing.

    from alltid.ask.questionnaire import read, validate, Session

    form = read(questionnaire)                    # raises Refused: what cannot be asked, and why
    session = Session(form)
    session.answer("has-pet", True)
    session.response("completed")                 # a QuestionnaireResponse
    validate(response, questionnaire)             # [Issue(severity, code, location, sentence)]

It knows nothing of Django or of the rest of Alltid; docs/questionnaire.md says how others use it.
"""

from .checking import check, validate
from .form import Form, Item, Option
from .issues import Issue, Refused, Remark
from .reading import read, survey
from .session import Session, Unanswerable
from .texts import as_html, entry_format, text_as_html
from .weights import weight_of

__all__ = [
    "Form",
    "Issue",
    "Item",
    "Option",
    "Refused",
    "Remark",
    "Session",
    "Unanswerable",
    "as_html",
    "check",
    "entry_format",
    "read",
    "survey",
    "text_as_html",
    "validate",
    "weight_of",
]
