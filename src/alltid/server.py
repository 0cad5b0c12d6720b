"""The server process: granian in front of two workers, and the rounds that nobody may forget.

It is light on purpose: the command that checked everything is replaced by it (`take_over`), and
only the workers load Django. `python -m alltid.server` reads the same environment.
"""

import errno
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from alltid import env

# In each worker one request a thread. The gates let 41 children and 41 members of staff stretch
# or wait for it (vault/parameters.py: KDF_QUEUE), and whoever comes then is answered at once; so
# beyond 82 the first page and the telling always find a thread.
BLOCKING_THREADS = 96
# Requests taken in a worker; further ones wait in the kernel's queue, which costs nothing.
BACKPRESSURE = 256
BACKLOG = 2048
# Milliseconds for the headers; a connection that only stays open holds one of the places above.
HEADERS_WITHIN = 10_000
ROUND = ("tick",)
_FIRSTROUND = 20.0  # seconds after the start, so that the first page comes before it


def claim(host: str, port: int) -> None:
    """Make sure that nothing listens there; raises Misconfigured.

    The server itself shares its port between workers, and would share it with a stranger too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) == errno.EADDRINUSE:
                raise env.Misconfigured(
                    f"Port {port} is taken already, by another program on this machine or by "
                    f"Alltid itself. Choose another one: PORT={port + 1} for a trial, "
                    f"ALLTID_PORT={port + 1} for a real installation."
                ) from None
            why = getattr(error, "strerror", None) or error
            raise env.Misconfigured(
                f"Nothing can listen on {host}, port {port} ({why}). "
                "Change ALLTID_HOST or ALLTID_PORT; a trial takes PORT."
            ) from None


def check_certificate() -> None:
    """Make sure that the server's own certificate, if it has one, can be used; Misconfigured."""
    settings = env.read(os.environ)
    certificate, key = settings["TLS_CERT"], settings["TLS_KEY"]
    if bool(certificate) != bool(key):
        raise env.Misconfigured("ALLTID_TLS_CERT and ALLTID_TLS_KEY belong together. Set both.")
    if not certificate:
        return
    try:
        # A passphrase is never asked for: nobody sits there when a server starts.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, lambda: "")
    except OSError as error:
        why = "" if isinstance(error, ssl.SSLError) else f" ({error.strerror})"
        raise env.Misconfigured(
            f"ALLTID_TLS_CERT or ALLTID_TLS_KEY cannot be used{why}. Check that both can be read, "
            "that they belong together, and that no passphrase is on the key."
        ) from None


def take_over() -> NoReturn:
    """Replace this process by the server."""
    # Sixty-four threads would each bring a memory arena of their own.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "alltid.server"])  # noqa: S606 - no shell


def _rounds(minutes: int, stop: threading.Event) -> None:
    """Send notices and erase what is due, each in a process that ends when it is done."""
    wait = min(_FIRSTROUND, minutes * 60.0)
    while not stop.wait(wait):
        for name in ROUND:
            subprocess.run([sys.executable, "-m", "alltid.cli", name], check=False)
        wait = minutes * 60.0


def load(target: str) -> Any:
    """The application, in a worker; what the server hands on with each request holds no secret."""
    # A Ctrl-C reaches every process of the terminal; a worker that hears it and then the server's
    # own word to end, or hears that word while it still loads, hangs until it is killed.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    application = import_module(target.partition(":")[0]).application
    for name, setting in env.SETTINGS.items():
        if setting.secret:
            os.environ.pop(env.PREFIX + name, None)
    return application


def main() -> None:
    """Serve until stopped."""
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    settings = env.read(os.environ)
    certificate, key = settings["TLS_CERT"], settings["TLS_KEY"]
    server = Server(
        "alltid.wsgi:application",
        address=settings["HOST"],
        port=settings["PORT"],
        interface=Interfaces.WSGI,
        workers=settings["WORKERS"],
        blocking_threads=BLOCKING_THREADS,
        backpressure=BACKPRESSURE,
        backlog=BACKLOG,
        http=HTTPModes.auto if certificate else HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
        ssl_protocol_min=SSLProtocols.tls12,  # a child's telephone may be an old one
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    stop = threading.Event()
    if settings["ROUNDS"]:
        threading.Thread(target=_rounds, args=(settings["ROUNDS"], stop), daemon=True).start()
    try:
        server.serve(target_loader=load)
    finally:
        stop.set()


if __name__ == "__main__":
    main()
