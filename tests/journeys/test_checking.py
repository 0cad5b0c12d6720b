"""Ada got a message that feels strange: she has it looked at, tells about it, and Bo reads it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.house import House
from tests.journeys.visitors import LANGUAGES, Child, Staff

OFFER = "5 bilder = 200kr, deal? 3c1e"
with_and_without = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


@with_and_without
@pytest.mark.parametrize("language", LANGUAGES)
def test_ada_checks_an_offer_and_tells_about_it_in_words_of_her_own(
    ada: Child, bo: Staff, house: House
) -> None:
    # Given Ada, who finds the way from the first page
    ada.opens()
    ada.follows(ada.says("check a message"))
    ada.heads(ada.says("check a message"))
    # When she pastes what she got
    ada.writes(OFFER)
    ada.presses(ada.says("check"))
    # Then she reads what it is, and that it is not her fault
    ada.heads(ada.says("offer"))
    ada.sees(ada.says("not your fault"))
    ada.sees(ada.says("danger"))
    expect(ada.page.locator("mark")).to_have_text(["5 bilder", "200kr"])
    # And the message comes along to the page to tell on, where she adds to it
    ada.presses(ada.says("tell us"))
    ada.heads(ada.says("always"))
    expect(ada.page.locator("#text")).to_have_value(OFFER)
    ada.writes(f"{OFFER} somebody sent me this")
    ada.sends()
    ada.gets_words()
    # And Bo reads it; what a machine sees is closed until he taps
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    bo.sees(f"{OFFER} somebody sent me this")
    expect(bo.page.locator("mark").first).to_be_hidden()
    bo.page.get_by_text("What a machine sees in these words").click()
    expect(bo.page.get_by_text("Asks for a picture.")).to_be_visible()
    expect(bo.page.locator("mark:visible")).to_have_text(["5 bilder", "200kr"])


@with_and_without
@pytest.mark.parametrize("language", LANGUAGES)
def test_ada_changes_language_on_each_page_and_keeps_the_message(ada: Child) -> None:
    ada.opens("check/")
    ada.writes(OFFER)
    for name in ("Svenska", "English"):
        if ada.page.get_by_role("button", name=name).count():
            ada.presses(name)
            break
    ada.language = "sv" if ada.language == "en" else "en"
    expect(ada.page.locator("html")).to_have_attribute("lang", ada.language)
    expect(ada.page.locator("#text")).to_have_value(OFFER)
    ada.presses(ada.says("check"))
    ada.heads(ada.says("offer"))
    ada.presses("English" if ada.language == "sv" else "Svenska")
    ada.language = "sv" if ada.language == "en" else "en"
    ada.heads(ada.says("offer"))
    expect(ada.page.locator("mark")).to_have_text(["5 bilder", "200kr"])


def test_bo_reads_marks_without_script(visits, house: House) -> None:
    house.tell(OFFER)
    bo = visits.staff("Bo", script=False)
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    expect(bo.page.locator("mark").first).to_be_hidden()
    bo.page.get_by_text("What a machine sees in these words").click()
    expect(bo.page.locator("mark:visible")).to_have_text(["5 bilder", "200kr"])


def test_ada_checks_without_a_network_and_keeps_the_message(ada: Child) -> None:
    ada.opens("check/")
    ada.writes(OFFER)
    ada.context.set_offline(True)
    ada.presses(ada.says("check"))
    expect(ada.page.get_by_text("It didn't get through.")).to_be_visible()
    expect(ada.page.locator("#text")).to_have_value(OFFER)
    ada.context.set_offline(False)
    ada.presses(ada.says("check"))
    ada.heads(ada.says("offer"))
