"""When a step is due: on the clock, in open time, on working days, over every turn of the year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.answer.duty import clock
from alltid.answer.duty.clock import NeverOpen, due, is_overdue, is_soon
from alltid.answer.duty.timer import Timer, TimerWrong, Unit, read
from alltid.people.hours import Hours

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = {str(day): [["08:00", "16:00"]] for day in range(5)}
NORTH = Hours(opening=OFFICE, closures=[], country="SE", zone="Europe/Stockholm")
HELPLINE = Hours(
    opening={str(day): [["00:00", "23:59"]] for day in range(7)},
    closures=[],
    country="",
    zone="Europe/Stockholm",
)
SHUT = Hours(opening={}, closures=[], country="SE", zone="Europe/Stockholm")


def at(text: str, zone: str = "Europe/Stockholm") -> datetime:
    """A moment as the clock on the wall shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def shown(timer: str, began: datetime, hours: Hours = NORTH, **more: datetime) -> str:
    """When a timer of a pack runs out, as the clock on the team's wall shows it."""
    moment = due(read(timer), began, hours, **more)
    return moment.astimezone(ZoneInfo(hours.zone)).strftime("%a %Y-%m-%d %H:%M")


# --- how a timer is written --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "timer"),
    [
        ("at once", Timer(0, Unit.MINUTES)),
        ("30 minutes", Timer(30, Unit.MINUTES)),
        ("1 hour", Timer(60, Unit.MINUTES)),
        ("2 open hours", Timer(120, Unit.OPEN_MINUTES)),
        ("same day", Timer(0, Unit.SAME_DAY)),
        ("1 working day", Timer(1, Unit.WORKING_DAYS)),
        ("14 days", Timer(14, Unit.DAYS)),
        ("2 weeks", Timer(14, Unit.DAYS)),
        ("4 months", Timer(4, Unit.MONTHS)),
        ("1 working day, never later than promised", Timer(1, Unit.WORKING_DAYS, True)),
    ],
)
def test_lawyer_writes_a_time_in_plain_words(text, timer):
    assert read(text) == timer


@pytest.mark.parametrize(
    "text",
    ["", "soon", "0 days", "-1 days", "1.5 hours", "2 Hours", "2hours", "3 working hours", "٣ days",
     "at once, if promised", "99999 days", "200 months"],
)  # fmt: skip
def test_lawyer_who_writes_no_time_is_told_how_one_is_written(text):
    with pytest.raises(TimerWrong, match=r'^"'):
        read(text)


# No more than a team that opens for twenty minutes a week has before NeverOpen.
IN_OPEN_TIME = st.one_of(
    st.builds(Timer, st.integers(1, 600), st.just(Unit.OPEN_MINUTES), st.booleans()),
    st.builds(Timer, st.just(0), st.just(Unit.SAME_DAY), st.booleans()),
    st.builds(Timer, st.integers(1, 30), st.just(Unit.WORKING_DAYS), st.booleans()),
)
TIMERS = IN_OPEN_TIME | st.one_of(
    st.builds(Timer, st.integers(0, 10_000), st.just(Unit.MINUTES), st.booleans()),
    st.builds(Timer, st.integers(1, 400), st.just(Unit.DAYS), st.booleans()),
    st.builds(Timer, st.integers(1, 24), st.just(Unit.MONTHS), st.booleans()),
)


@given(TIMERS)
def test_timer_is_read_back_as_it_is_shown(timer):
    assert read(str(timer)) == timer


