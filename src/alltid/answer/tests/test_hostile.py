"""Full disks, alarms and hands in the database, as staff meet them."""

import pytest
from django.db import OperationalError

from alltid.answer.models import Case, CaseKeyCopy
from alltid.people.models import TeamKey
from alltid.vault.identity import Identity
from tests.cast import Cast


def test_disk_is_full_between_a_case_and_its_key_and_neither_is_left(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = cast.tell()

    def full(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(CaseKeyCopy, "save", full)
        with pytest.raises(OperationalError):
            Case.objects.open_for(told.disclosure)
    assert not Case.objects.exists()
    case = Case.objects.open_for(told.disclosure)
    assert CaseKeyCopy.objects.get().case == case


def test_bo_reads_what_waits_while_an_alarm_is_on(cast: Cast) -> None:
    told = cast.tell(text="somebody said", now="threatened")
    cast.north.stop_intake()
    page = cast.browser("Bo").get(f"/staff/thread/{told.pk}/")
    assert page.status_code == 200
    assert "somebody said" in page.content.decode()


def test_notes_are_not_sealed_to_a_key_that_somebody_put_there(cast: Cast) -> None:
    told = cast.tell()
    TeamKey.objects.create(team=cast.north, number=99, recipient=Identity.generate().recipient)
    assert cast.browser("Bo").get(f"/staff/thread/{told.pk}/").status_code == 200
    assert {copy.team_key.number for copy in CaseKeyCopy.objects.all()} <= {1}
