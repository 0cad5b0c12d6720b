"""What a child meets beside the straight way: another team, a card, a picture, a lot to say."""

import base64
import os
import re
import secrets
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path

import pytest
from playwright.sync_api import expect

from alltid.vault import words as wordlists
from alltid.vault.kdf import Gate
from alltid.vault.parameters import RECEIPT_BITS
from alltid.vault.receipt import Root
from tests.journeys.house import Answer, House
from tests.journeys.visitors import LANGUAGES, LEAVE, Child, Staff

with_and_without = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
MEGABYTE = 1024 * 1024


@with_and_without
def test_ada_chooses_another_team_and_only_that_team_reads(
    ada: Child, cato: Staff, bo: Staff, house: House
) -> None:
    # Given Ada, whose text is about somebody at this place
    ada.opens()
    ada.sees("They are grown-ups at North School.")
    ada.writes("it is about my teacher e81b")
    # When she wants someone else to read
    ada.presses(ada.says("other"))
    expect(ada.page.locator("#text")).to_have_value("it is about my teacher e81b")
    ada.presses("South School", exact=False)
    ada.sees("They are grown-ups at South School.")
    expect(ada.page.locator("#text")).to_have_value("it is about my teacher e81b")
    ada.sends()
    ada.gets_words()
    # Then Cato reads it, and for Bo there is nothing
    told = house.newest()
    cato.signs_in()
    cato.opens_from_inbox(told)
    cato.sees("it is about my teacher e81b")
    bo.signs_in()
    assert bo.opens_thread(told) == 404
    bo.sees("There is nothing here for you")


@with_and_without
@pytest.mark.parametrize("language", LANGUAGES)
def test_ada_changes_language_and_keeps_what_she_wrote(ada: Child, house: House) -> None:
    ada.opens()
    ada.writes("hon skriver varje dag 60aa")
    ada.page.locator("[name=now][value=not_safe]").check()
    ada.page.locator("[name=age][value='10_12']").check()
    ada.language, name = ("sv", "Svenska") if ada.language == "en" else ("en", "English")
    ada.presses(name)
    ada.heads(ada.says("always"))
    expect(ada.page.locator("html")).to_have_attribute("lang", ada.language)
    expect(ada.page.locator("#text")).to_have_value("hon skriver varje dag 60aa")
    expect(ada.page.locator("[name=now][value=not_safe]")).to_be_checked()
    expect(ada.page.locator("[name=age][value='10_12']")).to_be_checked()
    ada.sends()
    assert ada.gets_words()


@with_and_without
def test_ada_writes_eleven_thousand_characters_and_all_of_it_arrives(
    ada: Child, bo: Staff, house: House
) -> None:
    # Given more than one message holds
    text = " ".join(f"{number:04} mycket" for number in range(1000))[:11_000]
    ada.opens()
    ada.writes(text)
    ada.sends()
    # When she is asked to send this part now, nothing of it is lost
    ada.sees(ada.says("a lot"))
    first = ada.page.locator("#text").input_value()
    rest = ada.page.locator("#rest").input_value()
    assert first + rest == text
    ada.secrets += [first, rest]
    ada.sends()
    ada.gets_words()
    # Then the second part waits under the first, and is sent with one tap
    expect(ada.page.locator("#text:visible")).to_have_value(rest)
    ada.sends()
    ada.heads(ada.says("have it"))
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    said = bo.page.locator(".message.from-child .text").all_inner_texts()
    assert "".join(said).replace(" ", "") == text.replace(" ", "")


@with_and_without
def test_ada_pastes_a_picture_and_only_her_words_are_taken(
    ada: Child, bo: Staff, house: House
) -> None:
    picture = base64.b64encode(b"\xff\xd8\xff\xe0" + secrets.token_bytes(3000)).decode()
    ada.opens()
    ada.writes(f"he sent me this 90d4 data:image/jpeg;base64,{picture} and wants one back")
    ada.secrets += [picture[:60], "he sent me this 90d4"]
    ada.sends()
    ada.gets_words()
    ada.sees(ada.says("no pictures"))
    ada.sees(ada.says("came through"))
    expect(ada.page.get_by_role("link", name="Take It Down")).to_be_visible()
    ada.sees_not(picture[:60])
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    bo.sees("he sent me this 90d4  and wants one back")
    bo.sees_not(picture[:60])


