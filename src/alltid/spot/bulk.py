"""Recognises offers in Arrow batches: what recognise() finds, for hundreds of millions of messages.

    for offers in bulk.recognise(parquet.iter_batches(), column="body", id_column="id"):
        writer.write_batch(offers)

A row comes out for each offer, and nothing for the rest. A look at the bytes (sieve.py) leaves
out what asks for nothing, a glance (glance.py) what gives nothing, and a compiled reading
(compiled.py) what is no offer; recognise() sees the rest, and what it says is what comes out.
docs/adr/0010 has the figures. One process does one batch at a time; for more cores, start more
processes. Compiling takes some seconds, once a process.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import compiled, glance, recogniser, sieve
from .lexicon import offers

# The first number changes when a field goes or means something else, the second when one is added.
SCHEMA_VERSION = "1.0"
_SPAN = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("role", pa.string())])
_FRAME = pa.struct([("direction", pa.string()), ("start", pa.int32()), ("end", pa.int32())])


def schema(row: pa.DataType | None = None) -> pa.Schema:
    """The fields of what comes out; row: the type of the column that names the messages.

    kind, roles, reasons: as in recogniser.Finding. spans, frames: their places in signs (code
    points) of the message as it was written, end not included. version: of the lexicons.
    """
    return pa.schema(
        [
            pa.field("row", row or pa.int64()),
            pa.field("kind", pa.string()),
            pa.field("roles", pa.list_(pa.string())),
            pa.field("reasons", pa.list_(pa.string())),
            pa.field("spans", pa.list_(_SPAN)),
            pa.field("frames", pa.list_(_FRAME)),
            pa.field("version", pa.string()),
        ],
        metadata={"alltid.schema": SCHEMA_VERSION},
    )


SCHEMA = schema()


def find(
    texts: pa.Array | pa.ChunkedArray,
    first_row: int = 0,
    unreadable: list[int] | None = None,
    line: float = 0.0,
) -> pa.RecordBatch:
    """Find the offers among messages: a row of SCHEMA for each, numbered from first_row.

    texts: strings, or bytes that are meant as UTF-8. A null is no message. Rows that are no valid
    UTF-8 are left out, and their numbers are added to `unreadable`. line: as recognise() takes it
    for one message. Raises TypeError for an array of something else.
    """
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    rows: list[int] = []
    findings: list[recogniser.Finding] = []
    for chunk in chunks:
        found, wrong = _find(chunk, line)
        rows += [first_row + row for row, _finding in found]
        findings += [finding for _row, finding in found]
        if unreadable is not None:
            unreadable += [first_row + row for row in wrong]
        first_row += len(chunk)
    return _batch(pa.array(rows, pa.int64()), findings)


def recognise(
    batches: Iterable[pa.RecordBatch],
    column: str,
    id_column: str | None = None,
    unreadable: list[Any] | None = None,
    line: float = 0.0,
) -> Iterator[pa.RecordBatch]:
    """Find the offers of one batch after the other: a batch of offers for each, which may be empty.

    column: holds the messages, as find() takes them. id_column: names them in `row`; else they are
    numbered on from nought. Raises KeyError where there is no such column, and what find() raises.
    """
    first_row = 0
    for batch in batches:
        wrong: list[int] = []
        found = find(batch.column(column), first_row, wrong, line)
        if id_column is not None:
            names = batch.column(id_column)
            places = found.column("row").to_numpy() - first_row
            found = pa.RecordBatch.from_arrays(
                [names.take(pa.array(places)), *found.columns[1:]], schema=schema(names.type)
            )
            wrong = names.take(pa.array([row - first_row for row in wrong], pa.int64())).to_pylist()
        if unreadable is not None:
            unreadable += wrong
        first_row += len(batch)
        yield found


def _batch(rows: pa.Array, findings: list[recogniser.Finding]) -> pa.RecordBatch:
    spans = [
        [{"start": span.start, "end": span.end, "role": span.role} for span in finding.spans]
        for finding in findings
    ]
    frames = [
        [
            {"direction": each.direction, "start": each.start, "end": each.end}
            for each in found.frames
        ]
        for found in findings
    ]
    columns = {
        "kind": [finding.kind for finding in findings],
        "roles": [finding.roles for finding in findings],
        "reasons": [finding.reasons for finding in findings],
        "spans": spans,
        "frames": frames,
        "version": [offers().version] * len(findings),
    }
    arrays = [pa.array(column, SCHEMA.field(name).type) for name, column in columns.items()]
    return pa.RecordBatch.from_arrays([rows, *arrays], schema=SCHEMA)


# --- the gate ------------------------------------------------------------------------------------


class _Messages(NamedTuple):
    """The bytes of an array's rows, where they begin, and 1 where there is none to be read."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    skip: npt.NDArray[np.uint8]

    def text(self, row: int) -> str:
        return self.data[self.offsets[row] : self.offsets[row + 1]].tobytes().decode()

    def without(self, rows: npt.NDArray[np.int64]) -> "_Messages":
        skip = self.skip.copy() if self.skip.size else np.zeros(self.offsets.size - 1, np.uint8)
        skip[rows] = 1
        return self._replace(skip=_read_only(skip))


