"""What is told stands nowhere in clear, and who holds disk and every secret opens nothing.

A server of this module's own; it is asked without a browser, as exactly as bytes can be.
"""

import base64
import re
import secrets
import socket
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from html import unescape
from uuid import UUID

import pyrage
import pytest
from django.core.signing import b64_decode
from django.urls import get_resolver

from alltid.vault.envelope import Label, age_file, open_identity
from alltid.vault.identity import Identity
from alltid.vault.kdf import keyed
from tests.journeys.house import Answer, House, trails
from tests.journeys.visitors import Staff, Visits

CANARY = "kanariefågel 1 i huset 93c2"
REPLY = "kanariefågel 2 svarar 93c2"


@pytest.fixture(scope="module")
def house(stage: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server that is broken on purpose."""
    with House(tmp_path_factory.mktemp("house") / "house", stage).open() as house:
        yield house


def hidden(house: House, *secret: str) -> None:
    """Nothing of it is legible in the data folder, the temporary one or what the server said."""
    for one in secret:
        assert not house.where(one)


# --- a canary --------------------------------------------------------------------------------


def test_a_canary_and_its_words_are_in_no_file_of_the_server(house: House) -> None:
    told = house.tell(CANARY, now="not_safe")
    back = house.come_back(told.words)
    assert CANARY in back.text
    more = house.send(
        "/en/more/",
        {"id": back.hidden("id"), "capsule": back.hidden("capsule"), "text": CANARY, "do": "send"},
    )
    assert more.status == 200
    hidden(house, CANARY, " ".join(told.words))
    pattern = trails(told.words)
    assert not [path for path in house.files() if pattern.search(path.read_bytes())]
    # The look itself sees what is there: the team's place stands in the database in clear.
    assert house.where("North School")


@pytest.mark.parametrize("do", ["check", "language", "tell"])
def test_a_message_that_is_checked_is_in_no_file_of_the_server(house: House, do: str) -> None:
    form = house.ask("GET", "/en/check/").hidden("id")
    page = house.send("/en/check/", {"id": form, "text": f"{CANARY}, 5 bilder 200kr", "do": do})
    assert page.status == 200
    assert CANARY in re.sub("</?mark>", "", unescape(page.text))
    hidden(house, CANARY)


def test_a_message_that_cannot_be_checked_now_is_given_back_and_in_no_log(house: House) -> None:
    form = house.ask("GET", "/sv/check/").hidden("id")
    house.execute("ALTER TABLE tell_spentform RENAME TO elsewhere")
    try:
        page = house.send("/sv/check/", {"id": form, "text": CANARY, "do": "check"})
    finally:
        house.execute("ALTER TABLE elsewhere RENAME TO tell_spentform")
    assert page.status == 503
    assert CANARY in unescape(page.text)
    assert "Vi kan inte titta på det just nu." in page.text
    assert "could not be looked up" in house.said()
    hidden(house, CANARY)


def test_an_exception_that_quotes_the_canary_leaves_it_in_no_log(house: House) -> None:
    before = house.said()
    form = house.ask("GET", "/en/").hidden("id")
    with house.broken("kanariefågel 1"):
        page = house.send("/en/", {"id": form, "text": CANARY, "do": "send"})
    assert page.status == 500
    assert CANARY in unescape(page.text), "what was typed is kept"
    assert "112" in page.text
    said = house.said().removeprefix(before)
    assert "RuntimeError" in said, "the fault itself is reported"
    assert "tell:" in said
    hidden(house, CANARY)


def test_a_thread_that_fails_to_open_leaves_its_words_in_no_log(house: House) -> None:
    told = house.tell(CANARY)
    house.execute(
        "UPDATE tell_message SET sealed = (SELECT sealed FROM tell_message ORDER BY id LIMIT 1)"
        " WHERE id = (SELECT max(id) FROM tell_message)"
    )
    page = house.come_back(told.words)
    assert page.status >= 500
    assert CANARY not in page.text
    hidden(house, CANARY)
    pattern = trails(told.words)
    assert not [path for path in house.files() if pattern.search(path.read_bytes())]


def test_a_database_that_breaks_under_a_telling_keeps_the_text_and_logs_none(house: House) -> None:
    form = house.ask("GET", "/sv/").hidden("id")
    house.execute("ALTER TABLE tell_message RENAME TO elsewhere")
    try:
        page = house.send("/sv/", {"id": form, "text": CANARY, "do": "send"})
    finally:
        house.execute("ALTER TABLE elsewhere RENAME TO tell_message")
    assert page.status == 503
    assert CANARY in unescape(page.text)
    assert "Vi kunde inte spara det." in page.text
    hidden(house, CANARY)


def test_bos_answer_and_his_words_are_in_no_log_when_sending_fails(
    visits: Visits, house: House
) -> None:
    bo: Staff = visits.staff("Bo")
    house.tell("hej")
    bo.signs_in()
    bo.opens_from_inbox(house.newest())
    bo.writes(REPLY)
    with house.broken("kanariefågel 2"):
        bo.presses("Send to the child")
        bo.heads("Something broke here")
    bo.sees(REPLY)
    hidden(house, REPLY, bo.known.passphrase, bo.known.passphrase.replace("-", " ").lower())
    key = next(c["value"] for c in bo.context.cookies() if c["name"] == "__Host-alltid-key")
    hidden(house, key, bo.known.identity)


# --- no cookie on a child's address ----------------------------------------------------------

STAFF_COOKIES = "alltid-session=a; csrftoken=b; __Host-alltid-key=c"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def childs_paths() -> list[str]:
    """Every address of the child's room, with something in the place of what varies."""
    found = []
    for pattern in get_resolver("alltid.tell.urls").url_patterns:
        text = str(pattern.pattern)
        for language in ("sv", "en"):
            path = text.replace("<language:language>", language).replace("<slug:slug>", "north")
            assert "<" not in path, "an address of a new kind: give it a value here"
            found.append(f"/{path}")
    return sorted(set(found))


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_no_childs_address_sets_a_cookie_whatever_the_method(house: House, method: str) -> None:
    body = "text=hej&do=other" if method == "POST" else None
    for path in [*childs_paths(), "/en/nothing/here/", "/robots.txt"]:
        answer = house.ask(method, path, body, FORM | {"Cookie": STAFF_COOKIES})
        keeps_nothing(answer)


def keeps_nothing(answer: Answer) -> None:
    """No cookie, nothing to store, nothing to tell visitors apart by."""
    assert answer.header("Set-Cookie") is None
    assert answer.header("Cache-Control") == "no-store"
    assert "cookie" not in (answer.header("Vary") or "").lower()


@pytest.mark.parametrize(
    ("status", "path", "fields", "headers"),
    [
        (200, "/en/", {"text": "hej"}, {}),
        (422, "/en/", {"text": " "}, {}),
        (422, "/en/", {"text": "hej", "id": "made-up"}, {}),
        (422, "/en/words/", {"w1": "six"}, {}),
        (403, "/en/", {"text": "hej"}, {"Sec-Fetch-Site": "cross-site"}),
        (403, "/en/", {"text": "hej"}, {"Origin": "https://elsewhere.example"}),
        (404, "/en/at/nowhere/", {"text": "hej"}, {}),
        (400, "/en/", {"text": "hej"}, {"Host": "elsewhere.example"}),
        (403, "/en/", {"text": "hej"}, {"X-Forwarded-For": "192.0.2.1"}),
        (413, "/en/", {"text": "x" * 9_000_000}, {}),
        (200, "/en/check/", {"text": "hej"}, {}),
        (422, "/en/check/", {"text": " "}, {}),
        (403, "/en/check/", {"text": "hej"}, {"Sec-Fetch-Site": "cross-site"}),
    ],
    ids=lambda value: str(value)[:24],
)
def test_no_childs_address_sets_a_cookie_whatever_the_status(
    house: House, status: int, path: str, fields: dict[str, str], headers: dict[str, str]
) -> None:
    form = house.ask("GET", "/en/").hidden("id")
    sent = {"id": form, "do": "send"} | fields
    answer = house.send(path, sent, headers | {"Cookie": STAFF_COOKIES})
    assert answer.status == status
    keeps_nothing(answer)


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /en/ HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /%ff%00/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"POST /en/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: multipart/"
        b"form-data; boundary=x\r\nContent-Length: 9\r\n\r\nnot a form",
        b"POST /en/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/"
        b"x-www-form-urlencoded; charset=utf-7\r\nContent-Length: 8\r\n\r\ntext=%ff",
        b"NONSENSE\r\n\r\n",
    ],
    ids=["no host", "no text", "no form", "no alphabet", "no request"],
)
def test_no_cookie_comes_with_the_answer_to_a_broken_request(house: House, raw: bytes) -> None:
    with closing(socket.create_connection(("127.0.0.1", house.port), timeout=30)) as line:
        line.sendall(raw)
        came = b""
        while part := line.recv(65536):
            came += part
            if len(came) > 2_000_000:
                break
    assert b"set-cookie" not in came.lower()
    assert came[:5] in (b"HTTP/", b"")


