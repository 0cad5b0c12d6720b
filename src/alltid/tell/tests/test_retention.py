"""The term of a closed talk: when it begins and stops, what holds of a policy, what is left."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alltid.people.models import AuditEvent, Draft, RetentionPolicy, Team
from alltid.people.retention import DEFAULTS, LONGEST, SHORTEST, What, goes_on
from alltid.people.tests.scene import Person, set_policy
from alltid.tell import erasing
from alltid.tell.models import Disclosure, KeyCopy, Message
from alltid.tell.tombstone import Tombstone

from .conftest import Ada
from .test_telling import answer

MONTHS = st.integers(SHORTEST, LONGEST)
MOMENTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2060, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
ZONES = st.sampled_from(["Europe/Stockholm", "America/St_Johns", "Pacific/Kiritimati", "UTC"])


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: object) -> None:
    """The list of erased ids is written to a folder of this test."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]


def told_and_closed(ada: Ada, bo: Person, at: datetime | None = None) -> tuple[list[str], datetime]:
    """Ada tells, Bo answers and it is closed: her words, and when it goes."""
    words = ada.tell("hej canary")
    answer(Disclosure.objects.get(), bo, "Thank you for telling.")
    Disclosure.objects.get().close(at or timezone.now())
    goes = Disclosure.objects.get().goes
    assert goes is not None
    return words, goes


# --- the term ----------------------------------------------------------------------------------


@given(MOMENTS, MONTHS, ZONES)
def test_a_term_ends_at_a_midnight_of_the_team_and_is_never_short(closed, months, zone) -> None:
    goes = goes_on(closed, months, zone)
    assert (goes.hour, goes.minute) in ((0, 0), (1, 0))
    begins, ends = closed.astimezone(ZoneInfo(zone)).date(), goes.date() - timedelta(days=1)
    assert (ends.year - begins.year) * 12 + ends.month - begins.month == months
    assert ends.day == begins.day or (ends.day < begins.day and goes.day == 1)
    assert goes - closed > timedelta(days=30), "longer than any backup"


