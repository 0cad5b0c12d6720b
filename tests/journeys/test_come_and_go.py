"""People come and go: removed, invited, let in, a passphrase lost. Each has a server of its own."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import expect

from tests.journeys.house import House
from tests.journeys.visitors import Staff

BEFORE = "before anybody left 0d11"
AFTER = "after somebody left 0d22"


@pytest.fixture
def house(stage: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server of this test's own: it changes who is who."""
    with House(tmp_path_factory.mktemp("house") / "house", stage).open() as house:
        yield house


def makes_a_code(lead: Staff, name: str) -> str:
    """A lead makes an invitation, or a member a code for a colleague who lost their way in."""
    lead.opens("/staff/team/north/")
    if name:
        lead.page.locator("li", has_text=name).get_by_role(
            "link", name="Lost passphrase or phone"
        ).click()
    else:
        lead.page.get_by_text("Invite somebody").click()
    lead.presses("Make a code")
    return lead.page.locator(".words").inner_text()


def lets_in(lead: Staff, name: str, letters: str) -> None:
    """A member compares letters with a newcomer and lets them in."""
    lead.opens("/staff/team/north/")
    lead.page.locator("li", has_text=name).get_by_role("link", name="Let in").click()
    assert lead.page.locator(".words").inner_text() == letters
    lead.presses("They are the same. Let in")
    lead.heads("North")


def test_lo_removes_bo_who_opens_nothing_until_he_is_invited_and_let_in(
    bo: Staff, lo: Staff, house: House
) -> None:
    # Given Bo at work
    house.tell(BEFORE)
    before = house.newest()
    bo.signs_in()
    bo.opens_from_inbox(before)
    bo.sees(BEFORE)
    # When Lo removes him
    lo.signs_in()
    lo.opens("/staff/team/north/")
    lo.page.locator("li", has_text="Bo").get_by_role("link", name="Remove").click()
    lo.presses("Remove Bo")
    lo.heads("North")
    # Then his page is locked at once, and nothing of North is there when he signs in again
    bo.opens(f"/staff/thread/{before}/")
    bo.heads("Sign in")
    bo.signs_in()
    # Alone, Lo takes nothing: a child is led to the cover team meanwhile.
    assert house.ask("GET", "/en/at/north/").status == 503
    for path in (f"thread/{before}/", "team/north/", "inbox/north/"):
        answer = bo.page.goto(f"{house.origin}/staff/{path}")
        assert answer is not None
        assert answer.status == 404
        bo.sees_not(BEFORE)
    assert not house.execute(
        "SELECT 1 FROM people_teamkeycopy WHERE user_id = ?", bo.known.id.replace("-", "")
    )
    lo.opens_from_inbox(before)
    lo.sees(BEFORE)

    # When Lo invites him again and he types the code
    code = makes_a_code(lo, "")
    bo.opens("/staff/join/")
    bo.page.get_by_label("Invitation code").fill(code.lower())
    bo.presses("Go on")
    bo.sees("North has not let you in yet")
    assert bo.opens_thread(before) == 404
    # Then he opens it once they have compared letters
    bo.opens("/staff/account/")
    lets_in(lo, "Bo", bo.page.locator(".words").inner_text())
    bo.opens_from_inbox(before)
    bo.sees(BEFORE)
    house.tell(AFTER)
    bo.opens_from_inbox(house.newest())
    bo.sees(AFTER)


def test_bo_loses_his_passphrase_and_lo_mends_it(bo: Staff, lo: Staff, house: House) -> None:
    # Given Bo, who remembers nothing
    house.tell(BEFORE)
    before = house.newest()
    lo.signs_in()
    code = makes_a_code(lo, "Bo")
    # When he makes his way in anew with the code that Lo told him
    bo.opens("/staff/join/")
    bo.page.get_by_label("Invitation code").fill(code)
    bo.presses("Go on")
    bo.heads("A new way in for Bo")
    new = replace(
        bo.known,
        passphrase=bo.page.locator(".words").inner_text(),
        totp_secret=re.sub(r"\s", "", bo.page.locator("details .secret").text_content() or ""),
    )
    bo.page.locator("[name=own-kept]").check()
    bo.page.locator("[name=own-code]").fill(pyotp.TOTP(new.totp_secret).at(int(house.clock.now())))
    bo.presses("This is my way in")
    bo.sees("Your way in is made.")
    # Then the old way in is none, the new one is, and opens nothing yet
    bo.tries_to_sign_in()
    bo.sees("The name, the passphrase or the code is not right.")
    bo.known = new
    bo.signs_in()
    assert bo.opens_thread(before) == 404
    bo.opens("/staff/account/")
    lets_in(lo, "Bo", bo.page.locator(".words").inner_text())
    bo.opens_from_inbox(before)
    bo.sees(BEFORE)
    expect(bo.page.locator(".desk")).to_be_visible()