# --- the whole disk, every secret, and a session that is unlocked ------------------------------


def sealed(database: sqlite3.Connection) -> dict[str, bytes]:
    """A sealed thing of each kind in the database, the newest, by its table and column."""
    found = {}
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
        for row in database.execute(f'SELECT * FROM "{table}"'):
            for name, value in zip(columns, row, strict=True):
                if isinstance(value, bytes) and value[32:].startswith(b"age-encryption.org/"):
                    found[f"{table}.{name}"] = value
    return found


def everything_stored(database: sqlite3.Connection) -> set[bytes]:
    """Every value of every row, as bytes, and whatever is hexadecimal or base64 in it decoded."""
    found: set[bytes] = set()
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        if table.startswith("django_migr"):
            continue
        # The newest: what came before was made alike.
        for row in database.execute(f'SELECT * FROM "{table}" ORDER BY rowid DESC LIMIT 4'):
            for value in row:
                raw = value if isinstance(value, bytes) else str(value).encode()
                found |= {raw[:4096], raw[:32], raw[32:64]}
                for decode in (bytes.fromhex, base64.b64decode, signed):
                    with suppress(ValueError, zlib.error):
                        found.add(decode(raw[:4096].decode()))
    return found


def signed(text: str) -> bytes:
    """What django.core.signing packed and signed, as a session's data."""
    packed = b64_decode(text.partition(":")[0].removeprefix(".").encode())
    return zlib.decompress(packed) if text.startswith(".") else packed


