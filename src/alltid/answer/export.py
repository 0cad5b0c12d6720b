"""A thread handed on: one age file that its receiver opens with the ordinary `age` command."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alltid.people.models import Team
from alltid.people.reference import reference
from alltid.people.unlocking import Unlocked
from alltid.tell.models import Disclosure
from alltid.vault.envelope import seal_export

from .access import Line, open_disclosure, write_log
from .desk import last_taps, tap_texts
from .reports.leaving import Leaving, hand_out


def export_thread(unlocked: Unlocked, pk: UUID, recipient: str, now: datetime) -> HttpResponse:
    """A thread as Markdown, sealed to an age recipient (`age1…`): an age file, to be downloaded.

    Raises Http404 for a stranger, NotAudited, MustStay, NoPack, and VaultError where the recipient
    is none or the key is not what it should be. What the team wrote to itself is not in it.
    """
    seal_export("", recipient)  # refuse before the thread is opened
    opened = open_disclosure(unlocked, pk)
    Leaving(opened).require()
    write_log(unlocked.user, opened.disclosure, "exported")
    text = _document(opened.disclosure, opened.lines(), unlocked.user.first_name, now)
    return hand_out(
        opened, seal_export(text, recipient), f"{reference(pk)}.age", "application/octet-stream"
    )


def _document(disclosure: Disclosure, lines: list[Line], by: str, now: datetime) -> str:
    """The whole thread, oldest first, times in the team's own clock."""
    team = disclosure.team
    head = [
        "# "
        + _("What a child told team %(team)s, %(place)s")
        % {"team": team.name, "place": team.place},
        _("Thread %(reference)s. Taken out by %(name)s, %(when)s.")
        % {"reference": reference(disclosure.pk), "name": by, "when": _when(now, team)},
    ]
    said = tap_texts(last_taps(line for line in lines if line.from_child))
    head += [", ".join(said) + "."] if said else []
    return "\n\n".join(head + [_section(line, team) for line in lines]) + "\n"


def _section(line: Line, team: Team) -> str:
    if line.fault is not None:
        return f"## {line.sequence}\n\n" + _("This message cannot be opened.")
    who = _("The child") if line.from_child else line.body.get("name", "")
    at = _when(datetime.fromisoformat(line.body["at"]), team)
    # Quoted, so that nothing a person wrote can look like a heading of this file.
    quoted = "\n".join(f"> {text}".rstrip() for text in line.body.get("text", "").splitlines())
    return f"## {line.sequence} · {who} · {at}\n\n{quoted}"


def _when(moment: datetime, team: Team) -> str:
    return date_format(team.local(moment), "Y-m-d H:i")
