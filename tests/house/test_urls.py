"""Every address of the house × every kind of person → the status. An address not listed fails.

A row is asked of everybody alike, each in a fresh scene: a thread of North's, and Bo's place in it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from alltid.answer import rotation
from alltid.answer.referral.tests.scene import ask
from alltid.people.models import Unlocking
from alltid.tell import views
from alltid.web import errors
from tests.cast import Cast

PERSONS = (
    "nobody", "Bo", "Lo", "Cato", "Mio", "Dag", "Eva", "removed Bo", "locked Bo",
)  # fmt: skip
METHODS = ("GET", "POST")


def row(
    nobody: int, bo: int, lo: int, south: int, outside: int, removed: int, locked: int
) -> dict[str, int]:
    """A row of the table: Cato and Mio are alike, and so are Dag and Eva."""
    return dict(
        zip(PERSONS, (nobody, bo, lo, south, south, outside, outside, removed, locked), strict=True)
    )


def alike(status: int) -> dict[str, int]:
    """A row in which nobody is told from anybody."""
    return dict.fromkeys(PERSONS, status)


# Without Bo one reader is left, and North takes nothing: that is the team's state, not his.
FRONT = alike(200) | {"removed Bo": 503}
TOLD_NOTHING = alike(422) | {"removed Bo": 503}

# (method, address): who gets which status; what is sent is empty. 302 leads a stranger to the
# signing in.
TABLE: dict[tuple[str, str], dict[str, int]] = {
    # The child's room knows nobody.
    ("GET", "/"): FRONT,
    ("GET", "/<language:language>/"): FRONT,
    ("GET", "/<language:language>"): FRONT,
    ("GET", "/<language:language>/at/<slug:slug>/"): FRONT,
    ("GET", "/<language:language>/at/<slug:slug>"): FRONT,
    ("GET", "/<language:language>/words/"): alike(200),
    ("GET", "/<language:language>/words"): alike(200),
    ("GET", "/<language:language>/check/"): alike(200),
    ("GET", "/<language:language>/check"): alike(200),
    ("POST", "/<language:language>/check/"): alike(422),
    ("POST", "/<language:language>/check"): alike(422),
    ("GET", "/<language:language>/adult/"): alike(200),
    ("GET", "/<language:language>/adult"): alike(200),
    ("GET", "/<language:language>/next/"): alike(200),
    ("GET", "/<language:language>/next"): alike(200),
    ("GET", "/<language:language>/more/"): alike(405),
    ("GET", "/<language:language>/feeling/"): alike(405),
    ("GET", "/<language:language>/end/"): alike(405),
    ("GET", "/<language:language>/no/"): alike(405),
    ("POST", "/"): TOLD_NOTHING,
    ("POST", "/<language:language>/"): TOLD_NOTHING,
    ("POST", "/<language:language>"): TOLD_NOTHING,
    ("POST", "/<language:language>/at/<slug:slug>/"): TOLD_NOTHING,
    ("POST", "/<language:language>/at/<slug:slug>"): TOLD_NOTHING,
    ("POST", "/<language:language>/words/"): alike(422),
    ("POST", "/<language:language>/words"): alike(422),
    ("POST", "/<language:language>/adult/"): alike(405),
    ("POST", "/<language:language>/adult"): alike(405),
    ("POST", "/<language:language>/next/"): alike(405),
    ("POST", "/<language:language>/next"): alike(405),
    # Without a capsule the six words are asked for.
    ("POST", "/<language:language>/more/"): alike(200),
    ("POST", "/<language:language>/feeling/"): alike(200),
    ("POST", "/<language:language>/end/"): alike(200),
    ("POST", "/<language:language>/no/"): alike(200),
    # The way in.
    ("GET", "/staff/"): alike(302),
    ("POST", "/staff/"): alike(302),
    ("GET", "/staff/sign-in/"): row(200, 302, 302, 302, 302, 200, 200),
    ("POST", "/staff/sign-in/"): row(422, 302, 302, 302, 302, 422, 422),
    ("GET", "/staff/join/"): alike(200),
    ("POST", "/staff/join/"): alike(422),
    ("GET", "/staff/sign-out/"): alike(405),
    ("POST", "/staff/sign-out/"): alike(302),
    ("GET", "/staff/stay/"): alike(405),
    ("POST", "/staff/stay/"): row(403, 204, 204, 204, 204, 403, 403),
    # One's own account.
    ("GET", "/staff/account/"): row(302, 200, 200, 200, 200, 302, 302),
    ("POST", "/staff/account/"): row(302, 422, 422, 422, 422, 302, 302),
    ("GET", "/staff/account/passphrase/"): row(302, 200, 200, 200, 200, 302, 302),
    ("POST", "/staff/account/passphrase/"): row(302, 200, 200, 200, 200, 302, 302),
    ("GET", "/staff/account/code/"): row(302, 200, 200, 200, 200, 302, 302),
    ("POST", "/staff/account/code/"): row(302, 200, 200, 200, 200, 302, 302),
    ("GET", "/staff/account/away/<slug:slug>/"): row(302, 200, 200, 404, 404, 302, 302),
    ("POST", "/staff/account/away/<slug:slug>/"): row(302, 302, 302, 404, 404, 302, 302),
    ("GET", "/staff/account/sign-out-everywhere/"): alike(405),
    ("POST", "/staff/account/sign-out-everywhere/"): alike(302),
    # North's own pages.
    ("GET", "/staff/team/<slug:slug>/"): row(302, 200, 200, 404, 404, 302, 302),
    ("POST", "/staff/team/<slug:slug>/"): alike(405),
    ("GET", "/staff/team/<slug:slug>/hours/"): row(302, 404, 200, 404, 404, 302, 302),
    ("POST", "/staff/team/<slug:slug>/hours/"): row(302, 404, 422, 404, 404, 302, 302),
    ("GET", "/staff/team/<slug:slug>/children/"): alike(405),
    ("POST", "/staff/team/<slug:slug>/children/"): row(302, 404, 302, 404, 404, 302, 302),
    ("GET", "/staff/team/<slug:slug>/invite/"): alike(405),
    ("POST", "/staff/team/<slug:slug>/invite/"): row(302, 404, 302, 404, 404, 302, 302),
    ("GET", "/staff/team/<slug:slug>/mend/<int:pk>/"): row(302, 404, 200, 404, 404, 302, 302),
    ("POST", "/staff/team/<slug:slug>/mend/<int:pk>/"): row(302, 404, 200, 404, 404, 302, 302),
    ("GET", "/staff/team/<slug:slug>/let-in/<int:pk>/"): row(302, 404, 302, 404, 404, 302, 302),
    ("POST", "/staff/team/<slug:slug>/let-in/<int:pk>/"): row(302, 404, 302, 404, 404, 302, 302),
    ("GET", "/staff/team/<slug:slug>/remove/<int:pk>/"): row(302, 404, 200, 404, 404, 302, 302),
    ("POST", "/staff/team/<slug:slug>/remove/<int:pk>/"): row(302, 404, 302, 404, 404, 302, 302),
    ("GET", "/staff/team/<slug:slug>/log/"): row(302, 404, 200, 404, 404, 302, 302),
    ("POST", "/staff/team/<slug:slug>/log/"): alike(405),
    # What children told North.
    ("GET", "/staff/inbox/"): row(302, 302, 302, 302, 404, 302, 302),
    ("POST", "/staff/inbox/"): alike(405),
    ("GET", "/staff/inbox/<slug:slug>/"): row(302, 200, 200, 404, 404, 302, 302),
    ("POST", "/staff/inbox/<slug:slug>/"): alike(405),
    ("GET", "/staff/thread/<uuid:pk>/"): row(302, 200, 200, 404, 404, 302, 302),
    # Behind the lock an answer waits as a draft, for those only whose thread it is.
    ("POST", "/staff/thread/<uuid:pk>/"): row(401, 422, 422, 404, 404, 404, 303),
    ("GET", "/staff/thread/<uuid:pk>/draft/"): alike(405),
    ("POST", "/staff/thread/<uuid:pk>/draft/"): row(401, 303, 303, 404, 404, 404, 401),
    ("GET", "/staff/thread/<uuid:pk>/coach/"): alike(405),
    ("POST", "/staff/thread/<uuid:pk>/coach/"): row(302, 200, 200, 404, 404, 302, 302),
    ("GET", "/staff/thread/<uuid:pk>/pass/"): alike(405),
    ("POST", "/staff/thread/<uuid:pk>/pass/"): row(302, 409, 409, 404, 404, 302, 302),
    ("GET", "/staff/thread/<uuid:pk>/hide/"): alike(405),
    ("POST", "/staff/thread/<uuid:pk>/hide/"): row(302, 409, 409, 404, 404, 302, 302),
    ("GET", "/staff/thread/<uuid:pk>/show/"): alike(405),
    ("POST", "/staff/thread/<uuid:pk>/show/"): row(302, 409, 409, 404, 404, 302, 302),
    ("GET", "/staff/thread/<uuid:pk>/export/"): alike(405),
    ("GET", "/staff/thread/<uuid:pk>/case/<slug:name>/"): alike(405),
    ("POST", "/staff/thread/<uuid:pk>/case/<slug:name>/"): row(302, 422, 422, 404, 404, 302, 302),
    ("GET", "/staff/inbox/<slug:slug>/concern/"): row(302, 200, 200, 404, 404, 302, 302),
    ("POST", "/staff/inbox/<slug:slug>/concern/"): row(302, 422, 422, 404, 404, 302, 302),
    # What South is asked; what was not handed on is nobody's to keep.
    ("GET", "/staff/thread/<uuid:pk>/another-team/"): row(302, 200, 200, 404, 404, 302, 302),
    ("POST", "/staff/thread/<uuid:pk>/another-team/"): row(302, 422, 422, 404, 404, 302, 302),
    ("GET", "/staff/thread/<uuid:pk>/kept/"): row(302, 404, 404, 404, 404, 302, 302),
    ("POST", "/staff/thread/<uuid:pk>/kept/"): alike(405),
    ("GET", "/staff/asked/<int:number>/"): row(302, 404, 404, 200, 404, 302, 302),
    ("POST", "/staff/asked/<int:number>/"): alike(405),
    ("GET", "/staff/asked/<int:number>/accept/"): alike(405),
    ("POST", "/staff/asked/<int:number>/accept/"): row(302, 404, 404, 303, 404, 302, 302),
    ("GET", "/staff/asked/<int:number>/decline/"): alike(405),
    ("POST", "/staff/asked/<int:number>/decline/"): row(302, 404, 404, 422, 404, 302, 302),
    ("POST", "/staff/thread/<uuid:pk>/export/"): row(302, 404, 422, 404, 404, 302, 302),
}

# Every address that answers without signing in, and nothing else does.
OPEN = {
    "/",
    "/<language:language>/", "/<language:language>",
    "/<language:language>/at/<slug:slug>/", "/<language:language>/at/<slug:slug>",
    "/<language:language>/words/", "/<language:language>/words",
    "/<language:language>/check/", "/<language:language>/check",
    "/<language:language>/adult/", "/<language:language>/adult",
    "/<language:language>/next/", "/<language:language>/next",
    "/<language:language>/more/", "/<language:language>/feeling/", "/<language:language>/end/",
    "/<language:language>/no/",
    "/staff/sign-in/", "/staff/join/",
}  # fmt: skip


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every pattern that the house answers, as it is written."""
    for found in resolver.url_patterns:
        here = before + str(found.pattern)
        if isinstance(found, URLPattern):
            yield here
        else:
            yield from addresses(found, here)


