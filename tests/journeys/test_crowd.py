"""Many at once, and the power goes: nobody is refused for being many, nothing acknowledged is lost.

Servers of this module's own, which trust the test as a proxy where children come from many homes.
"""

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html import unescape
from http.client import HTTPException

import pytest

from alltid.vault import words as wordlists
from alltid.vault.envelope import Label, open_identity, open_text
from alltid.vault.identity import Identity
from tests.journeys.house import Answer, House, Known

MEGABYTE = 1024 * 1024
_homes = itertools.count(1)


def from_a_home() -> dict[str, str]:
    """What a proxy says of a request that came over HTTPS from an address of its own."""
    number = next(_homes)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}


def at_once(count: int, work: Callable[[int], Answer]) -> list[Answer]:
    """Do something so many times at the same moment."""
    ready = threading.Barrier(count)

    def one(number: int) -> Answer:
        ready.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(count) as people:
        return list(people.map(one, range(count)))


@pytest.fixture
def town(stage: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server behind a proxy: children come from homes of their own."""
    house = House(tmp_path_factory.mktemp("house") / "house", stage, TRUSTED_PROXIES="127.0.0.1")
    with house.open():
        yield house


def test_a_class_of_thirty_behind_one_address_tells_at_once_and_comes_back(
    stage: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with House(tmp_path_factory.mktemp("house") / "house", stage).open() as house:
        forms = [house.ask("GET", "/en/").hidden("id") for _child in range(30)]
        told = at_once(
            30,
            lambda number: house.send(
                "/en/", {"id": forms[number], "text": f"child {number}", "do": "send"}
            ),
        )
        assert [page.status for page in told] == [200] * 30
        assert len({tuple(page.words) for page in told}) == 30
        back = at_once(30, lambda number: house.come_back(told[number].words))
        assert [page.status for page in back] == [200] * 30
        assert all(f"child {number}<" in page.text for number, page in enumerate(back))


def test_two_hundred_try_words_at_once_and_memory_is_bounded_and_ada_is_heard(
    town: House,
) -> None:
    # Given a server that has told and been told something
    for _worker in range(6):
        town.come_back(tell(town, "hej").words)
    form = town.ask("GET", "/en/words/", headers=from_a_home()).hidden("id")
    words = wordlists.words_for(7, "en")
    typed = {f"w{number}": word for number, word in enumerate(words, 1)} | {"do": "open"}
    idle = most = town.memory()
    # When two hundred try six words each at the same moment
    slowest, done = 0.0, threading.Event()
    with ThreadPoolExecutor(1) as beside:
        tried = beside.submit(
            at_once,
            200,
            lambda number: town.send("/en/words/", typed | {"id": form}, from_a_home()),
        )
        tried.add_done_callback(lambda _tried: done.set())
        while not done.is_set():
            began = time.monotonic()
            assert len(tell(town, "in the middle of it").words) == 6
            slowest = max(slowest, time.monotonic() - began)
            most = max(most, town.memory())
    # Then each is answered, with what is true or with the request to wait
    statuses = {answer.status for answer in tried.result()}
    assert statuses <= {404, 422, 503}
    assert 404 in statuses
    # And memory stays within the gate: 144 MiB at the most, and not 200 times eight
    assert most - idle < 144 * MEGABYTE
    # And Ada was heard meanwhile
    assert slowest < 10


def tell(house: House, text: str) -> Answer:
    """A child tells from a home of their own."""
    form = house.ask("GET", "/en/", headers=from_a_home()).hidden("id")
    fields = {"id": form, "text": text, "do": "send"}
    page = house.send("/en/", fields, from_a_home())
    assert page.status == 200, page.text
    return page


def test_the_power_goes_in_the_middle_of_five_hundred_and_nothing_acknowledged_is_lost(
    town: House,
) -> None:
    # Given five hundred children who tell, sixteen at a time
    kept: dict[str, list[str]] = {}
    numbers = iter(range(500))
    lock = threading.Lock()

    def tells() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            text = f"number {number} of five hundred"
            try:
                page = tell(town, text)
            except (OSError, HTTPException):
                return
            if page.words:
                kept[text] = page.words

    # When the power goes after two hundred were thanked
    with ThreadPoolExecutor(16) as children:
        for _child in range(16):
            children.submit(tells)
        end = time.monotonic() + 60
        while len(kept) < 200:
            assert time.monotonic() < end
            time.sleep(0.005)
        town.kill()
    assert len(kept) < 500, "the power went too late"
    # Then everything that was thanked for opens with Bo's key, from the disk alone
    bo = town.cast["Bo"]
    read = read_as(town, bo)
    assert set(kept) <= set(read)
    # And with each child's six words, when the server is there again
    with town.open(), ThreadPoolExecutor(8) as children:
        pages = children.map(lambda text: (text, comes_back(town, kept[text])), list(kept))
        lost = [text for text, page in pages if text not in unescape(page.text)]
    assert lost == []


def comes_back(house: House, words: list[str]) -> Answer:
    """A child comes back from a home of their own; asked to wait, they try once more."""
    page = Answer(0, [], "")
    for _time in range(5):
        form = house.ask("GET", "/en/words/", headers=from_a_home()).hidden("id")
        typed = {f"w{number}": word for number, word in enumerate(words, 1)}
        page = house.send("/en/words/", {"id": form, "do": "open"} | typed, from_a_home())
        if page.status != 503:
            break
    return page


def read_as(house: House, person: Known) -> list[str]:
    """Every message that a person's identity opens, read from the database without Django."""
    teams: dict[int, Identity] = {}
    for row in house.execute(
        "SELECT copy.sealed, key.id, key.number, key.recipient, key.team_id"
        " FROM people_teamkeycopy copy JOIN people_teamkey key ON key.id = copy.key_id"
        " WHERE copy.user_id = ?",
        person.id.replace("-", ""),
    ):
        label = Label("team", dashed(row["team_id"]), row["number"])
        teams[row["id"]] = open_identity(row["sealed"], person.opens(), label, row["recipient"])
    cases: dict[str, Identity] = {}
    for row in house.execute(
        "SELECT copy.sealed, copy.team_key_id, told.id, told.recipient FROM tell_keycopy copy"
        " JOIN tell_disclosure told ON told.id = copy.disclosure_id"
        " WHERE copy.team_key_id IS NOT NULL"
    ):
        if holder := teams.get(row["team_key_id"]):
            label = Label("case", dashed(row["id"]))
            cases[row["id"]] = open_identity(row["sealed"], holder, label, row["recipient"])
    return [
        open_text(
            row["sealed"],
            cases[row["disclosure_id"]],
            Label("message", dashed(row["disclosure_id"]), row["sequence"]),
        ).body["text"]
        for row in house.execute("SELECT * FROM tell_message")
        if row["disclosure_id"] in cases
    ]


def dashed(text: str) -> str:
    """A UUID as it is written in a label."""
    return re.sub(r"^(.{8})(.{4})(.{4})(.{4})(.{12})$", r"\1-\2-\3-\4-\5", text)


def test_cato_reads_nothing_of_norths_from_the_same_disk(town: House) -> None:
    tell(town, "for North alone")
    assert "for North alone" in read_as(town, town.cast["Bo"])
    assert read_as(town, town.cast["Cato"]) == []
    for name in ("Dag", "Eva"):
        with suppress(KeyError):
            assert read_as(town, town.cast[name]) == []