# --- one by one --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timer", "began", "ends"),
    [
        # On the clock, whoever is there.
        ("at once", "2026-03-07T23:50", "Sat 2026-03-07 23:50"),
        ("30 minutes", "2026-03-07T23:50", "Sun 2026-03-08 00:20"),
        # While the team is open, and over the night and the weekend.
        ("2 open hours", "2026-03-03T09:15", "Tue 2026-03-03 11:15"),
        ("2 open hours", "2026-03-03T14:00", "Tue 2026-03-03 16:00"),
        ("2 open hours", "2026-03-03T15:00", "Wed 2026-03-04 09:00"),
        ("2 open hours", "2026-03-06T16:00", "Mon 2026-03-09 10:00"),
        ("20 open hours", "2026-03-06T12:00", "Tue 2026-03-10 16:00"),
        ("21 open hours", "2026-03-06T12:00", "Wed 2026-03-11 09:00"),
        # The team's day; after it, the next.
        ("same day", "2026-03-03T05:00", "Tue 2026-03-03 16:00"),
        ("same day", "2026-03-03T15:59", "Tue 2026-03-03 16:00"),
        ("same day", "2026-03-03T16:00", "Wed 2026-03-04 16:00"),
        ("same day", "2026-03-07T10:00", "Mon 2026-03-09 16:00"),
        # The day it began is not counted.
        ("1 working day", "2026-03-03T05:00", "Wed 2026-03-04 16:00"),
        ("1 working day", "2026-03-06T12:00", "Mon 2026-03-09 16:00"),
        ("1 working day", "2026-03-07T12:00", "Mon 2026-03-09 16:00"),
        ("2 days", "2026-03-06T00:05", "Sun 2026-03-08 23:59"),
        ("4 months", "2026-10-31T12:00", "Sun 2027-02-28 23:59"),
        ("1 month", "2028-01-31T12:00", "Tue 2028-02-29 23:59"),
        ("2 months", "2026-11-30T12:00", "Sat 2027-01-30 23:59"),
        ("1 month", "2026-11-15T12:00", "Tue 2026-12-15 23:59"),
    ],
)
def test_bo_sees_when_a_step_is_due(timer, began, ends):
    assert shown(timer, at(began)) == ends


@pytest.mark.parametrize(
    ("timer", "began", "ends"),
    [
        # New Year: the team is shut on 1 January (Friday) and, by its holidays, on Epiphany.
        ("2 open hours", "2026-12-31T15:00", "Mon 2027-01-04 09:00"),
        ("3 working days", "2026-12-31T12:00", "Thu 2027-01-07 16:00"),
        ("same day", "2027-01-01T12:00", "Mon 2027-01-04 16:00"),
        ("2 days", "2026-12-31T12:00", "Sat 2027-01-02 23:59"),
        # Easter, 3 to 6 April 2026.
        ("1 working day", "2026-04-02T12:00", "Tue 2026-04-07 16:00"),
    ],
)
def test_bo_is_not_late_for_a_public_holiday(timer, began, ends):
    assert shown(timer, at(began)) == ends


def test_bo_is_not_late_for_days_on_which_his_team_is_closed():
    closed = Hours(OFFICE, [["2026-06-15", "2026-08-14"]], "SE", "Europe/Stockholm")

    assert shown("1 working day", at("2026-06-12T15:00"), closed) == "Mon 2026-08-17 16:00"


def test_hours_pass_truly_when_the_clock_is_put_forward_and_back():
    # 29 March 2026, 02:00 becomes 03:00; 25 October, 03:00 becomes 02:00.
    assert shown("2 hours", at("2026-03-29T01:30")) == "Sun 2026-03-29 04:30"
    assert shown("2 hours", at("2026-10-25T01:30")) == "Sun 2026-10-25 02:30"
    assert shown("3 open hours", at("2026-03-29T00:00"), HELPLINE) == "Sun 2026-03-29 04:00"
    assert shown("3 open hours", at("2026-10-25T00:00"), HELPLINE) == "Sun 2026-10-25 02:00"
    assert shown("7 days", at("2026-03-24T12:00")) == "Tue 2026-03-31 23:59"


def test_hour_that_is_there_twice_is_two_moments():
    first = at("2026-10-25T02:30")
    second = first.replace(fold=1)

    assert due(read("1 hour"), first, NORTH) == second.astimezone(UTC)
    assert is_overdue(first, second)
    assert not is_overdue(second, first)


def test_open_time_that_would_end_before_it_begins_is_no_open_time():
    night = Hours({"6": [["02:30", "03:10"]]}, [], "", "Europe/Stockholm")

    # On Sunday 29 March half past two is half past three; the next Sunday has both.
    assert shown("30 open minutes", at("2026-03-29T00:00"), night) == "Sun 2026-04-05 03:00"
    assert shown("same day", at("2026-03-29T00:00"), night) == "Sun 2026-04-05 03:10"


def test_open_stretches_that_overlap_are_counted_once():
    both = Hours({"1": [["08:00", "12:00"], ["10:00", "16:00"]]}, [], "", "Europe/Stockholm")

    assert shown("6 open hours", at("2026-03-03T08:00"), both) == "Tue 2026-03-03 14:00"
    assert shown("same day", at("2026-03-03T08:00"), both) == "Tue 2026-03-03 16:00"


