"""The real server, and somebody who sends half of what they announced."""

import socket
from contextlib import ExitStack, closing
from pathlib import Path

from alltid.server import BLOCKING_THREADS

from .test_running import bare, first_page, free_port, started

HALF = (
    b"POST /en/ HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntext=h"
)


def test_stranger_sends_half_of_many_bodies_and_a_child_still_gets_the_page(tmp_path: Path) -> None:
    port = free_port()
    environ = bare(DATA=str(tmp_path / "var"), PORT=str(port), ALLTID_WORKERS="1")
    with started(["trial"], environ) as process, ExitStack() as open_ones:
        first_page(process, port)
        for _body in range(BLOCKING_THREADS + 10):
            sender = open_ones.enter_context(closing(socket.create_connection(("localhost", port))))
            sender.sendall(HALF % port)
        # Those beyond a visitor's places are answered at once, and hold no thread.
        sender.settimeout(10)
        assert sender.recv(100).startswith(b"HTTP/1.1 503")
        assert "You can always tell" in first_page(process, port)
