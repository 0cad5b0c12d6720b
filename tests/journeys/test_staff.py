"""The adults' days: the lock, a blank screen, hands that change, signing out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from alltid.vault.identity import Identity
from alltid.vault.tests.plain_age import opened_by_age
from tests.journeys.house import House
from tests.journeys.visitors import Staff

TOLD = "she asked for a picture of me 8a41"
DRAFT = "I am glad that you wrote. Are you safe 5be0"


@contextmanager
def third_reader(house: House) -> Iterator[None]:
    """Mio is let in to North, too, for as long as it lasts."""
    mio = "(SELECT id FROM people_user WHERE name = 'Mio')"
    north = "(SELECT id FROM people_team WHERE slug = 'north')"
    house.execute(
        "INSERT INTO people_membership (team_id, user_id, role, let_in) "
        f"VALUES ({north}, {mio}, 'responder', datetime('now'))"
    )
    try:
        yield
    finally:
        house.execute(f"DELETE FROM people_membership WHERE team_id = {north} AND user_id = {mio}")


def test_bo_is_locked_while_he_writes_and_his_draft_waits_behind_signing_in(
    bo: Staff, house: House
) -> None:
    # Given Bo, who is called away from a half-written answer
    house.tell(TOLD)
    told = house.newest()
    bo.signs_in()
    bo.opens_from_inbox(told)
    bo.writes(DRAFT)
    # When he comes back after a quarter of an hour and presses Send
    house.clock.forward(minutes=16)
    bo.presses("Send to the child")
    # Then nothing is sent, and the draft is kept, sealed
    bo.heads("Sign in")
    bo.sees("Your draft is kept.")
    assert house.execute("SELECT count(*) n FROM tell_message WHERE NOT from_child "
                         "AND disclosure_id = ?", told.replace("-", ""))[0]["n"] == 0  # fmt: skip
    assert not house.where(DRAFT)
    bo.signs_in()
    bo.sees(TOLD)
    expect(bo.page.get_by_label("Your answer")).to_have_value(DRAFT)
    bo.presses("Send to the child")
    expect(bo.page.locator(".message.from-us")).to_contain_text(DRAFT)


def test_bo_finds_every_page_locked_after_a_quarter_of_an_hour(bo: Staff, house: House) -> None:
    house.tell(TOLD)
    told = house.newest()
    bo.signs_in()
    bo.opens_from_inbox(told)
    house.clock.forward(minutes=14)
    bo.opens_from_inbox(told)
    house.clock.forward(minutes=16)
    for path in ("inbox/", f"thread/{told}/", "team/north/", "account/"):
        bo.opens(f"/staff/{path}")
        expect(bo.page).to_have_url(re.compile(r"/staff/sign-in/\?next="))
        bo.sees_not(TOLD)


def test_bo_presses_escape_twice_and_the_desk_is_blank(bo: Staff, house: House) -> None:
    house.tell(TOLD)
    bo.signs_in()
    # The page is fresh and he has touched nothing on it: the browser closes what Escape opened.
    bo.opens(f"/staff/thread/{house.newest()}/")
    told = bo.page.get_by_text(TOLD)
    for _time in range(2):
        bo.page.keyboard.press("Escape")
    cover = bo.page.locator("dialog.blank")
    expect(cover).to_be_visible()
    assert cover.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 900}
    assert bo.page.title() == "–"
    bo.page.keyboard.press("Enter")
    expect(cover).to_be_hidden()
    expect(told).to_be_visible()


def test_bo_hides_a_thread_from_lo_and_for_her_it_does_not_exist(
    bo: Staff, lo: Staff, house: House
) -> None:
    house.tell("it is about Lo c5d2")
    told = house.newest()
    lo.signs_in()
    lo.opens("/staff/inbox/")
    expect(lo.page.locator(f'a[href*="{told}"]')).to_have_count(1)
    bo.signs_in()
    bo.opens_from_inbox(told)

    def hides() -> None:
        bo.page.get_by_text("Hide it from a member").click()
        bo.page.get_by_label("Hide it from", exact=True).select_option(label="Lo")
        bo.presses("Hide it")

    hides()
    bo.heads("Nobody but you would read it then")
    bo.opens(f"/staff/thread/{told}/")
    with third_reader(house):
        hides()
        bo.sees("Hidden from Lo.")
    assert lo.opens_thread(told) == 404
    lo.opens("/staff/inbox/")
    expect(lo.page.locator(f'a[href*="{told}"]')).to_have_count(0)
    lo.opens("/staff/team/north/log/")
    lo.sees_not("hid from a member")


def test_bo_passes_a_thread_to_lo_without_a_reason(bo: Staff, lo: Staff, house: House) -> None:
    house.tell(TOLD)
    told = house.newest()
    bo.signs_in()
    bo.opens_from_inbox(told)
    bo.page.get_by_text("Pass it to another member").click()
    bo.page.get_by_label("Who answers from now").select_option(label="Lo")
    bo.presses("Pass it on")
    strip = bo.page.locator(".strip")
    expect(strip).to_contain_text("Lo")
    lo.signs_in()
    lo.opens("/staff/inbox/")
    expect(lo.page.locator(f'a[href*="{told}"]')).to_contain_text("Lo")


def test_bo_signs_out_and_nothing_is_left_here_or_behind_back(bo: Staff, house: House) -> None:
    house.tell(TOLD)
    before = unlocked(house)
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    bo.sees(TOLD)
    assert unlocked(house) > before
    names = {cookie["name"] for cookie in bo.context.cookies()}
    assert names >= {"alltid-session", "__Host-alltid-key"}
    bo.presses("Sign out")
    bo.sees("You are signed out.")
    left = {cookie["name"] for cookie in bo.context.cookies()}
    assert not left & {"alltid-session", "__Host-alltid-key"}
    assert unlocked(house) == before
    bo.goes_back()
    bo.sees_not(TOLD)
    bo.heads("Sign in")


def unlocked(house: House) -> set[bytes]:
    """The sessions whose identities lie sealed in the database."""
    return {row["session_digest"] for row in house.execute("SELECT * FROM people_unlocking")}


def test_the_keys_cookie_is_kept_from_scripts_and_from_other_sites(bo: Staff) -> None:
    bo.signs_in()
    cookies = {cookie["name"]: cookie for cookie in bo.context.cookies()}
    for name, path in (("alltid-session", "/staff/"), ("__Host-alltid-key", "/")):
        cookie = cookies[name]
        assert cookie["httpOnly"]
        assert cookie["secure"]
        assert cookie["sameSite"] == "Strict"
        assert cookie["expires"] == -1  # gone when the browser closes
        assert cookie["path"] == path


def test_a_thief_of_bos_words_has_to_wait_between_codes_and_bo_gets_in(
    bo: Staff, house: House
) -> None:
    bo.tries_to_sign_in(passphrase="these are not the words")
    bo.sees("The name, the passphrase or the code is not right.")
    # After ten wrong codes a minute is waited for each; nobody is locked out.
    house.execute("UPDATE people_user SET failures = 10 WHERE name = 'Bo'")
    bo.tries_to_sign_in(code="000000")
    bo.sees("The name, the passphrase or the code is not right.")
    bo.tries_to_sign_in(code="000000")
    bo.sees("There were several wrong tries. Wait")
    house.clock.forward(minutes=1)
    bo.signs_in()


def test_a_code_opens_once(bo: Staff, house: House) -> None:
    code = bo.known.code(house.clock)
    bo.tries_to_sign_in(code=code)
    expect(bo.page).not_to_have_url(re.compile("/sign-in/"))
    bo.presses("Sign out")
    bo.tries_to_sign_in(code=code)
    bo.sees("The name, the passphrase or the code is not right.")


def test_a_court_opens_with_plain_age_what_lo_took_out(
    lo: Staff, house: House, tmp_path: Path
) -> None:
    house.tell(TOLD)
    lo.signs_in()
    lo.opens_from_inbox(house.newest())
    lo.page.get_by_text("Take a copy out").click()
    court = Identity.generate()
    lo.page.locator("[name=recipient]").fill(court.recipient)
    with lo.page.expect_download() as download:
        lo.presses("Download, sealed to them")
    file = tmp_path / "copy.age"
    download.value.save_as(file)
    assert TOLD.encode() not in file.read_bytes()
    assert TOLD in opened_by_age(file.read_bytes(), court, tmp_path).stdout
    assert TOLD not in opened_by_age(file.read_bytes(), Identity.generate(), tmp_path).stdout