def test_days_are_those_of_the_team_wherever_the_server_stands():
    far = Hours(OFFICE, [], "", "Pacific/Auckland")
    began = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)  # Tuesday morning in Auckland

    assert shown("same day", began, far) == "Tue 2026-03-03 16:00"
    assert shown("same day", began, NORTH) == "Tue 2026-03-03 16:00"
    assert shown("1 working day", began, far) == "Wed 2026-03-04 16:00"
    assert shown("1 working day", began, NORTH) == "Tue 2026-03-03 16:00"


def test_evening_west_of_greenwich_is_still_the_same_day():
    late = Hours({"1": [["18:00", "22:00"]]}, [], "", "America/New_York")
    began = at("2026-03-03T20:30", "America/New_York")

    assert began.astimezone(UTC).date() == date(2026, 3, 4)
    assert shown("1 open hour", began, late) == "Tue 2026-03-03 21:30"
    assert shown("same day", began, late) == "Tue 2026-03-03 22:00"


def test_promise_to_ada_bounds_a_timer_that_says_so_and_no_other():
    told, promised = at("2026-03-03T10:00"), at("2026-03-03T12:00")
    bound = "1 working day, never later than promised"

    assert shown(bound, told, promised=promised) == "Tue 2026-03-03 12:00"
    assert shown("1 working day", told, promised=promised) == "Wed 2026-03-04 16:00"
    assert shown(bound, told, promised=at("2026-03-06T12:00")) == "Wed 2026-03-04 16:00"
    assert shown(bound, told) == "Wed 2026-03-04 16:00"
    # What was promised before it began is due when it began.
    assert shown(bound, told, promised=at("2026-03-02T12:00")) == "Tue 2026-03-03 10:00"


@pytest.mark.parametrize("timer", ["2 open hours", "same day", "3 working days"])
def test_lo_is_told_that_a_team_never_opens(timer):
    with pytest.raises(NeverOpen, match="in the next 400 days for this deadline"):
        due(read(timer), at("2026-03-03T10:00"), SHUT)


@pytest.mark.parametrize("timer", ["at once", "30 minutes", "2 days", "4 months"])
def test_clock_runs_on_where_a_team_never_opens(timer):
    assert due(read(timer), at("2026-03-03T10:00"), SHUT) >= at("2026-03-03T10:00")


def test_promise_holds_where_a_team_never_opens():
    promised = at("2026-03-03T12:00")
    timer = read("1 working day, never later than promised")

    assert due(timer, at("2026-03-03T10:00"), SHUT, promised=promised) == promised


def test_one_looks_no_further_than_the_days_that_were_asked_for():
    rare = Hours(OFFICE, [["2026-03-01", "2026-03-31"]], "", "Europe/Stockholm")
    began = at("2026-03-03T10:00")

    with pytest.raises(NeverOpen, match="in the next 20 days"):
        due(read("same day"), began, rare, days_ahead=20)
    assert due(read("same day"), began, rare, days_ahead=29) == at("2026-04-01T16:00")


# --- soon and overdue --------------------------------------------------------------------------


def test_step_is_overdue_once_its_moment_has_passed_and_not_before():
    moment = at("2026-03-03T16:00")

    assert not is_overdue(moment, moment)
    assert is_overdue(moment, moment + timedelta(seconds=1))


def test_step_of_the_weekend_is_soon_on_friday_afternoon():
    ahead = read("4 open hours")
    sunday = at("2026-03-08T23:59")

    assert not is_soon(sunday, at("2026-03-06T11:59"), ahead, NORTH)
    assert is_soon(sunday, at("2026-03-06T12:01"), ahead, NORTH)
    assert not is_soon(sunday, at("2026-03-09T00:00"), ahead, NORTH)


def test_every_step_is_soon_where_a_team_never_opens():
    assert is_soon(at("2026-09-01T12:00"), at("2026-03-03T10:00"), read("4 open hours"), SHUT)


# --- what holds always -------------------------------------------------------------------------

