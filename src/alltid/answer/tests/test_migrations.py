"""What lay in a database before is there after an upgrade."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from alltid.people.retention import What
from alltid.tell.models import Disclosure

from ..casework import children, second_person
from ..casework.events import Duty, Role
from ..casework.state import fold
from ..casework.tests.desk import place
from ..models import Case

BEFORE = [("answer", "0002_too_few_readers"), ("tell", "0002_was_acute")]
NOW = MigrationLoader(None).graph.leaf_nodes()


@pytest.mark.django_db(transaction=True)
def test_whose_a_case_was_stands_in_its_chronology_after_the_upgrade(cast):
    told = cast.tell()
    mine, nobodys = Case.objects.open_for(told.again()), Case.objects.open_for(cast.tell().again())
    try:
        old = _migrate(BEFORE).get_model("answer", "Case")
        old.objects.filter(pk=mine.pk).update(owner_id=cast.user("Bo").pk)
    finally:
        _migrate_to_now()
    after = Case.objects.get(pk=mine.pk)
    state = fold(event.plain for event in after.events.all())
    assert (after.owner, after.sequence) == (cast.user("Bo"), 1)
    assert (state.owner, state.sequence) == (str(cast.user("Bo").pk), 1)
    assert not Case.objects.get(pk=nobodys.pk).events.exists()
    assert told.again().reaches_child
    page = cast.browser("Bo").get(f"/staff/thread/{told.pk}/")
    assert page.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_note_of_before_stops_the_upgrade_and_nothing_is_lost(cast):
    case = Case.objects.open_for(cast.tell().again())
    notes = _migrate(BEFORE).get_model("answer", "CaseNote").objects
    notes.create(case_id=case.pk, sequence=1, sealed=b"sealed")
    try:
        with pytest.raises(RuntimeError, match="Nothing was changed"):
            _migrate_to_now()
        assert notes.exists()
    finally:
        notes.all().delete()
        _migrate_to_now()


def _migrate_to_now():
    """Leave the database to the tests that come after."""
    _migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_a_team_keeps_what_it_promised_and_the_term_of_what_is_closed_begins_at_the_upgrade(cast):
    closed, still_open = cast.tell(), cast.tell("South")
    Disclosure.objects.filter(pk=closed.pk).update(rank=Disclosure.Rank.CLOSED)
    try:
        before = [("tell", "0003_source"), ("people", "0001_initial")]
        teams = _migrate(before).get_model("people", "Team").objects
        teams.filter(name="South").update(keeps_after_end=False)
        began = timezone.now()
    finally:
        _migrate(NOW)
    north, south = closed.again(), still_open.again()
    assert (north.policy.what, north.policy.months, north.policy.by) == (What.KEEP, 60, None)
    assert (south.policy.what, south.goes) == (What.ERASE, None)
    assert north.goes > began + timedelta(days=5 * 365)
    assert north.goes == north.goes_on()


def _migrate(targets):
    """The models as they are after a migration."""
    executor = MigrationExecutor(connection)
    return executor.migrate(targets).apps


@pytest.mark.django_db(transaction=True)
def test_where_the_duty_was_decided_before_the_lead_is_not_asked_again(cast):
    tolds = {name: cast.tell() for name in ("nobody", "open", "decided", "withdrawn", "prank")}
    first = {
        name: children.add(place(cast, tolds[name]), Role.SELF, "", identifiable=True)
        for name in ("open", "decided", "withdrawn")
    }
    children.add(place(cast, tolds["withdrawn"]), Role.FRIEND, "", identifiable=True)
    for name in ("decided", "withdrawn"):
        children.decide(place(cast, tolds[name]), first[name], Duty.CONSULT, "")
    children.withdraw(place(cast, tolds["withdrawn"]), first["withdrawn"], "a mistake")
    second_person.mark_prank(place(cast, tolds["prank"]), "a joke")
    second_person.agree_prank(place(cast, tolds["prank"], "Lo"))
    Case.objects.open_for(tolds["nobody"].again())
    wanted = {name: Case.objects.get(disclosure=told.pk).undecided for name, told in tolds.items()}
    try:
        _migrate([("answer", "0003_casework")])
    finally:
        _migrate(NOW)
    found = {name: Case.objects.get(disclosure=told.pk).undecided for name, told in tolds.items()}
    assert found == wanted
    assert found == {
        "nobody": True, "open": True, "decided": False, "withdrawn": True, "prank": False,
    }  # fmt: skip
