"""The inbox: most urgent first, page by page, and as cheap for a million as for ten."""

from datetime import timedelta
from importlib import import_module
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alltid.people.models import Membership, User
from alltid.people.reference import reference
from alltid.tell.erasing import end
from alltid.tell.models import Disclosure

from .. import inbox
from ..inbox import Cursor
from ..models import Recusal

NORTH = "/staff/inbox/north/"
Rank = Disclosure.Rank


def many(team, count, rank=Rank.WAITING, due=None):
    """Disclosures that nobody opens, for lists only."""
    due = due or timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    policy = team.policy()
    return Disclosure.objects.bulk_create(
        Disclosure(
            team=team,
            policy=policy,
            recipient="age1nobody",
            pepper_version=1,
            told=due - timedelta(hours=2),
            due=due + timedelta(minutes=30 * (number % 5)),
            rank=rank,
            sequence=1,
        )
        for number in range(count)
    )


def walk(user, team, size):
    """Every page from the first to the last, and back again."""
    page = inbox.page(user, team, size=size)
    there, back = [page], []
    while page.older:
        page = inbox.page(user, team, Cursor.read(str(page.older), older=True), size)
        there.append(page)
    while page.newer:
        page = inbox.page(user, team, Cursor.read(str(page.newer), older=False), size)
        back.append(page)
    return there, back


def test_bo_sees_the_most_urgent_first(cast):
    now = timezone.now()
    quiet, was_acute, later, sooner, acute = (
        many(cast.north, 1, rank, now + timedelta(hours=hours))[0].pk
        for rank, hours in (
            (Rank.QUIET, -9),
            (Rank.WAS_ACUTE, -2),
            (Rank.WAITING, 3),
            (Rank.WAITING, 2),
            (Rank.ACUTE, 4),
        )
    )
    rows = cast.browser("Bo").get(NORTH).context["rows"]
    assert [row["url"] for row in rows] == [
        f"/staff/thread/{pk}/" for pk in (acute, sooner, later, was_acute, quiet)
    ]


def test_bo_sees_what_is_late_and_how_long_is_left(cast):
    now = timezone.now()
    many(cast.north, 1, due=now - timedelta(hours=3))
    many(cast.north, 1, due=now + timedelta(minutes=42, seconds=20))
    many(cast.north, 1, Rank.QUIET)
    html = cast.browser("Bo").get(NORTH).content.decode()
    assert '<span class="left figure late">late by 3 h</span>' in html
    assert '<span class="left figure soon">in 42 min</span>' in html
    assert '<span class="left figure quiet">answered</span>' in html


def test_bo_sees_unread_acute_and_who_answers(cast):
    told = cast.tell(now="not_safe")
    told.say("more")
    row = cast.browser("Bo").get(NORTH).context["rows"][0]
    assert (row["unread"], row["acute"], row["owner"]) == (2, True, "")
    assert row["reference"] == reference(told.pk)


def test_bo_opens_a_thread_and_until_he_answers_it_stands_there_as_waiting(cast):
    child = cast.tell(at=timezone.now() - timedelta(days=3))
    bo = cast.browser("Bo")
    unread = bo.get(NORTH).context["rows"][0]
    bo.get(f"/staff/thread/{child.pk}/")
    page = bo.get(NORTH)
    row = page.context["rows"][0]
    assert (row["unread"], row["waits"], row["late"]) == (0, True, True)
    assert (row["due"], row["left"]) == (unread["due"], unread["left"])
    html = page.content.decode()
    assert "read, not answered" in html
    assert "is-quiet" not in html
    bo.post(f"/staff/thread/{child.pk}/", {"text": "Thank you.", "read_up_to": "1"})
    html = bo.get(NORTH).content.decode()
    assert "read, not answered" not in html
    assert "is-quiet" in html


def test_what_the_child_ended_is_not_called_unanswered(cast):
    child = cast.tell()
    child.again().mark_read_by_staff(1)
    end(child.again(), timezone.now())
    html = cast.browser("Bo").get(NORTH).content.decode()
    assert "ended by the child" in html
    assert "read, not answered" not in html


def answer(cast, child):
    child.again().add_reply(
        str(cast.user("Bo").pk), "Bo", "Thank you.", read_up_to=99, now=timezone.now()
    )


def test_bo_answers_an_acute_thread_and_it_stands_before_what_never_was_acute(cast):
    long_ago = many(cast.north, 1, Rank.QUIET, timezone.now() - timedelta(days=9))[0]
    child = cast.tell(now="threatened")
    answer(cast, child)
    page = cast.browser("Bo").get(NORTH)
    assert [row["reference"] for row in page.context["rows"]] == [
        reference(child.pk),
        reference(long_ago.pk),
    ]
    assert page.content.decode().count('<span class="stamp">was acute</span>') == 1
    assert not Disclosure.objects.waiting().exists()


