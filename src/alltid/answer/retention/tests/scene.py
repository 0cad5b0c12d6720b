"""A closed case whose term is over, as these tests want it."""

from datetime import timedelta

from django.utils import timezone

from alltid.people.retention import What
from alltid.people.tests.scene import set_policy
from alltid.vault.identity import Identity

from ...casework import notes
from ...casework.tests.desk import place

ARCHIVE = Identity.from_bytes(b"\x11" * 32)
NAME = "the town archive"


def hands_over(team, months=12):
    """The team hands over to an archive from now on."""
    return set_policy(
        team, What.ARCHIVE, months, archive_name=NAME, archive_recipient=ARCHIVE.recipient
    )


def over(cast, team="North", text="canary of Ada", ago=timedelta(days=800), **taps):
    """What a child told a team, with an answer and a note, closed so long ago."""
    told = cast.tell(team, text, **taps)
    name = "Bo" if team == "North" else "Cato"
    disclosure = told.again()
    disclosure.add_reply(
        str(cast[name].user.pk), name, "canary of an answer", read_up_to=1, now=timezone.now()
    )
    notes.note(place(cast, told, name), "canary of a note")
    told.again().close(timezone.now() - ago)
    return told
