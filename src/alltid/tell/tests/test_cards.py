"""Cards with words made ahead: what is on the paper opens, and nothing else keeps the words."""

import re
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from alltid.people.models import AuditEvent
from alltid.people.printing import NotPrinted
from alltid.tell import cards
from alltid.tell.models import Card, Disclosure
from alltid.tell.telling import come_back
from alltid.vault import words


@pytest.fixture
def paper(monkeypatch):
    """What was given to the printer."""
    printed = {}

    def pdf(template, data):
        printed.update(data)
        return b"%PDF-"

    monkeypatch.setattr(cards, "pdf", pdf)
    return printed


def make(tmp_path, count=2, *more):
    out = tmp_path / "cards.pdf"
    call_command("cards", "--team", "North", "--count", str(count), "--out", str(out), *more)
    return out


def test_ada_comes_back_with_a_cards_words_and_finds_an_empty_card(cast, paper, tmp_path):
    make(tmp_path)
    for printed in paper["cards"]:
        [number] = words.read(list(printed), "sv").numbers
        door = come_back(number)
        assert door is not None
        assert isinstance(door.held, Card)
        assert door.held.team == cast.north
        assert door.identity.recipient == door.held.recipient


def test_ada_writes_behind_a_card_over_the_page(cast, paper, tmp_path, client):
    make(tmp_path, 1)
    page = client.get("/sv/words/").content.decode()
    [form_id] = re.findall(r'name="id" value="([^"]+)"', page)
    typed = {f"w{place}": word for place, word in enumerate(paper["cards"][0], start=1)}
    answer = client.post("/sv/words/", {"id": form_id, **typed})
    assert answer.status_code == 200
    assert "tell/card_write.html" in [template.name for template in answer.templates]


def test_every_card_has_words_of_its_own(cast, paper, tmp_path):
    make(tmp_path, 30)
    assert len({tuple(card) for card in paper["cards"]}) == 30
    assert Card.objects.count() == 30
    event = AuditEvent.objects.get(verb="cards_printed")
    assert (event.team, event.why) == (cast.north, "30")


def test_words_stand_on_the_paper_and_nowhere_in_the_database(cast, paper, tmp_path):
    make(tmp_path, 1)
    [number] = words.read(list(paper["cards"][0]), "sv").numbers
    stored = repr(list(Card.objects.values()))
    assert all(word not in stored for word in paper["cards"][0])
    assert str(number) not in stored
    assert not Disclosure.objects.exists()


def test_back_of_a_card_says_to_the_adult_what_to_say(cast, paper, tmp_path):
    make(tmp_path, 1, "--language", "en")
    assert [*paper["back"], paper["say"]] == [
        "Your child may have talked to someone.",
        "Ask nothing tonight.",
        "Say: you can always tell.",
    ]
    assert (paper["tell"], paper["whatever"]) == ("You can always tell.", "Whatever you did.")


def test_card_names_the_address_of_this_installation_or_the_one_given(
    cast, paper, tmp_path, settings
):
    settings.ALLTID = settings.ALLTID | {"HOSTS": ["alltid.school.example"]}
    make(tmp_path, 1).unlink()
    assert paper["address"] == "alltid.school.example/sv/words/"
    make(tmp_path, 1, "--address", "tell.example")
    assert paper["address"] == "tell.example"


def test_eva_gets_a_pdf_with_fronts_and_backs_for_her_alone(cast, tmp_path):
    out = make(tmp_path, 11)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    page = out.read_bytes()
    assert b"pdfuaid:part" in page
    assert b"/Count 4" in page
    assert [file.name for file in tmp_path.iterdir()] == ["cards.pdf"]


def test_eva_does_not_overwrite_cards_that_may_be_in_use(cast, paper, tmp_path):
    make(tmp_path, 1)
    with pytest.raises(CommandError, match=r"is there already, perhaps with cards in use\."):
        make(tmp_path, 1)
    assert Card.objects.count() == 1


@pytest.mark.parametrize("count", ["0", "1001", "-3"])
def test_eva_asks_for_a_number_that_cannot_be_and_hears_which_can(cast, paper, tmp_path, count):
    with pytest.raises(CommandError, match="from 1 to 1000"):
        make(tmp_path, count)
    assert not Card.objects.exists()


def test_printer_fails_and_no_card_is_made(cast, monkeypatch, tmp_path):
    def broken(template, data):
        raise NotPrinted("The page could not be set by typst: no fonts")

    monkeypatch.setattr(cards, "pdf", broken)
    with pytest.raises(CommandError, match=r"No card was made\. The page could not be set"):
        make(tmp_path)
    assert not Card.objects.exists()


def test_disk_cannot_be_written_and_no_card_is_made(cast, paper, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot be written"):
        make(tmp_path / "file")
    assert not Card.objects.exists()


def test_database_fails_and_no_paper_is_left_that_opens_nothing(cast, paper, monkeypatch, tmp_path):
    def broken(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(Card.objects, "bulk_create", broken)
    with pytest.raises(DatabaseError):
        make(tmp_path)
    assert list(tmp_path.iterdir()) == []
