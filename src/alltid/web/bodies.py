"""How the body of a request comes in: with patience that ends, and the great ones in turn.

The server hands a request to a thread when its headers are there. Whoever then sends the rest a
byte a minute, or a telephone that has lost its network, would keep that thread, and sixty-four of
them the whole house; and what is a few megabytes on the wire is hundreds of them while it is read
and shown again.
"""

import threading
from collections import Counter
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from .context import numbers

GetResponse = Callable[[HttpRequest], HttpResponse]

# More than ten thousand signs of any alphabet take; a picture that was pasted as text is greater.
GREAT = 256 * 1024
# A body over the limit is read on to here, so that its sender hears the answer.
FARTHEST = 64 * 1024 * 1024
_CHUNK = 64 * 1024
# Seconds for the whole of it: 13 kB/s at the least, and 35 kB/s for the greatest that is kept.
PATIENCE, GREAT_PATIENCE = 20.0, 240.0
# Seconds until a great one's turn; children and staff with an ordinary message never wait here.
TURN = 10.0


class Places:
    """So many bodies may be on their way at once from one visitor, and from everybody."""

    def __init__(self, each: int, everybody: int) -> None:
        self.each = each
        self.everybody = everybody
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, visitor: str) -> bool:
        """Take a place; False where there is none."""
        with self._lock:
            free = self._taken[visitor] < self.each and self._taken.total() < self.everybody
            self._taken[visitor] += free
            return free

    def give_back(self, visitor: str) -> None:
        """Free a place."""
        with self._lock:
            self._taken[visitor] -= 1
            if not self._taken[visitor]:
                del self._taken[visitor]


class Bodies:
    """Takes a body in with patience and within bounds.

    Wants `request.visitor`. A class of thirty behind one address finds room: an ordinary body comes
    with its headers and keeps a place for a moment.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.ordinary = Places(each=32, everybody=48)
        self.great = Places(each=4, everybody=8)
        self.turn = threading.BoundedSemaphore(1)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the body to its end, then answer; what does not come in is answered unread."""
        length = _length(request)
        if length > FARTHEST:
            return _not_heard(413)
        places = self.great if length > GREAT else self.ordinary
        patience = GREAT_PATIENCE if length > GREAT else PATIENCE
        if length:
            if not places.take(request.visitor):  # type: ignore[attr-defined]
                return _not_heard(503)
            if not _taken_in(request, length, places, patience):
                return _not_heard(408)
        if length <= GREAT:
            return self.get_response(request)
        if not self.turn.acquire(timeout=TURN):
            return _not_heard(503)
        try:
            return self.get_response(request)
        finally:
            self.turn.release()


def _length(request: HttpRequest) -> int:
    """What the headers say, as Django reads it."""
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def _taken_in(request: HttpRequest, length: int, places: Places, patience: float) -> bool:
    """Whether the body came in time; raises what reading it raised.

    A thread of its own reads, since a read cannot be interrupted. It gives the place back when it
    ends, so that whoever keeps it waiting keeps their own place and no other.
    """
    failed: list[Exception] = []

    def read() -> None:
        try:
            _read(request, length)
        except Exception as error:
            failed.append(error)
        finally:
            places.give_back(request.visitor)  # type: ignore[attr-defined]

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(patience)
    if reader.is_alive():
        return False
    if failed:
        raise failed[0]
    return True


def _read(request: HttpRequest, length: int) -> None:
    """Have Django read it; of a body over the limit the beginning is left to be read."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request.content_type == "multipart/form-data":
        try:
            _ = request.POST
        finally:
            while request.read(_CHUNK):
                pass
    elif length <= limit:
        _ = request.body
    else:
        held = bytearray()
        while chunk := request.read(_CHUNK):
            held += chunk[: max(0, limit - len(held))]
        # As Django leaves a body that it has read: whoever reads it again gets the beginning.
        request._stream = BytesIO(held)
        request._read_started = False  # type: ignore[attr-defined]


def _not_heard(status: int) -> HttpResponse:
    """An answer to what was not read, so without it; the child's script then keeps its page.

    Both languages, since which one is asked for may stand in what was not read.
    """
    page = format_html(
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>Alltid</title>"
        "<p lang=sv>Det kom inte fram. Det är inte ditt fel. Gå tillbaka med webbläsarens knapp, "
        "vänta en minut och försök igen. Fara nu: ring {emergency}. "
        "Prata nu: {helpline_name} {helpline}.</p>"
        "<p lang=en>It didn't get through. It's not your fault. Go back with the browser's button, "
        "wait a minute and try again. Danger now: call {emergency}. "
        "Talk now: {helpline_name} {helpline}.</p>",
        **numbers(),
    )
    return HttpResponse(page, status=status, headers={"Retry-After": "60"})