def test_a_picture_of_twenty_megabytes_makes_no_file_and_the_words_are_kept(
    house: House, bo: Staff
) -> None:
    form = house.ask("GET", "/en/").hidden("id")
    edge = secrets.token_hex(16)
    fields = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"id": form, "text": "beside a picture 3b77", "do": "send"}.items()
    ).encode()
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    canary = secrets.token_bytes(64)
    tail = f"\r\n--{edge}--\r\n".encode()
    before = files(house)
    line = HTTPConnection("127.0.0.1", house.port, timeout=60)
    line.putrequest("POST", "/en/")
    line.putheader("Content-Type", f"multipart/form-data; boundary={edge}")
    line.putheader("Content-Length", str(len(fields + head + tail) + 20 * MEGABYTE))
    line.endheaders(fields + head)
    for _part in range(20):
        line.send(canary * (MEGABYTE // 64))
        assert files(house) == before
    line.send(tail)
    came = line.getresponse()
    page = Answer(came.status, came.getheaders(), came.read().decode())
    line.close()
    assert page.status == 200
    assert len(page.words) == 6
    assert "We can't take pictures" in unescape(page.text)
    assert files(house) == before
    assert not house.where(canary)
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    bo.sees("beside a picture 3b77")


def files(house: House) -> set[str]:
    """Names of all files under the data and temporary folders and, where the system tells, of
    those that the server holds open (a temporary file has no name in any folder)."""
    named = {str(path) for path in house.files()}
    for pid in house.workers():
        for link in _open_files(pid):
            named.add(re.sub(r"\d+", "", link) if "deleted" in link else link)
    return {name for name in named if name.startswith((str(house.folder), "/tmp", "/var/tmp"))}


def _open_files(pid: int) -> Iterator[str]:
    folder = Path(f"/proc/{pid}/fd")
    for link in folder.iterdir() if folder.exists() else ():
        try:
            yield os.readlink(link)
        except FileNotFoundError:
            continue


@with_and_without
def test_ada_writes_with_a_printed_card_and_its_words_go_on_working(
    ada: Child, bo: Staff, house: House
) -> None:
    ada.words = print_card(house)
    ada.comes_back()
    ada.heads(ada.says("words work"))
    ada.writes("I got this card from the nurse 44c1")
    ada.sends()
    ada.heads(ada.says("have it"))
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    bo.answers("Good that you wrote. 44c2")
    ada.comes_back()
    ada.heads(ada.says("again"))
    ada.sees("Good that you wrote. 44c2")


def print_card(house: House) -> list[str]:
    """Put a card's locator and recipient into the database, as printing does; its six words."""
    number = secrets.randbits(RECEIPT_BITS)
    pepper = base64.b64decode(house.secret("pepper").partition(":")[2])
    root = Root.of(number, base64.b64decode(house.secret("salt")), Gate(permits=1))
    (north,) = house.execute("SELECT id FROM people_team WHERE slug = 'north'")
    house.execute(
        "INSERT INTO tell_card (team_id, locator, recipient, pepper_version) VALUES (?, ?, ?, 1)",
        north["id"], root.locator(pepper), root.identity(pepper).recipient,
    )  # fmt: skip
    return list(wordlists.words_for(number, "en"))


def test_ada_mistypes_a_word_and_taps_the_one_she_meant(ada: Child) -> None:
    words = ada.tells("hej")
    fourth = words[3]
    # Two letters changed places.
    ada.comes_back([*words[:3], fourth[1] + fourth[0] + fourth[2:], *words[4:]])
    ada.sees("Look at the words that are marked.")
    field = ada.page.locator("[name=w4]")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(ada.page.locator("[aria-invalid=true]")).to_have_count(1)
    expect(ada.page.locator("[name=w1]")).to_have_value(words[0])
    ada.page.get_by_role("button", name=fourth, exact=True).click()
    expect(field).to_have_value(fourth)
    ada.presses(ada.says("open"))
    ada.heads(ada.says("again"))


def test_ada_practises_her_words_on_the_page_alone(ada: Child) -> None:
    words = ada.tells("hej")
    asked = len(ada.trail.asked)
    ada.presses("Try your words")
    expect(ada.page.get_by_text(words[0], exact=True)).to_be_hidden()
    fields = ada.page.locator("[data-practise] input")
    for number, word in enumerate([words[1], words[0], *words[2:]]):
        fields.nth(number).fill(word)
    ada.presses("Check")
    ada.sees("The words are right, but they stand in another order.")
    fields.nth(0).fill(words[0].upper())
    fields.nth(1).fill(words[1][:4])
    ada.presses("Check")
    expect(ada.page.get_by_text("That's right. All six.")).to_be_visible()
    assert len(ada.trail.asked) == asked, "the practised words were sent somewhere"


@with_and_without
def test_ada_looks_at_what_happens_then_and_comes_back(ada: Child, script: bool) -> None:
    ada.opens()
    ada.writes("wait 77ab")
    ada.follows("What happens then?")
    ada.heads("What happens if social services or the police get to know?")
    ada.follows("Back")
    ada.heads(ada.says("always"))
    if script:  # without it, leaving the page empties it: the device keeps nothing
        expect(ada.page.locator("#text")).to_have_value("wait 77ab")


@with_and_without
def test_an_adult_finds_what_to_do_tonight(ada: Child) -> None:
    ada.opens()
    ada.follows("I'm an adult")
    ada.heads("You are an adult, and you worry about a child.")
    ada.sees("Don't search the phone")


def test_ada_is_on_a_page_that_lost_its_network_and_keeps_her_text(ada: Child) -> None:
    ada.opens()
    ada.writes("no bars 2f00")
    ada.context.set_offline(True)
    ada.sends()
    expect(ada.page.get_by_text("We couldn't save it.")).to_be_visible()
    expect(ada.page.locator("#text")).to_have_value("no bars 2f00")
    ada.context.set_offline(False)
    ada.sends()
    assert ada.gets_words()


@with_and_without
def test_ada_leaves_fast_and_the_other_page_is_not_told_from_where(ada: Child) -> None:
    ada.opens()
    ada.writes("hide 11fe")
    ada.follows(ada.says("leave"))
    ada.sees("elsewhere")
    assert ada.trail.left == [LEAVE]
