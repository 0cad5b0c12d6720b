"""Every page can be read by everybody: axe-core, light and dark, narrow and wide, enlarged.

Both rooms are walked through once, and each page is looked at where it is met.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.house import House
from tests.journeys.visitors import LANGUAGES, Visits

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AXE = Axe()
RUN = "axe.run({resultTypes: ['violations']}).then(results => results.violations)"
# Widths in CSS pixels. A telephone's page is enlarged to 200 % by a child, a desk's by an adult.
TELEPHONE, DESK = 360, 1280
CHILD = (TELEPHONE // 2, TELEPHONE, DESK)
STAFF = (TELEPHONE, DESK // 2, DESK)


@pytest.fixture(scope="module")
def windows(chromium: "Browser", house: House) -> Iterator[Visits]:
    """Windows that stay open for the whole walk."""
    visits = Visits(chromium, house)
    yield visits
    for visitor in visits.visitors:
        visitor.context.close()


def faults(page: Page, widths: tuple[int, ...], language: str, where: str) -> list[str]:
    """What is wrong with a page, in each light and at each width."""
    found = []
    if page.locator("html").get_attribute("lang") != language:
        found.append(f"{where}: the page does not say that it is in {language}")
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE.axe_script}; 0")
    # What differs in Swedish is the words: their language, and the room they take.
    lights = [("light", TELEPHONE), ("dark", DESK)][: 2 if language == "en" else 1]
    for light, width in lights:
        page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        for wrong in page.evaluate(RUN):
            targets = ", ".join(str(node["target"]) for node in wrong["nodes"][:3])
            found.append(f"{where}, {light}, {width}: {wrong['help']} ({targets})")
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        if (needs := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{where}: {needs} px wide at {width}")
    page.set_viewport_size({"width": TELEPHONE, "height": 800})
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_child_can_be_read_by_everybody(
    windows: Visits, house: House, language: str
) -> None:
    ada, bo = windows.child(language=language), windows.staff("Bo")
    found: list[str] = []

    def look(where: str) -> None:
        found.extend(faults(ada.page, CHILD, language, where))

    ada.opens()
    look("first")
    ada.presses(ada.says("other"))
    ada.page.get_by_role("button", name="South School").wait_for()
    look("choice of a team")
    ada.opens()
    ada.sends()
    ada.page.locator("[role=alert]:not([data-lost])").wait_for()
    look("empty")
    ada.opens()
    ada.writes("x" * 10_050)
    ada.sends()
    ada.sees(ada.says("a lot"))
    look("too long")
    ada.opens()
    ada.writes("hej data:image/png;base64," + "iVBORw0KGgo" * 30)
    ada.page.locator("[name=now][value=not_safe]").check()
    look("not safe")
    ada.sends()
    ada.gets_words()
    look("six words")
    ada.page.locator("[data-try]").click()
    ada.page.locator("[data-practise] input").first.fill("wrong")
    ada.page.locator("[data-practise] .go").click()
    look("practising")
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    bo.answers("Thank you for telling.")
    ada.opens("words/")
    look("come back")
    ada.types(["zzzz", *ada.words[1:]])
    ada.presses(ada.says("open"))
    ada.page.locator("[aria-invalid=true]").wait_for()
    look("a word not known")
    ada.comes_back()
    ada.heads(ada.says("again"))
    look("the talk")
    for folded in ada.page.locator("details summary").all():
        folded.click()
    look("the talk, unfolded")
    ada.presses(ada.says("good"))
    ada.sees(ada.says("lead reads it"))
    look("how it felt")
    house.clock.forward(minutes=16)
    ada.presses(ada.says("end"))
    ada.sees(ada.says("closed"))
    look("closed")
    ada.comes_back()
    ada.presses(ada.says("end"))
    ada.heads(ada.says("end?"))
    look("end?")
    ada.presses(ada.says("yes"))
    ada.heads(ada.says("ended"))
    look("ended")
    ada.comes_back()
    ada.sees(ada.says("nothing"))
    look("nothing found")
    for path in ("adult/", "next/", "nothing/", "at/south/", "check/"):
        ada.opens(path)
        look(path)
    ada.presses(ada.says("check"))
    ada.page.locator("[role=alert]:not([data-lost])").wait_for()
    look("nothing pasted")
    ada.checks("5 bilder = 200kr, deal?")
    ada.heads(ada.says("offer"))
    look("an offer")
    ada.checks("skicka en bild annars visar jag alla, du får 500 kr")
    ada.heads(ada.says("no need to pay"))
    look("a threat")
    ada.checks("see you after practice " * 500)
    ada.page.locator("#rest").wait_for()
    look("too long to check")
    ada.presses(ada.says("check"))
    ada.heads(ada.says("no offer"))
    look("no offer")
    assert not found, "\n".join(found)


def test_every_page_of_the_staff_can_be_read_by_everybody(windows: Visits, house: House) -> None:
    lo = windows.staff("Lo")
    found: list[str] = []

    def look(where: str, language: str = "en") -> None:
        found.extend(faults(lo.page, STAFF, language, where))

    def opens(path: str) -> None:
        lo.opens(f"/staff/{path}")
        look(path)

    opens("sign-in/")
    lo.tries_to_sign_in(code="000000")
    look("sign-in refused")
    opens("join/")
    lo.presses("Go on")
    look("join refused")
    house.tell("5 bilder = 200kr, deal?", now="threatened", age="10_12")
    told = house.newest()
    lo.opens("/staff/sign-in/")
    lo.signs_in()
    opens("inbox/")
    opens(f"thread/{told}/")
    for folded in lo.page.locator("details summary").all():
        folded.click()
    look("the desk, unfolded")
    lo.presses("Send to the child")
    lo.page.locator(".wrong").first.wait_for()
    look("nothing written")
    lo.answers("Thank you for telling.")
    look("answered")
    lo.page.get_by_text("Note a child concerned", exact=True).click()
    lo.presses("Note the child")
    lo.page.get_by_role("link", name="Make the report").click()
    look("the report, empty")
    lo.presses("Keep, and ask what is missing")
    look("the report, asked")
    lo.presses("Look at the report")
    look("the report, looked at")
    lo.page.get_by_role("link", name="A note for the record system").click()
    look("the note to paste")
    lo.opens(f"/staff/thread/{told}/whole/")
    look("the whole case")
    lo.page.get_by_label("What for").fill("They ask for it")
    lo.presses("Go on")
    look("the whole case, confirmed")
    for path in ("account/", "account/passphrase/", "account/code/"):
        opens(path)
    opens("team/north/")
    lo.page.get_by_text("Invite somebody").click()
    lo.presses("Make a code")
    code = lo.page.locator(".words").inner_text()
    look("invited")
    for name in ("Change hours", "Lost passphrase", "Remove"):
        lo.opens("/staff/team/north/")
        lo.page.get_by_role("link", name=name).first.click()
        lo.page.locator("main form").first.wait_for()
        look(name)
    lo.opens("/staff/team/north/hours/")
    lo.page.locator("[name=day0]").fill("late")
    lo.presses("Save")
    lo.page.locator(".wrong").first.wait_for()
    look("hours refused")
    opens("team/north/log/")
    lo.page.get_by_text("Take this log out").click()
    look("the log, to take out")
    opens("lead/north/")
    opens("lead/north/carried/")
    opens("team/north/keeping/")
    lo.follows("Change it")
    lo.page.get_by_label("Why it is changed").fill("")
    lo.presses("Show what it would do")
    lo.page.locator(".wrong").first.wait_for()
    look("keeping refused")
    lo.page.get_by_label("Why it is changed").fill("the board's decision")
    lo.presses("Show what it would do")
    lo.heads("What it would do")
    look("what it would do")
    opens("nothing/")
    lo.opens("/staff/inbox/")
    lo.presses("Sign out")
    lo.heads("Sign in")
    look("signed out")
    lo.opens("/staff/join/")
    lo.page.get_by_label("Invitation code").fill(code)
    lo.presses("Go on")
    lo.heads("Welcome to North")
    look("a way in")
    dag = windows.staff("Dag").signs_in()
    dag.opens("/staff/inbox/")
    found.extend(faults(dag.page, STAFF, "en", "no inbox"))
    assert not found, "\n".join(found)
