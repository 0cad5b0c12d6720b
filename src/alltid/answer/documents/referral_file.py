"""A report of concern as a JSON file that another system reads; docs/referral-file.md explains it.

The format is published as the JSON Schema `referral-1.schema.json` beside this file.
"""

import json
from pathlib import Path
from typing import Any

from .leaving import Terms
from .plain import Unreadable, from_plain, to_plain
from .referral import Referral

FORMAT, VERSION = "alltid-referral", 1
SCHEMA = Path(__file__).with_name("referral-1.schema.json")


def write(report: Referral, terms: Terms) -> str:
    """The report as it may leave, as the text of a file; raises MustStay."""
    terms.require()
    return _text({"format": FORMAT, "version": VERSION, "report": to_plain(report.for_sending())})


def parse(text: str) -> Referral:
    """The report that a file holds; raises Unreadable, whose sentence says where."""
    try:
        plain = json.loads(text)
    except ValueError:
        raise Unreadable("This is not JSON.") from None
    if not isinstance(plain, dict) or plain.keys() != {"format", "version", "report"}:
        raise Unreadable("This is not a report: format, version and report must be there alone.")
    if (plain["format"], plain["version"]) != (FORMAT, VERSION):
        raise Unreadable(f"This is not {FORMAT}, version {VERSION}, which is what is read here.")
    return from_plain(Referral, plain["report"], "report")


def schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of the file."""
    return json.loads(SCHEMA.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _text(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
