"""One child concerned, as a report about them needs the case: what is known, nothing guessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from alltid.answer.documents.leaving import MustStay
from alltid.answer.documents.referral import Answer, Source, Statement, Words
from alltid.people.reference import reference
from alltid.people.when import spoken, spoken_day
from alltid.tell.models import Disclosure

from .. import access
from ..access import Line, OpenDisclosure
from ..casework.events import Call, Duty, Flag, Kind, Receiver, Risk, Role, Support
from ..casework.page import Page
from ..casework.state import Child, Made, Referral
from ..casework.words import CALLS, ROLES, SUPPORTS
from ..models import CaseEvent
from .leaving import Leaving


@dataclass(frozen=True)
class Other:
    """Another child of the case: what they have to do with it, who it is, a report or none."""

    id: str
    relation: str
    who: str
    own_report: Answer


class Matter:
    """What the case knows, for one member at one moment."""

    def __init__(self, opened: OpenDisclosure, child: UUID, now: datetime) -> None:
        """Raises Http404 where no such child is concerned, NoPack where the country has none."""
        self.opened, self.now, self.team = opened, now, opened.disclosure.team
        self.page = Page(opened, now, None, whole=True)
        found = self.page.state.children.get(str(child))
        if found is None:
            raise Http404
        self.child: Child = found
        self.leaving = Leaving(opened)

    @property
    def number(self) -> int:
        """Which of the children concerned it is, as the desk counts them."""
        return list(self.page.state.children).index(self.child.id) + 1

    @property
    def role(self) -> str:
        """What the child has to do with it, in words."""
        return str(ROLES[self.child.role])

    @property
    def reference(self) -> str:
        """How the talk is called."""
        return reference(self.opened.disclosure.pk)

    @property
    def law(self) -> str:
        """The law that a report of this team is made under, as the pack cites it first."""
        first = self.leaving.pack.kinds[self.leaving.kind].citations[:1]
        return "".join(f"{one.section} {one.law}" for one in first)

    @property
    def paper(self) -> dict[str, str]:
        """What the pack says of such a report: its name, to whom it goes, what to do first."""
        pack, language = self.leaving.pack, (get_language() or "")[:2]
        said = {"name": pack.report.name, "to": pack.report.to, "urgent": pack.report.urgent}
        return {name: pack.say(words, language) for name, words in said.items()}

    def stays(self) -> str:
        """Why nothing about this child may leave yet, and what to do; "" where it may."""
        try:
            self.leaving.require(self.child.id)
        except MustStay as stays:
            return str(stays)
        return ""

    @cached_property
    def messages(self) -> list[Line]:
        """What the child wrote, or said and an adult noted, oldest first, as far as it opens."""
        if self.opened.disclosure.source == Disclosure.Source.CONCERN:
            return []
        noted = self.opened.disclosure.source == Disclosure.Source.IN_PERSON
        return [
            line
            for line in self.opened.lines()
            if line.fault is None
            and (line.from_child or (noted and line.sequence == 1))
            and line.body.get("text", "").strip()
        ]

    def own(self, line: Line) -> bool:
        """Whether a message is in this child's own words: they wrote it, and of themselves."""
        return line.from_child and self.child.role is Role.SELF

    def words(self, chosen: set[str]) -> tuple[Words, ...]:
        """The child's own messages that somebody chose, unchanged; chosen: their sequences."""
        return tuple(
            Words(line.body["text"], self._at(line), self._language(line))
            for line in self._chosen(chosen)
            if self.own(line)
        )

    def statements(self, chosen: set[str]) -> tuple[Statement, ...]:
        """Of the messages that somebody chose those that another child wrote, or an adult noted."""
        return tuple(
            Statement(self._teller(line), line.body["text"], self._at(line), included=True)
            for line in self._chosen(chosen)
            if not self.own(line)
        )

    def _chosen(self, chosen: set[str]) -> list[Line]:
        return [line for line in self.messages if str(line.sequence) in chosen]

    @staticmethod
    def _teller(line: Line) -> str:
        if line.from_child:
            return _("The child who wrote to us")
        return _("%(name)s, who noted what a child said") % {"name": line.body.get("name", "")}

    @property
    def told(self) -> list[dict[str, Any]]:
        """The messages as the form offers them: sequence, when, text, the child's own or not."""
        return [
            {
                "sequence": line.sequence,
                "when": spoken(self._at(line), self.now),
                "text": line.body["text"],
                "own": self.own(line),
            }
            for line in self.messages
        ]

    def _at(self, line: Line) -> datetime:
        return self.team.local(datetime.fromisoformat(line.body["at"]))

    @staticmethod
    def _language(line: Line) -> str:
        language: str = line.body.get("language") or ""
        return language

    @cached_property
    def others(self) -> list[Other]:
        """The other children concerned."""
        children = self.page.state.children.values()
        return [self._other(one) for one in children if one.id != self.child.id]

    def _other(self, one: Child) -> Other:
        written = any(sent.to is Receiver.SOCIAL_SERVICES for sent in one.referrals)
        own = Answer.YES if written or one.duty is Duty.REPORT else Answer.NO
        own = Answer.UNASKED if one.duty is None and not written else own
        return Other(one.id, str(ROLES[one.role]), self._who(one.id), own)

    def _who(self, child: str) -> str:
        kinds = (Kind.CHILD_ADDED, Kind.CHILD_CHANGED)
        return self.page.last_words(*kinds, child=child).get("who", "")

    # --- a report that was made before ---------------------------------------------------------

    def before(self, report: str) -> list[str]:
        """Who reported this child before, in a line each; report: the one in hand, "" for none.

        Another talk that was linked is of the same child, so its reports are named too.
        """
        lines = [self._said(one) for one in self.child.reported_before(report)]
        return [*lines, *self._in_linked_talks()]

    def _said(self, one: Referral | Made) -> str:
        words = {"who": self.page.name(one.by), "when": self.page.said(one.at)}
        if isinstance(one, Referral):
            return _("%(who)s noted a report as sent, %(when)s.") % words
        return _("%(who)s made a report, %(when)s, and has not noted it as sent.") % words

    def _in_linked_talks(self) -> Iterator[str]:
        linked = [UUID(pk) for pk in self.page.state.linked]
        seen = access.visible(self.page.user).filter(pk__in=linked, team=self.team)
        events = CaseEvent.objects.filter(case__disclosure__in=seen, kind=Kind.REFERRED)
        for event in events.select_related("case").order_by("at"):
            if event.codes["to"] == Receiver.SOCIAL_SERVICES:
                yield _(
                    "%(who)s noted a report as sent, %(when)s, in the linked talk %(talk)s."
                ) % {
                    "who": self.page.name(str(event.by_id or "")),
                    "when": self.page.said(event.at),
                    "talk": reference(event.case.disclosure_id),
                }

    # --- what is known already -----------------------------------------------------------------

    def known(self) -> dict[str, Any]:
        """What the case says of each field, by its name; the rest stays empty, nothing is guessed.

        Of the child's own text nothing is in it: that is chosen, message by message.
        """
        state, user = self.page.state, self.opened.unlocked.user
        ways = self.page.last_words(Kind.WAYS_NOTED)
        told = self.child.role is Role.SELF
        found: dict[str, Any] = {
            "reporter.name": user.first_name,
            "reporter.organisation": self.team.place,
            "reporter.email": user.email,
            "worry.done": "\n".join(self._done()),
            "worry.telephoned": "\n".join(self._calls()),
            "child.name": self._who(self.child.id) if self.child.identified else "",
        }
        if told:
            found["child.safe_ways"] = ways.get("reach", "")
            found["child.never_contact"] = ways.get("never", "")
            found["child.language"] = self._page_language()
        if self.messages:
            found["worry.sources"] = [Source.CHILD_TOLD if told else Source.OTHER_TOLD]
        if state.risk is Risk.IMMEDIATE:
            found["worry.acute"] = Answer.YES
        if told and Flag.PROTECTED in state.flags:
            found["child.protected_identity"] = Answer.YES
        if self.others:
            found["other_children"] = Answer.YES
        return found

    def _page_language(self) -> str:
        told = {self._language(line) for line in self.messages} - {""}
        return str(dict(settings.LANGUAGES).get(told.pop(), "")) if len(told) == 1 else ""

    def _done(self) -> Iterator[str]:
        """What was done for the child, from the chronology, in codes and days alone."""
        talks = [event for event in self.page.events if event.kind == Kind.CONTACTED]
        answers = [event for event in self.page.events if event.kind == Kind.REPLIED]
        for what, events in ((_talked, talks), (_answered, answers)):
            if events:
                yield what(len(events)) % {
                    "count": len(events),
                    "first": spoken_day(self.team.local(events[0].at)),
                    "last": spoken_day(self.team.local(events[-1].at)),
                }
        if self.child.support in (Support.OFFERED, Support.WITH_US, Support.ELSEWHERE):
            yield _("Help: %(help)s.") % {"help": SUPPORTS[self.child.support]}

    def _calls(self) -> Iterator[str]:
        for event in self.page.events:
            if event.kind == Kind.CALLED:
                yield _("%(who)s called %(whom)s, %(when)s.") % {
                    "who": self.page.name(str(event.by_id or "")),
                    "whom": CALLS[Call(event.codes["whom"])],
                    "when": self._day_and_time(event.at),
                }

    def _day_and_time(self, moment: datetime) -> str:
        local = self.team.local(moment)
        return f"{spoken_day(local)} {local:%H:%M}"


def _talked(count: int) -> str:
    return ngettext(
        "We have talked with the child, %(first)s.",
        "We have talked with the child %(count)s times, %(first)s to %(last)s.",
        count,
    )


def _answered(count: int) -> str:
    return ngettext(
        "We have written to the child, %(first)s.",
        "We have written to the child %(count)s times, %(first)s to %(last)s.",
        count,
    )
