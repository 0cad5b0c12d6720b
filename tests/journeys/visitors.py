"""The cast at their browsers: what they do as verbs, what they see, and the trail they leave.

A child's browser is a telephone of 360 px, with script or without; a member of staff sits at a
desk. Every window keeps a Trail; the fixture `visits` judges it when the journey is over.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, Route, expect

from tests.journeys.house import House, Known, trails

LEAVE = "https://sv.wikipedia.org/"
# What a child reads, in English and in Swedish.
SAID = {
    "always": ("You can always tell.", "Du kan alltid berätta."),
    "whatever": ("Whatever you did.", "Vad du än har gjort."),
    "field": ("What do you want to say?", "Vad vill du säga?"),
    "send": ("Send", "Skicka"),
    "other": ("I want someone else to read.", "Jag vill att någon annan läser."),
    "thanks": ("Thank you for telling.", "Tack för att du berättade."),
    "have it": ("We have it.", "Vi har fått det."),
    "right": ("It's right to tell.", "Det är rätt att berätta."),
    "paper": (
        "Write them on paper, without your name. Anyone who has them can read our answers.",
        "Skriv dem på ett papper, utan ditt namn. Den som har orden kan läsa våra svar.",
    ),
    "done": ("Done", "Klar"),
    "leave": ("Leave fast", "Lämna snabbt"),
    "six": ("Write your six words.", "Skriv dina sex ord."),
    "open": ("Open", "Öppna"),
    "again": ("Hi again.", "Hej igen."),
    "waiting": ("No answer yet.", "Inget svar än."),
    "answer from Bo": ("New answer from Bo", "Nytt svar från Bo"),
    "Bo asked": ("Bo has asked the grown-ups at South", "Bo har frågat de vuxna på South"),
    "no, then nobody is angry": ("nobody is angry", "ingen blir arg"),
    "who reads now": ("Cato at South", "Cato på South"),
    "North still reads": ("They can still read", "De kan fortfarande läsa"),
    "no to them": ("No, I don't want that", "Nej, det vill jag inte"),
    "said no, too late": ("You have said no to this.", "Du har sagt nej till det här."),
    "it counts": ("You said no", "Du sa nej"),
    "more": ("What more do you want to say?", "Vill du säga något mer?"),
    "earlier": ("Show earlier", "Visa tidigare"),
    "good": ("good", "bra"),
    "so-so": ("so-so", "så där"),
    "lead reads it": ("Thank you. Lo reads how it was.", "Tack. Lo läser hur det var."),
    "end": ("I want to end this", "Jag vill avsluta"),
    "end?": ("Do you want to end this?", "Vill du avsluta?"),
    "stop working": ("Then your six words stop working.", "Då slutar dina sex ord att fungera."),
    "may keep": ("We may have to keep what was written.", "Vi kan behöva spara det som står"),
    "erased": (
        "What you and we have written here is erased.",
        "Det du och vi har skrivit här raderas.",
    ),
    "yes": ("Yes, end it", "Ja, avsluta"),
    "ended": ("It is ended.", "Det är avslutat."),
    "nothing": ("We found nothing with those words.", "Vi hittade inget med de orden."),
    "closed": (
        "This page is closed now, so that nobody else sees it.",
        "Sidan är stängd nu, så att ingen annan ser den.",
    ),
    "no pictures": (
        "We can't take pictures, and you didn't do anything wrong.",
        "Vi kan inte ta emot bilder, och du har inte gjort något fel.",
    ),
    "came through": ("Your words came through.", "Dina ord kom fram."),
    "a lot": (
        "That's a lot, and all of it matters. Send this part now.",
        "Det är mycket, och allt är viktigt. Skicka den här delen nu.",
    ),
    "after": ("This part comes after", "Den här delen kommer efter"),
    "words work": ("Your words work.", "Dina ord fungerar."),
    "danger": ("Danger now: call 112.", "Fara nu: ring 112."),
    "no need to pay": (
        "You don't have to pay or send anything because someone threatens you.",
        "Du måste inte betala eller skicka något för att någon hotar.",
    ),
    "empty": ("This page is empty now.", "Den här sidan är tom nu."),
    "check": ("Check", "Kolla"),
    "offer": ("It looks like an offer.", "Det ser ut som ett erbjudande."),
    "no offer": ("We saw no offer in it.", "Vi såg inget erbjudande i det."),
    "not your fault": (
        "It is not your fault that you got this.",
        "Det är inte ditt fel att du fått det här.",
    ),
    "tell us": ("Tell us about it", "Berätta om det för oss"),
    "check a message": ("Check a message", "Kolla ett meddelande"),
    "try again": ("Try again", "Försök igen"),
}
LANGUAGES = ("en", "sv")


@dataclass
class Trail:
    """What a window asked for, what it was refused, and where it went when it left."""

    house: House
    asked: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Note everything from now on."""
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console",
            lambda said: (
                self.faults.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )

    def _request(self, request: Request) -> None:
        if request.url.startswith(("data:", "chrome-error:")):
            return
        self.asked.append(request.url)
        if request.url.startswith(f"{self.house.origin}/"):
            return
        goes = request.is_navigation_request() and "referer" not in request.headers
        (self.left if goes and request.url == LEAVE else self.elsewhere).append(request.url)

    def _response(self, response: Response) -> None:
        if not response.url.startswith(f"{self.house.origin}/"):
            return
        if "set-cookie" in response.headers:
            self.cookies.append(f"{response.status} {response.url}")
        if "no-store" not in response.headers.get("cache-control", ""):
            self.stored.append(response.url)

    def holds(self, secret: str) -> bool:
        """Whether something secret stands in an address."""
        return any(secret in url or secret in unquote_plus(url) for url in self.asked)


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, context: BrowserContext, house: House, name: str, language: str) -> None:
        self.context, self.house, self.name, self.language = context, house, name, language
        context.set_default_timeout(10_000)
        # The world outside is an empty page: no test needs a network.
        context.route(lambda url: not url.startswith(f"{house.origin}/"), _elsewhere)
        self.trail = Trail(house)
        context.on("page", self.trail.follow)
        self.page = context.new_page()

    def says(self, key: str) -> str:
        """A sentence of the child's pages in this visitor's language."""
        return SAID[key][LANGUAGES.index(self.language)]

    def opens(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.house.origin + path)

    def presses(self, name: str | re.Pattern[str], *, exact: bool = True) -> None:
        """Press a button by what stands on it."""
        self.page.get_by_role("button", name=name, exact=exact).click()

    def follows(self, name: str | re.Pattern[str], *, exact: bool = True) -> None:
        """Follow a link by its text."""
        self.page.get_by_role("link", name=name, exact=exact).click()

    def sees(self, text: str) -> None:
        """Find a text on the page, waiting for it."""
        expect(self.page.locator("body")).to_contain_text(text)

    def sees_not(self, text: str) -> None:
        """Find that it is not there, nor in a field, nor hidden."""
        assert text not in self.everything()

    def heads(self, text: str) -> None:
        """Find a heading, waiting for it."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def goes_away(self) -> None:
        """Go to another page, as by a bookmark."""
        self.page.goto(LEAVE)

    def goes_back(self) -> None:
        """Press Back; a browser may refuse to send a form again, and that is shown too."""
        devtools = self.context.new_cdp_session(self.page)
        history = devtools.send("Page.getNavigationHistory")
        before = history["entries"][history["currentIndex"] - 1]
        here = self.page.url
        devtools.send("Page.navigateToHistoryEntry", {"entryId": before["id"]})
        expect(self.page).not_to_have_url(here)
        expect(self.page.locator("body")).to_be_attached()

    def everything(self) -> str:
        """All that the page holds: its text, hidden or not, and what stands in its fields."""
        fields = self.page.locator("input, textarea").evaluate_all("all => all.map(f => f.value)")
        return "\n".join([self.page.content(), *fields])


def _elsewhere(route: Route) -> None:
    route.fulfill(content_type="text/html", body="<!doctype html><title>-</title><p>elsewhere")


class Child(Visitor):
    """Ada, ten years old, on a telephone."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        # What no file, log, address or device may hold afterwards.
        self.secrets: list[str] = []
        self.words: list[str] = []

    # --- what she does -------------------------------------------------------------------------

    def opens(self, path: str = "") -> None:
        """Open a page of her language."""
        super().opens(f"/{self.language}/{path}")

    def writes(self, text: str) -> None:
        """Type into the big field."""
        self.secrets.append(text)
        self.page.locator("#text:visible").fill(text)

    def taps(self, *labels: str) -> None:
        """Tap answers by their labels."""
        for label in labels:
            self.page.get_by_label(label, exact=True).check()

    def sends(self) -> None:
        """Press Send."""
        self.page.locator("button.go[value=send]:visible").click()

    def tells(self, text: str, *taps: str, path: str = "") -> list[str]:
        """Tell something on the first page; the six words."""
        self.opens(path)
        self.writes(text)
        self.taps(*taps)
        self.sends()
        return self.gets_words()

    def gets_words(self) -> list[str]:
        """Read the six words off the page that thanks her."""
        self.heads(self.says("thanks"))
        self.words = self.page.locator("[data-words] b").all_inner_texts()
        assert len(self.words) == 6
        return self.words

    def comes_back(self, words: Iterable[str] | None = None) -> None:
        """Write the six words on the page that asks for them."""
        self.opens("words/")
        self.types(words or self.words)
        self.presses(self.says("open"))

    def types(self, words: Iterable[str]) -> None:
        """Type a word into each pane."""
        for number, word in enumerate(words, 1):
            self.page.locator(f"[name=w{number}]").fill(word)

    def checks(self, text: str) -> None:
        """Have a message looked at that somebody sent her."""
        self.opens("check/")
        self.writes(text)
        self.presses(self.says("check"))

    def writes_more(self, text: str) -> None:
        """Add something to the talk."""
        self.writes(text)
        self.sends()
        self.heads(self.says("have it"))

    # --- what is looked at when she has gone ---------------------------------------------------

    def leaves_nothing(self) -> None:
        """Assert that her browser keeps nothing and told nobody."""
        assert not self.trail.elsewhere, "a request to another place"
        assert not self.trail.faults
        assert not self.trail.cookies
        assert not self.trail.stored, "an answer that may stay in the cache"
        assert self.context.cookies() == []
        state = self.context.storage_state(indexed_db=True)
        assert state["origins"] == [], "something is stored for our pages"
        assert self.context.service_workers == []
        devtools = self.context.new_cdp_session(self.page)
        held = devtools.send("Storage.getUsageAndQuota", {"origin": self.house.origin})
        assert held["usage"] == 0, held["usageBreakdown"]
        if self.page.url.startswith(self.house.origin):
            assert self.page.evaluate("sessionStorage.length") == 0
        for secret in self.secrets:
            assert not self.trail.holds(secret)
        if self.words:
            assert not any(trails(self.words).search(url.encode()) for url in self.trail.asked)


