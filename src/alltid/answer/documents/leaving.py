"""Whether anything about a child may leave: the one rule that every document asks."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from alltid.answer.duty.terms import Pack

# The age bands that a child taps, and the youngest whole year in each.
YOUNGEST = {"": None, "under_10": 0, "10_12": 10, "13_15": 13, "16_17": 16}


class MustStay(Exception):
    """The document may not leave yet; the text says, in the active language, what would let it."""


def may_leave(pack: Pack, kind: str, age_band: str, decided: bool) -> bool:
    """Whether more may leave than that the child was asked.

    A guardian may read the record of a young child at home. A team of a kind for which the pack
    sets an age therefore exports nothing about a child under it, nor about one whose age is
    unknown, before the clinician has decided that it may. kind: of the pack's kinds. age_band: as
    the child taps it, "" where it is unknown. decided: the clinician's decision for this child.
    Raises ValueError for a kind or an age band that is none, so that a slip opens nothing. Source:
    PRACTICE.md, rule 6.
    """
    if kind not in pack.kinds:
        raise ValueError(f"{kind!r} is no kind of team: {', '.join(pack.kinds)}.")
    if age_band not in YOUNGEST:
        raise ValueError(f"{age_band!r} is no age band: {', '.join(YOUNGEST)}.")
    return decided or not pack.kinds[kind].exports_only_that_asked(YOUNGEST[age_band])


@dataclass(frozen=True)
class Terms:
    """What decides whether a document about one child may leave; as for may_leave."""

    pack: Pack
    kind: str
    age_band: str = ""
    decided: bool = False

    @property
    def open(self) -> bool:
        """Whether more may leave than that the child was asked."""
        return may_leave(self.pack, self.kind, self.age_band, self.decided)

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
