"""Ada has a message looked at: what she reads, what she can do with it, and that nothing stays."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from alltid.people.models import Team
from alltid.tell.models import Disclosure, Message, SpentForm
from alltid.tell.visit import new_form
from alltid.web.throttle import CHECKING

from .conftest import Ada, disk_full

OFFER = "5 bilder = 200kr, deal?"
ENGLISH = "I give you 200 dollars if you send me a picture of you"
THREAT = "skicka en bild annars visar jag alla, du får 500 kr"
BICYCLE = "kan du skicka en bild på cykeln? jag swishar 300 när jag hämtar"
both_languages = pytest.mark.parametrize("language", ["sv", "en"])


def check(ada: Ada, text: str, **fields: str) -> Ada:
    """Ada pastes a text on the page and has it looked at."""
    ada.look("check/")
    ada.send("check/", text=text, **({"do": "check"} | fields))
    return ada


@both_languages
def test_ada_checks_an_offer_and_reads_what_is_asked_and_given(ada: Ada, language: str) -> None:
    ada.language = language
    check(ada, OFFER)
    assert ada.seen.status_code == 200
    for sentence in {
        "en": (
            "It looks like an offer.",
            "Someone asks for a picture of you.",
            "You would get money.",
            "It is not your fault that you got this.",
            "You don't have to answer.",
            "You can always tell.",
            "Danger now: call",
        ),
        "sv": (
            "Det ser ut som ett erbjudande.",
            "Någon vill ha en bild på dig.",
            "Du skulle få pengar.",
            "Det är inte ditt fel att du fått det här.",
            "Du behöver inte svara.",
            "Du kan alltid berätta.",
            "Fara nu: ring",
        ),
    }[language]:
        assert ada.sees(sentence)
    assert "<mark>5 bilder</mark> = <mark>200kr</mark>, deal?" in ada.html


@both_languages
def test_ada_checks_what_is_no_offer_and_is_never_told_that_it_is_safe(
    ada: Ada, language: str
) -> None:
    ada.language = language
    check(ada, BICYCLE)
    said = {
        "en": ("We saw no offer in it.", "If it feels wrong, you can always tell.", "safe"),
        "sv": ("Vi såg inget erbjudande i det.", "Känns det fel kan du alltid berätta.", "trygg"),
    }[language]
    assert ada.sees(said[0])
    assert ada.sees(said[1])
    assert said[2] not in ada.html.partition("<main")[2].lower()
    assert "<mark>" not in ada.html
    assert ada.sees('value="tell"')


def test_ada_is_threatened_and_first_reads_that_she_has_to_do_nothing(ada: Ada) -> None:
    check(ada, THREAT)
    main = unescape(ada.html.partition("<main")[2])
    no_need = main.index("You don't have to pay or send anything because someone threatens you.")
    assert no_need < main.index("tel:112") < main.index("It looks like an offer.")
    assert main.count("tel:112") == 1


@both_languages
@pytest.mark.parametrize(
    "threat", ["send it or I'll show everyone", "skicka en till annars lägger jag ut bilden"]
)
def test_ada_is_threatened_without_an_offer_and_reads_that_nobody_may(
    ada: Ada, language: str, threat: str
) -> None:
    ada.language = language
    check(ada, threat)
    said = {
        "en": (
            "You don't have to pay or send anything because someone threatens you.",
            "It looks like a threat.",
            "Nobody may threaten you, whatever you did.",
            "It is not your fault that you got this.",
            "You can always tell.",
            "Keep the chat if you can",
            "We saw no offer",
        ),
        "sv": (
            "Du måste inte betala eller skicka något för att någon hotar.",
            "Det ser ut som ett hot.",
            "Ingen får hota dig, vad du än har gjort.",
            "Det är inte ditt fel att du fått det här.",
            "Du kan alltid berätta.",
            "Spara chatten om du kan",
            "Vi såg inget erbjudande",
        ),
    }[language]
    *sentences, never = said
    assert all(ada.sees(sentence) for sentence in sentences)
    assert not ada.sees(never)


@both_languages
def test_ada_reads_of_a_message_whose_writer_would_send_that_it_can_stop(
    ada: Ada, language: str
) -> None:
    ada.language = language
    check(ada, "jag säljer bilder, 200 kr styck")
    said = {
        "en": (
            "The one who wrote it would send",
            "it is right to tell, and it can stop",
            "of you.",
        ),
        "sv": ("Den som skrev det skulle skicka", "det är rätt att berätta, och det", "på dig."),
    }[language]
    assert ada.sees(said[0])
    assert ada.sees(said[1])
    assert not ada.sees(said[2])


def test_what_ada_pastes_never_becomes_markup(ada: Ada) -> None:
    check(ada, "<script>alert(1)</script> 5 pics = <b>200kr</b>")
    assert "<script>alert" not in ada.html
    assert "<b>200kr" not in ada.html
    assert "<mark>" in ada.html


# --- what does not fit, and bad moments --------------------------------------------------------


@both_languages
def test_ada_pastes_nothing_and_is_asked_kindly(ada: Ada, language: str) -> None:
    ada.language = language
    check(ada, "  ")
    assert ada.seen.status_code == 422
    assert ada.sees("It's empty." if language == "en" else "Det är tomt.")


def test_ada_pastes_too_much_and_all_of_it_is_kept_and_checked_in_parts(ada: Ada) -> None:
    text = "hej " * 3000 + OFFER
    check(ada, text)
    assert ada.seen.status_code == 422
    assert ada.sees("That's a lot, and all of it matters. Check this part now.")
    first, rest = ada.seen.context["text"], ada.seen.context["rest"]
    assert first + rest == text
    ada.send("check/", text=first, rest=rest, do="check")
    assert ada.sees("We saw no offer in it.")
    assert ada.sees("Check this part too")
    assert ada.seen.context["rest"] == rest
    ada.send("check/", text=rest, do="check")
    assert ada.sees("It looks like an offer.")


def test_ada_pastes_a_picture_and_the_words_beside_it_are_checked(ada: Ada) -> None:
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 30
    check(ada, f"{OFFER} {picture}")
    assert ada.sees("We can't take pictures, and you didn't do anything wrong.")
    assert ada.sees("It looks like an offer.")
    assert "iVBORw0KGgo" not in ada.html
    check(ada, picture)
    assert ada.seen.status_code == 422
    assert ada.sees("We can't take pictures")
    assert not ada.sees("It's empty.")


def test_ada_sends_from_a_page_that_is_not_ours_and_keeps_the_message(ada: Ada) -> None:
    ada.seen = ada.client.post(
        "/en/check/", {"text": OFFER}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert ada.seen.status_code == 403
    assert ada.sees(OFFER)


def test_ada_had_the_page_open_for_days_and_keeps_the_message(ada: Ada) -> None:
    check(ada, OFFER, id="not one of ours")
    assert ada.seen.status_code == 422
    assert ada.sees(OFFER)
    assert ada.sees("Press Check once more.")
    ada.send("check/", text=OFFER, do="check")
    assert ada.sees("It looks like an offer.")


@both_languages
def test_a_store_that_takes_nothing_more_gives_the_message_back(ada: Ada, language: str) -> None:
    ada.language = language
    with connection.execute_wrapper(disk_full):
        check(ada, OFFER)
    assert ada.seen.status_code == 503
    assert ada.sees("We can't look at it" if language == "en" else "Vi kan inte titta på det")
    assert ada.sees(OFFER)
    assert ada.sees("112")
    ada.send("check/", text=OFFER, do="send")
    assert ada.seen.status_code == 200


def test_a_flood_of_messages_is_stopped_before_anything_is_looked_at(
    ada: Ada, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    ada.look("check/")
    while CHECKING.allows("127.0.0.1"):
        pass
    with django_assert_num_queries(0):  # type: ignore[operator]
        ada.send("check/", text=OFFER, do="check")
    assert ada.seen.status_code == 429
    assert ada.sees(OFFER)
    assert ada.sees("Wait one minute")


# --- nothing of it stays ------------------------------------------------------------------------


def test_what_ada_checked_is_nowhere_in_the_database(ada: Ada) -> None:
    check(ada, OFFER)
    assert not Disclosure.objects.exists()
    assert not Message.objects.exists()
    spent = SpentForm.objects.get()
    assert len(bytes(spent.digest)) == 32


@both_languages
@pytest.mark.parametrize("do", ["check", "language", "tell"])
def test_the_page_sent_again_later_shows_nothing(ada: Ada, language: str, do: str) -> None:
    ada.language = language
    ada.look("check/")
    sent = {"id": ada.hidden("id"), "text": OFFER, "do": do}
    ada.send("check/", **sent)
    assert ada.sees("200kr")
    ada.send("check/", **sent)  # a double tap
    assert ada.sees("200kr")
    SpentForm.objects.update(first_used=timezone.now() - timedelta(minutes=2))
    ada.send("check/", **sent)
    assert ada.seen.status_code == 200
    assert not ada.sees("200kr")
    assert ada.sees("This page is closed" if language == "en" else "Sidan är stängd")


def test_the_page_sent_again_on_the_next_day_shows_nothing(ada: Ada) -> None:
    ada.look("check/")
    sent = {"id": ada.hidden("id"), "text": OFFER, "do": "check"}
    ada.send("check/", **sent)
    SpentForm.objects.update(first_used=timezone.now() - timedelta(days=1))
    ada.send("check/", **sent)
    assert not ada.sees("200kr")


# --- over to telling ----------------------------------------------------------------------------


@both_languages
@pytest.mark.parametrize("text", [ENGLISH, BICYCLE])
def test_ada_carries_the_message_over_and_nothing_is_told_before_she_sends(
    ada: Ada, language: str, text: str
) -> None:
    ada.language = language
    check(ada, text)
    ada.send("check/", text=text, do="tell")
    assert ada.seen.status_code == 200
    assert ada.seen.context["text"] == text
    assert ada.sees("You can always tell." if language == "en" else "Du kan alltid berätta.")
    assert ada.sees(f'formaction="/{"sv" if language == "en" else "en"}/"')
    assert not Disclosure.objects.exists()
    ada.send("", text=f"{text} what do I do", do="send")
    assert len(ada.words) == 6
    assert Disclosure.objects.count() == 1


def test_ada_carries_a_long_message_over_whole(ada: Ada) -> None:
    check(ada, OFFER)
    ada.send("check/", text=OFFER, rest="and more", do="tell")
    assert (ada.seen.context["text"], ada.seen.context["rest"]) == (OFFER, "and more")


def test_ada_meets_nobody_who_reads_and_keeps_the_message_however_long_she_waits(
    ada: Ada, north: Team
) -> None:
    check(ada, OFFER)
    north.memberships.filter(role="responder").delete()
    ada.send("check/", text=OFFER, do="tell")
    assert ada.seen.status_code == 503
    assert ada.sees(OFFER)
    SpentForm.objects.update(first_used=timezone.now() - timedelta(minutes=2))
    ada.send("check/", text=OFFER, do="tell")
    assert ada.sees(OFFER)
    ada.send("at/south/", text=OFFER, do="here")
    assert ada.seen.status_code == 200
    assert ada.seen.context["text"] == OFFER


@both_languages
def test_ada_changes_language_and_sees_the_same_page(ada: Ada, language: str) -> None:
    check(ada, OFFER)
    form = {"text": OFFER, "do": "language"}
    ada.language = language
    ada.send("check/", seen="1", **form)
    assert ada.sees("It looks like an offer." if language == "en" else "Det ser ut som")
    ada.send("check/", **form)
    assert ada.sees("Check a message" if language == "en" else "Kolla ett meddelande")
    assert ada.sees(f">\n{OFFER}</textarea>")


@both_languages
def test_ada_finds_the_way_from_the_first_page_and_from_the_page_after_telling(
    ada: Ada, language: str
) -> None:
    ada.language = language
    link = f'<a href="/{language}/check/" data-in>'
    ada.look()
    assert link in ada.html
    ada.tell("hej")
    assert ada.words
    assert link in ada.html


@pytest.mark.parametrize("status", [200, 403, 422, 429, 503])
def test_no_answer_sets_a_cookie_or_may_be_kept(ada: Ada, status: int) -> None:
    ada.look("check/")
    fields = {"id": new_form(), "text": " " if status == 422 else OFFER, "do": "check"}
    headers = {"Sec-Fetch-Site": "cross-site"} if status == 403 else {}
    while status == 429 and CHECKING.allows("127.0.0.1"):
        pass

    def refuse(*call: object) -> object:
        raise OperationalError("database or disk is full")

    if status == 503:
        with connection.execute_wrapper(refuse):
            answer = ada.client.post("/en/check/", fields, headers=headers)
    else:
        answer = ada.client.post("/en/check/", fields, headers=headers)
    assert answer.status_code == status
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"
