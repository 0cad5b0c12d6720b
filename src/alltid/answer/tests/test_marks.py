"""What a machine sees stands beside a child's message, closed; it sorts and hides nothing."""

import re
from html import unescape

import pytest

from alltid.people.models import AuditEvent, User

from .. import marks
from ..access import Line
from ..marks import Seen, seen_in

OFFER = "5 bilder = 200kr, deal?"
TITLE = "What a machine sees in these words"


def desk(cast, told, query="", language="en"):
    User.objects.filter(name="Bo").update(language=language)
    page = cast.browser("Bo").get(f"/staff/thread/{told.pk}/{query}")
    assert page.status_code == 200
    return unescape(page.content.decode())


def child_line(number, text):
    return Line(number, "child", {"text": text})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", [TITLE, "Asks for a picture.", "Offers money.", "It reads as an offer to whoever"]),
        ("sv", ["Vad en maskin ser i orden", "Ber om en bild.", "Erbjuder pengar.", "Det läses"]),
    ],
)
def test_bo_reads_the_marked_words_and_why(cast, language, said):
    html = desk(cast, cast.tell(text=OFFER), language=language)
    for sentence in said:
        assert sentence in html
    assert "<mark>5 bilder</mark> = <mark>200kr</mark> …" in html
    assert re.search(r'(Offers money|Erbjuder pengar)\. <q translate="no">200kr</q>', html)


def test_each_passage_of_a_long_message_stands_alone_with_its_marks():
    text = f"{'hej ' * 200}{OFFER} {'och sen så ' * 200}how much for a picture?"
    first, second = Seen.in_words(text).passages
    assert first.text == "… 5 bilder = 200kr …"
    assert second.text == "… how much for a picture …"
    said = [[p.text[place.start : place.end] for place in p.places] for p in (first, second)]
    assert said == [["5 bilder", "200kr"], ["how much", "picture"]]


def test_every_message_of_the_child_has_the_same_closed_line(cast):
    told = cast.tell(text=OFFER)
    told.say("hej")
    html = desk(cast, told)
    assert html.count('<details class="seen">') == html.count(TITLE) == 2
    assert "That says nothing about what has happened." in html
    assert "knows nothing of the rest" in html


def test_marks_sort_and_hide_nothing(cast):
    told = cast.tell(text="hej")
    for text in (OFFER, "one more"):
        told.say(text)
    html = desk(cast, told)
    shown = re.findall(r'<p class="text"[^>]*>(.*?)</p>', html)
    assert shown == ["hej", OFFER, "one more"]
    rank = told.again().rank
    assert rank == cast.tell(text="hej").again().rank


def test_an_adults_own_words_are_not_looked_at():
    mine = Line(2, "some-user-id", {"text": OFFER})
    assert seen_in([child_line(1, OFFER), mine]).keys() == {1}


def test_a_long_thread_reads_the_newest_and_leaves_the_others_until_asked(cast, monkeypatch):
    monkeypatch.setattr(marks, "READ", 2 * len(OFFER))
    told = cast.tell(text=OFFER)
    for _more in range(3):
        told.say(OFFER)
    html = desk(cast, told)
    assert html.count('<details class="seen">') == 2
    assert '<a class="seen" href="?marks=1#m1">' in html
    html = desk(cast, told, "?marks=1")
    assert html.count('<details class="seen" open>') == 1
    assert 'id="m1"' in html.partition('<details class="seen" open>')[0]
    assert AuditEvent.objects.filter(verb="opened").count() == 2


def test_a_thread_of_the_longest_messages_is_read_for_one_of_them_at_most(monkeypatch):
    read = []

    def note(text, **asked):
        read.append(len(text))
        return Seen([], [], **asked)

    monkeypatch.setattr(Seen, "in_words", staticmethod(note))
    lines = [child_line(number, "x" * 10_000) for number in range(1, 501)]
    assert seen_in(lines).keys() == {500}
    assert seen_in(lines, asked=3).keys() == {3}
    assert sum(read) == 20_000


@pytest.mark.parametrize("asked", ["", "0", "99", "-1", "one", "²", "9" * 5000])
def test_an_address_that_asks_for_no_message_shows_the_thread(cast, asked):
    assert OFFER in desk(cast, cast.tell(text=OFFER), f"?marks={asked}")


def test_a_child_with_another_language_than_ours_is_explained_in_english(monkeypatch):
    monkeypatch.setattr(marks, "get_language", lambda: "fi")
    assert ("Asks for a picture.", ["5 bilder"]) in Seen.in_words(OFFER).reasons


def test_what_a_child_writes_never_becomes_markup_beside_it(cast):
    told = cast.tell(text="5 bilder = <img src=x> 200kr, deal?")
    page = cast.browser("Bo").get(f"/staff/thread/{told.pk}/").content.decode()
    assert "<img" not in page
    assert "<mark>5 bilder</mark> = &lt;img src=x&gt; <mark>200kr</mark>" in page