def test_every_address_stands_in_the_table_with_looking_and_with_sending() -> None:
    there = {(method, address) for method in METHODS for address in addresses(get_resolver())}
    assert there == set(TABLE)


def test_the_pages_open_without_signing_in_are_those_of_the_list() -> None:
    assert {path for (_, path), who in TABLE.items() if who["nobody"] in (200, 422)} == OPEN


def test_every_row_names_every_kind_of_person() -> None:
    assert all(who.keys() == set(PERSONS) for who in TABLE.values())


def browser_of(cast: Cast, person: str) -> Client:
    """The browser of one kind of person, signed in before they were removed or locked."""
    if person == "nobody":
        return Client()
    client = cast.browser(person.split()[-1])
    if person == "removed Bo":
        rotation.remove_member(cast.membership("Bo"), cast["Lo"].unlocked())
    if person == "locked Bo":
        Unlocking.objects.update(last_used=timezone.now() - timedelta(hours=1))
    return client


def disturbs(asked: tuple[str, str]) -> int:
    """What closes the team, removes Bo or ends a session comes last: each row meets one scene."""
    method, address = asked
    removes = method == "POST" and "remove" in address
    return ("children" in address) + 2 * removes + 4 * ("sign-out" in address)


@pytest.mark.parametrize("person", PERSONS)
def test_every_address_gives_each_kind_of_person_what_is_theirs(cast: Cast, person: str) -> None:
    views.forget_remembered()
    told, place = cast.tell(text="canary of North"), cast.membership("Bo").pk
    asked = ask(cast, cast.tell(text="canary of North"))
    client = browser_of(cast, person)
    values = {
        "<language:language>": "en",
        "<slug:slug>": "north",
        "<slug:name>": "note",
        "<uuid:pk>": str(told.pk),
        "<int:pk>": str(place),
        "<int:number>": str(asked.pk),
    }
    got = {}
    for method, pattern in sorted(TABLE, key=disturbs):
        address = pattern
        for varies, value in values.items():
            address = address.replace(varies, value)
        answer = client.get(address) if method == "GET" else client.post(address)
        got[method, pattern] = answer.status_code
        if answer.status_code not in (200, 422):  # 422 is the desk again, for who may see it
            assert b"canary of North" not in answer.content
    assert got == {asked: who[person] for asked, who in TABLE.items()}


