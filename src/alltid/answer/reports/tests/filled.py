"""A child concerned and a whole report about them, as the tests of these pages want them."""

from ...casework import children
from ...casework.events import Role
from ...casework.tests.desk import place

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
SENT = {"whom": "Social services, Norrby", "when": "3 June at 14", "how": "by their e-service"}


def url(told, *more):
    """An address of a thread: url(told, "whole")."""
    return "/".join(["/staff/thread", str(told.pk), *map(str, more), ""])


def concerned(cast, told, role=Role.SELF, who="Ada, 4 B", name="Bo"):
    """Somebody notes a child concerned; the child's id."""
    return children.add(place(cast, told, name), role, who, identifiable=True)


def write(client, told, child, **typed):
    """Send the form and ask to look at it; where that is."""
    typed = {name.replace("__", "."): value for name, value in typed.items()}
    sent = client.post(url(told, "child", child, "report"), WHOLE | typed | {"look": ""})
    assert sent.status_code == 303, sent.content.decode()
    return sent["Location"]


def html(response):
    """A page as it is read."""
    return response.content.decode()
