"""Reads the messages of a file or a pipe a bounded piece at a time.

Parquet, CSV, JSON lines or plain lines. A row that is no valid text (broken UTF-8, nothing, a
number, a line of another shape) keeps its place as a null, so that rows are counted from 0 in one
way whatever the file is. Needs pyarrow.
"""

import csv
import io
import json
import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from .refusal import Refused

ENDINGS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".txt": "lines",
}
FORMATS = ("parquet", "csv", "jsonl", "lines")
STANDARD_INPUT = "-"

ROWS = 32_768  # of a piece, where the file itself has no smaller ones
_BLOCK = 4 << 20  # bytes of text read at once
# Of CSV, pyarrow reads some thirty blocks ahead; a longer row is a quotation mark never closed.
_CSV_BLOCK = 2 << 20
_PEEKED = 1 << 16


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a source in their order.

    first_row: of the whole source, from 0. text: one string a row, null where a row is no valid
    text. ids: one value a row, or None where no id was asked for.
    """

    first_row: int
    text: pa.Array
    ids: pa.Array | None

    def __len__(self) -> int:
        return len(self.text)

    def invalid(self) -> list[int]:
        """The rows that are no valid text."""
        if not self.text.null_count:
            return []
        places: list[int] = pc.indices_nonzero(self.text.is_null()).to_pylist()
        return [self.first_row + place for place in places]


class Stream(io.RawIOBase):
    """A file of bytes that tells how far it was read, and lets its beginning be looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        # What a pipe has now is read now, so that a message is not kept waiting for the next.
        self._read = getattr(file, "read1", file.read) if file is sys.stdin.buffer else file.read
        self._ahead = b""
        self.done = 0
        try:
            self.size = os.fstat(file.fileno()).st_size
        except (OSError, ValueError):
            self.size = 0

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def peek(self) -> bytes:
        """Its beginning, without a mark of the order of bytes."""
        while len(self._ahead) < _BLOCK and b"\n" not in self._ahead:
            more = self._read(_PEEKED)
            if not more:
                break
            self._ahead += more
        self._ahead = self._ahead.removeprefix(b"\xef\xbb\xbf")
        return self._ahead

    def readinto(self, buffer: object) -> int:
        """Fill a buffer; the bytes that came, none at the end."""
        room = memoryview(buffer)  # type: ignore[arg-type]
        if self._ahead:
            count = min(len(room), len(self._ahead))
            room[:count] = self._ahead[:count]
            self._ahead = self._ahead[count:]
        else:
            more = self._read(len(room))
            count = len(more)
            room[:count] = more
        self.done += count
        return count

    def close(self) -> None:
        """Close the file, but never standard input."""
        if not self.closed and self._file is not sys.stdin.buffer:
            self._file.close()
        super().close()


class Source:
    """A file of messages: what it is called, how much there is of it, and its pieces in order."""

    unit = "bytes"
    id_type = pa.string()

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def total(self) -> int:
        """How much there is, in `unit`; 0 where nobody knows."""
        raise NotImplementedError

    @property
    def done(self) -> int:
        """How much was read, in `unit`."""
        raise NotImplementedError

    def pieces(self, skip: int = 0) -> Iterator[Piece]:
        """The rows from `skip` on; raises Refused where the file cannot be read on."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the file go."""


class _TextSource(Source):
    def __init__(self, name: str, stream: Stream) -> None:
        super().__init__(name)
        self.stream = stream

    @property
    def total(self) -> int:
        return self.stream.size

    @property
    def done(self) -> int:
        return self.stream.done

    def close(self) -> None:
        self.stream.close()


