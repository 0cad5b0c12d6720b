"""Takes the README's pictures of the pages anew: `python -m scripts.screens`, after a change.

They show a trial's own example people and threads, in a Chromium as wide as a telephone or a desk.
"""

from pathlib import Path

import pyotp
from playwright.sync_api import Page, ViewportSize, sync_playwright

from bench.trial import Served, serving
from scripts.browser import find

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 844}


def child_first(page: Page, trial: Served) -> None:
    """The child's first page, as it opens."""
    page.set_viewport_size(TELEPHONE)
    page.goto(f"http://127.0.0.1:{trial.port}/en/")


def responder_thread(page: Page, trial: Served) -> None:
    """The most urgent thread of Bo's inbox: the child's words beside the reply."""
    page.set_viewport_size(DESKTOP)
    bo = trial.people()["Bo"]
    page.goto(f"http://127.0.0.1:{trial.port}/staff/")
    page.fill("[name=name]", "Bo")
    page.fill("[name=passphrase]", bo["passphrase"])
    page.fill("[name=code]", pyotp.TOTP(bo["totp"]).now())
    page.press("[name=code]", "Enter")
    page.locator(".inbox a").first.click()
    page.wait_for_load_state()


SCREENS = {"child-first": child_first, "responder-thread": responder_thread}


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with serving() as trial, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find())
        for name, show in SCREENS.items():
            page = browser.new_page(locale="en-GB")
            show(page, trial)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