def test_every_page_of_a_trial_says_that_it_is_one(cast: Cast, settings: Any) -> None:
    settings.TRIAL = True
    views.forget_remembered()
    told, place = cast.tell(), cast.membership("Bo").pk
    asked = ask(cast, cast.tell())
    values = {
        "<language:language>": "en", "<slug:slug>": "north", "<slug:name>": "note",
        "<uuid:pk>": str(told.pk), "<int:pk>": str(place), "<int:number>": str(asked.pk),
    }  # fmt: skip
    lo, silent = cast.browser("Lo"), []
    for method, pattern in sorted(TABLE, key=disturbs):
        address = pattern
        for varies, value in values.items():
            address = address.replace(varies, value)
        answer = lo.generic(method, address)
        # A part of a page stands in one that says so.
        if b"<html" in answer.content and b"This is a trial." not in answer.content:
            silent.append((method, pattern))
    assert silent == []
    views.forget_remembered()


def test_the_last_page_that_is_left_says_that_it_is_a_trial_too(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TRIAL = True
    monkeypatch.setattr(errors, "render_to_string", lambda *_: 1 / 0)
    page = errors.not_now(RequestFactory().get("/en/"), "broken", 500).content.decode()
    assert "This is a trial." in page
    assert "Det här är en provversion." in page
