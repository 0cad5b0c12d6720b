"""A report of concern in somebody's hands: what was typed, made of it, and sent."""

from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.utils.functional import cached_property

from alltid.answer.documents.plain import from_plain, to_plain
from alltid.answer.documents.referral import Referral

from ..access import OpenDisclosure
from ..models import Report
from .form import ReportForm
from .matter import Matter


class InHand:
    """One report, opened for the length of one request."""

    def __init__(self, opened: OpenDisclosure, pk: UUID, now: datetime) -> None:
        """Raises Http404 where the case has no such report, NoPack, and a VaultError."""
        found = opened.case.reports.filter(pk=pk).select_related("by", "case").first()
        if found is None:
            raise Http404
        self.row, self.now = found, now
        self.matter = Matter(opened, found.child, now)
        self.body = found.open(opened.case_identity).body

    @cached_property
    def form(self) -> ReportForm:
        """What was typed."""
        return ReportForm(self.matter, self.body["typed"])

    @cached_property
    def made(self) -> Referral | None:
        """The report as it was last made, None where it was not made yet."""
        made = self.body.get("made")
        return from_plain(Referral, made) if made else None

    @property
    def report(self) -> Referral:
        """What was sent, unchanged; else what the form says now."""
        if self.row.sent and self.made:
            return self.made
        return self.form.report(self.now)

    @property
    def before(self) -> list[str]:
        """Who reported the child before this report."""
        return [] if self.row.sent else self.matter.before(str(self.row.pk))

    def keep_made(self, report: Referral) -> None:
        """Keep a report as it leaves, sealed in the case, until something else is typed."""
        self.row.seal(self.body | {"made": to_plain(report)})
        self.row.save(update_fields=["sealed"])

    def keep_sent(self, now: datetime) -> None:
        """From now on it is what was sent: as it was last made, or as it stands."""
        self.row.seal(self.body | {"made": to_plain(self.made or self.report)})
        self.row.sent = now
        self.row.save(update_fields=["sealed", "sent"])


def begun(opened: OpenDisclosure, child: UUID) -> Report | None:
    """What this member has begun to write about a child, or else a colleague."""
    return Report.objects.begun(opened.case, child, opened.unlocked.user)
