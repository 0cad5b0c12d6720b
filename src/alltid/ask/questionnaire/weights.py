"""Says what an answer weighs: ordinalValue and itemWeight, of the answer or of its option."""

from decimal import Decimal
from typing import Any

from .form import Form
from .reading import weight_in
from .values import same, same_code


def weight_of(form: Form, link_id: str | None, value: Any) -> Decimal | None:
    """Return what a value weighs as an answer to an item; None, never zero, where none is said."""
    own = weight_in(value)
    if own is not None:
        return own
    item = form.by_link_id.get(link_id) if link_id else None
    if item is None:
        return None
    for kind in ("Coding",) if isinstance(value, dict) else ("String", "Integer", "Date", "Time"):
        for option in item.options_like(kind, value):
            if option.weight is not None and same(kind, option.value, kind, value):
                return option.weight
    if item.value_set and isinstance(value, dict):
        found = form.value_set(item.value_set)
        for coding in found.with_code(value.get("code")) if found else ():
            if same_code(coding, value) and (weight := weight_in(coding)) is not None:
                return weight
    return None
