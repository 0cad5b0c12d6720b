"""Who answers a child by now, for the child's page, which may name nobody from whom it is hidden.

What adults do in a case lies above this package, so that no page of a child's can reach it. The
desk hands in the one function that says this much of it (`answer/apps.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from alltid.people.models import Membership

from .models import Disclosure


@dataclass(frozen=True)
class WhoAnswers:
    """Ids of members: who carries a talk today, and from whom it is hidden."""

    carries: UUID | None = None
    hidden_from: frozenset[UUID] = frozenset()

    def may_name(self, membership: Membership) -> bool:
        """Whether a child can be told that this member reads what they wrote."""
        return membership.user_id not in self.hidden_from


def _nothing_is_known(_disclosure: Disclosure) -> WhoAnswers:
    return WhoAnswers()


_says: Callable[[Disclosure], WhoAnswers] = _nothing_is_known


def is_said_by(says: Callable[[Disclosure], WhoAnswers]) -> None:
    """Let the desk say it from now on."""
    global _says
    _says = says


def of(disclosure: Disclosure) -> WhoAnswers:
    """Look now."""
    return _says(disclosure)
