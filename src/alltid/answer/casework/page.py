"""A case as the desk shows it: strip, stop bar, and what can be done, in PRACTICE's order."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from alltid.people.models import Team, User
from alltid.people.reference import reference
from alltid.people.when import spoken, spoken_day, time_left
from alltid.vault.errors import VaultError

from .. import access, hands
from ..access import OpenDisclosure
from ..chronology import thread_of
from ..models import CaseEvent
from . import forms
from . import timers as times
from .attempt import happened
from .closing import told_enough, what_is_missing
from .deadlines import needs_another_worker
from .events import Kind, Risk, What
from .forms import DeedForm
from .proposals import proposals
from .state import Child, State, Step, fold
from .timers import Wanted
from .words import DUTIES, FLAGS, MISSING, RECEIVERS, RISKS, ROLES, STEPS, SUPPORTS, WANTED

# What stands of the chronology before somebody asks for the rest.
NEWEST = 20
_LENGTH_OF_ID = 36


@dataclass(frozen=True)
class Happened:
    """One event as it is read: its line, and the words that belong to it, opened."""

    event: CaseEvent
    line: str
    when: str
    words: dict[str, str]
    fault: bool = False


class Page:
    """What the templates under answer/case/ need, for one member at one moment."""

    def __init__(
        self, opened: OpenDisclosure, now: datetime, failed: DeedForm | None, *, whole: bool
    ) -> None:
        """failed: a form that was sent and refused; whole: whether all the chronology is wanted."""
        self.opened, self.disclosure, self.user = opened, opened.disclosure, opened.unlocked.user
        self.team, self.now = self.disclosure.team, now
        self.timers = times.of(self.team.country)
        self.events = list(opened.case.events.select_related("by").order_by("sequence"))
        self.state: State = fold(event.plain for event in self.events)
        self.failed, self.whole = failed, whole
        self.members = {str(user.pk): user for user in hands.who_can_answer(self.disclosure)}
        self._words: dict[int, dict[str, str] | None] = {}

    # --- words ---------------------------------------------------------------------------------

    def words(self, event: CaseEvent) -> dict[str, str] | None:
        """The words of an event, {} where it has none, None where they do not open."""
        if event.sequence not in self._words:
            try:
                body = event.open(self.opened.case_identity).body if event.sealed else {}
            except VaultError:
                body = None
            self._words[event.sequence] = body
        return self._words[event.sequence]

    def last_words(self, *kinds: Kind, child: str = "") -> dict[str, str]:
        """The words of the newest event of these kinds, about one child if one is given."""
        for event in reversed(self.events):
            if event.kind in kinds and (not child or str(event.child) == child):
                return self.words(event) or {}
        return {}

    def name(self, pk: str) -> str:
        """A member's first name; "" for nobody."""
        if not pk:
            return ""
        known = self.members.get(pk) or User.objects.filter(pk=UUID(pk)).first()
        return known.first_name if known else _("somebody who has left")

    def team_name(self, pk: str) -> str:
        """What a team is called, that was asked to take over."""
        team = Team.objects.filter(pk=UUID(pk)).first()
        return team.name if team else _("a team that is gone")

    def said(self, moment: datetime) -> str:
        """A moment in the team's own clock."""
        return spoken(self.team.local(moment), self.now)

    # --- forms ---------------------------------------------------------------------------------

    def form(self, kind: type[DeedForm], about: str = "", **initial: Any) -> DeedForm:
        """A form as it stands on the page: with what was typed, where it was refused."""
        failed = self.failed
        if isinstance(failed, kind) and _about(failed) == about:
            return failed
        auto_id = f"{kind.name}-{about}-%s" if about else f"{kind.name}-%s"
        return kind(initial={"seen": self.opened.case.sequence} | initial, auto_id=auto_id)

    def open_deeds(self) -> dict[str, DeedForm]:
        """The forms that are about the case itself."""
        state = self.state
        reach = self.last_words(Kind.WAYS_NOTED)
        plain = (
            forms.Confirm, forms.Review, forms.Raise, forms.Rang, forms.AddChild, forms.Note,
            forms.Met, forms.AskReader, forms.AnswerReader, forms.HandOver, forms.Accept,
            forms.Decline, forms.TakeBack, forms.WithdrawTeam, forms.Prank, forms.AgreePrank,
            forms.UnmarkPrank, forms.Stop, forms.AgreeStop, forms.WithdrawStop, forms.NeedDebrief,
            forms.Link, forms.Close, forms.Reopen,
        )  # fmt: skip
        found = {kind.name.replace("-", "_"): self.form(kind) for kind in plain}
        found["risk"] = self.form(forms.SetRisk, risk=state.risk)
        found["ways"] = self.form(forms.Ways, **reach)
        enough = told_enough(state, self.now, self.team.hours, self.timers)
        day = self.team.local(enough).date() + timedelta(days=1)
        found["tell_closing"] = self.form(
            forms.TellClosing, day=day, text=_closing_text(day), read_up_to=self.disclosure.sequence
        )
        return found

    # --- what stands on the page ---------------------------------------------------------------

    def strip(self) -> dict[str, Any]:
        """How urgent, by whom, decided or not, whose."""
        state = self.state
        children = state.children.values()
        return {
            "risk": RISKS[state.risk],
            "grave": state.risk.grave,
            "risk_by": self.name(state.risk_by),
            "confirmed_by": self.name(state.confirmed_by),
            "unknown": state.risk is Risk.UNKNOWN,
            "children": len(children),
            "undecided": len(state.undecided),
            "identifiable": any(child.identified for child in children),
            "cover": self.name(state.cover),
            "closed": self.said(state.closed) if state.closed else "",
            "closing_on": spoken_day(_noon(state.closing_on)) if state.closing_on else "",
            "stopped": bool(state.stopped),
        }

    def stop_bar(self) -> list[dict[str, Any]]:
        """The warnings, each with the form that takes it away."""
        return [
            {
                "word": FLAGS[flag],
                "lower": self.form(forms.Lower, str(flag), flag=str(flag)),
            }
            for flag in sorted(self.state.flags)
        ]

    def steps(self) -> list[dict[str, Any]]:
        """The steps that are taken up, soonest first."""
        return [self._step(step) for step in sorted(self.state.steps.values(), key=_day_of)]

    def _step(self, step: Step) -> dict[str, Any]:
        event = self.events[step.sequence - 1]
        text = (self.words(event) or {}).get("text", "")
        return {
            "what": STEPS[step.what] or text,
            "text": text if step.what is not What.OWN else "",
            "day": spoken_day(_noon(step.day)),
            "late": step.day < self.team.local(self.now).date(),
            "done": self.form(forms.Done, step.id, step=step.id),
            "drop": self.form(forms.Drop, step.id, step=step.id),
            "move": self.form(forms.Move, step.id, step=step.id, day=step.day),
        }

    def proposed(self) -> list[dict[str, Any]]:
        """What might be right, each with a form that takes it up; the last in one's own words."""
        today = self.team.local(self.now).date()
        found = [
            {
                "what": STEPS[one.what],
                "form": self.form(forms.TakeUp, str(one.what), what=str(one.what), day=one.day),
            }
            for one in proposals(self.state, today)
        ]
        own = self.form(forms.TakeUp, str(What.OWN), what=str(What.OWN), day=today)
        return [*found, {"what": _("Something else"), "form": own}]

    def children(self) -> list[dict[str, Any]]:
        """The children concerned, in the order they were noted."""
        return [
            self._child(child, number)
            for number, child in enumerate(self.state.children.values(), start=1)
        ]

    def _child(self, child: Child, number: int) -> dict[str, Any]:
        pk = child.id
        who = self.last_words(Kind.CHILD_ADDED, Kind.CHILD_CHANGED, child=pk).get("who", "")
        about = {"child": pk}
        return {
            "number": number,
            "role": ROLES[child.role],
            "who": who,
            "identifiable": child.identified is not None,
            "duty": DUTIES[child.duty] if child.duty else "",
            "duty_by": self.name(child.duty_by),
            "because": self.last_words(Kind.DUTY_DECIDED, child=pk).get("because", ""),
            "support": SUPPORTS[child.support] if child.support else "",
            "referrals": [
                {"to": RECEIVERS[sent.to], "when": self.said(sent.at), "by": self.name(sent.by)}
                for sent in child.referrals
            ],
            "change": self.form(
                forms.ChangeChild, pk, **about, role=str(child.role), who=who,
                identifiable=child.identified is not None,
            ),
            "decide": self.form(forms.Decide, pk, **about),
            "refer": self.form(forms.Refer, pk, **about),
            "feedback": self.form(forms.Feedback, pk, **about) if child.referrals else None,
            "help": self.form(forms.Helps, pk, **about),
            "withdraw": None if child.referrals else self.form(forms.Withdraw, pk, **about),
        }  # fmt: skip

    def due(self) -> list[dict[str, Any]]:
        """What has to happen, soonest first."""
        return [
            {
                "wanted": WANTED[row.wanted],
                "due": self.said(row.due),
                "left": time_left(row.due, self.now),
                "late": row.due < self.now,
            }
            for row in self.opened.case.deadlines.order_by("due", "id")
            # A step stands below with its day; the lead's question is one once it is late.
            if row.wanted != Wanted.STEP
            and (row.wanted != Wanted.LEAD_ON_DUTY or row.due < self.now)
        ]

    def chronology(self) -> list[Happened]:
        """What happened, newest first; all of it only where it was asked for."""
        shown = self.events if self.whole else self.events[-NEWEST:]
        return [self._happened(event) for event in reversed(shown)]

    def _happened(self, event: CaseEvent) -> Happened:
        words = self.words(event)
        line = happened(event)
        people = (str(event.codes.get(code, "")) for code in ("to", "whom"))
        extra = [self.name(pk) for pk in people if len(pk) == _LENGTH_OF_ID]
        if "team" in event.codes:
            extra.append(self.team_name(event.plain.code("team")))
        if "day" in event.codes:
            extra.append(spoken_day(_noon(date.fromisoformat(str(event.codes["day"])))))
        if extra:
            line = f"{line} ({', '.join(extra)})"
        return Happened(event, line, self.said(event.at), words or {}, words is None)

    def linked(self) -> list[dict[str, Any]]:
        """The other threads of this child that this member may open."""
        seen = access.visible(self.user).filter(pk__in=[UUID(pk) for pk in self.state.linked])
        return [
            {
                "reference": reference(one.pk),
                "url": reverse("answer:thread", args=[one.pk]),
                "unlink": self.form(forms.Unlink, str(one.pk), other=str(one.pk)),
            }
            for one in seen.filter(team=self.team)
        ]

    def another_team(self) -> dict[str, Any]:
        """The team that is asked to take over, and what became of the last asking."""
        state = self.state
        return {
            "asked": self.team_name(state.team_asked.whom) if state.team_asked else "",
            "words": self.last_words(Kind.TEAM_ASKED).get("text", "") if state.team_asked else "",
            "said_no_to_us": state.child_refused and state.team == str(self.team.pk),
        }

    def second(self) -> dict[str, Any]:
        """What waits for another person, and whether this member is the one."""
        state, me = self.state, str(self.user.pk)
        hand_over, reader = state.hand_over, state.reader
        return {
            "hand_over": self._asked(hand_over.by, hand_over.whom) if hand_over else None,
            "lines": self.last_words(Kind.HANDED_OVER) if hand_over or state.cover else {},
            "i_am_asked": bool(hand_over and hand_over.whom == me),
            "i_may_decline": bool(hand_over and me in (hand_over.whom, hand_over.by)),
            "reader": self._asked(reader.by, reader.whom) if reader else None,
            "question": self.last_words(Kind.READER_ASKED).get("text", "") if reader else "",
            "i_read": bool(reader and reader.whom == me),
            "prank": self.name(state.prank.by) if state.prank else "",
            "prank_agreed": self.name(state.prank_agreed),
            "prank_mine": bool(state.prank and state.prank.by == me),
            "stop": self.name(state.stop.by) if state.stop else "",
            "stop_mine": bool(state.stop and state.stop.by == me),
            "stopped": bool(state.stopped),
            "i_owe": me in state.owed,
            "owed": [
                {"name": self.name(whom), "form": self.form(forms.HoldDebrief, whom, whom=whom)}
                for whom in sorted(state.owed)
                if whom != me
            ],
        }

    def _asked(self, by: str, whom: str) -> dict[str, str]:
        return {"by": self.name(by), "whom": self.name(whom)}

    def context(self) -> dict[str, Any]:
        """Everything, as the templates name it."""
        state = self.state
        thread = thread_of(self.disclosure)
        missing = what_is_missing(
            state, thread, self.team.hours, self.timers, by_lead=self.opened.is_lead, now=self.now
        )
        return {
            "strip": self.strip(),
            "stop_bar": self.stop_bar(),
            "acute": bool(state.flags) or state.risk is Risk.IMMEDIATE or self.disclosure.acute,
            "deeds": self.open_deeds(),
            "due": self.due(),
            "steps": self.steps(),
            "proposed": self.proposed(),
            "children": self.children(),
            "another_worker": needs_another_worker(state),
            "ways": self.last_words(Kind.WAYS_NOTED),
            "second": self.second(),
            "linked": self.linked(),
            "another_team": self.another_team(),
            "chronology": self.chronology(),
            "more": 0 if self.whole else max(0, len(self.events) - NEWEST),
            "missing": [MISSING[one] for one in missing],
            "colleagues": [user for user in self.members.values() if user != self.user],
            "is_lead": self.opened.is_lead,
            "confirmable": not state.confirmed and state.risk is not Risk.UNKNOWN,
            "reachable": thread.reachable,
        }


def _about(form: DeedForm) -> str:
    """The child, step, warning or person that a sent form was about."""
    for name in ("child", "step", "flag", "whom", "what", "other"):
        if name in form.fields and form.fields[name].widget.is_hidden:
            return str(form[name].value() or "")
    return ""


def _noon(day: date) -> datetime:
    """A day as a moment, to be said by its date."""
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - no clock is said


def _day_of(step: Step) -> date:
    return step.day


def _closing_text(day: date) -> str:
    return _(
        "We think of ending this talk on %(day)s. Is there something more you want to say? You "
        "can write here before that day, and for months after it. We read it then too."
    ) % {"day": spoken_day(_noon(day))}


def context(
    opened: OpenDisclosure, now: datetime, failed: DeedForm | None = None, *, whole: bool = False
) -> dict[str, Any]:
    """What the desk shows of a case; failed: a form that was sent and refused, as it was typed."""
    return Page(opened, now, failed, whole=whole).context()
