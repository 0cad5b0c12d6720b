"""Bo asks South to take over: Cato says yes and Ada sees who reads now; or Ada says no."""

import re

import pytest

from tests.journeys.house import House
from tests.journeys.test_looks import CHILD, STAFF, faults
from tests.journeys.visitors import Child, Staff

TOLD = "he lives near the other school. he asked for a picture 4b1d"
WORDS = "She is at your school. Can you take over? 88c2"
WAYS = pytest.mark.parametrize(
    ("script", "language"),
    [(True, "sv"), (True, "en"), (False, "sv"), (False, "en")],
    ids=["script-sv", "script-en", "no-script-sv", "no-script-en"],
)


def asks_south(bo: Staff, told: str, afterwards: str) -> None:
    """Bo asks from the desk, in his own words."""
    bo.opens_from_inbox(told)
    bo.follows("Ask another team to take over")
    bo.page.get_by_label(re.compile("^South, ")).check()
    bo.page.get_by_label("What you write to them").fill(WORDS)
    bo.page.get_by_label(re.compile(afterwards)).check()
    bo.presses("Ask them")
    bo.sees("Team South is asked to take over.")


def opens_the_asking(cato: Staff) -> None:
    """Cato finds it in his inbox, and reads what Bo wrote and nothing of the talk."""
    cato.opens("/staff/inbox/")
    cato.sees("Team North asks you to take over")
    cato.page.locator('a[href*="/asked/"]').first.click()
    cato.sees(WORDS)
    cato.sees_not(TOLD)


@WAYS
def test_cato_takes_over_and_ada_sees_who_reads_now(
    ada: Child, bo: Staff, cato: Staff, house: House
) -> None:
    # Given Ada, who told North, and Bo, who asks South
    ada.tells(TOLD)
    told = house.newest()
    bo.signs_in()
    asks_south(bo, told, "go on reading the talk")

    # When she comes back she reads who is asked, and that she can say no
    ada.comes_back()
    ada.sees(ada.says("Bo asked"))
    ada.sees(ada.says("no, then nobody is angry"))

    # And Cato, who could open nothing before, says yes and answers
    cato.signs_in()
    assert cato.opens_thread(told) == 404
    opens_the_asking(cato)
    cato.presses("Yes, we take over")
    cato.sees(TOLD)
    cato.answers("I am Cato. I read this now. 19f7")

    # Then Ada sees who reads now and who did before
    ada.comes_back()
    ada.sees("I am Cato. I read this now. 19f7")
    ada.sees(ada.says("who reads now"))
    ada.sees(ada.says("North still reads"))

    # And Bo reads on, and can do no more
    bo.opens("/staff/inbox/")
    bo.sees("Team South took over")
    assert bo.opens_thread(told) == 200
    bo.sees("Cato carries it.")
    bo.sees("I am Cato. I read this now. 19f7")
    assert bo.page.get_by_label("Your answer").count() == 0


@WAYS
def test_ada_says_no_and_both_teams_are_told(
    ada: Child, bo: Staff, cato: Staff, house: House
) -> None:
    # Given Ada, who told North, and Bo, who asks South
    ada.tells(TOLD)
    told = house.newest()
    bo.signs_in()
    asks_south(bo, told, "read nothing of it")
    cato.signs_in()
    opens_the_asking(cato)

    # When Ada says no
    ada.comes_back()
    ada.sees(ada.says("Bo asked"))
    ada.presses(ada.says("no to them"))

    # Then she reads that it counts, Cato comes too late, and Bo has it still
    ada.sees(ada.says("it counts"))
    cato.presses("Yes, we take over")
    cato.sees("The child has said no.")
    assert cato.opens_thread(told) == 404
    bo.opens_from_inbox(told)
    bo.sees("the child said no to the other team (South)")
    bo.sees(TOLD)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_page_of_a_change_of_hands_can_be_read_by_everybody(
    ada: Child, bo: Staff, cato: Staff, house: House
) -> None:
    found: list[str] = []

    def look(who: Child | Staff, where: str) -> None:
        widths = CHILD if isinstance(who, Child) else STAFF
        found.extend(faults(who.page, widths, who.language, where))

    ada.tells(TOLD)
    told = house.newest()
    bo.signs_in()
    bo.opens(f"/staff/thread/{told}/another-team/")
    bo.page.locator("summary").click()
    look(bo, "asking")
    bo.presses("Ask them")
    bo.page.locator(".wrong").first.wait_for()
    look(bo, "asked nobody")
    asks_south(bo, told, "go on reading the talk")
    look(bo, "the desk of what is asked")
    ada.comes_back()
    ada.sees(ada.says("Bo asked"))
    look(ada, "who is asked")
    cato.signs_in()
    cato.opens("/staff/inbox/")
    look(cato, "the inbox of who is asked")
    opens_the_asking(cato)
    cato.page.locator("summary").click()
    look(cato, "being asked")
    cato.presses("Yes, we take over")
    cato.sees(TOLD)
    ada.comes_back()
    ada.presses(ada.says("no to them"))
    ada.sees(ada.says("said no, too late"))
    look(ada, "who reads now")
    assert cato.opens_thread(told) == 200
    look(cato, "the desk of what a child said no to")
    bo.opens("/staff/inbox/")
    look(bo, "the inbox of who gave it")
    assert bo.opens_thread(told) == 200
    look(bo, "what is kept")
    assert not found, "\n".join(found)