class Staff(Visitor):
    """A member of staff at a desk."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.known: Known = self.house.cast[self.name]

    def signs_in(self) -> "Staff":
        """Type name, passphrase and code, and be let in."""
        self.tries_to_sign_in()
        expect(self.page).not_to_have_url(re.compile("/sign-in/"))
        return self

    def tries_to_sign_in(self, **changed: str) -> None:
        """Type name, passphrase and code, or something else instead."""
        if "/staff/sign-in/" not in self.page.url:
            self.opens("/staff/sign-in/")
        typed = {"name": self.name, "passphrase": self.known.passphrase} | changed
        typed["code"] = changed.get("code") or self.known.code(self.house.clock)
        for name, value in typed.items():
            self.page.locator(f"[name={name}]").fill(value)
        with self.page.expect_navigation():
            self.page.locator("main form button").click()

    def opens_from_inbox(self, pk: str) -> None:
        """Find a thread in the inbox and open it."""
        self.opens("/staff/inbox/")
        self.page.locator(f'a[href$="/thread/{pk}/"]').click()
        expect(self.page.locator(".desk")).to_be_visible()

    def opens_thread(self, pk: str) -> int:
        """Type a thread's address; the status."""
        answer = self.page.goto(f"{self.house.origin}/staff/thread/{pk}/")
        assert answer is not None
        return answer.status

    def writes(self, text: str) -> None:
        """Type an answer."""
        self.page.get_by_label("Your answer").fill(text)

    def answers(self, text: str) -> None:
        """Write to the child and send it."""
        self.writes(text)
        self.presses("Send to the child")
        expect(self.page.locator(".message.from-us").filter(has_text=text)).to_be_visible()


