"""What Ada typed stays when she changes language, team or page, and when her visit is over."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alltid.people.models import Team
from alltid.people.tests.scene import Person
from alltid.tell.models import Disclosure, Message

from .conftest import Ada, disk_full
from .test_telling import answer

TEXT = "somebody said I get money for a picture of me"


def later(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    """Let time pass, for the views and for what is signed."""
    then = timezone.now() + timedelta(**passed)
    monkeypatch.setattr("django.core.signing.time.time", then.timestamp)
    monkeypatch.setattr("alltid.tell.views.timezone.now", lambda: then)


def test_ada_changes_language_on_the_first_page_and_keeps_text_and_taps(ada: Ada) -> None:
    ada.look()
    ada.language = "sv"
    ada.send(text=TEXT, now="not_safe", linked="1", do="language")
    assert ada.sees("Du kan alltid berätta.")
    assert ada.sees(TEXT)
    assert ada.sees("value=not_safe checked")
    assert ada.sees('name="linked" value="1" checked')
    assert Disclosure.objects.count() == 0


def test_ada_who_chose_a_team_that_cannot_read_writes_to_the_cover_instead(
    ada: Ada, north: Team, south: Team
) -> None:
    ada.look()
    south.memberships.filter(role="responder").delete()
    ada.send("at/south/", text=TEXT)
    assert ada.seen.status_code == 503
    assert ada.sees('formaction="/en/at/north/" name="do" value="here"')
    ada.send("at/north/", text=TEXT, do="here")
    assert ada.sees("They are grown-ups at North School.")
    assert ada.sees(TEXT)


def test_ada_changes_language_among_her_words_and_they_are_not_tried(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ada.tell(TEXT)
    ada.look("words/")
    monkeypatch.setattr("alltid.tell.views.come_back", None)
    ada.language = "sv"
    ada.send("words/", do="language", **{f"w{i}": word for i, word in enumerate(words[:3], 1)})
    assert ada.seen.status_code == 200
    assert ada.sees("Skriv dina sex ord.")
    assert all(ada.sees(f'value="{word}"') for word in words[:3])


def test_ada_changes_language_in_a_talk_and_nothing_is_sent(ada: Ada, bo: Person) -> None:
    words = ada.tell(TEXT)
    answer(Disclosure.objects.get(), bo, "Thank you for telling.")
    ada.come_back(words)
    assert ada.sees('formaction="/sv/more/"')
    ada.language = "sv"
    ada.send("more/", text="half a sen", do="language")
    assert ada.sees("Hej igen.")
    assert ada.sees("half a sen")
    assert Message.objects.count() == 2


def test_an_empty_message_in_a_talk_is_asked_for_a_word(ada: Ada) -> None:
    ada.tell(TEXT)
    ada.send("more/", text=" ", do="send")
    assert ada.seen.status_code == 422
    assert ada.sees("It's empty.")


def test_what_did_not_fit_waits_in_the_next_field(ada: Ada) -> None:
    ada.look()
    ada.send(text="first part", rest="second part")
    assert ada.sees("second part</textarea>")
    ada.send("more/", text="second part", rest="third part")
    assert ada.sees("third part</textarea>")
    assert Message.objects.count() == 2


def test_a_message_written_for_too_long_waits_for_the_words_and_is_sent(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ada.tell(TEXT)
    later(monkeypatch, minutes=20)
    ada.send("more/", text="and this", now="not_safe")
    assert ada.seen.status_code == 422
    assert ada.sees("Write your six words once more, then you can send it.")
    kept = {"text": "and this", "now": ada.hidden("now")}
    assert kept["now"] == "not_safe"
    monkeypatch.undo()
    ada.send("words/", **kept, **{f"w{i}": word for i, word in enumerate(words, 1)})
    assert ada.sees("and this</textarea>")
    assert Message.objects.count() == 1
    ada.send("more/", text="and this")
    assert Message.objects.count() == 2


def test_a_sent_message_is_not_shown_again_by_a_late_reload(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.tell(TEXT)
    form = {"id": ada.hidden("id"), "capsule": ada.hidden("capsule")}
    ada.send("more/", text="and this", **form)
    later(monkeypatch, minutes=20)
    ada.send("more/", text="and this", **form)
    assert not ada.sees("and this")


def test_used_words_are_not_shown_again_by_a_late_reload(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ada.tell(TEXT)
    ada.look("words/")
    form = {"id": ada.hidden("id")} | {f"w{i}": word for i, word in enumerate(words, 1)}
    ada.send("words/", **form)
    later(monkeypatch, minutes=20)
    ada.send("words/", **form)
    assert not any(ada.sees(f'value="{word}"') for word in words)


def test_a_message_that_could_not_be_saved_is_sent_from_the_page_that_says_so(ada: Ada) -> None:
    ada.tell(TEXT)
    with connection.execute_wrapper(disk_full):
        ada.send("more/", text="and this")
    assert ada.seen.status_code == 503
    assert ada.sees("and this</textarea>")
    ada.send("more/", text="and this")
    assert ada.seen.status_code == 200
    assert Message.objects.count() == 2


def test_text_begins_with_the_line_breaks_that_were_typed(ada: Ada) -> None:
    ada.look()
    ada.send(text="\n\n  <b>hi</b> > <i>", do="other")
    assert ">\n\n\n  &lt;b&gt;hi&lt;/b&gt; &gt; &lt;i&gt;</textarea>" in ada.html


def test_first_page_reloaded_hours_after_it_was_sent_shows_no_text(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.look()
    form = ada.hidden("id")
    ada.send(text=TEXT, id=form)
    later(monkeypatch, hours=5)
    ada.send(text=TEXT, id=form)
    assert ada.seen.status_code == 200
    assert not ada.sees(TEXT)
    assert Disclosure.objects.count() == 1


def test_first_page_left_open_for_hours_keeps_what_was_never_sent(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.look()
    later(monkeypatch, hours=5)
    ada.send(text=TEXT)
    assert ada.seen.status_code == 422
    assert ada.sees(TEXT)


@pytest.mark.parametrize("path", ["", "/words", "/adult", "/next", "/at/north"])
def test_address_typed_by_hand_without_its_last_slash_works(ada: Ada, path: str) -> None:
    assert ada.client.get(f"/en{path}").status_code == 200
