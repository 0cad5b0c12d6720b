"""Every address of this package and every kind of person; and that there is one door only."""

import ast
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from alltid.people.models import AuditEvent, Membership

from .. import access, rotation
from ..casework import children
from ..casework.events import Role
from ..casework.tests.desk import place
from ..models import Case, Recusal, Report
from ..referral.tests.scene import accept, ask
from ..urls import urlpatterns

HERE = Path(access.__file__).parent
ALL = ("Bo", "Lo", "Cato", "Mio", "Dag", "Eva", "removed Bo", "waiting Bo", "recused Lo", "nobody")
STRANGERS = {name: 404 for name in ALL if name not in ("Bo", "Lo", "nobody")}
IN_TEAM = STRANGERS | {"removed Bo": 404, "waiting Bo": 404, "recused Lo": 404}

# What South is asked, and what South took over and North reads still.
ASKED = STRANGERS | {"Bo": 404, "Lo": 404, "Cato": 200, "Mio": 200, "nobody": 302}
TAKEN = STRANGERS | {"removed Bo": 404, "waiting Bo": 404, "recused Lo": 404, "nobody": 302}

# Address → method → who gets what; `nobody` is not signed in. {told} is a thread of North's,
# {child} a child concerned in it, {report} what Bo has begun to write about them, {asked} South is
# asked to take over, {given} it has taken over.
TABLE = {
    ("inbox", "GET", "/staff/inbox/"): {
        **dict.fromkeys(("Bo", "Lo", "Cato", "Mio", "recused Lo"), 302),
        **dict.fromkeys(("Dag", "Eva", "removed Bo", "waiting Bo"), 404),
        "nobody": 302,
    },
    ("team_inbox", "GET", "/staff/inbox/north/"): STRANGERS
    | {"Bo": 200, "Lo": 200, "recused Lo": 200, "nobody": 302},
    ("thread", "GET", "/staff/thread/{told}/"): IN_TEAM | {"Bo": 200, "Lo": 200, "nobody": 302},
    ("thread", "POST", "/staff/thread/{told}/"): IN_TEAM | {"Bo": 303, "Lo": 303, "nobody": 401},
    ("draft", "POST", "/staff/thread/{told}/draft/"): IN_TEAM
    | {"Bo": 303, "Lo": 303, "nobody": 401},
    ("coach", "POST", "/staff/thread/{told}/coach/"): IN_TEAM
    | {"Bo": 200, "Lo": 200, "nobody": 302},
    ("pass", "POST", "/staff/thread/{told}/pass/"): IN_TEAM | {"Bo": 303, "Lo": 303, "nobody": 302},
    ("hide", "POST", "/staff/thread/{told}/hide/"): IN_TEAM
    # Everybody chooses Lo: she can hide nothing from herself, and Bo would be the only reader left.
    | {"Bo": 409, "Lo": 409, "nobody": 302},
    ("show", "POST", "/staff/thread/{told}/show/"): IN_TEAM
    # From Lo nothing is hidden here, but for the row in which she herself is the one.
    | {"Bo": 409, "Lo": 409, "nobody": 302},
    ("ask", "GET", "/staff/thread/{told}/another-team/"): IN_TEAM
    | {"Bo": 200, "Lo": 200, "nobody": 302},
    # Everybody here chooses no team.
    ("ask", "POST", "/staff/thread/{told}/another-team/"): IN_TEAM
    | {"Bo": 422, "Lo": 422, "nobody": 302},
    ("asked", "GET", "/staff/asked/{asked}/"): ASKED,
    ("accept", "POST", "/staff/asked/{asked}/accept/"): ASKED | {"Cato": 303, "Mio": 303},
    ("decline", "POST", "/staff/asked/{asked}/decline/"): ASKED | {"Cato": 422, "Mio": 422},
    ("kept", "GET", "/staff/thread/{given}/kept/"): TAKEN | {"Bo": 200, "Lo": 200},
    ("thread", "GET", "/staff/thread/{given}/"): TAKEN
    | {"Bo": 302, "Lo": 302, "Cato": 200, "Mio": 200},
    ("thread", "POST", "/staff/thread/{given}/"): TAKEN
    | {"Bo": 409, "Lo": 409, "Cato": 303, "Mio": 303, "nobody": 401},
    ("draft", "POST", "/staff/thread/{given}/draft/"): TAKEN
    | {"Bo": 409, "Lo": 409, "Cato": 303, "Mio": 303, "nobody": 401},
    # Sent from a page that shows nothing of the case yet.
    ("deed", "POST", "/staff/thread/{told}/case/note/"): IN_TEAM
    | {"Bo": 303, "Lo": 303, "nobody": 401},
    ("concern", "GET", "/staff/inbox/north/concern/"): STRANGERS
    | {"Bo": 200, "Lo": 200, "recused Lo": 200, "nobody": 302},
    ("concern", "POST", "/staff/inbox/north/concern/"): STRANGERS
    | {"Bo": 422, "Lo": 422, "recused Lo": 422, "nobody": 302},
    ("write_report", "GET", "/staff/thread/{told}/child/{child}/report/"): IN_TEAM
    | {"Bo": 200, "Lo": 200, "nobody": 302},
    ("write_report", "POST", "/staff/thread/{told}/child/{child}/report/"): IN_TEAM
    | {"Bo": 303, "Lo": 303, "nobody": 401},
    ("record_note", "GET", "/staff/thread/{told}/child/{child}/note/"): IN_TEAM
    | {"Bo": 200, "Lo": 200, "nobody": 302},
    ("report", "GET", "/staff/thread/{told}/report/{report}/"): IN_TEAM
    | {"Bo": 200, "Lo": 200, "nobody": 302},
    ("report_paper", "POST", "/staff/thread/{told}/report/{report}/paper/"): IN_TEAM
    | {"Bo": 200, "Lo": 200, "nobody": 302},
    # It lacks all that another system wants.
    ("report_file", "POST", "/staff/thread/{told}/report/{report}/file/"): IN_TEAM
    | {"Bo": 409, "Lo": 409, "nobody": 302},
    ("report_sent", "POST", "/staff/thread/{told}/report/{report}/sent/"): IN_TEAM
    | {"Bo": 422, "Lo": 422, "nobody": 302},
    ("take_whole", "GET", "/staff/thread/{told}/whole/"): IN_TEAM
    | {"Bo": 200, "Lo": 200, "nobody": 302},
    ("take_whole", "POST", "/staff/thread/{told}/whole/"): IN_TEAM
    # Sent from a page that shows nothing of the case yet.
    | {"Bo": 409, "Lo": 409, "nobody": 302},
    ("lead", "GET", "/staff/lead/north/"): STRANGERS
    | {"Bo": 404, "Lo": 200, "recused Lo": 200, "nobody": 302},
    ("carried_by_nobody", "GET", "/staff/lead/north/carried/"): STRANGERS
    | {"Bo": 404, "Lo": 200, "recused Lo": 200, "nobody": 302},
    ("carried", "GET", "/staff/lead/north/carried/{bo}/"): STRANGERS
    | {"Bo": 404, "Lo": 200, "recused Lo": 200, "nobody": 302},
    # Everybody here types what is no recipient.
    ("export", "POST", "/staff/thread/{told}/export/"): IN_TEAM
    | {"Bo": 404, "Lo": 422, "nobody": 302},
    ("keeping", "GET", "/staff/team/north/keeping/"): STRANGERS
    | {"Bo": 200, "Lo": 200, "recused Lo": 200, "nobody": 302},
    ("change_keeping", "GET", "/staff/team/north/keeping/change/"): STRANGERS
    | {"Bo": 404, "Lo": 200, "recused Lo": 200, "nobody": 302},
    # Everybody sends a form in which nothing is chosen.
    ("change_keeping", "POST", "/staff/team/north/keeping/change/"): STRANGERS
    | {"Bo": 404, "Lo": 422, "recused Lo": 422, "nobody": 302},
    ("hand_over", "POST", "/staff/team/north/keeping/hand-over/"): STRANGERS
    | {"Bo": 200, "Lo": 200, "recused Lo": 200, "nobody": 302},
    ("remove_member", "GET", "/staff/team/north/remove/{place}/"): STRANGERS
    | {"Bo": 404, "Lo": 200, "recused Lo": 200, "nobody": 302},
    ("remove_member", "POST", "/staff/team/north/remove/{place}/"): STRANGERS
    | {"Bo": 404, "Lo": 302, "recused Lo": 302, "nobody": 302},
}


