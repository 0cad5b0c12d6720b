"""A report of concern as a JSON file that another system reads; docs/referral-file.md explains it.

The format is published as the JSON Schema (draft 2020-12) `referral-1.schema.json` beside this.
"""

from .leaving import Terms
from .plain import dump, load
from .referral import Referral

FORMAT, VERSION = "alltid-referral", 1


def write(report: Referral, terms: Terms) -> str:
    """The report as it may leave, as the text of a file; raises MustStay."""
    terms.require()
    return dump(FORMAT, VERSION, report.for_sending())


def parse(text: str) -> Referral:
    """The report that a file holds; raises Unreadable, whose sentence says where."""
    return load(FORMAT, VERSION, Referral, text)
