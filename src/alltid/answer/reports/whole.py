"""The whole case as entries for a secrecy review; a person marks whom each tells of."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from alltid.answer.documents.case_file import About, CaseFile, Entry
from alltid.people.reference import reference

from ..access import Line, OpenDisclosure
from ..casework.events import Kind, Role
from ..casework.page import Happened, Page
from ..casework.words import ROLES


@dataclass(frozen=True)
class Whole:
    """The entries of a case, oldest first, and what is new the moment something is added."""

    entries: tuple[Entry, ...]
    seen: str

    def marked(self, marks: dict[int, About], concerns: dict[int, str]) -> tuple[Entry, ...]:
        """The entries as a person marked them; by their places, from 0."""
        return tuple(
            replace(
                one, about=marks.get(at, one.about), concerns=concerns.get(at, one.concerns).strip()
            )
            for at, one in enumerate(self.entries)
        )


def whole(opened: OpenDisclosure, now: datetime) -> Whole:
    """The talk and the chronology; what carries words is a third party's until somebody looked.

    Over-marking costs a reviewer a moment; what is not marked may be handed out.
    """
    page = Page(opened, now, None, whole=True)
    lines = opened.lines()
    found = [_message(opened, line) for line in lines]
    # An answer stands among the messages already.
    found += [
        _event(page, one) for one in reversed(page.chronology()) if one.event.kind != Kind.REPLIED
    ]
    seen = f"{lines[-1].sequence if lines else 0}.{page.state.sequence}"
    return Whole(tuple(sorted(found, key=lambda one: one.at)), seen)


def _message(opened: OpenDisclosure, line: Line) -> Entry:
    team = opened.disclosure.team
    at = line.body.get("at")
    return Entry(
        at=team.local(datetime.fromisoformat(at) if at else opened.disclosure.told),
        kind=_("Message from the child") if line.from_child else _("Message from us"),
        by=_("The child") if line.from_child else line.body.get("name", ""),
        about=About.THIRD_PARTY,
        text=line.body.get("text", "")
        if line.fault is None
        else _("This message cannot be opened."),
        language=line.body.get("language") or "",
    )


def _event(page: Page, one: Happened) -> Entry:
    event = one.event
    child = page.state.children.get(str(event.child or ""))
    another = child is not None and child.role is not Role.SELF
    about = About.CHILD if child is not None else About.STAFF
    words = "\n\n".join(one.words.values())
    return Entry(
        at=page.team.local(event.at),
        kind=_("What happened"),
        by=event.by.first_name if event.by else "",
        about=About.THIRD_PARTY if words or another or one.fault else about,
        text="\n\n".join(text for text in (one.line, words) if text),
        concerns=str(ROLES[child.role]) if child is not None and another else "",
    )


def case_file(
    opened: OpenDisclosure, entries: tuple[Entry, ...], why: str, now: datetime
) -> CaseFile:
    """The document."""
    team = opened.disclosure.team
    return CaseFile(
        reference=reference(opened.disclosure.pk),
        made=team.local(now).replace(second=0, microsecond=0),
        team=f"{team.name}, {team.place}",
        taken_out_by=opened.unlocked.user.first_name,
        why=why,
        entries=entries,
    )