def open_source(
    name: str,
    *,
    form: str | None = None,
    column: str | None = None,
    id_column: str | None = None,
    delimiter: str | None = None,
) -> Source:
    """Open a file by its name, or standard input (`-`), and find its columns; raises Refused.

    form: one of FORMATS, else by the ending. column: may be left out where there is only one.
    """
    if name != STANDARD_INPUT:
        form = form or ENDINGS.get(Path(name).suffix.lower())
        if form is None:
            raise Refused(
                f"The ending of {name} does not tell what it is. Say so: --format "
                f"{', '.join(FORMATS)}."
            )
    if form == "parquet":
        if name == STANDARD_INPUT:
            raise Refused("Parquet is read from its end, so standard input will not do. Name it.")
        return _ParquetSource(name, column, id_column)
    stream = _opened(name)
    if form is None:
        form = "jsonl" if column or _objects(stream.peek())[:1] else "lines"
    if form == "lines":
        if column or id_column:
            raise Refused("Plain lines have no columns. Leave --column and --id out.")
        return _LineSource(name, stream)
    if form == "jsonl":
        return _JsonSource(name, stream, column, id_column)
    tabs = name.lower().endswith(".tsv")
    return _CsvSource(name, stream, column, id_column, delimiter or ("\t" if tabs else ","))


def _opened(name: str) -> Stream:
    if name == STANDARD_INPUT:
        return Stream(sys.stdin.buffer)
    try:
        return Stream(open(name, "rb"))  # closed by Source.close
    except OSError as error:
        raise Refused(_unreadable(name, error)) from None


def _unreadable(name: str, error: OSError) -> str:
    return (
        f"{name} cannot be read ({error.strerror or error}). Check its name and your right to it."
    )


def _chosen(name: str, column: str | None, known: Sequence[str], option: str = "--column") -> str:
    """The column that was meant, the only one where none was named; raises Refused."""
    there = f"The columns are: {', '.join(known)}." if known else "There are none."
    if column is None and len(known) == 1:
        return known[0]
    if column is None:
        raise Refused(f"Say which column of {name} holds the messages: {option} NAME. {there}")
    if column not in known:
        raise Refused(f"{name} has no column {column}. {there}")
    if known.count(column) > 1:
        raise Refused(f"{name} has more than one column {column}. Give them names of their own.")
    return column