def browser_of(cast, person, *about):
    if person == "nobody":
        return Client()
    if person == "removed Bo":
        rotation.remove_member(cast.membership("Bo"), cast["Lo"].unlocked())
    if person == "waiting Bo":
        Membership.objects.filter(user=cast["Bo"].user).update(let_in=None)
    if person == "recused Lo":
        for one in about:
            Recusal.objects.create(disclosure=one.disclosure, user=cast["Lo"].user)
    return cast.browser(person.split()[-1])


def begun(cast, told):
    """Bo has noted a child, and begun to write a report about them."""
    child = children.add(place(cast, told), Role.SELF, "", identifiable=False)
    case = Case.objects.get(disclosure=told.pk)
    report = Report.objects.keep(case, UUID(child), cast["Bo"].user, {}, timezone.now())
    return {"child": child, "report": report.pk}


@pytest.mark.parametrize("person", ALL)
@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_person_gets_what_is_theirs(cast, row, person):
    _name, method, address = row
    told = cast.tell(text="canary")
    names = {"told": told.pk, "place": cast.membership("Bo").pk, "bo": cast["Bo"].user.pk}
    seen = [told]
    if "{child}" in address or "{report}" in address:
        names |= begun(cast, told)
    if "{given}" in address:
        given = cast.tell(text="canary")
        accept(cast, ask(cast, given, keeps=True))
        names["given"] = given.pk
        seen.append(given)
    if "{asked}" in address:
        names["asked"] = ask(cast, cast.tell(text="canary")).pk
    client = browser_of(cast, person, *seen)
    there = (
        AuditEvent.objects.all()
        if "{asked}" in address
        else AuditEvent.objects.filter(subject__in=[one.pk for one in seen])
    )
    opened = there.count()
    fields = {"member": str(cast["Lo"].user.pk), "text": "hello", "read_up_to": 1, "seen": 0}
    address = address.format(**names)
    response = client.get(address) if method == "GET" else client.post(address, fields)
    assert response.status_code == TABLE[row][person]
    if response.status_code not in (200, 409, 422):
        assert b"canary" not in response.content
    if response.status_code in (302, 401, 404):
        assert there.count() == opened
        assert told.again().messages.count() == 1


