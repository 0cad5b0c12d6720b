"""The whole case as a document for a secrecy review: a reviewer sees what is about third parties.

The marks are words and kinds of line, so that they survive a black-and-white copy. As a file it has
the JSON Schema (draft 2020-12) `case-file-1.schema.json` beside this.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from alltid.people.printing import pdf as printed

from .leaving import Terms
from .plain import dump, load
from .wording import known, moment, speech

FORMAT, VERSION = "alltid-case-file", 1


class About(StrEnum):
    """Whom an entry tells of: the child, a third party, or those who work here."""

    CHILD = "child"
    THIRD_PARTY = "third_party"
    STAFF = "staff"


@dataclass(frozen=True)
class Entry:
    """One entry of the case, unchanged. An entry about several is split, or is THIRD_PARTY.

    kind: what it is, in words. concerns: which third party. language: of the text, as `sv`.
    """

    at: datetime
    kind: str
    by: str
    about: About
    text: str
    concerns: str = ""
    language: str = ""


@dataclass(frozen=True)
class CaseFile:
    """The case, its entries oldest first, and who takes it out for what; made is aware."""

    reference: str
    made: datetime
    team: str
    taken_out_by: str
    why: str
    entries: tuple[Entry, ...]


def write(case: CaseFile, terms: Terms) -> str:
    """The case as the text of a JSON file; raises MustStay."""
    terms.require()
    return dump(FORMAT, VERSION, case)


def parse(text: str) -> CaseFile:
    """The case that a file holds; raises Unreadable, whose sentence says where."""
    return load(FORMAT, VERSION, CaseFile, text)


def pdf(case: CaseFile, terms: Terms, language: str) -> bytes:
    """The case as PDF/UA-1, in a language; raises MustStay, NotPrinted."""
    with translation.override(language):
        terms.require()
        return printed("answer/documents/case_file.typ", page(case, language))


def page(case: CaseFile, language: str) -> dict[str, Any]:
    """What the template shows, in the active language."""
    numbered = list(enumerate(case.entries, start=1))
    return {
        "language": language,
        "title": _("The whole case, for a secrecy review"),
        "footer": _("Reference %(reference)s, %(when)s. Not reviewed: not to be handed on.")
        % {"reference": case.reference, "when": moment(case.made)},
        "page_of": _("Page {page} of {pages}"),
        "about": [
            (_("Reference"), case.reference),
            (_("Team"), case.team),
            (_("Taken out by"), f"{case.taken_out_by}, {moment(case.made)}"),
            (_("What for"), known(case.why)),
        ],
        "marks_title": _("How it is marked"),
        "marks": [
            {"mark": mark, "name": _mark(mark), "says": says}
            for mark, says in (
                (About.CHILD, _("about the child alone: a solid bar")),
                (About.THIRD_PARTY, _("about somebody else: a dashed frame all round")),
                (About.STAFF, _("about those who work here: a dotted bar")),
            )
        ],
        "third_title": _("What tells of third parties"),
        "third_none": _("No entry is marked so."),
        "third_columns": [_("Entry"), _("When"), _("Whom it concerns")],
        "third": [
            (str(number), moment(one.at), known(one.concerns))
            for number, one in numbered
            if one.about is About.THIRD_PARTY
        ],
        "entries_title": _("The entries"),
        "entries": [_entry(number, one) for number, one in numbered],
    }


def _entry(number: int, one: Entry) -> dict[str, Any]:
    label = [_mark(one.about)]
    if one.concerns.strip():
        label.append(_("about: %(whom)s") % {"whom": one.concerns})
    label.append(_("by: %(who)s") % {"who": known(one.by)})
    return {
        "heading": f"{number}. {one.kind}, {moment(one.at)}",
        "mark": one.about,
        "label": " · ".join(label),
        "text": one.text,
        "language": speech(one.language),
    }


def _mark(about: str) -> str:
    return {
        About.CHILD: _("CHILD"),
        About.THIRD_PARTY: _("THIRD PARTY"),
        About.STAFF: _("STAFF"),
    }[About(about)]
