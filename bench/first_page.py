"""The first page until a child can type: bytes, requests, milliseconds; and pages a second."""

import os
import statistics

from bench.frame import Result
from bench.load import Ask, Visitor, get, load
from bench.trial import Served, serving, somebody

BYTES, REQUESTS, PAGES = 14_000, 2, 3_000
# A slow phone on a slow line: Chromium's own units are bytes a second and milliseconds.
SLOW = {"offline": False, "downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 400}


def _visit(served: Served, *, slow: bool) -> tuple[int, int, float]:
    """Bytes on the wire, requests, and milliseconds until the text field takes a key."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], chromium_sandbox=os.geteuid() != 0
        )
        page = browser.new_page()
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        sizes: list[int] = []
        devtools.on(
            "Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"])
        )
        if slow:
            devtools.send("Network.emulateNetworkConditions", SLOW)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(f"http://127.0.0.1:{served.port}/sv/", wait_until="commit")
        page.locator("#text").focus()
        typed = page.evaluate("performance.now()")
        page.wait_for_load_state("networkidle")
        browser.close()
        return round(sum(sizes)), len(sizes), float(typed)


def main() -> Result:
    """Measure with a real browser, then with 32 visitors at once."""
    with serving() as served:
        usual = [_visit(served, slow=False) for _ in range(3)]
        slow = [_visit(served, slow=True) for _ in range(3)]
        size, requests, _ = max(usual)

        def look() -> Visitor:
            while True:
                yield Ask("first page", get("/sv/", somebody()))

        load(served.port, look, connections=32, seconds=3)
        pages = load(served.port, look, connections=32, seconds=8)
    print(f"{size:,} bytes in {requests} requests, script and headers counted")
    print("GlobaLeaks 1,166,409 bytes in 16; Hush Line 709,971 in 12 (192,874 in 5, no script)")
    print(
        f"until a child can type: {statistics.median(ms for *_, ms in usual):.0f} ms;"
        " 4x slower processor, 400 kbit/s, 400 ms:"
        f" {statistics.median(ms for *_, ms in slow):.0f} ms"
    )
    print(pages.line("first page"), f"(budget {PAGES:,}/s)")
    holds = (
        size <= BYTES
        and requests <= REQUESTS
        and pages.rate("first page") >= PAGES
        and not pages["first page"].failed
    )
    return Result("first_page", size, "bytes", BYTES, holds)