ZONES = st.sampled_from(
    ["Europe/Stockholm", "Europe/London", "Australia/Lord_Howe", "America/St_Johns",
     "Pacific/Apia", "Africa/Cairo", "Asia/Kathmandu", "UTC"]
)  # fmt: skip
STRETCHES = st.lists(
    st.tuples(st.integers(0, 23 * 60), st.integers(20, 24 * 60)).map(
        lambda pair: [
            f"{minute // 60:02}:{minute % 60:02}" for minute in (pair[0], min(sum(pair), 1439))
        ]
    ),
    min_size=1,
    max_size=3,
)
CLOSURES = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 40)).map(
        lambda pair: [pair[0].isoformat(), (pair[0] + timedelta(days=pair[1])).isoformat()]
    ),
    max_size=3,
)
WEEKS = st.dictionaries(st.sampled_from("0123456"), STRETCHES, min_size=1)
TEAMS = st.builds(Hours, WEEKS, CLOSURES, st.sampled_from(["", "SE", "NO"]), ZONES)
# Both turns of summer time and New Year, more often than chance would have it.
TURNS = st.sampled_from(
    [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),
     datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC)]
)  # fmt: skip
MOMENTS = st.one_of(
    st.builds(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes),
        st.integers(0, 2 * 365 * 24 * 60),
    ),
    st.builds(
        lambda turn, minutes: turn + timedelta(minutes=minutes), TURNS, st.integers(-3000, 3000)
    ),
)


def open_at(hours: Hours, moment: datetime) -> bool:
    """Whether a moment lies in open time or at the end of it."""
    day = moment.astimezone(ZoneInfo(hours.zone)).date()
    return any(
        begins.astimezone(UTC) < moment <= ends.astimezone(UTC) for begins, ends in hours.on(day)
    )


@given(TIMERS, MOMENTS, TEAMS, st.none() | MOMENTS)
def test_nothing_is_due_before_it_began(timer, began, hours, promised):
    moment = due(timer, began, hours, promised=promised)

    assert moment >= began
    assert moment.tzinfo is UTC


@given(IN_OPEN_TIME, MOMENTS, TEAMS)
def test_what_runs_in_open_time_is_due_in_it_or_at_its_end(timer, began, hours):
    assert open_at(hours, due(timer, began, hours))


@given(TIMERS, MOMENTS, st.integers(0, 20_000), TEAMS)
def test_what_began_later_is_never_due_earlier(timer, began, minutes, hours):
    later = began + timedelta(minutes=minutes)

    assert due(timer, began, hours) <= due(timer, later, hours)


@given(st.integers(1, 600), MOMENTS, TEAMS)
def test_so_much_open_time_has_passed_as_was_given(minutes, began, hours):
    moment = due(Timer(minutes, Unit.OPEN_MINUTES), began, hours)

    first = began.astimezone(ZoneInfo(hours.zone)).date()
    last = moment.astimezone(ZoneInfo(hours.zone)).date()
    passed: set[int] = set()
    for ahead in range((last - first).days + 1):
        for begins, ends in hours.on(first + timedelta(days=ahead)):
            lower = max(begins.timestamp(), began.timestamp())
            upper = min(ends.timestamp(), moment.timestamp())
            passed.update(range(int(lower), int(upper)))
    # Whole seconds: what began between two of them is one off at the most.
    assert abs(len(passed) - minutes * 60) <= 1


@given(MOMENTS, MOMENTS, st.integers(0, 20_000), TIMERS, TEAMS)
def test_step_that_is_soon_stays_so_until_it_is_overdue(moment, now, minutes, ahead, hours):
    later = now + timedelta(minutes=minutes)

    assert is_soon(moment, moment, ahead, hours)
    assert not (is_overdue(moment, now) and is_soon(moment, now, ahead, hours))
    if is_soon(moment, now, ahead, hours):
        assert is_soon(moment, later, ahead, hours) or is_overdue(moment, later)


@given(TIMERS, MOMENTS)
def test_moment_is_the_same_in_whichever_zone_it_is_given(timer, began):
    assert due(timer, began, NORTH) == due(timer, began.astimezone(STOCKHOLM), NORTH)


def test_opening_hours_of_people_are_what_the_clock_asks_for():
    hours: clock.Hours = NORTH

    assert hours.zone == "Europe/Stockholm"
    assert hours.on(date(2026, 3, 3)) == [
        (
            datetime.combine(date(2026, 3, 3), time(8), STOCKHOLM),
            datetime.combine(date(2026, 3, 3), time(16), STOCKHOLM),
        )
    ]
