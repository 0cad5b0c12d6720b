"""North and South, each the other's cover, and Ada's way through the child's pages."""

import re
from dataclasses import dataclass, field
from html import unescape

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from alltid.people.models import Team
from alltid.people.tests.scene import Person, person, team
from alltid.tell import views, visit
from alltid.web.throttle import COMING_BACK, TELLING


@dataclass
class Ada:
    """A child with a browser that keeps nothing; what she sees is the last page."""

    client: Client = field(default_factory=Client)
    language: str = "en"
    seen: HttpResponse = field(default_factory=HttpResponse)

    @property
    def html(self) -> str:
        """The page before her."""
        return self.seen.content.decode()

    def hidden(self, name: str) -> str:
        """What a hidden field of the page holds."""
        found = re.search(rf'name="?{name}"? value="([^"]*)"', self.html)
        return found.group(1) if found else ""

    def look(self, path: str = "") -> HttpResponse:
        """Open a page of her language."""
        self.seen = self.client.get(f"/{self.language}/{path}")
        return self.seen

    def send(self, path: str = "", **fields: str) -> HttpResponse:
        """Send a form from the page before her."""
        fields = {"id": self.hidden("id"), "capsule": self.hidden("capsule")} | fields
        self.seen = self.client.post(f"/{self.language}/{path}", fields)
        return self.seen

    def tell(self, text: str = "hej", **fields: str) -> list[str]:
        """Tell something on the first page; the six words."""
        self.look()
        self.send(text=text, **fields)
        return self.words

    @property
    def words(self) -> list[str]:
        """The six words on the page before her."""
        shown = self.html.partition("data-words>")[2].partition("</ol>")[0]
        return re.findall(r"<b>([^<]+)</b>", shown)

    def come_back(self, words: list[str]) -> HttpResponse:
        """Write six words on the page that asks for them."""
        self.look("words/")
        return self.send("words/", **{f"w{i}": word for i, word in enumerate(words, 1)})

    def sees(self, sentence: str) -> bool:
        """Whether a sentence stands on the page before her."""
        return " ".join(sentence.split()) in " ".join(unescape(self.html).split())


def disk_full(execute: object, sql: str, params: object, many: bool, context: object) -> object:
    """For connection.execute_wrapper: nothing more can be written."""
    if sql.startswith("INSERT"):
        raise OperationalError("database or disk is full")
    return execute(sql, params, many, context)  # type: ignore[operator]


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    """What a process remembers of a moment ago is not carried into the next test."""
    views.forget_remembered()
    visit.forget_visit_key()
    for throttle in (TELLING, COMING_BACK):
        throttle.forget()


@pytest.fixture
def bo(db: None) -> Person:
    """Responder in North."""
    return person("Bo")


@pytest.fixture
def lo(db: None) -> Person:
    """Safeguarding lead of North."""
    return person("Lo")


@pytest.fixture
def north(lo: Person, bo: Person, south: Team) -> Team:
    """A school's team; Ada's page leads to it."""
    made = team("North", lo, bo)
    made.cover = south
    made.save()
    south.cover, south.position = made, 1
    south.save()
    return made


@pytest.fixture
def south(db: None) -> Team:
    """Another place's team."""
    return team("South", person("Mio"), person("Cato"))


@pytest.fixture
def ada(north: Team) -> Ada:
    """A child of ten."""
    return Ada()
