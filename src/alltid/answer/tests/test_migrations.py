"""What lay in a database before is there after an upgrade."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ..casework.state import fold
from ..models import Case

BEFORE = [("answer", "0002_too_few_readers"), ("tell", "0002_was_acute")]


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


def _migrate(targets):
    """The models as they are after a migration."""
    executor = MigrationExecutor(connection)
    return executor.migrate(targets).apps