@given(MOMENTS, MONTHS, ZONES, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_what_is_closed_later_never_goes_sooner(closed, months, zone, later) -> None:
    assert goes_on(closed, months, zone) <= goes_on(closed + later, months, zone)


def test_the_last_day_of_february_is_a_month_after_the_last_of_january() -> None:
    closed = datetime(2027, 12, 31, 12, tzinfo=UTC)
    assert goes_on(closed, 2, "Europe/Stockholm").date() == date(2028, 3, 1)


@pytest.mark.parametrize("kind", Team.Kind)
def test_no_default_goes_sooner_than_its_source_says_or_hands_over_to_nobody(kind) -> None:
    usual = DEFAULTS[kind]
    assert usual.what is not What.ARCHIVE
    assert usual.months >= {"mandated": 60, "health_record": 120, "not_mandated": 12}[kind]
    assert str(usual.source)
    # Only where nothing asks to keep it does the child's own word erase it.
    assert (usual.what is What.ERASE) is (kind == Team.Kind.NOT_MANDATED)


def test_the_term_runs_from_closing_and_then_it_is_erased(ada: Ada, bo: Person) -> None:
    _words, goes = told_and_closed(ada, bo)
    Draft.objects.create(user=bo.user, subject=Disclosure.objects.get().pk, sealed=b"x")
    erasing.sweep(goes - timedelta(minutes=1))
    assert Disclosure.objects.count() == 1
    assert erasing.sweep(goes)["disclosures"] == 1
    held = (Disclosure, Message, KeyCopy, Draft)
    assert not any(model.objects.exists() for model in held)
    assert erasing.sweep(goes)["disclosures"] == 0
    assert AuditEvent.objects.filter(verb="erased", why="its term is over").count() == 1


def test_a_child_who_writes_stops_the_term_and_the_next_closing_begins_it_anew(
    ada: Ada, bo: Person
) -> None:
    words, goes = told_and_closed(ada, bo)
    ada.come_back(words)
    ada.send("more/", text="there is more")
    assert (Disclosure.objects.get().closed, Disclosure.objects.get().goes) == (None, None)
    erasing.sweep(goes + timedelta(days=900))
    assert Disclosure.objects.count() == 1
    answer(Disclosure.objects.get(), bo, "I read it.")
    Disclosure.objects.get().close(goes)
    again = Disclosure.objects.get().goes
    assert again is not None
    assert again > goes + timedelta(days=360)


def test_opening_it_again_stops_the_term(ada: Ada, bo: Person) -> None:
    _words, goes = told_and_closed(ada, bo)
    Disclosure.objects.get().open_again()
    erasing.sweep(goes + timedelta(days=900))
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize("first", ["held", "closed"])
def test_what_is_held_goes_when_it_is_held_no_more(ada: Ada, bo: Person, first: str) -> None:
    until = timezone.now() + timedelta(days=4000)
    if first == "held":
        ada.tell("hej canary")
        Disclosure.objects.get().hold(until)
        answer(Disclosure.objects.get(), bo, "Thank you for telling.")
        Disclosure.objects.get().close(timezone.now())
    else:
        told_and_closed(ada, bo)
        Disclosure.objects.get().hold(until)
    erasing.sweep(until - timedelta(minutes=1))
    assert Disclosure.objects.count() == 1
    erasing.sweep(until)
    assert Disclosure.objects.count() == 0


def test_a_hold_that_is_lifted_leaves_the_term_as_it_was(ada: Ada, bo: Person) -> None:
    _words, goes = told_and_closed(ada, bo)
    Disclosure.objects.get().hold(goes + timedelta(days=300))
    Disclosure.objects.get().hold(None)
    assert Disclosure.objects.get().goes == goes


def test_what_an_archive_gets_is_never_erased_by_a_round(ada: Ada, north: Team, bo: Person) -> None:
    set_policy(north, What.ARCHIVE, archive_name="the town archive", archive_recipient="age1x")
    _words, goes = told_and_closed(ada, bo)
    erasing.sweep(goes + timedelta(days=900))
    assert Disclosure.objects.count() == 1


# --- what a child was told holds ---------------------------------------------------------------


@pytest.mark.parametrize("later", What)
@pytest.mark.parametrize("told", What)
def test_term_and_way_stay_as_the_child_was_told(
    ada: Ada, north: Team, bo: Person, told: What, later: What
) -> None:
    set_policy(north, told, 24, archive_recipient="age1x" if told == What.ARCHIVE else "")
    ada.tell("hej canary")
    set_policy(north, later, 2 if later == What.ERASE else 99)
    answer(Disclosure.objects.get(), bo, "Thank you for telling.")
    closed = timezone.now()
    Disclosure.objects.get().close(closed)
    goes = goes_on(erasing.hour_of(closed), 24, north.timezone)
    assert Disclosure.objects.get().goes == goes
    erasing.sweep(goes - timedelta(minutes=1))
    assert Disclosure.objects.count() == 1
    erasing.sweep(goes)
    assert Disclosure.objects.count() == (1 if told == What.ARCHIVE else 0)


@pytest.mark.parametrize(
    ("told", "now", "erases"),
    [
        (What.ERASE, What.KEEP, True),  # as they were told
        (What.KEEP, What.ERASE, True),  # to their good
        (What.KEEP, What.KEEP, False),
        (What.KEEP, What.ARCHIVE, False),
        (What.ARCHIVE, What.ERASE, True),
    ],
)
def test_ending_erases_where_either_policy_does(
    ada: Ada, north: Team, told: What, now: What, erases: bool
) -> None:
    set_policy(north, told)
    ada.tell("hej canary")
    set_policy(north, now)
    Disclosure.objects.update(read_by_staff=1)
    ada.send("end/", do="ask")
    assert ada.seen.context["erases"] is erases
    ada.send("end/", do="end")
    erasing.sweep(timezone.now() + timedelta(days=3))
    assert Disclosure.objects.exists() is not erases


def test_a_talk_ended_under_a_policy_that_keeps_is_kept_though_the_policy_changes(
    ada: Ada, north: Team
) -> None:
    set_policy(north, What.KEEP)
    ada.tell("hej canary")
    Disclosure.objects.update(read_by_staff=1)
    ada.send("end/", do="end")
    set_policy(north, What.ERASE)
    erasing.sweep(timezone.now() + timedelta(days=3))
    assert Disclosure.objects.exists()


def test_what_is_held_is_not_erased_by_ending_and_the_child_reads_so(ada: Ada, north: Team) -> None:
    set_policy(north, What.ERASE)
    ada.tell("hej canary")
    Disclosure.objects.update(read_by_staff=1)
    until = timezone.now() + timedelta(days=90)
    Disclosure.objects.get().hold(until)
    ada.send("end/", do="ask")
    assert ada.sees("the law has to look into something first")
    ada.send("end/", do="end")
    erasing.sweep(until - timedelta(days=1))
    assert Disclosure.objects.exists()
    erasing.sweep(until)
    assert not Disclosure.objects.exists()


def test_a_policy_is_added_and_never_changed(north: Team) -> None:
    policy = north.policy()
    policy.months = 2
    with pytest.raises(TypeError):
        policy.save()
    assert RetentionPolicy.objects.get().months == 60


# --- what is left ------------------------------------------------------------------------------


def test_a_tombstone_holds_when_and_under_which_policy_and_nothing_of_the_talk(
    ada: Ada, north: Team, bo: Person
) -> None:
    _words, goes = told_and_closed(ada, bo)
    before = Disclosure.objects.get()
    erasing.sweep(goes)
    stone = Tombstone.objects.get()
    assert (stone.pk, stone.team, stone.policy) == (before.pk, north, before.policy)
    assert (stone.closed, stone.gone) == (before.closed, erasing.hour_of(goes))
    names = {field.name for field in Tombstone._meta.fields}
    assert names == {"id", "team", "policy", "closed", "gone", "mark", "archive", "archived"}
    assert bytes(before.locator or b"") not in bytes(stone.mark or b"")


@pytest.mark.parametrize("term", [24, 60])
def test_six_words_say_what_became_of_it_in_both_languages(
    ada: Ada, north: Team, bo: Person, term: int
) -> None:
    set_policy(north, What.KEEP, term)
    words, goes = told_and_closed(ada, bo)
    Disclosure.objects.update(due=goes)  # answered lately, so that the words work still
    ada.come_back(words)
    assert ada.sees("You can still write here.")
    erasing.sweep(goes)
    ada.come_back(words)
    assert ada.seen.status_code == 200
    assert ada.sees("What you and we wrote is not here any more.")
    day = north.local(erasing.hour_of(goes))
    assert ada.sees(f"On {day.day} {day:%B %Y} it was erased. Nobody can read it.")
    assert not ada.sees("canary")


def test_words_of_what_is_gone_find_nothing_a_year_later(ada: Ada, bo: Person) -> None:
    words, goes = told_and_closed(ada, bo)
    Disclosure.objects.update(due=goes)
    erasing.sweep(goes)
    erasing.sweep(goes + timedelta(days=366))
    assert Tombstone.objects.get().mark is None
    assert ada.come_back(words).status_code == 404


def test_what_is_written_in_the_moment_it_goes_is_kept_and_can_be_told_anew(
    ada: Ada, bo: Person
) -> None:
    words, goes = told_and_closed(ada, bo)
    Disclosure.objects.update(due=goes)
    ada.come_back(words)
    erasing.erase_over(Disclosure.objects.get().team, goes)
    ada.send("more/", text="one more thing")
    assert ada.sees("What you wrote now is still here. It is not sent yet.")
    assert ada.sees("one more thing")
    assert not Message.objects.exists()


def test_a_child_who_ended_it_has_no_way_back_to_a_tombstone(ada: Ada, north: Team) -> None:
    set_policy(north, What.ERASE)
    words = ada.tell("hej canary")
    Disclosure.objects.update(read_by_staff=1)
    ada.send("end/", do="end")
    assert Tombstone.objects.get().mark is None
    assert ada.come_back(words).status_code == 404


# --- crashes, restores ---------------------------------------------------------------------------


def test_a_restore_of_a_closed_talk_is_erased_again_with_its_tombstone(
    ada: Ada, bo: Person
) -> None:
    words, goes = told_and_closed(ada, bo)
    Disclosure.objects.update(due=goes)
    before = Disclosure.objects.get()
    erasing.sweep(goes)
    Tombstone.objects.all().delete()
    before.save(force_insert=True)
    assert erasing.replay() == 1
    assert Tombstone.objects.get().gone == erasing.hour_of(goes)
    ada.come_back(words)
    assert ada.sees("it was erased")


def test_an_ending_is_replayed_on_a_backup_from_before_the_closing(
    ada: Ada, north: Team, bo: Person
) -> None:
    # Given a backup of the talk as it was before it was closed and ended
    set_policy(north, What.ERASE)
    words = ada.tell("hej canary")
    answer(Disclosure.objects.get(), bo, "Thank you for telling.")
    before, child = Disclosure.objects.get(), KeyCopy.objects.get(team_key__isnull=True)
    before.close(timezone.now())
    ada.come_back(words)
    ada.send("end/", do="end")
    assert not Disclosure.objects.exists()
    # When it is put back
    Tombstone.objects.all().delete()
    before = Disclosure(**{f.attname: getattr(before, f.attname) for f in before._meta.fields})
    before.closed = before.goes = None
    before.save(force_insert=True)
    child.save(force_insert=True)
    # Then it goes again, and the words stay stopped
    assert erasing.replay() == 1
    assert not Disclosure.objects.exists()
    assert ada.come_back(words).status_code == 404


def test_what_was_listed_but_opened_again_since_is_not_erased_by_a_replay(
    ada: Ada, bo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a round that died after the list was written
    words, goes = told_and_closed(ada, bo)

    def dies(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as broken:
        broken.setattr(AuditEvent, "write", dies)
        with pytest.raises(DatabaseError):
            erasing.erase_over(Disclosure.objects.get().team, goes)
    assert Disclosure.objects.exists()
    # When the child writes more before the next round
    ada.come_back(words)
    ada.send("more/", text="there is more")
    # Then neither the next round nor a replay erases it, nor once it is closed anew
    erasing.sweep(goes)
    assert erasing.replay() == 0
    answer(Disclosure.objects.get(), bo, "I read it.")
    Disclosure.objects.get().close(goes)
    assert erasing.replay() == 0
    assert Disclosure.objects.exists()


@pytest.mark.parametrize("step", ["_note", "_destroy"])
def test_a_round_that_dies_leaves_it_whole_and_the_next_one_erases_it(
    ada: Ada, bo: Person, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _words, goes = told_and_closed(ada, bo)
    done = getattr(erasing, step)

    def dies_after(*args: object) -> None:
        done(*args)
        raise DatabaseError

    with monkeypatch.context() as broken:
        broken.setattr(erasing, step, dies_after)
        with pytest.raises(DatabaseError):
            erasing.sweep(goes)
    assert Message.objects.count() == 2
    assert not Tombstone.objects.exists()
    erasing.sweep(goes)
    assert not Message.objects.exists()
    assert Tombstone.objects.count() == 1
