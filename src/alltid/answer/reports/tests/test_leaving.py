"""Of a young child in health care nothing leaves before somebody has decided, on no path."""

import ast
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from alltid.people.models import AuditEvent, Team
from alltid.tell.models import Disclosure
from alltid.vault.identity import Identity

from ... import access, urls
from ...casework import children
from ...casework.events import Role
from ...casework.tests.desk import place, state
from ...casework.turn import Refusal, Refused
from ...models import CaseEvent, Report
from ..leaving import Leaving
from ..note_views import ARRIVED
from ..whole import whole
from .filled import WHOLE, concerned, html, url

ANSWER = Path(access.__file__).parent
# What can be taken out, by the names of the addresses. Whatever else gives out a document belongs
# here, and through `leaving.hand_out`.
WAYS_OUT = {"report_paper", "report_file", "take_whole", "export"}


@pytest.fixture
def clinic(cast):
    """North is child psychiatry; Bo carries what Ada, who is 10, has told it."""
    Team.objects.filter(pk=cast.north.pk).update(kind=Team.Kind.HEALTH_RECORD)
    told = cast.tell(text="canary of Ada", age="10_12", about="me")
    cast.browser("Bo").post(url(told, "pass"), {"member": str(cast["Bo"].user.pk)})
    told.say("more of Ada")
    return told


@pytest.fixture
def ada(cast, clinic):
    return concerned(cast, clinic)


def addresses(told, child, report, place_of):
    """Every address of the package, by its name."""
    values = {
        "slug": "north", "pk": told.pk, "child": child, "report": report, "name": "note",
        "who": told.pk, "number": place_of,
    }  # fmt: skip
    for pattern in urls.urlpatterns:
        route = "/staff/" + str(pattern.pattern)
        names = dict(values)
        if pattern.name == "remove_member":
            names["pk"] = place_of
        for kind in ("slug", "uuid", "int"):
            for name, value in names.items():
                route = route.replace(f"<{kind}:{name}>", str(value))
        assert "<" not in route, "a new kind of place in an address: give it a value here"
        yield pattern.name, route


def walk(cast, told, child):
    """The addresses that gave out a document to Lo, who sends everything that any form wants."""
    case = CaseEvent.objects.filter(case__disclosure=told.pk).first().case
    typed = {name: value if isinstance(value, list) else [value] for name, value in WHOLE.items()}
    report = Report.objects.keep(case, UUID(child), cast["Lo"].user, typed, timezone.now())
    opened = access.open_disclosure(cast["Lo"].unlocked(), told.pk)
    fields = {
        "recipient": Identity.generate().recipient, "why": "a review", "sure": "on", "paper": "",
        "because": "a reason", "text": "words", "read_up_to": 2, "member": str(cast["Bo"].user.pk),
    }  # fmt: skip
    found = set()
    lo = cast.browser("Lo")
    for name, address in addresses(told, child, report.pk, cast.membership("Bo").pk):
        seen = whole(opened, timezone.now()).seen if name == "take_whole" else case.sequence
        for ask in (lo.get, lambda path, seen=seen: lo.post(path, fields | {"seen": seen})):
            before = transaction.savepoint()
            answer = ask(address)
            if leaves(answer):
                found.add(name)
            transaction.savepoint_rollback(before)
    return found


def leaves(answer):
    """Whether an answer is anything but a page, or an address to go to."""
    page = answer.headers.get("Content-Type", "").startswith("text/html")
    return "Content-Disposition" in answer or (answer.status_code == 200 and not page)


def test_nothing_of_ada_leaves_on_any_path(cast, clinic, ada):
    assert walk(cast, clinic, ada) == set()


def test_once_it_is_decided_every_way_out_is_open(cast, clinic, ada):
    children.give_leave(place(cast, clinic), ada, "her mother does not read the record")
    assert walk(cast, clinic, ada) == WAYS_OUT


def test_in_a_school_every_way_out_is_open(cast, clinic, ada):
    Team.objects.filter(pk=cast.north.pk).update(kind=Team.Kind.MANDATED)
    assert walk(cast, clinic, ada) == WAYS_OUT


def gives_out(tree):
    """What a module says that could give out a document."""
    names = {"FileResponse", "StreamingHttpResponse"}
    return [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and "Content-Disposition" in str(node.value))
        or (isinstance(node, ast.Name) and node.id in names)
        or (isinstance(node, ast.Attribute) and node.attr in names)
    ]


