"""How a body comes in: slow ones, great ones, many at once, and ones in a strange charset."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from alltid.web import bodies
from alltid.web.bodies import Bodies, Places

ORDINARY = "text=hej"
GREAT = "text=" + "a" * bodies.GREAT


class Slow:
    """A body of which nothing comes until the sender goes on."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()

    def read(self, size: int = -1) -> bytes:
        """Wait, as a socket does."""
        self.goes_on.wait()
        return b""

    readline = read


def sent(body: str = ORDINARY, visitor: str = "192.0.2.7", **meta: Any) -> WSGIRequest:
    """A POST whose visitor is known."""
    kind = "application/x-www-form-urlencoded"
    request = RequestFactory().post("/sv/", body, content_type=kind, **meta)
    request.visitor = visitor
    return request


def slow(visitor: str = "192.0.2.7", length: int = 100) -> tuple[WSGIRequest, Slow]:
    """A POST whose body does not come, and its sender."""
    sender = Slow()
    meta = {"wsgi.input": sender, "CONTENT_LENGTH": str(length)}
    return sent(visitor=visitor, **meta), sender


def read(request: HttpRequest) -> HttpResponse:
    """A page that says what was sent to it."""
    return HttpResponse(request.POST.get("text", "nothing"))


def in_thread(work: Callable[[], HttpResponse]) -> tuple[threading.Thread, list[HttpResponse]]:
    """Begin in another thread; it, and the list that the answer will be in."""
    answers: list[HttpResponse] = []
    thread = threading.Thread(target=lambda: answers.append(work()), daemon=True)
    thread.start()
    return thread, answers


def test_child_sends_a_message_and_it_is_read_before_the_page_is_asked() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        assert request._body == ORDINARY.encode()  # type: ignore[attr-defined]
        return read(request)

    assert Bodies(page)(sent()).content == b"hej"


def test_stranger_sends_a_body_a_byte_a_minute_and_keeps_no_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    request, sender = slow()
    answer = Bodies(read)(request)
    sender.goes_on.set()
    assert answer.status_code == 408
    # The child's script takes a page without it for a send that failed, and keeps what was typed.
    assert b"<main" not in answer.content
    assert b"112" in answer.content


def test_stranger_keeps_many_bodies_waiting_and_others_still_send(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.01)
    house = Bodies(read)
    house.ordinary = Places(each=3, everybody=5)
    senders = []
    for _ in range(3):
        request, sender = slow("192.0.2.66")
        senders.append(sender)
        assert house(request).status_code == 408
    # The reader of each still waits, so the places of this visitor are taken, and nobody else's.
    assert house(sent(visitor="192.0.2.66")).status_code == 503
    assert house(sent()).content == b"hej"
    for sender in senders:
        sender.goes_on.set()
    waited = threading.Event()
    for _ in range(100):
        if not house.ordinary._taken:
            break
        waited.wait(0.02)
    assert house(sent(visitor="192.0.2.66")).content == b"hej"


def test_strangers_from_everywhere_fill_the_places_and_a_page_without_a_body_still_answers() -> (
    None
):
    house = Bodies(read)
    house.ordinary = Places(each=1, everybody=1)
    assert house.ordinary.take("192.0.2.66")
    assert house(sent()).status_code == 503
    request = RequestFactory().get("/sv/")
    request.visitor = "192.0.2.7"
    assert house(request).content == b"nothing"


def test_great_bodies_are_worked_on_one_after_another_and_an_ordinary_one_passes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "TURN", 0.05)
    begun, go_on = threading.Event(), threading.Event()

    def page(request: HttpRequest) -> HttpResponse:
        if len(request.POST["text"]) > 100 and not begun.is_set():
            begun.set()
            go_on.wait()
        return read(request)

    house = Bodies(page)
    thread, answers = in_thread(lambda: house(sent(GREAT)))
    assert begun.wait(10)
    assert house(sent(GREAT)).status_code == 503
    assert house(sent()).content == b"hej"
    go_on.set()
    thread.join()
    assert len(answers[0].content) == bodies.GREAT
    assert len(house(sent(GREAT)).content) == bodies.GREAT


def test_stranger_announces_an_endless_body_and_nothing_of_it_is_read() -> None:
    request, _sender = slow(length=bodies.FARTHEST + 1)
    assert Bodies(read)(request).status_code == 413


def test_child_whose_form_cannot_be_read_gets_the_page_that_says_so(client: Client) -> None:
    answer = client.post("/sv/", "--b\r\n", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    assert b"<main" in answer.content