def test_a_child_who_was_in_danger_writes_calmly_and_is_promised_what_everybody_is(cast):
    now = timezone.now()
    child, other = cast.tell(at=now, now="threatened"), cast.tell(at=now)
    assert child.again().due < other.again().due
    answer(cast, child)
    disclosure = child.say("thank you", at=now)
    assert (disclosure.rank, disclosure.due) == (Rank.WAITING, other.again().due)
    rows = cast.browser("Bo").get(NORTH).context["rows"]
    marks = {row["reference"]: (row["acute"], row["was_acute"], row["unread"]) for row in rows}
    assert marks == {reference(child.pk): (False, True, 1), reference(other.pk): (False, False, 1)}
    answer(cast, child)
    assert child.again().rank == Rank.WAS_ACUTE


def test_a_child_who_was_in_danger_and_is_again_stands_first(cast):
    child = cast.tell(now="threatened")
    answer(cast, child)
    child.say("he is here", now="not_safe")
    row = cast.browser("Bo").get(NORTH).context["rows"][0]
    assert (row["acute"], row["was_acute"], row["waits"]) == (True, False, True)


def test_bo_answers_while_a_child_in_danger_writes_more_and_it_stays_acute(cast):
    child = cast.tell(now="threatened")
    child.say("and one thing more")
    child.again().add_reply("id", "Bo", "Thank you.", read_up_to=1, now=timezone.now())
    assert child.again().rank == Rank.ACUTE


def test_what_stood_there_before_there_was_a_rank_for_what_was_acute_keeps_its_place(cast):
    acute, waiting, quiet, closed = (many(cast.north, 1, rank)[0].pk for rank in range(4))
    migration = import_module("alltid.tell.migrations.0002_was_acute")
    migration.make_room(apps, None)
    ranks = dict(Disclosure.objects.values_list("pk", "rank"))
    assert ranks == {acute: 0, waiting: 1, quiet: Rank.QUIET, closed: Rank.CLOSED}
    migration.close_up(apps, None)
    assert sorted(Disclosure.objects.values_list("rank", flat=True)) == [0, 1, 2, 3]


def test_bo_sees_nothing_a_child_said_in_the_inbox(cast):
    cast.tell(text="canary")
    assert "canary" not in cast.browser("Bo").get(NORTH).content.decode()


def test_closed_threads_are_not_in_the_inbox(cast):
    many(cast.north, 1, Rank.CLOSED)
    page = cast.browser("Bo").get(NORTH)
    assert page.context["rows"] == []
    assert "No child is waiting for you." in page.content.decode()


def test_bo_is_promised_a_notice_only_where_there_is_an_address_for_it(cast):
    User.objects.filter(name="Bo").update(email="bo@example.org")
    page = cast.browser("Bo").get(NORTH).content.decode()
    assert "a notice goes to your address" in page
    User.objects.filter(name="Bo").update(email="")
    page = cast.browser("Bo").get(NORTH).content.decode()
    assert "a notice goes to your address" not in page
    assert "Give an address on your account page" in page


def test_bo_walks_through_every_page_and_back_and_misses_nothing(cast):
    rows = [
        *many(cast.north, 7, Rank.ACUTE),
        *many(cast.north, 11),
        *many(cast.north, 2, Rank.WAS_ACUTE),
        *many(cast.north, 4, Rank.QUIET),
    ]
    many(cast.south, 3)
    there, back = walk(cast.user("Bo"), cast.north, size=5)
    forth = [one.pk for page in there for one in page.disclosures]
    assert len(forth) == len(rows)
    assert set(forth) == {one.pk for one in rows}
    assert forth == list(
        Disclosure.objects.filter(team=cast.north).by_urgency().values_list("pk", flat=True)
    )
    assert [one.pk for page in reversed(back) for one in page.disclosures] == forth[:-4]
    assert there[0].newer is None
    assert back[-1].newer is None


def test_bo_follows_the_links_of_the_pages(cast):
    many(cast.north, inbox.PAGE + 1)
    bo = cast.browser("Bo")
    first = bo.get(NORTH)
    assert (len(first.context["rows"]), first.context["newer"]) == (inbox.PAGE, "")
    second = bo.get(NORTH + first.context["older"])
    assert (len(second.context["rows"]), second.context["older"]) == (1, "")
    again = bo.get(NORTH + second.context["newer"])
    assert again.context["rows"] == first.context["rows"]


@pytest.mark.parametrize(
    "text", ["", "x", "%FF", "MSAy", "OSAyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIDE"]
)
def test_bo_follows_a_broken_link_and_sees_the_first_page(cast, text):
    many(cast.north, 1)
    page = cast.browser("Bo").get(f"{NORTH}?after={text}")
    assert (page.status_code, len(page.context["rows"])) == (200, 1)


def test_a_cursor_names_the_place_it_was_made_of(cast):
    disclosure = many(cast.north, 1)[0]
    cursor = Cursor.read(str(Cursor.at(disclosure)), older=False)
    assert cursor == Cursor(disclosure.rank, disclosure.due, disclosure.pk, older=False)


