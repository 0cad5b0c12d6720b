"""Bad days, really caused: each has its page, a status that is right, and the text kept."""

import sqlite3
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from alltid.people.models import Team
from alltid.people.tests.scene import Person
from alltid.tell.models import Disclosure, Message
from alltid.tell.telling import CHILD_GATE
from alltid.tell.visit import new_form
from alltid.web.throttle import COMING_BACK, TELLING

from .conftest import Ada, disk_full
from .test_telling import answer

TEXT = "somebody said I get money for a picture of me"
both_languages = pytest.mark.parametrize("language", ["sv", "en"])


def kept(ada: Ada) -> bool:
    """Her text stands on the page, with a number to call."""
    return ada.sees(TEXT) and ada.sees("112") and ada.sees("116 111")


@both_languages
def test_empty_form_is_asked_for_a_word(ada: Ada, language: str) -> None:
    ada.language = language
    ada.tell("   ")
    assert ada.seen.status_code == 422
    assert ada.sees("It's empty." if language == "en" else "Det är tomt.")


@both_languages
def test_too_long_a_text_is_kept_whole_and_sent_in_parts(ada: Ada, language: str) -> None:
    ada.language = language
    text = " ".join([TEXT] * 300)
    ada.look()
    ada.send(text=text)
    assert ada.seen.status_code == 422
    first, rest = ada.seen.context["text"], ada.seen.context["rest"]
    assert first + rest == text
    assert 5000 < len(first) <= 10_000


@both_languages
def test_no_two_readers_says_so_and_keeps_the_text(ada: Ada, north: Team, language: str) -> None:
    ada.language = language
    ada.look()
    north.memberships.filter(role="responder").delete()
    ada.send(text=TEXT)
    assert ada.seen.status_code == 503
    assert kept(ada)
    assert ada.sees("South School")
    assert Disclosure.objects.count() == 0


@both_languages
def test_holiday_without_readers_says_until_when(ada: Ada, north: Team, language: str) -> None:
    ada.language = language
    today = timezone.localdate()
    north.closures = [[f"{today}", f"{today + timedelta(days=20)}"]]
    north.save()
    north.memberships.filter(role="responder").delete()
    ada.look()
    assert ada.seen.status_code == 503
    assert ada.sees("Nobody reads here until" if language == "en" else "Ingen läser här förrän")
    assert ada.sees(f'<a class="go" href="/{language}/at/south/">')


def test_cover_that_cannot_read_either_is_not_offered(ada: Ada, north: Team, south: Team) -> None:
    for team in (north, south):
        team.memberships.filter(role="responder").delete()
    ada.look()
    assert ada.seen.status_code == 503
    assert not ada.sees("South School")
    assert ada.sees("116 111")


@both_languages
def test_no_key_says_so_and_keeps_the_text(ada: Ada, north: Team, language: str) -> None:
    ada.language = language
    ada.look()
    north.keys.all().delete()
    ada.send(text=TEXT)
    assert ada.seen.status_code == 503
    assert kept(ada)


