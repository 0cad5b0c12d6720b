"""The log as a lead reads it: newest first, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from .models import AuditEvent, Team, User
from .reference import reference

PAGE = 50

# What the log's verbs are called on the page; a package above adds its own, and a verb that is
# not here stands as it is.
VERBS: dict[str, str | Promise] = {
    "away": gettext_lazy("changed an absence"),
    "cards_printed": gettext_lazy("printed cards"),
    "closed_team": gettext_lazy("closed the team for children"),
    "ended_by_child": gettext_lazy("a child ended the talk"),
    "erased": gettext_lazy("erased"),
    "exported": gettext_lazy("took a copy out"),
    "hours_changed": gettext_lazy("changed hours or cover"),
    "intake_opened": gettext_lazy("opened the intake again"),
    "intake_stopped": gettext_lazy("the intake was stopped"),
    "invited": gettext_lazy("made an invitation"),
    "joined": gettext_lazy("made their way in"),
    "let_in": gettext_lazy("let in"),
    "noted": gettext_lazy("noted a concern"),
    "opened": gettext_lazy("opened"),
    "opened_team": gettext_lazy("opened the team for children"),
    "passed": gettext_lazy("passed on"),
    "recused": gettext_lazy("hid from a member"),
    "recovery_checked": gettext_lazy("checked a recovery sheet"),
    "removed": gettext_lazy("removed from the team"),
    "recovery_renewed": gettext_lazy("made new recovery sheets"),
    "recovery_used": gettext_lazy("opened the keys with a recovery sheet"),
    "refused_by_child": gettext_lazy("a child said no to another team"),
    "renamed": gettext_lazy("changed the first name that children see"),
    "replied": gettext_lazy("wrote an answer"),
    "secrets_changed": gettext_lazy("changed their passphrase or phone"),
    "shown": gettext_lazy("showed to a member again"),
    "team_founded": gettext_lazy("founded the team"),
    "words_expired": gettext_lazy("a child's words expired"),
}


# Reasons that are written in English, and read in the reader's language.
REASONS = (
    gettext_noop("passphrase lost"),
    gettext_noop("key substituted or unreadable"),
    gettext_noop("ended by the child"),
    gettext_noop("swept"),
    gettext_noop("pepper lost"),
    gettext_noop("salt lost"),
)


@dataclass(frozen=True)
class Line:
    """One event in words."""

    at: datetime
    who: str
    what: str
    subject: str
    why: str


def lines(team: Team, reader: User, before: int | None = None) -> tuple[list[Line], int | None]:
    """A page of a team's log for a lead, and where the next, older page begins.

    What was hidden from the reader stays hidden here: a thread about a lead tells them nothing.
    """
    about = team.audit.filter(verb__in=("recused", "shown"), why=str(reader.pk)).order_by("id")
    last_word = dict(about.values_list("subject", "verb"))
    hidden = [subject for subject, verb in last_word.items() if verb == "recused"]
    events = team.audit.exclude(subject__in=hidden).select_related("actor").order_by("-id")
    if before is not None:
        events = events.filter(id__lt=before)
    page = list(events[: PAGE + 1])
    older = page[PAGE - 1].pk if len(page) > PAGE else None
    return _in_words(page[:PAGE]), older


def _in_words(events: Iterable[AuditEvent]) -> list[Line]:
    events = list(events)
    ids = {found for e in events for text in (e.subject, e.why) if (found := _id(text))}
    names = {user.pk: user.first_name for user in User.objects.filter(pk__in=ids)}

    def named(event: AuditEvent, text: str) -> str:
        found = _id(text)
        if found is None:
            return _(text) if text else ""
        return "" if found == event.team_id else names.get(found) or reference(found)

    return [
        Line(
            at=event.at,
            who=event.actor.first_name if event.actor else _("the system"),
            what=str(VERBS.get(event.verb, event.verb)),
            subject=named(event, event.subject),
            why=named(event, event.why),
        )
        for event in events
    ]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
