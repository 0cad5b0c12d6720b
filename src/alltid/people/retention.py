"""How long a team keeps what was told, and what it does then: the terms, and what holds unless set.

Not legal advice: each default says where it was read, so that a lead can check it for their own
country and place.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Longer than any backup (ALLTID_BACKUP_DAYS is 30 at the most): whatever is put back from one was
# closed already. It is also the time in which a case can be opened again.
SHORTEST, LONGEST = 2, 1200


class What(models.TextChoices):
    """What becomes of a closed case at the end of its term."""

    ERASE = "erase", _("Erase, and also when the child ends the talk")
    KEEP = "keep", _("Keep for the term, then erase")
    ARCHIVE = "archive", _("Keep for the term, then hand over to an archive")


@dataclass(frozen=True)
class Default:
    """What holds in a team that has set nothing. months: from closing. source: where it was read"""

    what: What
    months: int
    source: str | Promise


DEFAULTS = {
    "mandated": Default(
        What.KEEP,
        60,
        _(
            "Sweden: a social services file is erased five years after its last entry "
            "(socialtjänstlagen 2001:453, chapter 12, section 1, which was read; look for the same "
            "in the act of 2025). A school erases by its own decision under arkivlagen (1990:782), "
            "section 10: ask your archivist."
        ),
    ),
    "health_record": Default(
        What.KEEP,
        120,
        _(
            "Sweden: a record entry is kept for at least ten years (patientdatalagen 2008:355, "
            "chapter 3, section 17). Public health care often keeps for good: then hand over to "
            "the region's archive."
        ),
    ),
    "not_mandated": Default(
        What.ERASE,
        12,
        _(
            "No law asks an association to keep it, so not longer than it is needed (GDPR, article "
            "5.1 e). A child's six words work for about a year after they last wrote, so a year is "
            "how long a child can come back."
        ),
    ),
}


def goes_on(closed: datetime, months: int, zone: str) -> datetime:
    """When the term is over: the first midnight, where the team is, after so many months."""
    begins = closed.astimezone(ZoneInfo(zone))
    count = begins.year * 12 + begins.month - 1 + months
    year, month = count // 12, count % 12 + 1
    day = begins.date().replace(year=year, month=month, day=1)
    day = day.replace(day=min(begins.day, monthrange(year, month)[1]))
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
