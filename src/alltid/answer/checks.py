"""What must be true of the packs of law and deadlines before a server starts (alltid.E04…)."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from .casework.timers import misfits
from .duty import pack


@register
def packs(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every pack is sound, and says nothing that the desk cannot follow."""
    wrong = pack.problems() or [each for one in pack.packs() for each in misfits(one)]
    hint = "docs/duty-packs.md says how it is written; `alltid duty check` looks once more."
    return [Error(each, hint=hint, id="alltid.E040") for each in wrong]
