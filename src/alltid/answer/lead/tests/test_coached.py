"""The coach's marks in a figure: of many or of nobody, once, and never again another one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alltid.people.models import AuditEvent, Membership, User

from ...models import CoachedQuarter
from .. import coached

MANY = [10] * 12
WINTER = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPRING = datetime(2027, 1, 2, 12, tzinfo=UTC)
LEAD = "/staff/lead/north/"
SAID = "Answers that went out as the coach had marked them"


# --- what may be told --------------------------------------------------------------------------


@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.lists(st.integers(1, 40), max_size=14),
)
def test_what_is_told_is_of_ten_on_each_side_and_of_nobody_mostly(marked, plain, by_writer):
    percent = coached.share(marked + plain, marked, by_writer)
    large = marked >= 10 and plain >= 10 and len(by_writer) >= 10
    dominated = large and max(by_writer) > sum(by_writer) / 2
    assert (percent is None) == (not large or dominated)
    assert percent is None or 5 <= percent <= 95


@pytest.mark.parametrize(
    ("answers", "marked", "percent"),
    [(120, 30, 25), (1000, 10, 5), (1000, 990, 95), (120, 9, None), (120, 111, None)],
)
def test_the_share_is_whole_and_its_ends_are_not_told(answers, marked, percent):
    assert coached.share(answers, marked, MANY) == percent


def test_nine_writers_are_too_few_and_one_who_wrote_most_hides_all():
    assert coached.share(120, 30, [12] * 9) is None
    assert coached.share(120, 30, [60, *[6] * 10]) == 25
    assert coached.share(120, 30, [61, *[6] * 10]) is None


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_its_quarter_and_quarters_follow_each_other(day):
    first = coached.quarter_of(day)
    after = coached.quarter_of(first + timedelta(days=95))
    assert first <= day < after
    assert (first.day, first.month % 3) == (1, 1)
    assert coached.quarter_of(after - timedelta(days=1)) == first


# --- counting ----------------------------------------------------------------------------------


@pytest.fixture
def many(cast):
    """North has twelve members; Bo is the fixed one among those who write."""
    pattern = {
        field.attname: getattr(cast.user("Bo"), field.attname)
        for field in User._meta.fields
        if field.name != "id"
    }
    for number in range(10):
        user = User.objects.create(**pattern | {"name": f"Member {number}"})
        Membership.objects.create(team=cast.north, user=user, let_in=timezone.now())
    return list(User.objects.filter(memberships__team=cast.north))


def write(team, user, now, *, marked):
    """An answer as it is sent: it stands in the log, and is counted."""
    AuditEvent.objects.create(verb="replied", actor=user, team=team, at=now)
    coached.count(team, now, marked=marked)


def a_quarter(cast, users, now=WINTER, answers=120, every=4):
    for number in range(answers):
        write(cast.north, users[number % len(users)], now, marked=number % every == 0)


def page(cast):
    return cast.browser("Lo").get(LEAD)


def send(cast, text, heard=""):
    told = cast.tell()
    return cast.browser("Bo").post(
        f"/staff/thread/{told.pk}/", {"text": text, "read_up_to": "1", "heard": heard}
    )


BLAMES = "Varför skickade du bilden?"


def test_an_answer_counts_when_it_is_sent_and_as_it_was_sent(cast, many):
    held = send(cast, BLAMES)
    assert held.status_code == 422
    assert not CoachedQuarter.objects.exists()
    sent = send(cast, BLAMES, held.context["coaching"].said)
    assert sent.status_code == 303
    assert send(cast, "Tack för att du berättade.").status_code == 303
    row = CoachedQuarter.objects.get()
    assert (row.answers, row.marked) == (2, 1)


def test_a_double_tap_counts_once(cast, many):
    told = cast.tell()
    bo, typed = cast.browser("Bo"), {"text": "Tack för att du berättade.", "read_up_to": "1"}
    for _time in range(2):
        assert bo.post(f"/staff/thread/{told.pk}/", typed).status_code == 303
    assert CoachedQuarter.objects.get().answers == 1


def test_in_a_small_team_nothing_is_counted_at_all(cast):
    said = send(cast, BLAMES).context["coaching"].said
    assert send(cast, BLAMES, said).status_code == 303
    assert not CoachedQuarter.objects.exists()


def test_what_is_counted_names_no_person_no_case_and_no_words():
    assert {field.name for field in CoachedQuarter._meta.get_fields()} == {
        "id", "team", "quarter", "answers", "marked", "settled", "percent",
    }  # fmt: skip


# --- telling -----------------------------------------------------------------------------------


def test_lo_reads_a_share_when_the_quarter_is_over_and_not_before(cast, many):
    a_quarter(cast, many)
    coached.settle(WINTER)
    assert SAID not in page(cast).content.decode()
    coached.settle(SPRING)
    html = page(cast).content.decode()
    assert SAID in html
    assert "25 in a hundred" in html
    assert "2026, quarter 4" in html


def test_two_readings_a_day_apart_say_the_same_whatever_was_sent_between(cast, many):
    a_quarter(cast, many)
    coached.settle(SPRING)
    before = page(cast).context["coached"]
    for day in range(1, 5):
        a_quarter(cast, many, SPRING + timedelta(days=day), answers=40, every=1)
        coached.settle(SPRING + timedelta(days=day))
        # Also what a clock that went wrong puts into a quarter that is over.
        coached.count(cast.north, WINTER, marked=True)
        coached.settle(SPRING + timedelta(days=day))
        assert page(cast).context["coached"] == before
    told = CoachedQuarter.objects.get(settled=True)
    assert (told.answers, told.marked, told.percent) == (0, 0, 25)


def test_what_a_share_was_worked_out_from_is_forgotten_whether_it_is_told_or_not(cast, many):
    a_quarter(cast, many)
    a_quarter(cast, many, WINTER - timedelta(days=90), answers=30)
    coached.settle(SPRING)
    rows = CoachedQuarter.objects.order_by("quarter").values_list("answers", "marked", "percent")
    assert list(rows) == [(0, 0, None), (0, 0, 25)]


def test_where_few_of_many_wrote_nothing_is_told(cast, many):
    a_quarter(cast, many[:9])
    coached.settle(SPRING)
    assert page(cast).context["coached"] == []


def test_the_round_settles_what_is_over(cast, many, monkeypatch):
    a_quarter(cast, many)
    monkeypatch.setattr("alltid.answer.management.commands.tick.timezone.now", lambda: SPRING)
    call_command("tick")
    assert CoachedQuarter.objects.get().percent == 25


def test_another_teams_share_is_not_ours(cast, many):
    a_quarter(cast, many)
    coached.settle(SPRING)
    assert coached.told(cast.south) == []
    assert cast.browser("Mio").get("/staff/lead/south/").context["coached"] == []
