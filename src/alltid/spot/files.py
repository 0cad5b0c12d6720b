"""Recognises the offers in a file of messages: any number of rows, on one core or several.

Needs the extra `alltid[bulk]`.
"""

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.ipc

from . import bulk, lexicon
from .refusal import Refused
from .results import Kept, Printed, Tally, form_of
from .sources import STANDARD_INPUT, Piece, Source, open_source

# Seconds of work that an interruption can cost at the most.
_KEPT_EVERY = 1.0
_DRAWN_EVERY = 0.1
_AHEAD = 2  # pieces that wait for each process
_BAR = 24


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants done: which column of which file, and where the findings go.

    out: a file, or None for JSON lines on standard output. form, delimiter: of the source, where
    its ending does not tell.
    """

    source: str
    out: str | None = None
    form: str | None = None
    column: str | None = None
    id_column: str | None = None
    delimiter: str | None = None
    jobs: int = 1
    resume: bool = False
    force: bool = False


def recognise_file(order: Order) -> int:
    """Do it; 0 when done, 130 when interrupted, 143 when told to end. Raises Refused."""
    if order.out is not None:
        form_of(order.out)  # before anything is read
        _refuse_own_source(order.source, order.out)
    # An interruption is Python's to handle, so that a piece is done or not done.
    pa.enable_signal_handlers(False)
    source = open_source(
        order.source,
        form=order.form,
        column=order.column,
        id_column=order.id_column,
        delimiter=order.delimiter,
    )
    try:
        if order.out is None:
            return _run(order, source, Printed())
        result = Kept(
            order.out, _schema(order, source), _of(order), resume=order.resume, force=order.force
        )
        try:
            return _run(order, source, result)
        finally:
            result.close()
    finally:
        source.close()


def _refuse_own_source(source: str, out: str) -> None:
    there = source != STANDARD_INPUT and Path(out).exists() and Path(source).exists()
    if there and Path(out).samefile(source):
        raise Refused(f"{out} is what is read. Choose another name for the findings.")


def _schema(order: Order, source: Source) -> pa.Schema:
    if order.id_column is None:
        return bulk.SCHEMA
    return bulk.SCHEMA.append(pa.field("id", source.id_type))


def _of(order: Order) -> dict[str, Any]:
    """What must be the same for a run to go on, by the names that a person reads."""
    of: dict[str, Any] = {
        "the file that is read": order.source,
        "--column": order.column,
        "--id": order.id_column,
        "--format": order.form,
        "--delimiter": order.delimiter,
        "the schema's version": bulk.SCHEMA_VERSION,
        "the lexicons' version": lexicon.offers().version,
    }
    if order.source != STANDARD_INPUT:
        seen = Path(order.source).stat()
        of["the file that is read"] = str(Path(order.source).absolute())
        of["its size"], of["its time"] = seen.st_size, seen.st_mtime_ns
    return of


def _run(order: Order, source: Source, result: Kept | Printed) -> int:
    already = result.finished
    bar = Bar(source, sys.stderr)
    status = 0
    try:
        if not result.whole:
            _recognise(order, source, result, bar)
        result.finish()
    except (KeyboardInterrupt, SystemExit) as ending:
        status = 130 if isinstance(ending, KeyboardInterrupt) else int(ending.code or 0)
        result.keep()
    except Refused:
        result.keep()
        raise
    finally:
        bar.clear()
    if status:
        sys.stderr.write(_interrupted(order, result.tally.rows))
        return status
    if already and not result.tally.rows:
        sys.stderr.write(
            f"{order.out} is there, and no run that makes it was interrupted, so there is nothing "
            "to go on with. To begin anew, use --force.\n"
        )
        return 0
    told = sys.stderr if order.out is None else sys.stdout
    told.write(table(result.tally))
    return 0


def _interrupted(order: Order, rows: int) -> str:
    if order.out is None:
        return f"\nInterrupted after {_count(rows)} rows.\n"
    return (
        f"\nInterrupted after {_count(rows)} rows; what is done is kept. Go on by the same command "
        "with --resume.\n"
    )


def _recognise(order: Order, source: Source, result: Kept | Printed, bar: "Bar") -> None:
    kept = time.monotonic()
    bar.begin(result.tally.rows)
    for piece, found in _found(source.pieces(result.tally.rows), order.jobs):
        if piece.ids is not None:
            places = pa.compute.subtract(found.column("row"), piece.first_row)
            found = found.append_column("id", piece.ids.take(places))
        result.add(found, result.tally.after(len(piece), piece.invalid(), found))
        bar.draw(result.tally.rows)
        if time.monotonic() - kept > _KEPT_EVERY:
            result.keep()
            kept = time.monotonic()


# --- one process or several --------------------------------------------------------------------


def _found(pieces: Iterator[Piece], jobs: int) -> Iterator[tuple[Piece, pa.RecordBatch]]:
    """Each piece with the offers in it, in order."""
    if jobs == 1:
        for piece in pieces:
            yield piece, bulk.find(piece.text, piece.first_row)
        return
    # Not forked: what Arrow and the scanner hold does not survive it.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _ready)
    waiting: deque[tuple[Piece, Future[bytes]]] = deque()
    try:
        for piece in pieces:
            waiting.append((piece, _submit(pool, piece)))
            while waiting and (len(waiting) >= jobs * _AHEAD or waiting[0][1].done()):
                yield _received(*waiting.popleft())
        while waiting:
            yield _received(*waiting.popleft())
    except BrokenProcessPool:
        raise Refused(
            "One of the processes was ended from outside, perhaps because memory ran out. What is "
            "done is kept: go on by the same command with --resume and fewer --jobs."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


_ENDS = {signal.SIGTERM, signal.SIGHUP}


def _submit(pool: ProcessPoolExecutor, piece: Piece) -> "Future[bytes]":
    # A process may be started here. It inherits what is blocked, and so leaves Ctrl-C, which a
    # terminal sends to all of them, to this one, from its first moment on. And this one is not
    # told to end before it has told the new one what it is for.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_ENDS})
    try:
        return pool.submit(_find, _sent(piece.text), piece.first_row)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, *_ENDS})


_TEXT = pa.schema([("text", pa.string())])


def _sent(text: pa.Array) -> bytes:
    sent: bytes = pa.RecordBatch.from_arrays([text], schema=_TEXT).serialize().to_pybytes()
    return sent


def _received(piece: Piece, future: "Future[bytes]") -> tuple[Piece, pa.RecordBatch]:
    return piece, pa.ipc.read_record_batch(pa.py_buffer(future.result()), bulk.SCHEMA)


def _ready() -> None:
    """A process of the pool: it ends when its parent does, however that is."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _find(sent: bytes, first_row: int) -> bytes:
    text = pa.ipc.read_record_batch(pa.py_buffer(sent), _TEXT).column(0)
    found: bytes = bulk.find(text, first_row).serialize().to_pybytes()
    return found


