"""On the child's device nothing stays: not behind Back or Reload, not in a store, not on its disk.

The browser here keeps left pages in memory for Back, as telephones do (Playwright's usually does
not).
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import expect

from scripts.browser import find
from tests.journeys.house import House, trails
from tests.journeys.visitors import LANGUAGES, LEAVE, Child, Staff, Visits

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TOLD = "he has a picture of me 4ad8"
ANSWER = "You are not alone with this. 9b21"
GOT = "5 bilder = 200kr, deal? 71fd"
MORE = "he is at my school 66e0"
# A page that does not hear that it is left or brought back: what happens without our care.
DEAF = """const add = window.addEventListener;
window.addEventListener = (name, ...rest) =>
    ["pagehide", "pageshow"].includes(name) || add.call(window, name, ...rest);"""
with_and_without = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


@pytest.fixture(scope="module")
def chromium(chromium: "Browser") -> Iterator["Browser"]:
    """A whole browser, which keeps a history and a profile and brings pages back from memory."""
    browser = chromium.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM") or find(),
        chromium_sandbox=os.geteuid() != 0,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


def shows_nothing(ada: Child) -> None:
    """Neither what she told, nor what was answered, nor her words."""
    page = ada.everything()
    assert not [secret for secret in [*ada.secrets, ANSWER] if secret in page]
    assert not ada.words or not trails(ada.words).search(page.encode())


# --- Back and Reload -------------------------------------------------------------------------


@with_and_without
def test_ada_tells_and_leaves_and_later_back_and_reload_show_nothing(
    ada: Child, house: House
) -> None:
    ada.tells(TOLD)
    ada.goes_away()
    house.clock.forward(minutes=16)
    ada.goes_back()
    shows_nothing(ada)
    ada.page.reload()
    shows_nothing(ada)


@with_and_without
def test_ada_reads_and_writes_and_later_back_and_reload_show_nothing(
    ada: Child, bo: Staff, house: House
) -> None:
    ada.tells(TOLD)
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    bo.answers(ANSWER)
    ada.comes_back()
    ada.sees(ANSWER)
    ada.goes_away()
    house.clock.forward(minutes=2)
    ada.goes_back()
    shows_nothing(ada)
    ada.page.reload()
    shows_nothing(ada)
    ada.comes_back()
    ada.writes_more(MORE)
    ada.goes_away()
    house.clock.forward(minutes=16)
    ada.goes_back()
    shows_nothing(ada)
    ada.page.reload()
    shows_nothing(ada)


@with_and_without
def test_a_tab_left_open_shows_nothing_when_it_is_loaded_anew_the_next_day(
    ada: Child, house: House
) -> None:
    ada.tells(TOLD)
    house.clock.forward(minutes=24 * 60)
    ada.page.reload()
    shows_nothing(ada)


@with_and_without
def test_ada_checks_a_message_and_leaves_and_later_back_and_reload_show_nothing(
    ada: Child, house: House
) -> None:
    ada.checks(GOT)
    ada.heads(ada.says("offer"))
    ada.goes_away()
    house.clock.forward(minutes=2)
    ada.goes_back()
    shows_nothing(ada)
    ada.page.reload()
    shows_nothing(ada)


@with_and_without
def test_ada_carries_a_message_over_and_later_back_and_reload_show_nothing(
    ada: Child, house: House
) -> None:
    ada.checks(GOT)
    ada.presses(ada.says("tell us"))
    ada.heads(ada.says("always"))
    ada.goes_away()
    house.clock.forward(minutes=2)
    ada.goes_back()
    shows_nothing(ada)
    ada.page.reload()
    shows_nothing(ada)


def test_ada_checks_beside_her_page_and_back_gives_it_back_until_she_has_told(ada: Child) -> None:
    ada.opens()
    ada.writes(TOLD)
    ada.follows(ada.says("check a message"))
    ada.heads(ada.says("check a message"))
    ada.writes(GOT)
    ada.presses(ada.says("check"))
    ada.heads(ada.says("offer"))
    ada.page.go_back()
    ada.heads(ada.says("always"))
    expect(ada.page.locator("#text")).to_have_value(TOLD)
    ada.follows(ada.says("check a message"))
    ada.heads(ada.says("check a message"))
    ada.writes(GOT)
    ada.presses(ada.says("check"))
    ada.presses(ada.says("tell us"))
    ada.heads(ada.says("always"))
    ada.sends()
    ada.gets_words()
    ada.page.go_back()
    ada.heads(ada.says("always"))
    shows_nothing(ada)


def test_with_script_back_and_reload_show_nothing_at_once(ada: Child) -> None:
    ada.tells(TOLD)
    ada.page.reload()
    shows_nothing(ada)
    ada.comes_back()
    ada.heads(ada.says("again"))
    ada.goes_away()
    ada.goes_back()
    shows_nothing(ada)


def test_what_was_typed_and_not_sent_is_gone_when_ada_comes_back_to_the_page(ada: Child) -> None:
    ada.opens()
    ada.writes(TOLD)
    ada.goes_away()
    ada.goes_back()
    ada.heads(ada.says("always"))
    shows_nothing(ada)


def test_this_browser_would_bring_it_back_if_the_page_did_not_take_care(ada: Child) -> None:
    ada.context.add_init_script(DEAF)
    ada.opens()
    ada.writes(TOLD)
    ada.goes_away()
    ada.goes_back()
    expect(ada.page.locator("#text")).to_have_value(TOLD)


@with_and_without
def test_a_talk_left_open_asks_for_the_words_again_and_keeps_what_is_typed(
    ada: Child, house: House
) -> None:
    ada.tells(TOLD)
    ada.comes_back()
    ada.heads(ada.says("again"))
    house.clock.forward(minutes=16)
    ada.writes(MORE)
    ada.sends()
    ada.heads(ada.says("six"))
    ada.sees_not(TOLD)
    ada.types(ada.words)
    ada.presses(ada.says("open"))
    ada.heads(ada.says("again"))
    expect(ada.page.locator("#text")).to_have_value(MORE)
    ada.sends()
    ada.heads(ada.says("have it"))


# --- leaving ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["Escape", "Shift"])
def test_ada_presses_a_key_three_times_and_is_elsewhere(ada: Child, key: str) -> None:
    ada.tells(TOLD)
    for _time in range(2):
        ada.page.keyboard.press(key)
    ada.heads(ada.says("thanks"))
    ada.page.keyboard.press(key)
    ada.sees("elsewhere")
    assert ada.trail.left == [LEAVE]
    ada.goes_back()
    shows_nothing(ada)


def test_ada_writes_capital_letters_and_stays(ada: Child) -> None:
    ada.opens()
    ada.page.locator("#text").press_sequentially("HE WRITES IN CAPITALS")
    for key in ("Escape", "Shift", "Escape", "Shift", "Escape"):
        ada.page.keyboard.press(key)
    expect(ada.page.locator("#text")).to_have_value("HE WRITES IN CAPITALS")
    assert ada.trail.left == []


@with_and_without
def test_ada_leaves_by_done_and_back_shows_nothing_later(ada: Child, house: House) -> None:
    ada.tells(TOLD)
    ada.follows(ada.says("done"))
    ada.sees("elsewhere")
    assert ada.trail.left == [LEAVE]
    house.clock.forward(minutes=16)
    ada.goes_back()
    shows_nothing(ada)


# --- what a page asks of the browser ---------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_asks_the_browser_to_keep_and_send_nothing(ada: Child) -> None:
    def look() -> None:
        quiet = {
            "spellcheck": "false", "autocomplete": "off", "autocapitalize": "none",
            "autocorrect": "off", "writingsuggestions": "false", "translate": "no",
        }  # fmt: skip
        fields = ada.page.locator(
            "textarea, input:not([type=hidden], [type=radio], [type=checkbox], [disabled])"
        )
        assert fields.count()
        for field in fields.all():
            for name, value in quiet.items():
                expect(field).to_have_attribute(name, value)
            assert field.get_attribute("maxlength") is None  # it cuts a pasted text silently
        expect(ada.page.locator("html")).to_have_attribute("translate", "no")

    ada.opens()
    look()
    ada.writes("x" * 10_001)
    ada.sends()
    ada.sees(ada.says("a lot"))
    look()
    ada.sends()
    ada.gets_words()
    look()
    ada.opens("words/")
    look()
    ada.comes_back()
    ada.heads(ada.says("again"))
    look()
    ada.checks("x" * 10_001)
    ada.page.locator("#rest").wait_for()
    look()
    ada.presses(ada.says("check"))
    ada.heads(ada.says("no offer"))
    look()


# --- what a telephone's disk holds afterwards ------------------------------------------------


@with_and_without
def test_the_disk_of_adas_telephone_holds_no_word_of_it(
    chromium: "Browser", house: House, tmp_path: Path, script: bool
) -> None:
    context = chromium.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=os.environ.get("CHROMIUM") or find(),
        chromium_sandbox=os.geteuid() != 0,
        ignore_default_args=["--disable-back-forward-cache"],
        java_script_enabled=script,
        viewport={"width": 360, "height": 740},
    )
    ada = Child(context, house, "Ada", "en")
    ada.tells(TOLD)
    ada.comes_back()
    ada.writes_more(MORE)
    ada.checks(GOT)
    ada.heads(ada.says("offer"))
    ada.presses(ada.says("tell us"))
    ada.heads(ada.says("always"))
    ada.leaves_nothing()
    context.close()
    files = [path for path in (tmp_path / "profile").rglob("*") if path.is_file()]
    held = b"\0".join(path.read_bytes() for path in files)
    assert re.search(rb"127\.0\.0\.1:%d/en/" % house.port, held), "the history is looked at"
    for secret in ada.secrets:
        written = (secret.encode(), secret.encode("utf-16-le"), quote_plus(secret).encode())
        assert not [one for one in written if one in held]
    assert not trails(ada.words).search(held)
    assert not trails(ada.words).search(held.replace(b"\0", b""))


@pytest.mark.parametrize(
    "leave",
    [
        "document.cookie = 'a=b; path=/'",
        "localStorage.setItem('a', 'b')",
        "sessionStorage.setItem('a', 'b')",
        "new Promise(done => { const asked = indexedDB.open('a', 1);"
        " asked.onupgradeneeded = () => asked.result.createObjectStore('b').put('c', 1);"
        " asked.onsuccess = () => done(asked.result.close()) })",
        "caches.open('a').then(cache => cache.put('/b', new Response('c')))",
    ],
    ids=["cookie", "local", "session", "database", "cache"],
)
def test_a_page_that_left_something_would_be_noticed(
    chromium: "Browser", house: House, leave: str
) -> None:
    visits = Visits(chromium, house)
    ada = visits.child()
    ada.opens()
    ada.leaves_nothing()
    ada.page.evaluate(leave)
    with pytest.raises(AssertionError):
        visits.end()