def test_every_address_stands_in_the_table():
    listed = {name for name, _method, _address in TABLE}
    assert {pattern.name for pattern in urlpatterns} == listed


def test_a_team_that_is_not_there_and_one_that_is_not_yours_look_the_same(cast):
    told = cast.tell()
    cato = cast.browser("Cato")
    pages = [
        cato.get(address).content
        for address in (
            f"/staff/thread/{told.pk}/",
            "/staff/thread/" + "0" * 8 + "-0000-0000-0000-" + "0" * 12 + "/",
        )
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "path",
    ["", "draft/", "coach/", "pass/", "another-team/", "hide/", "show/", "export/", "case/note/"],
)
def test_bo_sends_from_another_site_and_nothing_is_done(cast, path):
    told = cast.tell()
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = cast.browser("Bo").cookies
    fields = {"text": "typed words", "read_up_to": 1, "member": str(cast["Lo"].user.pk)}
    page = careful.post(f"/staff/thread/{told.pk}/{path}", fields)
    assert page.status_code == 403
    assert told.again().messages.count() == 1


# --- one door ----------------------------------------------------------------------------------

# Who touches what children told without the door, each with its reason.
MAY_TOUCH = {
    "access.py": "is the door",
    "inbox.py": "lists rows; opens none",
    "notices.py": "counts what waits; opens none",
    "standing.py": "counts and lists for a lead; opens none",
    "escrow.py": "gives keys to a team that said yes",
    "rotation.py": "gives keys to a new generation",
    "trial.py": "makes the examples",
    "preview.py": "lists and counts what goes; opens none",
    "handing_over.py": "lists what is ready; opens it through the door",
    "models.py": "declares what lies beside it",
}


def touches(tree):
    """`Disclosure.objects`, `Message.objects`, … in a module, and opening by hand."""
    return [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and (
            (
                node.attr in ("objects", "_default_manager", "_base_manager")
                and isinstance(node.value, ast.Name)
                and node.value.id in ("Disclosure", "Message", "KeyCopy", "Feeling", "Card")
            )
            or node.attr in ("disclosures", "team_identity")
        )
    ]


def test_staff_come_to_what_children_told_through_one_door():
    found = {
        path.name: names
        for path in HERE.rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
        if (names := touches(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert set(found) <= set(MAY_TOUCH), found
    assert "access.py" in found


def test_a_view_that_goes_round_the_door_is_found():
    assert touches(ast.parse("def view(r, pk): return Disclosure.objects.get(pk=pk)"))
    assert touches(ast.parse("team.disclosures.all()"))
