"""Drafts and the lock in a real browser: what Bo types survives whatever happens to his session."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alltid.people.models import Draft, Unlocking

from ..casework import drafts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(cast, live_server, chromium):
    """Bo before a thread of North's, with the time of the page in his hands."""
    told = cast.tell()
    context = chromium.new_context()
    here = f"{live_server.url}/staff/"
    cookies = cast.browser("Bo").cookies.items()
    context.add_cookies(
        [{"name": name, "value": morsel.value, "url": here} for name, morsel in cookies]
    )
    page = context.new_page()
    page.clock.install()
    page.goto(f"{live_server.url}/staff/thread/{told.pk}/")
    page.told = told
    yield page
    context.close()


def test_bo_types_and_the_draft_is_kept_a_moment_later(cast, desk):
    desk.fill("textarea", "Thank you for")
    with desk.expect_response("**/draft/") as answer:
        desk.clock.fast_forward(3000)
    assert answer.value.status == 204
    desk.get_by_text("Draft kept, sealed to you alone.").wait_for()
    assert cast["Bo"].unlocked().draft(desk.told.pk) == "Thank you for"


def test_bo_types_on_a_page_that_is_locked_and_reads_that_it_is_kept(cast, desk):
    Unlocking.objects.all().delete()
    desk.fill("textarea", "Typed over the lock")
    with desk.expect_response("**/draft/") as answer:
        desk.clock.fast_forward(3000)
    assert answer.value.status == 401
    desk.get_by_text("This page is locked. Your draft is kept; sign in and it is here.").wait_for()
    assert cast["Bo"].unlocked().draft(desk.told.pk) == "Typed over the lock"


def test_bo_types_after_signing_out_elsewhere_and_reads_that_he_must_copy(cast, desk):
    desk.context.clear_cookies(name="alltid-session")
    desk.fill("textarea", "Nobody is signed in")
    with desk.expect_response("**/draft/"):
        desk.clock.fast_forward(3000)
    desk.get_by_text("You are signed out. Copy what you wrote, then sign in.").wait_for()
    assert desk.input_value("textarea") == "Nobody is signed in"
    assert not Draft.objects.exists()


def test_bo_is_idle_until_the_lock_and_finds_his_draft_behind_it(cast, desk):
    desk.fill("textarea", "Half an answer")
    Unlocking.objects.update(last_used=timezone.now() - timedelta(minutes=16))
    with desk.expect_navigation(url="**/sign-in/**"):
        desk.clock.run_for(16 * 60 * 1000)
    assert cast["Bo"].unlocked().draft(desk.told.pk) == "Half an answer"
    assert "next=" in desk.url
    desk.get_by_text("Your draft is kept.").wait_for()


def test_bo_is_idle_over_a_note_until_the_lock_and_finds_it_again(cast, desk):
    desk.locator("summary", has_text="Write a note").click()
    desk.fill("#note-text", "Half a note")
    Unlocking.objects.update(last_used=timezone.now() - timedelta(minutes=16))
    with desk.expect_navigation(url="**/sign-in/**"):
        desk.clock.run_for(16 * 60 * 1000)
    kept = drafts.kept(cast["Bo"].unlocked(), desk.told.pk)
    assert kept == {"note": {"text": "Half a note"}}


