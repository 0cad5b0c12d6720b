"""Whether anything about a child may leave: the one rule that every document asks."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from alltid.people.models import Team

UNDER_13 = ("under_10", "10_12")
FROM_13 = ("13_15", "16_17")


class MustStay(Exception):
    """The document may not leave yet; the text says, in the active language, what would let it."""


def may_leave(kind: str, age_band: str, decided: bool) -> bool:
    """Whether more may leave than that the child was asked.

    A guardian may read the record of a child under 13 at home. A `health_record` team therefore
    exports nothing about such a child, nor about one whose age is unknown, before the clinician has
    decided that it may. kind: of Team.Kind. age_band: as the child taps it, "" where it is unknown.
    decided: the clinician's decision for this child. Raises ValueError for a kind or an age band
    that is none, so that a slip opens nothing. Source: PRACTICE.md, rule 6.
    """
    if kind not in Team.Kind.values:
        raise ValueError(f"{kind!r} is no kind of team: {', '.join(Team.Kind.values)}.")
    if age_band not in (*UNDER_13, *FROM_13, ""):
        raise ValueError(f"{age_band!r} is no age band: {', '.join(UNDER_13 + FROM_13)} or empty.")
    return kind != Team.Kind.HEALTH_RECORD or age_band in FROM_13 or decided


@dataclass(frozen=True)
class Terms:
    """What decides whether a document about one child may leave; as for may_leave."""

    kind: str
    age_band: str = ""
    decided: bool = False

    @property
    def open(self) -> bool:
        """Whether more may leave than that the child was asked."""
        return may_leave(self.kind, self.age_band, self.decided)

    def require(self) -> None:
        """Raise MustStay unless the document may leave."""
        if not self.open:
            raise MustStay(
                _(
                    "Nothing about this child leaves the health record yet, since a guardian may "
                    "read the record of a child under 13, and this child is, or may be, under 13. "
                    "Decide for this child that it may leave, and try again."
                )
            )
