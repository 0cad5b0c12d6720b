"""A lead's morning: she sees that something lies, and gives it to somebody who answers."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.visitors import Staff, Visits

TOLD = "he says I owe him now 7c2d"


@pytest.fixture
def lo(visits: Visits, script: bool) -> Staff:
    """Lead of North, whose browser runs script or not."""
    return visits.staff("Lo", script=script)


def carries(page: Page, name: str) -> int:
    """How much is open with somebody, as the table says."""
    row = page.locator(".load tbody tr").filter(has=page.get_by_role("link", name=name, exact=True))
    return int(row.locator("td").first.inner_text())


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_lo_finds_what_nobody_carries_and_gives_it_to_bo(
    lo: Staff, bo: Staff, house: House
) -> None:
    # Given what a child told yesterday, and that nobody has read
    house.tell(TOLD)
    told = house.newest()
    house.execute(
        "UPDATE tell_disclosure SET due = datetime('now', '-5 hours') WHERE id = ?",
        told.replace("-", ""),
    )
    lo.signs_in()
    lo.opens("/staff/inbox/")
    # When Lo looks how her team stands, on a narrow screen
    lo.page.set_viewport_size({"width": 360, "height": 800})
    lo.follows("How the team stands")
    lo.heads("How North stands")
    lo.sees_not(TOLD)
    assert lo.page.evaluate("document.documentElement.scrollWidth") <= 360
    line = lo.page.locator(f'.led a[href^="/staff/thread/{told}/"]').first
    expect(line).to_contain_text("late by")
    expect(line).to_contain_text("not read")
    before = carries(lo.page, "Bo")
    # Then the name of nobody leads to it, and it to where it is given away
    lo.follows("nobody yet")
    lo.heads("What nobody carries")
    lo.page.locator(f'a[href="/staff/thread/{told}/#hands"]').click()
    lo.page.get_by_text("Pass it to another member").click()
    lo.page.get_by_label("Who answers from now").select_option(label="Bo")
    lo.presses("Pass it on")
    lo.opens("/staff/lead/north/")
    assert carries(lo.page, "Bo") == before + 1
    # And Bo finds it, and no such page
    bo.signs_in()
    bo.opens_from_inbox(told)
    bo.opens("/staff/lead/north/")
    bo.sees_not("How North stands")


def test_lo_comes_to_every_line_by_the_keyboard_alone(lo: Staff, house: House) -> None:
    house.tell(TOLD)
    lo.signs_in()
    lo.opens("/staff/lead/north/")
    lo.heads("How North stands")
    wanted = lo.page.locator("main a").count()
    assert wanted > 7
    reached = set()
    lo.page.locator("main").focus()
    for _time in range(wanted):
        lo.page.keyboard.press("Tab")
        reached.add(lo.page.evaluate("document.activeElement.outerHTML"))
    assert reached == set(
        lo.page.locator("main a").evaluate_all("all => all.map(a => a.outerHTML)")
    )
    # A figure leads to its list, and Tab goes on from there.
    lo.page.locator(".standing a").first.focus()
    lo.page.keyboard.press("Enter")
    expect(lo.page).to_have_url(re.compile("#waiting$"))
    lo.page.keyboard.press("Tab")
    expect(lo.page.locator("[aria-labelledby=waiting] a:focus")).to_have_count(1)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_lo_asks_the_log_about_one_case_and_takes_it_out(
    lo: Staff, house: House, tmp_path: Path
) -> None:
    house.tell(TOLD)
    told = house.newest()
    lo.signs_in()
    lo.opens_from_inbox(told)
    lo.follows("Who opened it, in the log")
    lines = lo.page.locator(".log li")
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text("Lo opened")
    lo.page.get_by_text("Take this log out as a file").click()
    with lo.page.expect_download() as coming:
        lo.presses("Take it out")
    coming.value.save_as(tmp_path / "log.csv")
    text = (tmp_path / "log.csv").read_text(encoding="utf-8-sig")
    assert [row["verb"] for row in csv.DictReader(io.StringIO(text))] == ["log_exported", "opened"]
    assert TOLD not in text
    lo.opens("/staff/team/north/log/?kind=exported")
    expect(lo.page.locator(".log li").first).to_contain_text("took the log out")
