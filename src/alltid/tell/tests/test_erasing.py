"""Erasing: the rows go, and so do the bytes."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from alltid.people.keys import new_generation
from alltid.people.models import AuditEvent, Team
from alltid.people.retention import What
from alltid.people.tests.scene import Person, set_policy
from alltid.tell import erasing
from alltid.tell.models import Disclosure, KeyCopy, Message, SpentForm, VisitKey

from .conftest import Ada
from .test_telling import answer, staff_reads


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: object) -> None:
    """The list of erased ids is written to a folder of this test."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]


def test_unread_talk_goes_a_day_after_it_was_ended(ada: Ada) -> None:
    ada.tell("hej")
    ada.send("end/", do="end")
    now = timezone.now()
    erasing.sweep(now + timedelta(hours=23))
    assert Disclosure.objects.count() == 1
    erasing.sweep(now + timedelta(hours=25))
    assert Disclosure.objects.count() == 0
    assert Message.objects.count() == 0


def test_unread_acute_talk_stays_to_be_read(ada: Ada) -> None:
    ada.tell("hej", now="not_safe")
    ada.send("end/", do="end")
    erasing.sweep(timezone.now() + timedelta(days=2))
    assert Disclosure.objects.count() == 1


def test_what_was_ended_unread_does_not_go_from_under_bo_who_opens_it(
    ada: Ada, north: Team, bo: Person
) -> None:
    set_policy(north, What.ERASE)
    ada.tell("hej", now="not_safe")
    ada.send("end/", do="end")
    disclosure, later = Disclosure.objects.get(), timezone.now()
    AuditEvent.write("opened", actor=bo.user, team=north, subject=disclosure.pk)
    disclosure.mark_read_by_staff(1)
    erasing.sweep(later + timedelta(hours=23))
    assert Disclosure.objects.count() == 1
    erasing.sweep(later + timedelta(hours=25))
    assert Disclosure.objects.count() == 0


@pytest.mark.parametrize(("keeps", "left"), [(True, 1), (False, 0)])
def test_read_talk_follows_the_teams_policy(ada: Ada, north: Team, keeps: bool, left: int) -> None:
    set_policy(north, What.KEEP if keeps else What.ERASE)
    ada.tell("hej")
    Disclosure.objects.update(read_by_staff=1)
    ada.send("end/", do="ask")
    assert ada.seen.context["erases"] is not keeps
    ada.send("end/", do="end")
    assert Disclosure.objects.count() == left


@pytest.mark.parametrize("tap", ["okay", "not_safe"])
def test_words_of_a_talk_answered_a_year_ago_open_nothing_and_the_team_keeps_it(
    ada: Ada, bo: Person, tap: str
) -> None:
    words = ada.tell("hej", now=tap)
    answer(Disclosure.objects.get(), bo, "Thank you for telling.")
    due = Disclosure.objects.get().due
    erasing.sweep(due + timedelta(days=364))
    assert ada.come_back(words).status_code == 200
    erasing.sweep(due + timedelta(days=366))
    ada.come_back(words)
    assert ada.seen.status_code == 404
    assert ada.sees("Maybe it was ended or is too old.")
    assert staff_reads(Disclosure.objects.get(), bo)[0] == "hej"


def test_words_work_as_long_as_nobody_has_answered(ada: Ada) -> None:
    words = ada.tell("hej")
    erasing.sweep(Disclosure.objects.get().due + timedelta(days=400))
    assert ada.come_back(words).status_code == 200


def test_old_generation_of_the_teams_key_goes_with_its_last_talk(ada: Ada, north: Team) -> None:
    ada.tell("hej")
    old = north.current_key()
    new_generation(north)
    erasing.sweep()
    assert old in north.keys.all()
    erasing.erase(Disclosure.objects.get(), timezone.now(), "a test")
    erasing.sweep()
    assert [key.number for key in north.keys.all()] == [2]


def test_erased_ids_are_listed_and_erased_again_after_a_restore(ada: Ada) -> None:
    ada.tell("hej")
    disclosure = Disclosure.objects.get()
    erasing.remember(disclosure.pk)
    assert (settings.DATA / "erased.txt").read_text().split() == [str(disclosure.pk)]
    assert erasing.replay() == 1
    assert Disclosure.objects.count() == 0
    assert erasing.replay() == 0


def test_ended_talk_that_a_restore_brought_back_is_ended_again(ada: Ada) -> None:
    words = ada.tell("hej")
    ada.come_back(words)
    before = Disclosure.objects.get()
    child = KeyCopy.objects.get(team_key__isnull=True)
    ada.send("end/", do="end")
    ended = Disclosure.objects.get().ended
    # When a backup is put back that was taken before
    before.save()
    child.save(force_insert=True)
    assert ada.come_back(words).status_code == 200
    with (settings.DATA / "erased.txt").open("a") as torn:
        torn.write("ended 2026-11-23T17")
    erasing.remember(uuid4())
    assert erasing.replay() == 1
    # Then the words work no more, and what nobody read is erased in time
    assert ada.come_back(words).status_code == 404
    assert Disclosure.objects.get().ended == ended
    assert erasing.replay() == 0
    erasing.sweep(ended + timedelta(hours=26))
    assert not Disclosure.objects.exists()


def test_sweeping_forgets_spent_forms_and_visit_keys_in_time(ada: Ada) -> None:
    words = ada.tell("hej")
    ada.come_back(words)
    now = timezone.now()
    erasing.sweep(now + timedelta(minutes=10))
    assert SpentForm.objects.exists()
    assert VisitKey.objects.exists()
    erasing.sweep(now + timedelta(days=15))
    assert not SpentForm.objects.exists()
    assert not VisitKey.objects.exists()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_bytes_of_an_erased_message_are_gone_from_database_and_log(ada: Ada) -> None:
    ada.tell("hej")
    disclosure = Disclosure.objects.get()
    sealed = bytes(disclosure.messages.get().sealed)
    folder = Path(connection.settings_dict["NAME"]).parent
    name = Path(connection.settings_dict["NAME"]).name
    canary = sealed[64:96]

    def found() -> list[str]:
        return [path.name for path in folder.glob(f"{name}*") if canary in path.read_bytes()]

    assert found()
    erasing.erase(disclosure, timezone.now(), "a test")
    assert erasing.shrink_log()
    assert not found()