class _Gate:
    """What chooses messages, with the room that it needs: one a process."""

    def __init__(self) -> None:
        words = offers()
        self.words, self.sieve = compiled.tables(words), sieve.sieve(words)
        self.glance = glance.glance(words)
        self.reading, self.block = compiled.room(self.words), sieve.block()
        self.chosen = np.zeros(0, np.int64)
        self.turn = Lock()

    def choose(self, messages: _Messages, line: float = 0.0) -> tuple[list[int], list[int]]:
        """The rows in which there may be an offer, and those that are no text."""
        with self.turn:
            if self.chosen.size < len(messages.offsets):
                self.chosen = np.zeros(len(messages.offsets), np.int64)
            rows = self.chosen
            wrong: list[int] = []
            marked = sieve.mark(*messages, self.sieve, self.block, rows)
            if marked < 0:
                count = sieve.unreadable(*messages, self.block, rows)
                wrong = rows[:count].tolist()
                messages = messages.without(rows[:count])
                marked = sieve.mark(*messages, self.sieve, self.block, rows)
            data, offsets, _skip = messages
            found = sieve.read_marked(
                data, offsets, rows[:marked], line, self.words, self.glance, self.reading
            )
            return rows[:found].tolist(), wrong


_gate = cache(_Gate)


def _find(texts: pa.Array, line: float) -> tuple[list[tuple[int, recogniser.Finding]], list[int]]:
    """Row and finding of each offer, and the rows that are no text."""
    messages = _messages(texts)
    rows, wrong = _gate().choose(messages, line)
    found = ((row, recogniser.recognise(messages.text(row), line=line)) for row in rows)
    return [(row, finding) for row, finding in found if finding.is_offer], wrong


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """One kind of array for every batch, or the compiled functions would be made twice."""
    array.flags.writeable = False
    return array


_NOTHING = _read_only(np.zeros(0, np.uint8))
_WIDE = (pa.large_string(), pa.large_binary())
_NARROW = (pa.string(), pa.binary())


def _messages(texts: pa.Array) -> _Messages:
    """Look into an array without copying its text; raises TypeError."""
    if pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_decode()
    if pa.types.is_null(texts.type):
        texts = texts.cast(pa.string())
    if texts.type not in (*_NARROW, *_WIDE):
        raise TypeError(
            f"Messages are looked for in a column of strings, and this one holds {texts.type}. "
            "Name the column that has the text."
        )
    if not len(texts):
        return _Messages(_NOTHING, _read_only(np.zeros(1, np.int64)), _NOTHING)
    _valid, offsets_buffer, data = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64 if texts.type in _WIDE else np.int32)
    offsets = offsets[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    skip = _NOTHING
    if texts.null_count:
        skip = texts.is_null().to_numpy(zero_copy_only=False).view(np.uint8)
    text = np.frombuffer(data, np.uint8) if data else _NOTHING
    return _Messages(_read_only(text), _read_only(offsets), _read_only(skip))