def test_documents_are_given_out_in_one_place_that_asks():
    found = {
        str(path.relative_to(ANSWER))
        for path in ANSWER.rglob("*.py")
        if "tests" not in path.parts and gives_out(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == {"reports/leaving.py"}


def test_a_view_that_gives_out_by_itself_is_found():
    assert gives_out(ast.parse('HttpResponse(x, headers={"Content-Disposition": "attachment"})'))
    assert gives_out(ast.parse("http.FileResponse(x)"))


@pytest.mark.parametrize("way", ["report", "whole", "note", "export"])
def test_bo_reads_why_and_what_to_do(cast, clinic, ada, way):
    case = CaseEvent.objects.first().case
    typed = {name: value if isinstance(value, list) else [value] for name, value in WHOLE.items()}
    report = Report.objects.keep(case, UUID(ada), cast["Bo"].user, typed, timezone.now())
    lo, recipient = cast.browser("Lo"), Identity.generate().recipient
    answer = {
        "report": lambda: lo.post(url(clinic, "report", report.pk, "paper")),
        "whole": lambda: lo.get(url(clinic, "whole")),
        "note": lambda: lo.get(url(clinic, "child", ada, "note")),
        "export": lambda: lo.post(url(clinic, "export"), {"recipient": recipient}),
    }[way]()
    assert "Decide for this child that it may leave" in html(answer)
    assert answer.status_code == (200 if way == "note" else 409)
    assert not AuditEvent.objects.filter(verb__in=("exported", "case_report_made")).exists()


def test_the_note_holds_no_line_until_it_is_decided(cast, clinic, ada):
    note = url(clinic, "child", ada, "note")
    assert "<textarea" not in html(cast.browser("Bo").get(note))
    children.give_leave(place(cast, clinic), ada, "a reason")
    assert "The child has told us something." in html(cast.browser("Bo").get(note))


def test_bo_who_carries_it_decides_on_the_desk_with_a_reason_that_is_sealed(cast, clinic, ada):
    bo = cast.browser("Bo")
    assert "May what is known of the child leave?" in html(bo.get(url(clinic)))
    form = {"child": ada, "seen": state(clinic).sequence}
    assert bo.post(url(clinic, "case", "leave"), form | {"because": ""}).status_code == 409
    sent = bo.post(url(clinic, "case", "leave"), form | {"because": "a reason of Bo's"})
    assert sent.status_code == 303
    assert state(clinic).children[ada].may_leave
    log = AuditEvent.objects.get(verb="case_leave_given")
    assert (log.actor, log.why) == (cast.user("Bo"), "")
    assert "a reason of Bo&#x27;s" in html(bo.get(url(clinic)))


def test_only_whoever_carries_the_case_decides_and_a_lead_where_nobody_does(cast, clinic, ada):
    with pytest.raises(Refused) as refused:
        children.give_leave(place(cast, clinic, "Lo"), ada, "a reason")
    assert refused.value.why is Refusal.NOT_CARRIED
    nobodys = cast.tell(age="10_12")
    child = concerned(cast, nobodys)
    with pytest.raises(Refused):
        children.give_leave(place(cast, nobodys, "Bo"), child, "a reason")
    children.give_leave(place(cast, nobodys, "Lo"), child, "a reason")
    assert state(nobodys).children[child].may_leave


def test_what_was_decided_can_be_taken_back(cast, clinic, ada):
    children.give_leave(place(cast, clinic), ada, "a reason")
    children.take_leave_back(place(cast, clinic, "Lo"), ada, "")
    assert walk(cast, clinic, ada) == set()


def test_a_school_is_not_asked(cast):
    told = cast.tell(age="10_12")
    concerned(cast, told)
    assert "May what is known of the child leave?" not in html(cast.browser("Bo").get(url(told)))


def may(cast, told, child=""):
    leaving = Leaving(access.open_disclosure(cast["Bo"].unlocked(), told.pk))
    return (
        leaving.terms(leaving.state.children[child]) if child else leaving.terms_of_whole()
    ).open


@pytest.mark.parametrize(("age", "leaves"), [("13_15", True), ("10_12", False), (None, False)])
def test_the_age_is_what_the_child_tapped_and_unknown_is_young(cast, clinic, age, leaves):
    told = cast.tell(age=age)
    assert may(cast, told, concerned(cast, told)) is leaves


def test_the_youngest_that_was_tapped_counts(cast, clinic):
    told = cast.tell(age="13_15")
    told.say("no", age="10_12")
    told.say("yes", age="16_17")
    assert not may(cast, told, concerned(cast, told))


def test_the_age_of_the_one_who_wrote_is_not_that_of_a_friend(cast, clinic):
    told = cast.tell(age="16_17", about="friend")
    assert not may(cast, told, concerned(cast, told, Role.FRIEND))


def test_the_whole_case_stays_for_the_sake_of_any_child_in_it(cast, clinic):
    told = cast.tell(age="16_17")
    assert may(cast, told)
    friend = concerned(cast, told, Role.FRIEND)
    assert not may(cast, told)
    with transaction.atomic():
        cast.browser("Bo").post(url(told, "pass"), {"member": str(cast["Bo"].user.pk)})
    children.give_leave(place(cast, told), friend, "a reason")
    assert may(cast, told)


def test_the_one_who_told_counts_even_where_nobody_noted_them(cast, clinic):
    told = cast.tell(age="10_12", about="friend")
    friend = concerned(cast, told, Role.FRIEND)
    cast.browser("Bo").post(url(told, "pass"), {"member": str(cast["Bo"].user.pk)})
    children.give_leave(place(cast, told), friend, "a reason")
    assert may(cast, told, friend)
    assert not may(cast, told)


def test_every_way_in_which_it_came_has_its_words_in_the_note():
    assert set(ARRIVED) == set(Disclosure.Source)