def keys_of_a_thief(stored: set[bytes], secret: set[bytes]) -> list[Identity]:
    """Every identity that can be read or made from what lies on the disk and in the secrets."""
    texts = {
        match.decode()
        for one in stored | secret
        for match in re.findall(rb"AGE-SECRET-KEY-1[A-Z0-9]{58}", one)
    }
    raw = {one for one in stored | secret if len(one) == 32}
    random = {one for one in stored if 16 <= len(one) <= 64}
    for key in secret:
        for purpose in ("passphrase", "identity"):
            raw |= {keyed(key, purpose, one) for one in random}
    return [Identity(text) for text in texts] + [Identity.from_bytes(one) for one in raw]


def opens(keys: list[Identity], blob: bytes) -> bool:
    """Whether one of many keys opens a sealed thing, wherever it belongs."""
    try:
        pyrage.decrypt(age_file(blob), [key.age for key in keys])
    except pyrage.DecryptError:
        return False
    return True


def test_who_has_disk_pepper_and_secret_key_opens_nothing_while_bo_is_at_work(
    visits: Visits, house: House
) -> None:
    # Given Bo, signed in with a thread before him and a draft half written
    house.tell(CANARY)
    told = house.newest()
    bo: Staff = visits.staff("Bo")
    bo.signs_in()
    bo.opens_from_inbox(told)
    bo.writes(REPLY)
    bo.presses("Keep as a draft")
    # When a thief takes the database and every secret of the installation
    secret = {house.secret(name).encode() for name in ("secret_key", "receipt_key", "salt")}
    pepper = base64.b64decode(house.secret("pepper").partition(":")[2])
    secret |= {pepper, *(base64.b64decode(house.secret(name)) for name in ("receipt_key", "salt"))}
    with closing(sqlite3.connect(house.database)) as database:
        blobs = sealed(database)
        keys = keys_of_a_thief(everything_stored(database), secret)
    assert blobs.keys() >= {
        "people_user.sealed_identity", "people_user.sealed_totp", "people_teamkeycopy.sealed",
        "people_unlocking.sealed", "people_draft.sealed", "tell_keycopy.sealed",
        "tell_message.sealed",
    }  # fmt: skip
    assert len(keys) > 100
    # Then no key opens any of it
    assert not [name for name, blob in blobs.items() if opens(keys, blob)]
    # And only the cookie in Bo's browser does
    cookie = next(c["value"] for c in bo.context.cookies() if c["name"] == "__Host-alltid-key")
    (row,) = house.execute("SELECT * FROM people_unlocking ORDER BY id DESC LIMIT 1")
    label = Label("unlocking", str(UUID(row["user_id"])))
    identity = open_identity(bytes(row["sealed"]), Identity(cookie), label, row["recipient"])
    assert identity.reveal() == bo.known.identity
    assert [name for name, blob in blobs.items() if opens([*keys, identity], blob)]


def test_a_thief_of_the_session_without_the_key_cookie_sees_the_sign_in_page(
    visits: Visits, house: House
) -> None:
    house.tell(CANARY)
    told = house.newest()
    bo: Staff = visits.staff("Bo")
    bo.signs_in()
    jar = {cookie["name"]: cookie["value"] for cookie in bo.context.cookies()}
    path = f"/staff/thread/{told}/"
    both = "; ".join(f"{name}={value}" for name, value in jar.items())
    assert house.ask("GET", path, headers={"Cookie": both}).status == 200
    other = Identity.from_bytes(secrets.token_bytes(32)).reveal()
    for cookies in (
        {"alltid-session": jar["alltid-session"]},
        {"__Host-alltid-key": jar["__Host-alltid-key"]},
        {"alltid-session": jar["alltid-session"], "__Host-alltid-key": other},
    ):
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        answer = house.ask("GET", path, headers={"Cookie": said})
        assert answer.status == 302
        assert CANARY not in answer.text
