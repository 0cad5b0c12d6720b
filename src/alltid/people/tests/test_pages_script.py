"""What script adds to the staff's pages, in a real browser: blank screen, lock, drafts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from alltid.people.models import Unlocking
from tests.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bo_at(cast: Cast, live_server: LiveServer, chromium: "Browser") -> Iterator["Page"]:
    """Bo's browser, signed in, at the team page, with a clock that the test turns."""
    client = cast.browser("Bo")
    context = chromium.new_context(base_url=live_server.url)
    context.clock.install()
    for name in (settings.SESSION_COOKIE_NAME, settings.KEY_COOKIE):
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Policy" in said.text else None)
    page.goto("/staff/team/north/")
    yield page
    context.close()
    assert wrong == []


def covered(page: "Page") -> bool:
    return bool(page.evaluate("document.querySelector('dialog').open"))


def test_bo_presses_escape_twice_and_the_screen_is_blank_until_a_key(bo_at: "Page") -> None:
    title = bo_at.title()
    bo_at.keyboard.press("Escape")
    bo_at.clock.run_for(2000)
    bo_at.keyboard.press("Escape")
    assert not covered(bo_at)
    bo_at.keyboard.press("Escape")
    assert covered(bo_at)
    assert bo_at.title() == "–"
    corner = bo_at.evaluate("document.elementFromPoint(innerWidth - 2, innerHeight - 2).tagName")
    assert corner == "DIALOG"
    bo_at.keyboard.press("Escape")
    bo_at.keyboard.press("Escape")
    assert covered(bo_at)
    bo_at.keyboard.press("Enter")
    assert not covered(bo_at)
    # A dialog says that it was closed a moment after it is.
    expect(bo_at).to_have_title(title)


def test_bo_taps_blank_screen_and_a_click_brings_the_page_back(bo_at: "Page") -> None:
    bo_at.get_by_role("button", name="Blank screen").click()
    assert covered(bo_at)
    bo_at.mouse.click(200, 200)
    assert not covered(bo_at)


def test_bo_sits_still_is_warned_and_then_locked(bo_at: "Page") -> None:
    warning = bo_at.get_by_role("button", name="Stay signed in")
    bo_at.clock.run_for(12 * 60_000)
    assert not warning.is_visible()
    bo_at.clock.run_for(70_000)
    assert warning.is_visible()
    Unlocking.objects.all().delete()
    bo_at.clock.run_for(2 * 60_000)
    bo_at.wait_for_url("**/staff/sign-in/?next=%2Fstaff%2Fteam%2Fnorth%2F")
    assert "Your draft is kept." in bo_at.content()


def test_bo_asks_to_stay_and_the_warning_goes(bo_at: "Page") -> None:
    bo_at.clock.run_for(14 * 60_000)
    with bo_at.expect_response("**/staff/stay/") as answer:
        bo_at.get_by_role("button", name="Stay signed in").click()
    assert answer.value.status == 204
    bo_at.get_by_role("button", name="Stay signed in").wait_for(state="hidden")
    bo_at.clock.run_for(5 * 60_000)
    assert bo_at.url.endswith("/staff/team/north/")


def test_bo_stays_by_working_and_is_locked_at_once_where_the_server_says_so(
    bo_at: "Page",
) -> None:
    Unlocking.objects.all().delete()
    bo_at.mouse.wheel(0, 10)
    bo_at.wait_for_function("document.body.dataset.stay")
    bo_at.keyboard.press("Tab")
    bo_at.clock.run_for(70_000)
    bo_at.wait_for_url("**/staff/sign-in/**")


def test_bo_signs_out_and_back_shows_nothing(bo_at: "Page") -> None:
    bo_at.get_by_role("button", name="Sign out").click()
    bo_at.wait_for_url("**/staff/sign-in/?closed")
    bo_at.go_back()
    bo_at.wait_for_url("**/staff/sign-in/**")
    assert "Members" not in bo_at.content()


def test_bo_signs_out_in_one_window_and_the_other_shows_nothing(bo_at: "Page") -> None:
    other = bo_at.context.new_page()
    other.goto("/staff/account/")
    bo_at.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/staff/sign-in/**")


def test_a_draft_is_kept_while_bo_writes_and_gone_once_sent(cast: Cast, bo_at: "Page") -> None:
    told = cast.tell("North", "hej")
    bo_at.goto(f"/staff/thread/{told.pk}/")
    bo_at.get_by_label("Your answer").fill("Hej. Tack för att du skrev.")
    with bo_at.expect_response("**/draft/") as answer:
        bo_at.clock.run_for(4000)
    assert answer.value.status == 204
    bo_at.get_by_text("Draft kept, sealed to you alone.").wait_for()
    bo_at.reload()
    assert bo_at.get_by_label("Your answer").input_value() == "Hej. Tack för att du skrev."
    bo_at.get_by_label("Your answer").fill("Hej. Tack för att du skrev. Jag läser i morgon.")
    bo_at.get_by_role("button", name="Send to the child").click()
    bo_at.get_by_text("Jag läser i morgon.").wait_for()
    assert bo_at.get_by_label("Your answer").input_value() == ""
    assert not cast.user("Bo").drafts.exists()


def test_a_draft_behind_the_lock_is_kept_all_the_same(cast: Cast, bo_at: "Page") -> None:
    told = cast.tell("North", "hej")
    bo_at.goto(f"/staff/thread/{told.pk}/")
    Unlocking.objects.all().delete()
    bo_at.get_by_label("Your answer").fill("Det är inte ditt fel.")
    bo_at.clock.run_for(4000)
    bo_at.get_by_text("This page is locked. Your draft is kept").wait_for()
    assert cast.user("Bo").drafts.count() == 1
