"""Bo makes a report about one child, once: over HTTP, from the desk to the log."""

import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pypdf import PdfReader

from alltid.answer.documents import referral_file
from alltid.people import printing
from alltid.people.models import AuditEvent

from ...casework import children, notes, risk
from ...casework.events import Duty, Role
from ...casework.tests.desk import place, state, words
from ...documents import referral
from ...models import Report

# All that a report has to say, as Bo types it.
WHOLE = {
    "recipient.municipality": "Norrby",
    "reporter.name": "Bo Berg",
    "reporter.role": "School counsellor",
    "reporter.organisation": "North School",
    "reporter.phone": "0123-456 78",
    "worry.what": "Somebody offers Ada things in a game for a picture of her.",
    "worry.sources": ["child_told"],
    "worry.acute": "no",
    "informed.child": "yes",
    "informed.guardians": "no",
    "informed.danger": "unknown",
}


@pytest.fixture
def ada(cast):
    """Ada has told North, and Bo has noted her as a child concerned."""
    told = cast.tell(text="first canary", age="10_12", about="me")
    told.say("second canary")
    told.child_id = children.add(place(cast, told), Role.SELF, "Ada, 4 B", identifiable=True)
    return told


def url(told, *more):
    return "/".join(["/staff/thread", str(told.pk), *map(str, more), ""])


def writes(client, told, child, **typed):
    """Send the form and go on to what it leads to; the answer and the report."""
    sent = client.post(url(told, "child", child, "report"), WHOLE | typed | {"look": ""})
    assert sent.status_code == 303, sent.content.decode()
    return sent["Location"]
