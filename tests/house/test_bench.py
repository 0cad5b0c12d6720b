"""The benches' own ground: the load that they put on a server, and the line that they end with."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from bench import __main__ as benches
from bench.frame import Result, machine, report
from bench.load import Ask, Tally, Wrong, get, load, post


class Handler(BaseHTTPRequestHandler):
    """Answers each path in a way of its own; POST gives back what was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match self.path:
            case "/silent":
                self.server.released.wait(20)  # type: ignore[attr-defined]
                self.close_connection = True
            case "/dropped":
                self.close_connection = True
            case "/noise":
                self.wfile.write(b"hej hej\r\n\r\n")
                self.close_connection = True
            case "/parts":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for part in (b"one ", b"and ", b"two"):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.write(b"0\r\n\r\n")
            case "/until-closed":
                self.send_response(200)
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b"x" * 1000)
            case "/broken":
                self.answer(500, b"oh no")
            case _:
                self.answer(200, b"x" * 3_000_000 if self.path == "/large" else b"hello")

    def do_POST(self) -> None:
        self.answer(200, self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Colour", "teal")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.opened = 0
        self.released = threading.Event()

    def process_request(self, request, client_address) -> None:
        self.opened += 1
        super().process_request(request, client_address)

    def handle_error(self, request, client_address) -> None:
        pass  # A visitor that leaves in the middle is what some of the tests are about.


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


def visitor(path: str, answers: list | None = None):
    def visit():
        answer = yield Ask("it", get(path))
        if answers is not None:
            answers.append(answer)

    return visit


def test_visitor_asks_by_what_it_was_answered(server):
    seen = []

    def visit():
        page = yield Ask("page", get("/"))
        echo = yield Ask("send", post("/", {"text": f"{page.body.decode()} å", "colour": "red"}))
        seen.append((page.header("x-colour"), page.header("X-None"), echo.body))

    run = load(server.server_port, visit, connections=1, visits=1)

    assert seen == [("teal", None, b"text=hello+%C3%A5&colour=red")]
    assert run["page"].statuses == run["send"].statuses == {200: 1}


def test_visitors_at_once_keep_their_connections(server):
    run = load(server.server_port, visitor("/"), connections=8, visits=200)

    assert (len(run["it"].latencies), run["it"].failed, server.opened) == (200, 0, 8)
    assert 0 < run["it"].percentile(50) <= run["it"].percentile(99)
    assert run.rate("it") == 200 / run.seconds


def test_percentile_is_what_that_share_of_answers_kept_within():
    tally = Tally([n / 1000 for n in range(100, 0, -1)])

    assert [tally.percentile(share) for share in (0, 1, 50, 99, 100)] == [1, 1, 50, 99, 100]


def test_load_ends_when_its_time_is_over(server):
    run = load(server.server_port, visitor("/"), connections=2, seconds=0.2)

    assert 0.2 <= run.seconds < 5
    assert run["it"].latencies


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/parts", b"one and two"),
        ("/until-closed", b"x" * 1000),
        ("/large", b"x" * 3_000_000),
    ],
)
def test_visitor_gets_the_whole_body_however_it_is_sent(server, path, body):
    answers = []

    run = load(server.server_port, visitor(path, answers), connections=2, visits=4)

    assert [answer.body == body for answer in answers] == [True] * 4
    assert run["it"].failed == 0


def test_visitor_sends_more_than_the_socket_takes_at_once(server):
    sent = "x" * 8_000_000
    echoed = []

    def visit():
        answer = yield Ask("send", post("/", {"text": sent}))
        echoed.append(len(answer.body))

    load(server.server_port, visit, connections=1, visits=1)

    assert echoed == [8_000_005]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/broken", "status 500"),
        ("/dropped", "closed without an answer"),
        ("/noise", "an answer that is not HTTP"),
        ("/silent", "no answer in 0.4 s"),
    ],
)
def test_each_failure_is_counted_by_its_reason_and_the_next_visitor_comes(server, path, why):
    run = load(server.server_port, visitor(path), connections=2, visits=3, patience=0.4)

    assert run["it"].failures == {why: 3}
    assert run["it"].latencies == []


def test_answer_that_the_visitor_finds_wrong_is_a_failure(server):
    def visit():
        answer = yield Ask("words", get("/"))
        if b"six words" not in answer.body:
            raise Wrong("no words")

    run = load(server.server_port, visit, connections=1, visits=2)

    assert run["words"].failures == {"no words": 2}
    assert run["words"].statuses == {200: 2}
    assert "2 failed (2 × no words)" in run.line("words")


def test_server_that_is_not_there_fails_each_connection_once():
    server = Server()
    server.server_close()

    run = load(server.server_port, visitor("/"), connections=3, seconds=5)

    assert run["it"].failed == 3
    assert run.seconds < 5


def test_load_on_another_machine_is_refused():
    with pytest.raises(ValueError, match="this machine"):
        load(80, visitor("/"), connections=1, host="192.0.2.1")


def test_bench_ends_with_one_line_for_a_machine(capsys):
    report(Result("first_page", 9321, "bytes", 14000, True))

    assert json.loads(capsys.readouterr().out) == {
        "name": "first_page",
        "figure": 9321,
        "unit": "bytes",
        "budget": 14000,
        "holds": True,
    }


def test_bench_without_a_budget_that_holds_fails_the_command(capsys, monkeypatch, tmp_path):
    (tmp_path / "slow.py").write_text("def main(): ...")
    (tmp_path / "frame.py").write_text("def report(): ...")
    monkeypatch.setattr(benches, "FOLDER", tmp_path)
    slow = SimpleNamespace(main=lambda: Result("slow", 9, "s", 1, False))
    monkeypatch.setitem(sys.modules, "bench.slow", slow)

    assert benches.main(["slow"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == machine()
    assert benches.main(["quick"]) == 2
    assert "slow." in capsys.readouterr().err