def test_what_is_hidden_from_bo_is_not_in_his_inbox_and_the_page_is_full(cast):
    rows = many(cast.north, 8)
    for one in rows[:3]:
        Recusal.objects.create(disclosure=one, user=cast.user("Bo"), by=cast.user("Lo"))
    shown = inbox.page(cast.user("Bo"), cast.north, size=5)
    assert {one.pk for one in shown.disclosures} == {one.pk for one in rows[3:]}
    assert shown.older is None
    assert len(inbox.page(cast.user("Lo"), cast.north, size=8).disclosures) == 8


def test_lo_sees_who_is_late_and_bo_does_not(cast):
    told = cast.tell(at=timezone.now() - timedelta(days=3))
    cast.browser("Lo").post(f"/staff/thread/{told.pk}/pass/", {"member": cast.user("Bo").pk})
    many(cast.north, 2, due=timezone.now() - timedelta(days=2))
    assert cast.browser("Lo").get(NORTH).context["late_by"] == [
        {"who": "", "count": 2},
        {"who": "Bo", "count": 1},
    ]
    assert cast.browser("Bo").get(NORTH).context["late_by"] == []


def test_mio_who_covers_is_told_that_north_is_late_and_nothing_of_what(cast):
    told = cast.tell(at=timezone.now() - timedelta(days=3), text="canary")
    html = cast.browser("Mio").get("/staff/inbox/south/").content.decode()
    assert "Team North has not read in time." in html
    assert str(told.pk) not in html
    assert (
        "North has not read" not in cast.browser("Cato").get("/staff/inbox/south/").content.decode()
    )
    assert "not read in time" not in cast.browser("Lo").get(NORTH).content.decode()


def test_bo_with_one_team_is_led_to_it_and_with_two_can_choose(cast):
    bo = cast.browser("Bo")
    assert bo.get("/staff/inbox/")["Location"] == NORTH
    assert "Inboxes" not in bo.get(NORTH).content.decode()
    Membership.objects.create(team=cast.south, user=cast.user("Bo"), let_in=timezone.now())
    assert 'href="/staff/inbox/south/"' in bo.get(NORTH).content.decode()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("Dag", "As an analyst you work with figures"), ("Eva", "You hold no key")],
)
def test_who_is_in_no_team_is_told_what_they_can_do_here(cast, name, sentence):
    page = cast.browser(name).get("/staff/inbox/")
    assert page.status_code == 404
    assert sentence in page.content.decode()


def test_a_stopped_intake_stands_in_the_inbox(cast):
    cast.north.stop_intake()
    assert "takes no new messages" in cast.browser("Bo").get(NORTH).content.decode()


# --- as cheap for a million as for ten ---------------------------------------------------------


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["Bo", "Lo"])
def test_the_inbox_asks_as_often_for_ten_as_for_many(cast, name):
    client = cast.browser(name)
    many(cast.north, 10, due=timezone.now() - timedelta(days=2))
    few = queries(client, NORTH)
    many(cast.north, 3 * inbox.PAGE, Rank.ACUTE)
    for one in Disclosure.objects.filter(team=cast.north)[:20]:
        Recusal.objects.create(disclosure=one, user=cast.user("Cato"), by=cast.user("Mio"))
    assert queries(client, NORTH) == few
    older = client.get(NORTH).context["older"]
    assert queries(client, NORTH + older) == few


# How a database says that it enters the index at a place, or at the due times of a rank.
ON_INDEX = {
    "sqlite": ("USING INDEX inbox (team_id=? AND", "(rank,due,id){}(?,?,?)", "rank=? AND due<?"),
    "postgresql": ("using inbox on tell_disclosure", "ROW(rank, due, id) {} ROW(", "due <"),
}
SORTS = ("TEMP B-TREE", "SCAN tell_disclosure", "Sort", "Seq Scan on tell_disclosure")


def plan(queryset):
    if connection.vendor == "postgresql":
        # As for a table too big to be read through.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off; ANALYZE tell_disclosure")
    return queryset.explain()


@pytest.mark.parametrize("older", [None, True, False])
def test_every_page_walks_along_the_index_and_sorts_nothing(cast, older):
    many(cast.north, 30)
    place = Cursor(1, timezone.now(), UUID(int=0), older) if older is not None else None
    found = plan(inbox.rows(cast.user("Bo"), cast.north, place)[: inbox.PAGE + 1])
    index, beyond, _late = ON_INDEX[connection.vendor]
    assert index in found
    assert not [word for word in SORTS if word in found]
    if place is not None:
        # The whole place, not only the team, is looked up in the index.
        assert beyond.format(">" if older else "<") in found


def test_what_is_late_is_found_by_the_index(cast):
    many(cast.north, 500, Rank.QUIET)
    found = plan(Disclosure.objects.filter(team=cast.north).overdue(timezone.now()))
    index, _beyond, late = ON_INDEX[connection.vendor]
    assert index in found
    assert late in found