def test_each_key_that_is_named_leads_somewhere_and_each_deed_is_reached_by_tab(cast, desk):
    named = desk.locator("[data-keys] kbd").all_text_contents()
    letters = {key for key in named if len(key) == 1 and key.isalpha()}
    there = desk.locator("[data-key]").evaluate_all("all => all.map(one => one.dataset.key)")
    assert letters - {"a"} == set(there), "Acute stands there only where it is acute"
    assert len(there) == len(set(there))
    for key in sorted(letters - {"a", "i"}):
        desk.evaluate("document.activeElement.blur()")
        desk.keyboard.press(key)
        reached = desk.evaluate(
            "key => document.querySelector(`[data-key=${key}]`).parentElement.contains("
            "document.activeElement)",
            key,
        )
        assert reached, key
    desk.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    unreached = desk.locator("form.deed button, form.deed textarea, form.deed select").evaluate_all(
        "all => all.filter(one => one.tabIndex < 0 || !one.checkVisibility()).length"
    )
    assert unreached == 0


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (768, 1024)])
def test_the_checklist_stands_under_the_answer_also_while_the_coach_speaks(desk, width, height):
    desk.set_viewport_size({"width": width, "height": height})
    with desk.expect_response("**/coach/"):
        desk.fill("textarea", "Why did you answer him? You should have blocked him.")
        desk.clock.fast_forward(1000)
    desk.locator("section.coach").wait_for()
    desk.locator("form.reply textarea").scroll_into_view_if_needed()
    boxes = {
        name: desk.locator(f"form.reply {name}").first.bounding_box()
        for name in ("textarea", "fieldset", "section.coach")
    }
    bottoms = [box["y"] + box["height"] for box in boxes.values()]
    assert bottoms == sorted(bottoms)
    form = desk.locator(".reply-side").bounding_box()
    assert boxes["section.coach"]["y"] + 100 <= min(form["y"] + form["height"], height)
    assert desk.evaluate("document.documentElement.scrollWidth") <= width


def test_bo_carries_a_case_by_keys_and_a_question_mark_says_which(cast, desk):
    desk.keyboard.press("?")
    desk.get_by_role("dialog", name="Keys of this page").wait_for()
    desk.keyboard.press("Escape")
    desk.keyboard.press("u")
    assert desk.evaluate("document.activeElement.name") == "risk"
    desk.keyboard.press("h")
    assert desk.evaluate("document.activeElement.name") == "risk", "a key typed into a field"
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("n")
    assert desk.evaluate("document.activeElement.id") == "note-text"
    desk.keyboard.type("r is a letter here")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.get_by_text("Bo wrote a note").wait_for()
    desk.get_by_text("r is a letter here").wait_for()
    desk.keyboard.press("r")
    assert desk.evaluate("document.activeElement.name") == "text"


def test_bo_stops_typing_and_the_coach_has_read_along(cast, desk):
    desk.fill("textarea", "😀 Thank you. Why did you answer him?")
    with desk.expect_response("**/coach/"):
        desk.clock.fast_forward(1000)
    desk.get_by_role("heading", name="Before you send").wait_for()
    desk.get_by_role("button", name="Use this instead").click()
    assert desk.input_value("textarea") == (
        "😀 Thank you. It is not your fault. I'm glad you're telling me."
    )


def test_bo_has_read_what_the_coach_says_and_one_press_sends(cast, desk):
    desk.fill("textarea", "Why did you answer him?")
    with desk.expect_response("**/coach/"):
        desk.clock.fast_forward(1000)
    desk.get_by_role("button", name="Send anyway").click()
    desk.get_by_text("not read yet").wait_for()
    assert desk.told.again().messages.count() == 2


def test_bo_mends_what_stopped_him_and_the_button_says_so(cast, desk):
    desk.fill("textarea", "Send me the picture so that I can see.")
    with desk.expect_response("**/coach/"):
        desk.clock.fast_forward(1000)
    desk.get_by_role("heading", name="Not sent like this").wait_for()
    desk.fill("textarea", "Thank you for telling.")
    with desk.expect_response("**/coach/"):
        desk.clock.fast_forward(1000)
    desk.get_by_role("heading", name="Not sent like this").wait_for(state="detached")
    desk.get_by_role("button", name="Send to the child").click()
    desk.get_by_text("not read yet").wait_for()


def test_bo_puts_words_to_begin_from_behind_what_he_has_typed(cast, desk):
    desk.fill("textarea", "Thank you.")
    desk.get_by_text("Words to begin from").click()
    desk.get_by_role("button", name="Put it into the answer").nth(1).click()
    typed = desk.input_value("textarea")
    assert typed.startswith("Thank you.\n\nI have told {who} now. This is what I said: {what}\n\nI")
    assert desk.evaluate("document.activeElement.name") == "text"
