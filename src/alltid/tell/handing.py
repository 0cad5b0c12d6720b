"""A talk that another team is asked to take over: what the child is told of it, and their no.

Open, it ends once: accepted, declined, withdrawn, or refused by the child. Whoever is first to end
it has ended it (`Handing.settle`). What is sealed for the other team lies in the package above.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from alltid.people.hours import hour_of
from alltid.people.models import AuditEvent, Team
from alltid.people.when import spoken_day

if TYPE_CHECKING:
    from .models import Disclosure


class SettledMeanwhile(Exception):
    """Somebody else accepted, declined, withdrew or refused it a moment earlier."""


class Handing(models.Model):
    """One team asks another to take over; hours only, since the child's no is among them.

    refusable: whether the child may say no, as the pack had it on that day. keeps: whether the
    team that asks goes on reading afterwards. seen: the child had it before them while it was open.
    refused: when the child said no, which ends it only while it is open.
    """

    class State(models.TextChoices):
        """How it ended, if it did."""

        OPEN = "open", "open"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"
        WITHDRAWN = "withdrawn", "withdrawn"
        REFUSED = "refused", "refused"

    disclosure = models.ForeignKey("tell.Disclosure", models.CASCADE, related_name="handings")
    giving = models.ForeignKey(Team, models.CASCADE, related_name="handed_on")
    receiving = models.ForeignKey(Team, models.CASCADE, related_name="handed_here")
    asked = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    settled = models.DateTimeField(null=True, blank=True)
    refusable = models.BooleanField()
    keeps = models.BooleanField()
    seen = models.BooleanField(default=False)
    refused = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure"], condition=Q(state="open"), name="one_team_asked_at_a_time"
            )
        ]

    @property
    def is_open(self) -> bool:
        """Whether nobody has ended it yet."""
        return self.state == self.State.OPEN

    @property
    def child_can_refuse(self) -> bool:
        """Whether a no of the child still changes something."""
        lives = self.state in (self.State.OPEN, self.State.ACCEPTED)
        return self.refusable and self.refused is None and lives

    def settle(self, state: "Handing.State", now: datetime, **more: Any) -> None:
        """End it; raises SettledMeanwhile where somebody was faster."""
        changes = {"state": state, "settled": hour_of(now)} | more
        if not Handing.objects.filter(pk=self.pk, state=self.State.OPEN).update(**changes):
            raise SettledMeanwhile
        for name, value in changes.items():
            setattr(self, name, value)

    def note_in_logs(self, verb: str) -> None:
        """A line in the logs of both teams, of something that no member did."""
        for team in (self.giving, self.receiving):
            AuditEvent.write(verb, actor=None, team=team, subject=self.disclosure_id)


def newest(disclosure: "Disclosure") -> Handing | None:
    """The last time that another team was asked."""
    teams = disclosure.handings.select_related("giving", "receiving", "asked_by", "accepted_by")
    return teams.first()


def refuse(disclosure: "Disclosure", which: str, now: datetime) -> None:
    """Take in the child's no to a handing: open, it ends; accepted, a person has to answer it.

    which: the handing that stood on the page. A no to one that changes nothing more is let be.
    """
    with transaction.atomic():
        fresh = disclosure.held()
        handing = newest(fresh)
        if handing is None or str(handing.pk) != which or not handing.child_can_refuse:
            return
        if handing.is_open:
            handing.settle(Handing.State.REFUSED, now, refused=hour_of(now))
        else:
            Handing.objects.filter(pk=handing.pk).update(refused=hour_of(now))
            fresh.wait_for_reading(now, acute=False)
            fresh.save(update_fields=["danger", "rank", "due"])
        handing.note_in_logs("refused_by_child")
    disclosure.refresh_from_db()


def refuse_by_ending(disclosure: "Disclosure", now: datetime) -> None:
    """Whoever ends a talk says no to what is asked about it, where they can."""
    for handing in disclosure.handings.filter(state=Handing.State.OPEN, refusable=True):
        refuse(disclosure, str(handing.pk), now)


def unseen(disclosure: "Disclosure") -> "models.QuerySet[Handing]":
    """What another team is asked and the child does not know of."""
    return Handing.objects.filter(disclosure=disclosure, state=Handing.State.OPEN, seen=False)


def handing_context(disclosure: "Disclosure") -> dict[str, Any]:
    """What the child is told of the last handing, {} where there was none.

    Names only of those who surely read: a reader of the team may be one it is hidden from.
    """
    handing = newest(disclosure)
    if handing is None:
        return {}
    taker, settled = handing.accepted_by, handing.settled
    return {
        "id": handing.pk,
        "state": handing.state,
        "asker": handing.asked_by.first_name,
        "taker": taker.first_name if taker else "",
        "here": handing.giving.place,
        "there": handing.receiving.place,
        "when": spoken_day(handing.receiving.local(settled)) if settled else "",
        "keeps": handing.keeps,
        "refusable": handing.refusable,
        "can_refuse": handing.child_can_refuse,
        "refused": handing.refused is not None,
    }
