"""Many visitors at once over HTTP/1.1, from one thread, as cheap as Python can be.

The load shares the machine's cores with the server it measures, so a visitor costs a few
microseconds and nothing else runs. A visitor is a generator: it yields an `Ask` and is sent the
`Answer`; when it ends, the next visitor takes over its connection.

    def visit():
        page = yield Ask("first page", get("/sv/"))
        answer = yield Ask("tell", post("/sv/", {"id": form_id(page), "text": "hej"}))
        if b"ord" not in answer.body:
            raise Wrong("no words")

    print(load(8000, visit, connections=32, seconds=10).line("tell"))

Each connection waits for its answer before it asks again (a closed loop): a server that stalls is
asked less, and its stall shows in the latencies. Loopback only, with an end in time and count.
"""

import ipaddress
import itertools
import math
import selectors
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

CHUNK = 262_144  # bytes read at once


class Ask(NamedTuple):
    """A request as it goes over the wire, under the name it is counted by."""

    name: str
    raw: bytes


class Answer(NamedTuple):
    """A response: its status, its head as it came (status line and headers), its body."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of this name, or None."""
        wanted = name.lower().encode() + b":"
        for line in self.head.split(b"\r\n")[1:]:
            if line.lower().startswith(wanted):
                return line.partition(b":")[2].strip().decode("latin-1")
        return None


Visitor = Generator[Ask, Answer, None]


class Wrong(Exception):
    """Raised by a visitor whose answer is not what it should be; counted by its text."""


def get(path: str, headers: Mapping[str, str] | None = None, host: str = "127.0.0.1") -> bytes:
    """Return a GET request."""
    return _request("GET", path, headers, host)


def post(
    path: str,
    fields: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
) -> bytes:
    """Return a POST request as a form without script sends it."""
    body = urlencode(fields).encode()
    kind = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }
    return _request("POST", path, {**kind, **(headers or {})}, host) + body


