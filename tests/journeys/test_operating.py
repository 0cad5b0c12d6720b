"""Eva's worst day: a backup is put back, first with a pepper that is not its own."""

import shutil
from collections.abc import Iterator

import pytest

from alltid.env import SETTINGS
from tests.journeys.house import House

STAYS, GOES = "this one stays 31fa", "this one is ended by the child 31fb"


@pytest.fixture
def house(stage: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server of this test's own, which is stopped and started."""
    with House(tmp_path_factory.mktemp("house") / "house", stage).open() as house:
        yield house


def ends(house: House, words: list[str]) -> None:
    """A child ends their talk."""
    page = house.come_back(words)
    done = house.send("/en/end/", {"capsule": page.hidden("capsule"), "do": "end"})
    assert "It is ended." in done.text


def test_eva_restores_a_backup_and_what_was_erased_stays_erased(house: House) -> None:
    # Given a backup from before a child ended their talk
    stays, goes = house.tell(STAYS), house.tell(GOES)
    erased = house.newest().replace("-", "")
    backup = house.folder / "backup.sqlite3"
    taken = house.alltid("backup", "--to", str(backup))
    assert taken.returncode == 0, taken.stderr
    ends(house, goes.words)
    house.clock.forward(minutes=25 * 60)
    swept = house.alltid("sweep")
    assert swept.returncode == 0, swept.stderr
    told = "SELECT 1 FROM tell_disclosure WHERE id = ?"
    assert not house.execute(told, erased)

    # When Eva restores it with a pepper that is not its own
    house.stop()
    for name in ("", "-wal", "-shm"):
        house.database.with_name(house.database.name + name).unlink(missing_ok=True)
    shutil.copy(backup, house.database)
    assert house.execute(told, erased), "the backup held it"
    pepper = house.folder / "secrets" / "pepper"
    right = pepper.read_text()
    make = SETTINGS["PEPPER"].make
    assert make is not None
    pepper.write_text(make())
    # Then nothing starts, and the sentence says why and what to do
    refused = house.alltid("serve")
    assert refused.returncode == 2
    assert "The pepper is not the one this database was made with." in refused.stderr
    assert "Put the right pepper back" in refused.stderr
    assert "Traceback" not in refused.stderr

    # And with the right one the erasing is done again before anybody is served
    pepper.write_text(right)
    house.start()
    assert "had come back with a backup" in house.said()
    assert not house.execute(told, erased)
    assert "We found nothing with those words." in house.come_back(goes.words).text
    assert STAYS in house.come_back(stays.words).text
