"""A real server, a real browser, and the cast: given, when, then.

    def test_ada_tells_and_bo_reads(ada, bo, house):
        ada.tells("hej")
        bo.signs_in().opens_from_inbox(house.newest())
        bo.sees("hej")

Ada is a child at a telephone (visitors.py); a test may be parametrised over `script`, `language`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.house import House
from tests.journeys.visitors import Child, Staff, Visits

if TYPE_CHECKING:
    from playwright.sync_api import Browser

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An installation with the fixed cast, which nobody serves; servers begin with copies of it."""
    house = House(tmp_path_factory.mktemp("stage") / "stage")
    house.make_stage()
    return house


@pytest.fixture(scope="session")
def house(stage: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The server that the journeys of this process share."""
    with House(tmp_path_factory.mktemp("house") / "house", stage).open() as house:
        yield house


@pytest.fixture
def visits(chromium: "Browser", house: House) -> Iterator[Visits]:
    """Opens windows; when the journey is over, looks at what it left."""
    visits = Visits(chromium, house)
    yield visits
    visits.end()


@pytest.fixture
def script() -> bool:
    """Whether Ada's telephone runs script; a test may be parametrised over it."""
    return True


@pytest.fixture
def language() -> str:
    """Ada's language; a test may be parametrised over it."""
    return "en"


@pytest.fixture
def ada(visits: Visits, script: bool, language: str) -> Child:
    """A child of ten."""
    return visits.child("Ada", script=script, language=language)


@pytest.fixture
def bo(visits: Visits) -> Staff:
    """Responder of North."""
    return visits.staff("Bo")


@pytest.fixture
def lo(visits: Visits) -> Staff:
    """Lead of North."""
    return visits.staff("Lo")


@pytest.fixture
def cato(visits: Visits) -> Staff:
    """Responder of South."""
    return visits.staff("Cato")


@pytest.fixture
def mio(visits: Visits) -> Staff:
    """Lead of South."""
    return visits.staff("Mio")
