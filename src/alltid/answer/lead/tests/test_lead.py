"""The lead's page: nothing lies unseen, each line leads to where one acts, nothing is opened."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alltid.people.models import AuditEvent, Membership, Team, User
from alltid.people.reference import reference
from alltid.tell.models import Disclosure

from ... import access, hands, rotation
from ...casework import children, handover, risk, second_person
from ...casework.events import Duty, Kind, Risk, Role
from ...casework.tests.desk import place
from ...models import Case, CaseDeadline, CaseEvent, Recusal

LEAD = "/staff/lead/north/"


def seen(cast, name="Lo", address=LEAD):
    page = cast.browser(name).get(address)
    assert page.status_code == 200
    return page


def names(lines):
    return [line["reference"] for line in lines]


def called(*tolds):
    return [reference(told.pk) for told in tolds]


def answer(cast, told, name="Bo"):
    opened = access.open_disclosure(cast[name].unlocked(), told.pk)
    opened.reply("Thank you.", told.again().sequence, timezone.now())


def hours_ago(hours):
    return timezone.now() - timedelta(hours=hours)


# --- who waits ---------------------------------------------------------------------------------


def test_lo_sees_who_waits_longest_and_what_nobody_has_read(cast):
    fresh, old = cast.tell(), cast.tell(at=hours_ago(72))
    read = cast.tell(at=hours_ago(48))
    access.open_disclosure(cast["Bo"].unlocked(), read.pk)
    read.again().mark_read_by_staff(1)
    answer(cast, cast.tell())
    context = seen(cast).context
    assert names(context["waiting"]) == called(old, read, fresh)
    assert [line["unread"] for line in context["waiting"]] == [True, False, True]
    figures = context["figures"]
    assert (figures.open, figures.waiting, figures.not_read, figures.late) == (4, 3, 2, 2)
    assert figures.next_promise == old.again().due


def test_ten_stand_there_and_all_are_counted(cast):
    for _number in range(12):
        cast.tell()
    page = seen(cast)
    assert (len(page.context["waiting"]), page.context["figures"].waiting) == (10, 12)
    assert "All 12 in the inbox" in page.content.decode()


def test_lo_sees_what_is_overdue_and_by_what(cast):
    told = cast.tell()
    risk.set_level(place(cast, told, now=hours_ago(200)), Risk.HIGH, "")
    page = seen(cast)
    late = CaseDeadline.objects.filter(due__lt=timezone.now()).order_by("due", "id")
    assert page.context["overdue_count"] == len(late) > 0
    assert [line["wanted"] for line in page.context["overdue"]]
    assert {line["url"] for line in page.context["overdue"]} == {f"/staff/thread/{told.pk}/#steps"}


# --- the duty, and covers ----------------------------------------------------------------------


def test_a_case_is_without_a_duty_decision_until_it_is_made_for_every_child(cast):
    told = cast.tell()
    case = Case.objects.open_for(told.again())
    assert names(seen(cast).context["undecided"]) == called(told)
    first = children.add(place(cast, told), Role.SELF, "", identifiable=True)
    second = children.add(place(cast, told), Role.FRIEND, "", identifiable=False)
    line = seen(cast).context["undecided"][0]
    assert line["due"]
    children.decide(place(cast, told), first, Duty.REPORT, "")
    assert names(seen(cast).context["undecided"]) == called(told)
    children.decide(place(cast, told), second, Duty.CONSULT, "")
    assert seen(cast).context["undecided"] == []
    children.withdraw(place(cast, told), first, "a mistake")
    children.withdraw(place(cast, told), second, "a mistake")
    assert names(seen(cast).context["undecided"]) == called(told)
    case.refresh_from_db()
    assert case.undecided


def test_what_two_people_read_as_a_prank_needs_no_decision_before_a_child_is_noted(cast):
    told = cast.tell()
    second_person.mark_prank(place(cast, told), "a joke between friends")
    assert seen(cast).context["figures"].undecided == 1
    second_person.agree_prank(place(cast, told, "Lo"))
    assert seen(cast).context["figures"].undecided == 0


def test_what_falls_due_stands_before_what_has_no_time_yet(cast):
    unknown, known = cast.tell(at=hours_ago(99)), cast.tell()
    Case.objects.open_for(unknown.again())
    children.add(place(cast, known), Role.SELF, "", identifiable=True)
    context = seen(cast).context
    assert names(context["undecided"]) == called(known, unknown)
    assert "no time yet" in seen(cast).content.decode()


def test_lo_sees_a_cover_that_nobody_accepted_until_somebody_does(cast):
    told = cast.tell()
    lines = {"stands": "a", "next_step": "b", "beware": "c"}
    handover.hand_over(place(cast, told), cast.user("Lo"), **lines)
    assert names(seen(cast).context["covers"]) == called(told)
    assert seen(cast).context["covers"][0]["url"].endswith("#others")
    handover.accept(place(cast, told, "Lo"))
    assert seen(cast).context["covers"] == []


# --- who carries what --------------------------------------------------------------------------


def load(cast, name):
    return next(one for one in seen(cast).context["loads"] if one["name"] == name)


def test_each_person_stands_there_with_what_they_carry_also_with_nothing(cast):
    assert [one["name"] for one in seen(cast).context["loads"]] == ["Bo", "Lo"]
    told, waits = cast.tell(), cast.tell()
    answer(cast, told)
    hands.pass_on(waits.disclosure, cast.user("Lo"), str(cast.user("Bo").pk))
    risk.set_level(place(cast, told), Risk.IMMEDIATE, "")
    bo = load(cast, "Bo")
    assert (bo["open"], bo["grave"], bo["waiting"]) == (2, 1, 1)
    assert load(cast, "Lo")["open"] == 0
    cast.tell()
    assert load(cast, "")["open"] == 1


def test_who_stands_in_carries_it(cast):
    told = cast.tell()
    answer(cast, told)
    lines = {"stands": "a", "next_step": "b", "beware": "c"}
    handover.hand_over(place(cast, told), cast.user("Lo"), **lines)
    handover.accept(place(cast, told, "Lo"))
    assert (load(cast, "Bo")["open"], load(cast, "Lo")["open"]) == (0, 1)
    pages = {n: seen(cast, address=f"{LEAD}carried/{cast.user(n).pk}/") for n in ("Bo", "Lo")}
    assert {n: names(page.context["cases"]) for n, page in pages.items()} == {
        "Bo": [], "Lo": called(told),
    }  # fmt: skip


def test_what_only_a_lead_does_is_not_overdue_for_bo(cast):
    told = cast.tell()
    answer(cast, told)
    risk.set_level(place(cast, told), Risk.MEDIUM, "")
    CaseDeadline.objects.update(due=hours_ago(1))
    wanted = set(CaseDeadline.objects.values_list("wanted", flat=True))
    assert {"confirm", "review"} < wanted
    assert load(cast, "Bo")["late"] == len(wanted) - 2


def test_each_name_leads_to_what_they_carry_and_each_case_to_where_it_is_given_away(cast):
    told, free = cast.tell(), cast.tell()
    answer(cast, told)
    for name, one in (("Bo", told), ("", free)):
        page = seen(cast, address=load(cast, name)["url"])
        assert names(page.context["cases"]) == called(one)
        assert page.context["cases"][0]["url"] == f"/staff/thread/{one.pk}/#hands"


def test_what_somebody_carries_who_has_left_is_not_lost(cast):
    told = cast.tell()
    answer(cast, told)
    rotation.remove_member(cast.membership("Bo"), cast["Lo"].unlocked())
    loads = {one["name"]: one for one in seen(cast).context["loads"]}
    carried = [one for name, one in loads.items() if name != "Lo" and one["open"]]
    assert len(carried) == 1
    assert names(seen(cast, address=carried[0]["url"]).context["cases"]) == called(told)


def test_a_closed_case_burdens_nobody(cast):
    told = cast.tell()
    answer(cast, told)
    Disclosure.objects.filter(pk=told.pk).update(rank=Disclosure.Rank.CLOSED)
    assert load(cast, "Bo")["open"] == 0
    assert seen(cast).context["figures"].open == 0


def test_somebody_of_another_team_carries_nothing_here_that_could_be_asked_for(cast):
    lo = cast.browser("Lo")
    for stranger in (cast.user("Cato").pk, "0e0e0e0e-0000-4000-8000-00000000000a"):
        assert lo.get(f"{LEAD}carried/{stranger}/").status_code == 404


# --- whose eyes --------------------------------------------------------------------------------


def test_a_case_that_is_hidden_from_lo_is_in_no_list_and_in_no_figure(cast):
    told = cast.tell(at=hours_ago(99))
    answer(cast, told)
    risk.set_level(place(cast, told, now=hours_ago(98)), Risk.HIGH, "")
    lines = {"stands": "a", "next_step": "b", "beware": "c"}
    children.add(place(cast, told), Role.SELF, "", identifiable=True)
    handover.hand_over(place(cast, told), cast.user("Lo"), **lines)
    told.say("more", at=hours_ago(90))
    before = seen(cast).content.decode()
    assert reference(told.pk) in before
    Recusal.objects.create(disclosure=told.disclosure, user=cast.user("Lo"))
    page = seen(cast)
    assert reference(told.pk) not in page.content.decode()
    assert str(told.pk) not in page.content.decode()
    assert vars(page.context["figures"]) == vars(type(page.context["figures"])())
    assert page.context["overdue_count"] == 0
    assert all(one["open"] == one["late"] == one["waiting"] == 0 for one in page.context["loads"])
    for one in page.context["loads"]:
        assert seen(cast, address=one["url"]).context["cases"] == []


def test_lo_sees_that_a_team_she_covers_is_late_and_whom_to_reach_and_no_case_of_it(cast):
    there = cast.tell("South", at=hours_ago(99))
    page = seen(cast)
    assert page.context["late_covered"] == [{"team": "South", "leads": ["Mio"]}]
    assert reference(there.pk) not in page.content.decode()
    assert page.context["figures"].open == 0
    Team.objects.filter(name="South").update(cover=None)
    assert seen(cast).context["late_covered"] == []


@pytest.mark.parametrize("name", ["Bo", "Cato", "Mio", "Dag", "Eva"])
def test_who_does_not_lead_north_finds_no_such_page(cast, name):
    for address in (LEAD, f"{LEAD}carried/", f"{LEAD}carried/{cast.user('Bo').pk}/"):
        assert cast.browser(name).get(address).status_code == 404


def test_lo_comes_from_the_inbox_and_bo_is_not_asked_there(cast):
    assert f'href="{LEAD}"' in cast.browser("Lo").get("/staff/inbox/north/").content.decode()
    assert LEAD not in cast.browser("Bo").get("/staff/inbox/north/").content.decode()


def test_the_page_opens_nothing_and_says_nothing_that_a_person_wrote(cast):
    told = cast.tell(text="canary")
    answer(cast, told)
    children.add(place(cast, told), Role.SELF, "canary of a name", identifiable=True)
    before = AuditEvent.objects.count(), CaseEvent.objects.count()
    page = seen(cast)
    assert "canary" not in page.content.decode()
    assert (AuditEvent.objects.count(), CaseEvent.objects.count()) == before


# --- days ahead --------------------------------------------------------------------------------


def test_lo_sees_the_days_of_an_absence_and_who_is_left(cast):
    north, now = cast.north, timezone.now()
    midnight = north.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = midnight + timedelta(days=3), midnight + timedelta(days=5)
    Membership.objects.filter(user=cast.user("Bo")).update(away_from=start, away_until=end)
    page = seen(cast)
    assert [day["readers"] for day in page.context["thin_days"]] == ["Lo", "Lo"]
    assert "only Lo reads" in page.content.decode()
    Membership.objects.filter(user=cast.user("Bo")).update(away_from=None, away_until=None)
    assert seen(cast).context["thin_days"] == []


def test_who_has_not_signed_in_for_a_fortnight_does_not_count_and_a_closed_day_wants_nobody(cast):
    User.objects.filter(name="Bo").update(seen=timezone.now() - timedelta(days=15))
    today = cast.north.local(timezone.now()).date()
    days = len(seen(cast).context["thin_days"])
    assert days in (13, 14)
    closed = [[str(today + timedelta(days=2)), str(today + timedelta(days=4))]]
    Team.objects.filter(name="North").update(closures=closed)
    assert len(seen(cast).context["thin_days"]) == days - 3


# --- as cheap for many as for one --------------------------------------------------------------


def test_many_cases_take_as_many_queries_as_one(cast):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            lo.get(LEAD)
        return len(asked)

    def one_more():
        told = cast.tell(at=hours_ago(50))
        answer(cast, told)
        risk.set_level(place(cast, told, now=hours_ago(49)), Risk.HIGH, "")
        children.add(place(cast, told), Role.SELF, "", identifiable=True)
        cast.tell("South", at=hours_ago(50))

    lo = cast.browser("Lo")
    one_more()
    lo.get(LEAD)
    few = queries()
    for _number in range(5):
        one_more()
    assert queries() == few


def test_the_figures_follow_from_what_happened_alone(cast):
    """Folded anew, every case says what its row says."""
    told = cast.tell()
    child = children.add(place(cast, told), Role.SELF, "", identifiable=False)
    children.decide(place(cast, told), child, Duty.NOT_NOW, "it is not known who it is")
    case = Case.objects.get(disclosure=told.pk)
    assert not case.undecided
    Case.objects.filter(pk=case.pk).update(undecided=True)
    risk.set_level(place(cast, told), Risk.LOW, "")
    case.refresh_from_db()
    assert not case.undecided
    assert Kind.DUTY_DECIDED in set(case.events.values_list("kind", flat=True))


def test_every_line_is_a_link_and_every_figure_leads_to_its_list(cast):
    told = cast.tell(at=hours_ago(99))
    risk.set_level(place(cast, told), Risk.HIGH, "")
    html = seen(cast).content.decode()
    ids = set(re.findall(r'<h2 id="([^"]+)"', html))
    targets = re.findall(r'<li><a href="#([^"]+)"', html)
    assert len(targets) == 7
    assert set(targets) <= ids
