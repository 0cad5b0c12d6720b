"""The log as a lead reads it: newest first, a page at a time, by person, case and kind."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from .audit_event import AuditQuerySet
from .models import AuditEvent, Team, User
from .reference import reference

PAGE = 50
# So many lines of a log that is taken out are in memory at a time.
_AT_ONCE = 1000

# What the log's verbs are called on the page; a package above adds its own, and a verb that is
# not here stands as it is.
VERBS: dict[str, str | Promise] = {
    "away": gettext_lazy("changed an absence"),
    "cards_printed": gettext_lazy("printed cards"),
    "closed_team": gettext_lazy("closed the team for children"),
    "ended_by_child": gettext_lazy("a child ended the talk"),
    "erased": gettext_lazy("erased"),
    "exported": gettext_lazy("took a copy out"),
    "handed_over": gettext_lazy("sealed for the archive"),
    "hours_changed": gettext_lazy("changed hours or cover"),
    "intake_opened": gettext_lazy("opened the intake again"),
    "intake_stopped": gettext_lazy("the intake was stopped"),
    "invited": gettext_lazy("made an invitation"),
    "joined": gettext_lazy("made their way in"),
    "let_in": gettext_lazy("let in"),
    "log_exported": gettext_lazy("took the log out"),
    "noted": gettext_lazy("noted a concern"),
    "opened": gettext_lazy("opened"),
    "opened_team": gettext_lazy("opened the team for children"),
    "policy_changed": gettext_lazy("changed how long the team keeps what was told"),
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
    gettext_noop("its term is over"),
    gettext_noop("handed over"),
    gettext_noop("pepper lost"),
    gettext_noop("salt lost"),
)


# In an address: what no member did, the system or a child.
NOBODY = "nobody"


class NoSuchFilter(ValueError):
    """An address names a person, a case or a kind that is none."""


@dataclass(frozen=True)
class Filter:
    """What of a log is wanted: "" is everything.

    person: a user's id or NOBODY; case: the id of a disclosure (or of anybody something was done
    to); kind: one of AuditEvent.Kind.
    """

    person: str = ""
    case: str = ""
    kind: str = ""

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "Filter":
        """What an address or a form asks for; raises NoSuchFilter."""
        found = cls(**{name: typed.get(name, "") for name in ("person", "case", "kind")})
        ids = [found.case, "" if found.person == NOBODY else found.person]
        if any(one and str(_id(one)) != one for one in ids):
            raise NoSuchFilter
        if found.kind and found.kind not in AuditEvent.Kind.values:
            raise NoSuchFilter
        return found

    @property
    def case_id(self) -> UUID | None:
        """The case, where one is asked for."""
        return _id(self.case)

    @property
    def wanted(self) -> Q:
        """The same, asked of the database."""
        asked = Q()
        if self.person:
            asked &= Q(actor=None if self.person == NOBODY else UUID(self.person))
        if self.case:
            asked &= Q(subject=self.case)
        if self.kind:
            asked &= Q(kind=self.kind)
        return asked

    @property
    def fields(self) -> dict[str, str]:
        """What is asked for, by name."""
        return {name: value for name, value in vars(self).items() if value}

    def address(self, **changed: object) -> str:
        """The query of an address that asks for this, changed in some: "?person=…", or "?"."""
        asked = {name: str(value) for name, value in (self.fields | changed).items() if value}
        return f"?{urlencode(asked)}"


@dataclass(frozen=True)
class Line:
    """One event in words. case: the id to ask for everything about the same case, or ""."""

    at: datetime
    who: str
    kind: str
    verb: str
    what: str
    subject: str
    why: str
    case: str = ""


@dataclass(frozen=True)
class Page:
    """Some lines, and the id before which the next, older page begins, where there is one."""

    lines: list[Line]
    older: int | None


def events(team: Team, reader: User, asked: Filter) -> AuditQuerySet:
    """What of a team's log a lead may read, and asks for, newest first.

    What was hidden from the reader stays hidden here: a thread about a lead tells them nothing.
    """
    found: AuditQuerySet = team.audit.exclude(subject__in=hidden_from(team, reader))
    return found.filter(asked.wanted).select_related("actor").order_by("-id")


def page(
    team: Team,
    reader: User,
    asked: Filter | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> Page:
    """A page of a team's log for a lead."""
    found = events(team, reader, asked or Filter())
    if before is not None:
        found = found.filter(id__lt=before)
    rows = list(found[: size + 1])
    older = rows[size - 1].pk if len(rows) > size else None
    return Page(in_words(team, rows[:size]), older)


def hidden_from(team: Team, reader: User) -> list[str]:
    """The ids of what is, or when it went was, hidden from a member."""
    about = team.audit.filter(verb__in=("recused", "shown"), why=str(reader.pk)).order_by("id")
    last_word = dict(about.values_list("subject", "verb"))
    return [subject for subject, verb in last_word.items() if verb == "recused"]


def whole(team: Team, reader: User, asked: Filter, up_to: AuditEvent) -> Iterator[Line]:
    """Every line up to an event, newest first, a thousand in memory at a time."""
    before: int | None = up_to.pk + 1
    while before is not None:
        here = page(team, reader, asked, before, _AT_ONCE)
        yield from here.lines
        before = here.older


def people(team: Team) -> "QuerySet[User]":
    """Everybody who stands in a team's log as the one who did something, also who has left."""
    did = AuditEvent.objects.filter(team=team, actor=OuterRef("pk"))
    return User.objects.filter(Exists(did)).order_by("first_name", "name")


def in_words(team: Team, events: Iterable[AuditEvent]) -> list[Line]:
    """Events as a reader of the active language sees them, times in the team's own clock."""
    events = list(events)
    ids = {found for e in events for text in (e.subject, e.why) if (found := _id(text))}
    names = {user.pk: user.first_name for user in User.objects.filter(pk__in=ids)}

    def named(text: str) -> str:
        found = _id(text)
        if found is None:
            return _(text) if text else ""
        return "" if found == team.pk else names.get(found) or reference(found)

    def case(text: str) -> str:
        return text if (found := _id(text)) and found != team.pk and found not in names else ""

    return [
        Line(
            at=team.local(event.at),
            who=event.actor.first_name if event.actor else _("the system"),
            kind=event.kind,
            verb=event.verb,
            what=str(VERBS.get(event.verb, event.verb)),
            subject=named(event.subject),
            why=named(event.why),
            case=case(event.subject),
        )
        for event in events
    ]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