# --- what a person sees ------------------------------------------------------------------------


class Bar:
    """How far a run is, how fast, and how long it still takes; on a terminal only."""

    def __init__(self, source: Source, terminal: TextIO) -> None:
        self._source = source
        self._terminal = terminal
        self._shown = terminal.isatty()
        self._began = self._drawn = time.monotonic()
        self._first_row = 0
        self._first_done: int | None = None

    def begin(self, row: int) -> None:
        """Start the clock, at the row from which this run goes on."""
        self._began, self._first_row = time.monotonic(), row

    def draw(self, rows: int) -> None:
        """Show that so many rows are done."""
        now = time.monotonic()
        if not self._shown or now - self._drawn < _DRAWN_EVERY:
            return
        self._drawn = now
        if self._first_done is None:
            self._first_done = self._first_row if self._source.unit == "rows" else 0
        line = progress(
            rows, rows - self._first_row, now - self._began,
            self._source.done, self._first_done, self._source.total,
        )  # fmt: skip
        self._terminal.write(f"\r\x1b[K{line}")
        self._terminal.flush()

    def clear(self) -> None:
        """Give the line back."""
        if self._shown:
            self._terminal.write("\r\x1b[K")
            self._terminal.flush()


def progress(rows: int, new: int, seconds: float, done: int, before: int, total: int) -> str:
    """One line: share, rows, rows a second, time left; total 0 where nobody knows the end."""
    rate = new / seconds if seconds else 0.0
    said = f"{_count(rows)} rows  {_rate(rate)}/s"
    if not total:
        return said
    share = min(1.0, done / total)
    full = int(share * _BAR)
    left = (total - done) * seconds / (done - before) if done > before else 0.0
    bar = "█" * full + "░" * (_BAR - full)
    return f"{share:4.0%} {bar}  {said}  {_clock(left)} left"


def _rate(rate: float) -> str:
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if rate >= size:
            return f"{rate / size:.1f} {unit}"
    return f"{rate:.0f}"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _count(number: int) -> str:
    return f"{number:,}"


def table(tally: Tally) -> str:
    """The counts that a run ends with."""
    lines: list[tuple[str, int]] = [("messages", tally.rows), ("offers", tally.offers)]
    lines += [(f"  kind {name}", count) for name, count in sorted(tally.kinds.items())]
    by_count = sorted(tally.roles.items(), key=lambda role: (-role[1], role[0]))
    lines += [(f"  with {name}", count) for name, count in by_count]
    lines.append(("no valid text", tally.invalid))
    width = max(len(name) for name, _ in lines)
    digits = max(len(_count(count)) for _, count in lines)
    said = [f"{name:<{width}}  {_count(count):>{digits}}" for name, count in lines]
    if tally.invalid:
        rows = ", ".join(map(str, tally.first_invalid))
        more = ", …" if tally.invalid > len(tally.first_invalid) else ""
        said[-1] += f"  (rows {rows}{more}; the first row is 0)"
    return "\n".join(said) + "\n"
