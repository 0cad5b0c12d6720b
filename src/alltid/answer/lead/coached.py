"""How often answers went out as the coach had marked them: by team and quarter, or not at all.

A figure says nothing about anybody. It is worked out once, when its quarter is over, so that no two
readings of it differ by somebody's answer; what it was worked out from is forgotten then.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F

from alltid.people.models import AuditEvent, Team

from ..models import CoachedQuarter

# EVIDENCE, counting: no figure under ten, the cell and its complement both; 5 and 95 per cent are
# the outermost that are told.
FEWEST = 10
LEAST, MOST = 5, 95
# So many quarters stand on the page.
_SHOWN = 4


def share(answers: int, marked: int, by_writer: Collection[int]) -> int | None:
    """What may be told of a quarter: per cent of its answers, or None.

    answers: that were sent, marked: with something the coach had marked; by_writer: how many each
    writer sent. Ten have to be on either side, ten have written, and nobody more than half of it.
    """
    if min(marked, answers - marked, len(by_writer)) < FEWEST:
        return None
    if 2 * max(by_writer) > sum(by_writer):
        return None
    return min(MOST, max(LEAST, round(100 * marked / answers)))


def quarter_of(day: date) -> date:
    """The first day of the quarter of a year that a day lies in."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def count(team: Team, now: datetime, *, marked: bool) -> None:
    """Count an answer that was sent; nothing where the team is too small ever to be told."""
    if team.memberships.filter(let_in__isnull=False).count() < FEWEST:
        return
    quarter = quarter_of(team.local(now).date())
    row, _made = CoachedQuarter.objects.get_or_create(team=team, quarter=quarter)
    CoachedQuarter.objects.filter(pk=row.pk, settled=False).update(
        answers=F("answers") + 1, marked=F("marked") + int(marked)
    )


def settle(now: datetime) -> None:
    """Work out what may be told of the quarters that are over, and forget the rest of them."""
    for found in CoachedQuarter.objects.filter(settled=False).select_related("team"):
        if found.quarter == quarter_of(found.team.local(now).date()):
            continue
        with transaction.atomic():
            row = CoachedQuarter.objects.select_for_update().get(pk=found.pk)
            if not row.settled:
                row.percent = share(row.answers, row.marked, _by_writer(found.team, row.quarter))
                row.settled, row.answers, row.marked = True, 0, 0
                row.save()


def _by_writer(team: Team, quarter: date) -> list[int]:
    """How many answers each member sent in a quarter, as the log has it."""
    days = (quarter, quarter_of(quarter + timedelta(days=95)))
    begins, ends = (datetime.combine(day, time(), ZoneInfo(team.timezone)) for day in days)
    sent = AuditEvent.objects.filter(team=team, verb="replied", at__gte=begins, at__lt=ends)
    by_writer = sent.order_by().values("actor").annotate(sent=Count("pk"))
    return list(by_writer.values_list("sent", flat=True))


def told(team: Team) -> list[CoachedQuarter]:
    """The quarters of a team of which something may be told, the newest first."""
    settled = CoachedQuarter.objects.filter(team=team, settled=True, percent__isnull=False)
    return list(settled.order_by("-quarter")[:_SHOWN])