@both_languages
def test_database_that_cannot_write_keeps_the_text(
    ada: Ada, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    ada.language = language
    ada.look()
    with connection.execute_wrapper(disk_full):
        ada.send(text=TEXT)
    assert ada.seen.status_code == 503
    assert "What a child sent was not saved, or not opened." in caplog.messages
    assert kept(ada)
    assert "Retry-After" in ada.seen.headers
    ada.send(text=TEXT, id=new_form())
    assert ada.seen.status_code == 200


def test_answer_is_shown_on_a_disk_that_takes_nothing_more(ada: Ada, bo: Person) -> None:
    def read_only(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE"):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    words = ada.tell("hej")
    answer(Disclosure.objects.get(), bo, "Thank you for telling.")
    with connection.execute_wrapper(read_only):
        ada.come_back(words)
    assert ada.seen.status_code == 200
    assert ada.sees("Thank you for telling.")


@both_languages
def test_full_queue_before_the_key_derivation_keeps_the_text(
    ada: Ada, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.language = language
    ada.look()
    monkeypatch.setattr(CHILD_GATE, "_wait", 0.01)
    with ExitStack() as full:
        for _permit in range(CHILD_GATE.permits):
            full.enter_context(CHILD_GATE.turn())
        ada.send(text=TEXT)
    assert ada.seen.status_code == 503
    assert kept(ada)


@both_languages
def test_picture_part_is_skipped_and_the_words_are_taken(ada: Ada, language: str) -> None:
    ada.language = language
    ada.look()
    picture = SimpleUploadedFile("p.jpg", b"\xff\xd8\xff" + b"0" * 100_000, "image/jpeg")
    ada.send(text=TEXT, picture=picture)
    assert ada.seen.status_code == 200
    assert Disclosure.objects.count() == 1
    assert ada.sees(
        "you didn't do anything wrong" if language == "en" else "du har inte gjort något fel"
    )


@both_languages
def test_old_form_keeps_the_text_and_a_new_one_works(
    ada: Ada, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.language = language
    ada.look()
    ada.send(text=TEXT, id="made-up:form:id")
    assert ada.seen.status_code == 422
    assert kept(ada)
    ada.send(text=TEXT)
    assert ada.seen.status_code == 200


@both_languages
def test_another_sites_form_is_refused_and_the_text_kept(ada: Ada, language: str) -> None:
    ada.language = language
    ada.look()
    ada.client.defaults["HTTP_SEC_FETCH_SITE"] = "cross-site"
    ada.send(text=TEXT)
    assert ada.seen.status_code == 403
    assert kept(ada)


def test_null_origin_and_no_origin_are_accepted(ada: Ada) -> None:
    for origin in ("null", None):
        ada.client.defaults.pop("HTTP_ORIGIN", None)
        if origin:
            ada.client.defaults["HTTP_ORIGIN"] = origin
        ada.tell(TEXT)
        assert ada.seen.status_code == 200


@both_languages
def test_words_that_match_nothing_say_so(ada: Ada, language: str) -> None:
    from alltid.vault.words import words_for

    ada.language = language
    ada.come_back(list(words_for(7, language)))
    assert ada.seen.status_code == 404
    assert ada.sees(
        "We found nothing with those words."
        if language == "en"
        else "Vi hittade inget med de orden."
    )


@both_languages
def test_word_that_is_not_in_the_list_is_pointed_out_without_kdf(
    ada: Ada, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.language = language
    words = ada.tell(TEXT)
    monkeypatch.setattr("alltid.tell.views.come_back", None)
    ada.come_back([*words[:5], "zzxqj"])
    assert ada.seen.status_code == 422
    assert [unknown["position"] for unknown in ada.seen.context["unknown"]] == [6]
    assert ada.sees(words[0])


@both_languages
def test_too_many_tries_are_told_to_wait_and_telling_goes_on(ada: Ada, language: str) -> None:
    from alltid.vault.words import words_for

    ada.language = language
    while COMING_BACK.allows("127.0.0.1"):
        pass
    ada.come_back(list(words_for(7, language)))
    assert ada.seen.status_code == 429
    assert ada.sees("112")
    ada.tell(TEXT)
    assert ada.seen.status_code == 200


def test_word_that_is_not_in_the_list_costs_no_try(ada: Ada) -> None:
    words = ada.tell(TEXT)
    while COMING_BACK.allows("127.0.0.1"):
        pass
    ada.come_back([*words[:5], "zzxqj"])
    assert ada.seen.status_code == 422


@both_languages
def test_flood_of_tellings_keeps_the_text(ada: Ada, language: str) -> None:
    ada.language = language
    ada.look()
    while TELLING.allows("127.0.0.1"):
        pass
    ada.send(text=TEXT)
    assert ada.seen.status_code == 429
    assert kept(ada)


def test_thirty_children_behind_one_address_are_all_received(ada: Ada) -> None:
    for child in range(30):
        browser = Ada(client=Client())
        browser.tell(f"child {child}")
        assert browser.seen.status_code == 200
    assert Disclosure.objects.count() == 30


def test_used_return_form_shows_the_talk_again_for_a_minute_and_then_nothing(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ada.tell(TEXT)
    ada.look("words/")
    form = {"id": ada.hidden("id")} | {f"w{i}": word for i, word in enumerate(words, 1)}
    assert ada.send("words/", **form).status_code == 200
    assert ada.send("words/", **form).status_code == 200
    assert ada.sees(TEXT)
    later = timezone.now() + timedelta(seconds=90)
    monkeypatch.setattr("alltid.tell.views.timezone.now", lambda: later)
    ada.send("words/", **form)
    assert not ada.sees(TEXT)
    assert not any(ada.sees(f'value="{word}"') for word in words)


def test_capsule_is_worth_nothing_after_a_quarter_of_an_hour(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.tell(TEXT)
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("alltid.tell.views.timezone.now", lambda: later)
    ada.send("more/", text="and this")
    assert ada.seen.status_code == 422
    assert ada.sees("and this")
    assert not ada.sees(TEXT)
    assert Message.objects.count() == 1


def test_capsule_that_was_tampered_with_opens_nothing(ada: Ada) -> None:
    ada.tell(TEXT)
    capsule = ada.hidden("capsule")
    for wrong in ("", "x", "1.", f"{capsule[:-6]}AAAA==", "99999999999999999999.AA", "١.AA"):
        ada.send("more/", text="and this", capsule=wrong, id=new_form())
        assert ada.seen.status_code == 422


@pytest.mark.parametrize(
    "path", ["", "words/", "more/", "feeling/", "end/", "adult/", "next/", "x/"]
)
@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
def test_no_childs_page_at_any_status_sets_a_cookie(ada: Ada, path: str, method: str) -> None:
    ada.client.cookies["alltid-session"] = "of-a-member-of-staff"
    for language in ("sv", "en"):
        response = getattr(ada.client, method)(f"/{language}/{path}")
        assert "Set-Cookie" not in response.headers
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_locked_database_keeps_the_text(ada: Ada, settings: object) -> None:
    ada.look()
    ada.tell(TEXT)
    name = connection.settings_dict["NAME"]
    connection.cursor().execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(name, uri=str(name).startswith("file:"))
    other.execute("BEGIN IMMEDIATE")
    try:
        ada.send(text=TEXT, id=new_form())
    finally:
        other.rollback()
        other.close()
    assert ada.seen.status_code == 503
    assert kept(ada)
