"""Any report and any case, for the laws that hold for all of them."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from alltid.answer.documents.case_file import CaseFile
from alltid.answer.documents.referral import Referral

# Whole minutes east or west of Greenwich, as clocks are; years that a team may meet.
MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC)
    | st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def any_of(kind):
    """Any value of a kind that the documents are made of."""
    if kind in (str, bool, datetime):
        return {str: TEXTS, bool: st.booleans(), datetime: MOMENTS}[kind]
    if get_origin(kind) is tuple:
        return st.lists(any_of(get_args(kind)[0]), max_size=2).map(tuple)
    if issubclass(kind, StrEnum):
        return st.sampled_from(kind)
    hints = get_type_hints(kind)
    return st.builds(kind, **{one.name: any_of(hints[one.name]) for one in fields(kind)})


REPORTS = any_of(Referral)
CASES = any_of(CaseFile)
