"""The desk: one thread as its page shows it, the child's own words first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alltid.people.models import Draft, User
from alltid.people.reference import reference
from alltid.people.when import spoken
from alltid.tell.models import Disclosure
from alltid.vault.errors import EnvelopeBroken, VaultError

from . import country, hands, inbox, marks
from .access import Line, OpenDisclosure
from .forms import ReplyForm

# So much of a talk stands on the page before somebody asks for all of it.
NEWEST = 50
# The taps of the child's form, as an adult reads them.
TAPS = {
    "about": {
        "me": gettext_lazy("It is about: me"),
        "friend": gettext_lazy("It is about: a friend"),
        "something_i_did": gettext_lazy("It is about: something I did"),
        "dont_know": gettext_lazy("It is about: don't know"),
    },
    "now": {
        "okay": gettext_lazy("Right now: okay"),
        "not_safe": gettext_lazy("Right now: not safe"),
        "threatened": gettext_lazy("Right now: someone is threatening me"),
        "dont_know": gettext_lazy("Right now: don't know"),
    },
    "age": {
        "under_10": gettext_lazy("under 10"),
        "10_12": format_lazy("{} 10–12", gettext_lazy("age")),
        "13_15": format_lazy("{} 13–15", gettext_lazy("age")),
        "16_17": format_lazy("{} 16–17", gettext_lazy("age")),
    },
}
FEELINGS = {
    "good": gettext_lazy("The child says of this answer: good"),
    "so_so": gettext_lazy("The child says of this answer: so-so"),
    "not_good": gettext_lazy("The child says of this answer: not good"),
}


def context(
    opened: OpenDisclosure,
    lines: list[Line],
    form: ReplyForm,
    now: datetime,
    asked: int | None = None,
) -> dict[str, Any]:
    """What the template of a thread needs.

    lines: as `opened.lines()` gave them. asked: the sequence of the message whose marks somebody
    asked for.
    """
    disclosure, user = opened.disclosure, opened.unlocked.user
    new = _new_lines(disclosure, lines)
    is_new = {line.sequence for line in new}
    can_answer = hands.who_can_answer(disclosure)
    owner = opened.case.owner
    seen = marks.seen_in(lines, asked)

    def messages(of: list[Line]) -> list[dict[str, Any]]:
        return [message(line, disclosure, now) | {"seen": seen.get(line.sequence)} for line in of]

    return {
        "thread": _strip(disclosure, lines, owner, now)
        | {"writing": _names(hands.who_else_writes(disclosure, user, now))},
        "unread": messages(new),
        "left_out": _left_out(lines),
        "earlier": messages([line for line in lines if line.sequence not in is_new]),
        "form": form,
        "coaching": form.coaching,
        "conflict": bool(form.non_field_errors()),
        "draft_saved": _draft_saved(disclosure, user, now),
        "can_pass": [one for one in can_answer if one != owner],
        "can_hide": [one for one in can_answer if one != user],
        "hidden_from": hands.hidden_from(disclosure),
        "calls": country.whom_to_call(disclosure.team, now),
        "beginnings": country.beginnings(disclosure.team, _language(lines)),
        "here": "inbox",
    }


def _left_out(lines: list[Line]) -> int:
    """How many messages lie between the first one and the next that is shown."""
    return lines[1].sequence - lines[0].sequence - 1 if len(lines) > 1 else 0


def _new_lines(disclosure: Disclosure, lines: list[Line]) -> list[Line]:
    """What the child wrote that no adult has read, or that still waits for an answer."""
    answered, waits = _newest_answer(lines), disclosure.waits
    return [
        line
        for line in lines
        if line.from_child
        and (line.sequence > disclosure.read_by_staff or (waits and line.sequence > answered))
    ]


def _newest_answer(lines: list[Line]) -> int:
    """The sequence of our newest message, 0 where there is none."""
    return max((line.sequence for line in lines if not line.from_child), default=0)


def _strip(
    disclosure: Disclosure, lines: list[Line], owner: User | None, now: datetime
) -> dict[str, Any]:
    said = _said(lines)
    answered = _newest_answer(lines)
    return inbox.promise(disclosure, disclosure.team, now) | {
        "id": disclosure.pk,
        "reference": reference(disclosure.pk),
        "team": disclosure.team,
        "owner": owner.first_name if owner else "",
        "acute": _acute(disclosure, said),
        "taps": tap_texts(said),
        "something_done": said.get("about") == "something_i_did",
        "language": dict(settings.LANGUAGES).get(said.get("language", ""), ""),
        "example": disclosure.example,
        "ended": disclosure.ended is not None,
        "noted": disclosure.source != disclosure.Source.CHILD,
        "reachable": disclosure.reaches_child,
        "first_answer": answered == 0,
        "answer_read": disclosure.read_by_child >= answered > 0,
    }


def _said(lines: list[Line]) -> dict[str, Any]:
    return last_taps(line for line in lines if line.from_child)


def _language(lines: list[Line]) -> str:
    """The language of the child's page as it last was; "" where no child wrote."""
    return str(_said(lines).get("language", ""))


def last_taps(lines: Iterable[Line]) -> dict[str, Any]:
    """What the child tapped last, question by question."""
    said: dict[str, Any] = {}
    for line in lines:
        said |= {name: value for name, value in line.body.items() if value and name in _ASKED}
    return said


_ASKED = (*TAPS, "linked", "language")


def tap_texts(said: dict[str, Any]) -> list[str]:
    """What the child tapped, in words."""
    texts = [str(TAPS[name][said[name]]) for name in TAPS if said.get(name) in TAPS[name]]
    if said.get("linked"):
        texts.append(_("has written before"))
    return texts


def _acute(disclosure: Disclosure, said: dict[str, Any]) -> str:
    if not disclosure.acute:
        return ""
    return "threatened" if said.get("now") == "threatened" else "unsafe"


def message(line: Line, disclosure: Disclosure, now: datetime) -> dict[str, Any]:
    """One message as message.html shows it."""
    at = line.body.get("at")
    return {
        "sequence": line.sequence,
        "from_child": line.from_child,
        "author": line.body.get("name", ""),
        "when": spoken(disclosure.team.local(datetime.fromisoformat(at)), now) if at else "",
        "text": line.body.get("text", ""),
        "feeling": FEELINGS.get(line.feeling, ""),
        "fault": _fault(line.fault) if line.fault else "",
    }


def _fault(fault: VaultError) -> str:
    if isinstance(fault, EnvelopeBroken):
        return _(
            "This message cannot be read: its stored bytes are damaged. Ask whoever runs this "
            "installation to look for it in a backup, and ask the child to tell it again."
        )
    return _(
        "This message does not belong here: somebody has moved or replaced it in the database. "
        "Tell your lead and whoever runs this installation now."
    )


def _draft_saved(disclosure: Disclosure, user: User, now: datetime) -> str:
    draft = Draft.objects.filter(user=user, subject=disclosure.pk).first()
    if draft is None:
        return ""
    return spoken(disclosure.team.local(draft.saved), now)


def _names(users: Iterable[User]) -> str:
    return ", ".join(user.first_name for user in users)