class Visits:
    """Opens windows for the cast, and judges at the end what they left behind."""

    def __init__(self, browser: Browser, house: House) -> None:
        self.browser, self.house = browser, house
        self.visitors: list[Visitor] = []

    def child(
        self, name: str = "Ada", *, script: bool = True, language: str = "en", **options: Any
    ) -> Child:
        """A child with a telephone."""
        return self._seat(Child, name, language, script, (360, 740), options)

    def staff(self, name: str, *, script: bool = True, **options: Any) -> Staff:
        """A member of staff at a desk."""
        return self._seat(Staff, name, "en", script, (1280, 900), options)

    def _seat(
        self,
        kind: Any,
        name: str,
        language: str,
        script: bool,
        size: tuple[int, int],
        options: dict[str, Any],
    ) -> Any:
        context = self.browser.new_context(
            **{
                "java_script_enabled": script,
                "locale": {"en": "en-GB", "sv": "sv-SE"}[language],
                "viewport": {"width": size[0], "height": size[1]},
                **options,
            }
        )
        visitor = kind(context, self.house, name, language)
        self.visitors.append(visitor)
        return visitor

    def end(self) -> None:
        """Close every window; a child's must leave nothing, here or on the server's disk."""
        try:
            for visitor in self.visitors:
                if isinstance(visitor, Child):
                    visitor.leaves_nothing()
                    self._nothing_on_disk(visitor)
                assert not visitor.trail.elsewhere
        finally:
            for visitor in self.visitors:
                visitor.context.close()

    def _nothing_on_disk(self, child: Child) -> None:
        for secret in child.secrets:
            assert len(secret) < 4 or not self.house.where(secret), "told, and legible on the disk"
        if child.words:
            pattern = trails(child.words)
            assert not [p.name for p in self.house.files() if pattern.search(p.read_bytes())]