def as_text(array: pa.Array) -> pa.Array:
    """Strings from strings or bytes; null where a row is no valid UTF-8."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    binary = array.cast(pa.large_binary() if pa.types.is_large_string(array.type) else pa.binary())
    try:
        # The cast looks at every byte, which reading a file does not.
        return binary.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([_decoded(value) for value in binary.to_pylist()], pa.string())


def _decoded(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


class _ParquetSource(Source):
    unit = "rows"

    def __init__(self, name: str, column: str | None, id_column: str | None) -> None:
        super().__init__(name)
        self._done = 0
        try:
            # Without pre_buffer, a row group is read as it is needed and not held whole.
            self._file = pa.parquet.ParquetFile(name, pre_buffer=False, buffer_size=1 << 20)
        except pa.ArrowInvalid:
            raise Refused(f"{name} is no Parquet file, or was cut off. Check it.") from None
        except OSError as error:
            raise Refused(_unreadable(name, error)) from None
        schema = self._file.schema_arrow
        self._column = _chosen(name, column, schema.names)
        self._id = id_column and _chosen(name, id_column, schema.names, "--id")
        if self._id:
            self.id_type = _plain(schema.field(self._id).type)
        kind = _plain(schema.field(self._column).type)
        if not (_is_text(kind) or pa.types.is_null(kind)):
            texts = [field.name for field in schema if _is_text(_plain(field.type))]
            there = f"Columns of text are: {', '.join(texts)}." if texts else "No column does."
            raise Refused(f"The column {self._column} of {name} holds no text but {kind}. {there}")

    @property
    def total(self) -> int:
        return int(self._file.metadata.num_rows)

    @property
    def done(self) -> int:
        return self._done

    def pieces(self, skip: int = 0) -> Iterator[Piece]:
        counts = [
            self._file.metadata.row_group(group).num_rows
            for group in range(self._file.num_row_groups)
        ]
        group = row = 0
        while group < len(counts) and row + counts[group] <= skip:
            row += counts[group]
            group += 1
        columns = list(dict.fromkeys(filter(None, (self._column, self._id))))
        batches = self._file.iter_batches(
            batch_size=ROWS, row_groups=range(group, len(counts)), columns=columns
        )
        try:
            for batch in batches:
                over = min(max(0, skip - row), len(batch))
                batch, row = batch.slice(over), row + over
                self._done = row + len(batch)
                if len(batch):
                    text = as_text(batch.column(self._column))
                    yield Piece(row, text, _ids(batch, self._id))
                row += len(batch)
        except (pa.ArrowException, OSError) as error:
            raise Refused(f"{self.name} is damaged from row {row} on ({_brief(error)}).") from None

    def close(self) -> None:
        self._file.close()


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    tests = "is_string is_large_string is_string_view is_binary is_large_binary is_binary_view"
    return any(getattr(pa.types, test)(kind) for test in tests.split())


def _ids(batch: pa.RecordBatch, column: str | None) -> pa.Array | None:
    if column is None:
        return None
    ids = batch.column(column)
    return ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(". ")[:200]


class _CsvSource(_TextSource):
    def __init__(
        self, name: str, stream: Stream, column: str | None, id_column: str | None, delimiter: str
    ) -> None:
        super().__init__(name, stream)
        if len(delimiter) != 1 or not delimiter.isascii():
            raise Refused("--delimiter is one sign, such as ; between the columns.")
        self._delimiter = delimiter
        beginning = stream.peek().decode("utf-8", "replace")
        header = next(csv.reader(io.StringIO(beginning), delimiter=delimiter), [])
        self._column = _chosen(name, column, header)
        self._id = id_column and _chosen(name, id_column, header, "--id")

    def pieces(self, skip: int = 0) -> Iterator[Piece]:
        broken: deque[int] = deque()  # rows of another number of columns, which pyarrow leaves out
        columns = list(dict.fromkeys(filter(None, (self._column, self._id))))
        row = 0
        try:
            for batch in self._batches(columns, broken):
                for piece in _filled(row, batch, broken):
                    row += len(piece)
                    if row > skip:
                        yield self._piece(row - len(piece), piece, skip)
            if broken:
                rest = pa.RecordBatch.from_pylist([{}] * len(broken), _bytes_schema(columns))
                if row + len(rest) > skip:
                    yield self._piece(row, rest, skip)
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise Refused(
                f"{self.name} cannot be read after row {max(row - 1, 0)}: a quotation mark is not "
                f"closed there, or one row is longer than {_CSV_BLOCK >> 20} MB. Correct that row."
            ) from None

    def _batches(self, columns: list[str], broken: deque[int]) -> Iterator[pa.RecordBatch]:
        def leave_out(row: pyarrow.csv.InvalidRow) -> str:
            broken.append(row.number - 2)  # it counts from 1, the header too
            return "skip"

        reader = pa.csv.open_csv(
            self.stream,
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=_CSV_BLOCK),
            parse_options=pa.csv.ParseOptions(
                delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=leave_out
            ),
            convert_options=pa.csv.ConvertOptions(
                check_utf8=False,
                include_columns=columns,
                column_types={column: pa.binary() for column in columns},
            ),
        )
        with reader:
            yield from reader

    def _piece(self, row: int, batch: pa.RecordBatch, skip: int) -> Piece:
        over = max(0, skip - row)
        batch = batch.slice(over)
        ids = None if self._id is None else as_text(batch.column(self._id))
        return Piece(row + over, as_text(batch.column(self._column)), ids)


def _bytes_schema(columns: list[str]) -> pa.Schema:
    return pa.schema([(column, pa.binary()) for column in columns])


def _filled(row: int, batch: pa.RecordBatch, broken: deque[int]) -> Iterator[pa.RecordBatch]:
    """The batch with a row of nulls in each place where one was left out."""
    while broken and broken[0] <= row + len(batch):
        whole = broken.popleft() - row
        if whole:
            yield batch.slice(0, whole)
        yield pa.RecordBatch.from_pylist([{}], _bytes_schema(batch.schema.names))
        batch = batch.slice(whole)
        row += whole + 1
    if len(batch):
        yield batch


class _LineSource(_TextSource):
    def pieces(self, skip: int = 0) -> Iterator[Piece]:
        for row, block in _blocks(self.stream, skip):
            lines = block.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
            yield Piece(row, as_text(pa.array(lines, pa.binary())), None)


class _JsonSource(_TextSource):
    def __init__(
        self, name: str, stream: Stream, column: str | None, id_column: str | None
    ) -> None:
        super().__init__(name, stream)
        known = list(dict.fromkeys(key for row in _objects(stream.peek()) for key in row))
        if stream.peek():
            column = _chosen(name, column, known)
            if id_column:
                _chosen(name, id_column, known, "--id")
        self._column, self._id = column or "", id_column
        self._id_type = pa.string()

    def pieces(self, skip: int = 0) -> Iterator[Piece]:
        for row, block in _blocks(self.stream, skip):
            count = block.count(b"\n") + (not block.endswith(b"\n"))
            table = self._table(block, count)
            if table is None:
                table = self._row_by_row(block)
            text = as_text(table.column(self._column).combine_chunks())
            ids = None
            if self._id:
                ids = as_text(table.column(self._id).combine_chunks().cast(pa.string()))
            yield Piece(row, text, ids)

    def _table(self, block: bytes, count: int) -> pa.Table | None:
        """Every row of a block at once, or None where one of them is not as the others."""
        if block.count(b"\n{") + block.startswith(b"{") != count:
            return None
        for kind in dict.fromkeys((self._id_type, pa.string(), pa.int64())):
            fields = [(self._column, pa.string())]
            if self._id and self._id != self._column:
                fields.append((self._id, kind))
            try:
                table = pa.json.read_json(
                    pa.BufferReader(block),
                    pa.json.ReadOptions(use_threads=False, block_size=len(block) + 1),
                    pa.json.ParseOptions(
                        explicit_schema=pa.schema(fields), unexpected_field_behavior="ignore"
                    ),
                )
            except pa.ArrowException:
                if not self._id:
                    return None
                continue
            self._id_type = kind
            return table if len(table) == count else None
        return None

    def _row_by_row(self, block: bytes) -> pa.Table:
        rows = [_object(line) for line in block.removesuffix(b"\n").split(b"\n")]
        columns = {self._column: [_utf8(row.get(self._column)) for row in rows]}
        if self._id:
            columns[self._id] = [_named(row.get(self._id)) for row in rows]
        return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _blocks(stream: Stream, skip: int) -> Iterator[tuple[int, bytes]]:
    """Whole lines, some megabytes at once, from line `skip` on, each with the line's number."""
    stream.peek()
    row, kept = 0, b""
    while True:
        read = stream.read(_BLOCK)
        whole, newline, rest = (read or b"").rpartition(b"\n")
        if read and not newline:
            kept += read
            continue
        block, kept = kept + whole + newline if read else kept, rest
        if block:
            lines = block.count(b"\n") + (not block.endswith(b"\n"))
            if row + lines > skip:
                over = max(0, skip - row)
                yield row + over, _after(block, over)
            row += lines
        if not read:
            return


def _after(block: bytes, lines: int) -> bytes:
    return block.split(b"\n", lines)[lines] if lines else block


def _object(line: bytes) -> dict[str, object]:
    """The object that a line is, an empty one where it is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _objects(beginning: bytes) -> list[dict[str, object]]:
    lines = beginning.split(b"\n")
    found = (_object(line) for line in (lines[:-1] or lines)[:100])
    return [row for row in found if row]


def _utf8(value: object) -> str | None:
    """A string that can be written as UTF-8, or None."""
    try:
        return value if isinstance(value, str) and value.encode() is not None else None
    except UnicodeEncodeError:
        return None


def _named(value: object) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _utf8(value)