def _request(method: str, path: str, headers: Mapping[str, str] | None, host: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass
class Tally:
    """What the asks of one name came to: seconds each success took, and why others failed."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        """Return how many asks got no answer, a status from 400 on, or a wrong answer."""
        return self.failures.total()

    def percentile(self, share: float) -> float:
        """Return the milliseconds within which this share (0 to 100) of the successes came."""
        if not self.latencies:
            return math.nan
        ordered = sorted(self.latencies)
        return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)] * 1000


@dataclass
class Load:
    """A whole run: its length in seconds, the share of one core it cost, and a tally a name."""

    seconds: float = 0.0
    core: float = 0.0
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def __getitem__(self, name: str) -> Tally:
        return self.tallies[name]

    def rate(self, name: str) -> float:
        """Return the successes a second."""
        return len(self[name].latencies) / self.seconds

    def line(self, name: str) -> str:
        """Return one line for a person: rate, percentiles, failures."""
        tally = self[name]
        wrong = ", ".join(f"{count} × {why}" for why, count in tally.failures.most_common(3))
        return (
            f"{name}: {self.rate(name):,.1f}/s, p50 {tally.percentile(50):.1f} ms,"
            f" p99 {tally.percentile(99):.1f} ms, {len(tally.latencies)} in {self.seconds:.1f} s,"
            f" {tally.failed} failed{f' ({wrong})' if wrong else ''};"
            f" the load took {self.core:.0%} of a core"
        )


def load(
    port: int,
    visit: Callable[[], Visitor],
    *,
    connections: int,
    seconds: float = 10.0,
    visits: int | None = None,
    host: str = "127.0.0.1",
    patience: float = 30.0,
) -> Load:
    """Send visitors over `connections` at once until `seconds` are over or `visits` were begun.

    What was asked before the end is waited for, `patience` seconds at most, and counted. A
    connection that breaks is opened anew; where none can be opened, its visitors stay away.
    Raises ValueError for an address that is not this machine.
    """
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"The load is for a server on this machine; {host} is another.")
    run = Load()
    begun, cpu = time.perf_counter(), time.process_time()
    end = begun + seconds
    visitors = itertools.repeat(visit) if visits is None else itertools.repeat(visit, visits)
    with selectors.DefaultSelector() as selector:
        free: list[_Line] = []
        lines = [
            _Line(selector, (host, port), run, visitors, end, free) for _ in range(connections)
        ]
        free += lines
        looked = begun
        while free or selector.get_map():
            while free:
                free.pop().next_visitor()
            if selector.get_map():
                for key, events in selector.select(patience / 4):
                    key.data.ready(events)
            if (now := time.perf_counter()) - looked > patience / 4:
                looked = now
                for line in lines:
                    if line.ask and now - line.asked > patience:
                        line.broken(f"no answer in {patience:g} s")
    run.seconds = time.perf_counter() - begun
    run.core = (time.process_time() - cpu) / run.seconds
    return run


class _Line:
    """One keep-alive connection and the visitor who has it."""

    visitor: Visitor

    def __init__(
        self,
        selector: selectors.BaseSelector,
        address: tuple[str, int],
        run: Load,
        visitors: Iterator[Callable[[], Visitor]],
        end: float,
        free: list["_Line"],
    ) -> None:
        self.selector, self.address, self.run = selector, address, run
        self.visitors, self.end = visitors, end
        self.free = free  # lines that wait for their next visitor
        self.socket: socket.socket | None = None
        self.ask: Ask | None = None  # what is not answered yet, since `asked`
        self.asked = 0.0
        self.unsent = b""
        self.got = b""
        self.need = 0  # bytes of the whole answer, once its head says so

    def next_visitor(self) -> None:
        """Let the next visitor ask, or close when the time or the count is over."""
        while time.perf_counter() < self.end and (visit := next(self.visitors, None)):
            self.visitor = visit()
            if ask := next(self.visitor, None):
                return self.send(ask)
        return self.close()

    def send(self, ask: Ask) -> None:
        self.ask, self.got, self.need, self.unsent = ask, b"", 0, ask.raw
        self.asked = time.perf_counter()
        if self.socket is None:
            try:
                self.open()
            except OSError as problem:
                return self.broken(f"no connection: {_reason(problem)}", again=False)
        try:
            self.write()
        except OSError as problem:
            self.broken(_reason(problem))

    def open(self) -> None:
        self.socket = socket.create_connection(self.address, timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.selector.register(self.socket, selectors.EVENT_READ, self)

    def close(self) -> None:
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def write(self) -> None:
        assert self.socket is not None
        try:
            sent = self.socket.send(self.unsent)
        except BlockingIOError:
            sent = 0
        self.unsent = self.unsent[sent:]
        if self.unsent:
            self.selector.modify(self.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def ready(self, events: int) -> None:
        """Go on where the socket can: write what is left, read what has come."""
        if self.socket is None:
            return
        try:
            if events & selectors.EVENT_WRITE:
                self.selector.modify(self.socket, selectors.EVENT_READ, self)
                self.write()
            if events & selectors.EVENT_READ:
                self.read(self.socket.recv(CHUNK))
        except OSError as problem:
            self.broken(_reason(problem))

    def read(self, data: bytes) -> None:
        self.got = self.got + data if self.got else data
        if data and len(self.got) < self.need:
            return
        try:
            answer, self.need = _parsed(self.got, ended=not data)
        except ValueError:
            return self.broken("an answer that is not HTTP")
        if answer:
            self.answered(answer, ended=not data)
        elif not data:
            self.broken("closed without an answer")

    def answered(self, answer: Answer, *, ended: bool) -> None:
        now = time.perf_counter()
        assert self.ask, "an answer that nobody asked for"
        tally = self.run[self.ask.name]
        tally.statuses[answer.status] += 1
        if ended or b"\r\nconnection: close" in answer.head.lower():
            self.close()
        self.ask, ask = None, None
        wrong = f"status {answer.status}" if answer.status >= 400 else ""
        took = now - self.asked
        try:
            ask = self.visitor.send(answer)
        except StopIteration:
            pass
        except Wrong as problem:
            wrong = str(problem)
        if wrong:
            tally.failures[wrong] += 1
        else:
            tally.latencies.append(took)
        if ask and now < self.end:
            self.send(ask)
        else:
            self.visitor.close()
            self.next_visitor()

    def broken(self, why: str, *, again: bool = True) -> None:
        """Count the ask as failed, and leave the line to the next visitor."""
        assert self.ask, "nothing was asked"
        self.run[self.ask.name].failures[why] += 1
        self.ask = None
        self.close()
        self.visitor.close()
        if again:
            self.free.append(self)


def _reason(problem: OSError) -> str:
    return (problem.strerror or type(problem).__name__).lower()


def _parsed(got: bytes, *, ended: bool) -> tuple[Answer | None, int]:
    """Return the answer if it is whole, else None and how many bytes it will have (0: unknown)."""
    edge = got.find(b"\r\n\r\n")
    if edge < 0:
        return None, 0
    head, start = got[:edge], edge + 4
    status = int(head[9:12])
    lower = head.lower()
    if (at := lower.find(b"\r\ncontent-length:")) >= 0:
        need = start + int(lower[at + 17 :].split(b"\r\n", 1)[0])
        return (Answer(status, head, got[start:need]) if len(got) >= need else None), need
    if b"\r\ntransfer-encoding: chunked" in lower:
        body = _unchunked(got, start)
        return (None if body is None else Answer(status, head, body)), 0
    if status in (204, 304) or ended:
        return Answer(status, head, got[start:]), 0
    return None, 0


def _unchunked(got: bytes, at: int) -> bytes | None:
    """Return a chunked body without its marks, or None while a part is missing."""
    parts: list[bytes] = []
    while (edge := got.find(b"\r\n", at)) >= 0:
        size = int(got[at:edge].split(b";")[0], 16)
        at = edge + 2
        if len(got) < at + size + 2:
            return None
        if size == 0:
            return b"".join(parts)
        parts.append(got[at : at + size])
        at += size + 2
    return None
