"""Writes findings to a file so that a run may end at any place, by kill -9 too, and go on.

While a run is under way, two side files lie beside the file that it makes: `FILE.part` holds the
findings, `FILE.progress` how many bytes of them and how many rows of the source are done. The
first is on the disk before the second says so, and what lies behind the last word of the second
is cut off when a run goes on. A finished run leaves FILE alone. Needs pyarrow.
"""

import csv
import errno
import fcntl
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet

from .refusal import Refused

ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".jsonl": "jsonl",
           ".ndjson": "jsonl"}  # fmt: skip
_ROW_GROUP = 1 << 16
_FIRST_INVALID = 5


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run has met so far: rows, offers by kind and role, rows that were no valid text."""

    rows: int = 0
    offers: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    invalid: int = 0
    first_invalid: tuple[int, ...] = ()

    def after(self, rows: int, invalid: list[int], found: pa.RecordBatch) -> "Tally":
        """With a piece more: its rows, which of them were invalid, and its offers."""
        return Tally(
            self.rows + rows,
            self.offers + len(found),
            _added(self.kinds, found.column("kind")),
            _added(self.roles, pc.list_flatten(found.column("roles"))),
            self.invalid + len(invalid),
            (*self.first_invalid, *invalid)[:_FIRST_INVALID],
        )


def _added(counts: dict[str, int], values: pa.Array) -> dict[str, int]:
    if not len(values):
        return counts
    more = {each["values"]: each["counts"] for each in pc.value_counts(values).to_pylist()}
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}


# --- formats -----------------------------------------------------------------------------------


def _json_lines(batch: pa.RecordBatch) -> bytes:
    rows = (json.dumps(row, ensure_ascii=False, default=str) for row in batch.to_pylist())
    return "".join(row + "\n" for row in rows).encode()


def _csv_rows(batch: pa.RecordBatch) -> bytes:
    return _csv([_flat(value) for value in row.values()] for row in batch.to_pylist())


def _csv(rows: Iterator[list[Any]] | list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _flat(value: Any) -> Any:
    """A list as one cell: "picture money", "0-8:picture 11-16:money"."""
    if not isinstance(value, list):
        return value
    return " ".join(
        f"{each.pop('start')}-{each.pop('end')}:{':'.join(each.values())}"
        if isinstance(each, dict)
        else str(each)
        for each in value
    )


@dataclass(frozen=True, slots=True)
class _Form:
    head: Callable[[pa.Schema], bytes]
    rows: Callable[[pa.RecordBatch], bytes]


_FORMS = {
    "jsonl": _Form(lambda schema: b"", _json_lines),
    "csv": _Form(lambda schema: _csv([schema.names]), _csv_rows),
    # Parquet has its table of contents at its end and cannot be added to; until a run is
    # finished its findings lie in Arrow's own stream, which can.
    "parquet": _Form(
        lambda schema: schema.serialize().to_pybytes(),
        lambda batch: batch.serialize().to_pybytes() if len(batch) else b"",
    ),
}


def form_of(name: str) -> str:
    """The format of an output by its ending; raises Refused."""
    form = ENDINGS.get(Path(name).suffix.lower())
    if form is None:
        raise Refused(
            f"What {name} is to be cannot be told from its ending. "
            "End it in .parquet, .csv or .jsonl."
        )
    return form


# --- standard output ---------------------------------------------------------------------------


class Printed:
    """Findings as JSON lines on standard output."""

    whole = finished = False

    def __init__(self) -> None:
        self.tally = Tally()

    def add(self, batch: pa.RecordBatch, tally: Tally) -> None:
        """Print findings at once."""
        try:
            sys.stdout.buffer.write(_json_lines(batch))
            sys.stdout.buffer.flush()
        except OSError as error:
            # What is left in the buffer would be tried again, in vain, when the process ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if isinstance(error, BrokenPipeError):
                raise
            raise Refused(f"Standard output cannot be written ({error.strerror}).") from None
        self.tally = tally

    def keep(self) -> None:
        """Keep nothing: what was printed is gone."""

    def finish(self) -> None:
        """Do nothing: it is whole as it is."""


# --- files -------------------------------------------------------------------------------------


class Kept:
    """Findings in a file, with two side files while they are not whole.

    of: what the run is of (source, column, versions); a run goes on only where it is the same.
    whole: whether every row of the source is done. finished: whether the file is, too. Raises
    Refused, with a sentence for each thing that can be in the way.
    """

    def __init__(
        self, name: str, schema: pa.Schema, of: dict[str, Any], *, resume: bool, force: bool
    ) -> None:
        self.path = Path(name)
        self.part = self.path.with_name(self.path.name + ".part")
        self.progress = self.path.with_name(self.path.name + ".progress")
        self.whole = self.finished = False
        self._name = form_of(name)
        self._form = _FORMS[self._name]
        self._of = of
        self._file = -1
        # What was met, and how long the part was then; one value, so that an interruption at any
        # place finds the two in agreement.
        self._state = (Tally(), 0)
        try:
            self._begin(schema, resume=resume, force=force)
        except OSError as error:
            raise self._wrong(error) from None

    @property
    def tally(self) -> Tally:
        """What the rows that are done held."""
        return self._state[0]

    def _begin(self, schema: pa.Schema, *, resume: bool, force: bool) -> None:
        if self.path.is_dir():
            raise Refused(f"{self.path} is a folder. Name a file.")
        if resume and self.progress.exists():
            self._read_progress()
            if self.whole and self.path.exists() and not self.part.exists():
                self.progress.unlink()
                self.finished = True
                return
        elif resume and self.path.exists() and not force:
            self.whole = self.finished = True
            return
        elif not force:
            self._refuse_to_overwrite()
        self._open_part()
        if not self._state[1]:
            self._save()  # so that a part without it is known to be nobody's
            self._state = (Tally(), self._write(self._form.head(schema)))
            self.keep()

    def _refuse_to_overwrite(self) -> None:
        if self.progress.exists():
            raise Refused(
                f"A run that makes {self.path} was interrupted. Go on with it by --resume, or "
                "begin anew with --force."
            )
        if self.path.exists():
            raise Refused(
                f"{self.path} is there already. Choose another name, or write over it by --force."
            )
        if self.part.exists() and self.part.stat().st_size:
            raise Refused(f"{self.part} is in the way. Move it, or write over it by --force.")

    def _open_part(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._file = os.open(self.part, flags, 0o666)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"Another run is making {self.path} right now. Wait for it.") from None
        if os.fstat(self._file).st_size < self._state[1]:
            raise Refused(f"{self.part} is shorter than it was. Begin anew with --force.")
        os.ftruncate(self._file, self._state[1])

    def _read_progress(self) -> None:
        """Take over how far an earlier run came."""
        try:
            held = json.loads(self.progress.read_text(encoding="utf-8"))
            of, self.whole, tally = held["of"], held["whole"], held["tally"]
            tally["first_invalid"] = tuple(tally["first_invalid"])
            self._state = (Tally(**tally), held["bytes"])
        except (ValueError, KeyError, TypeError):
            raise Refused(f"{self.progress} cannot be read. Begin anew with --force.") from None
        differing = [name for name, value in self._of.items() if of.get(name) != value]
        if differing:
            raise Refused(
                f"The interrupted run that makes {self.path} was another one; what differs: "
                f"{', '.join(differing)}. Begin anew with --force."
            )

    def add(self, batch: pa.RecordBatch, tally: Tally) -> None:
        """Write findings; they count only from the next `keep` on."""
        try:
            written = self._write(self._form.rows(batch))
        except OSError as error:
            raise self._wrong(error) from None
        self._state = (tally, self._state[1] + written)

    def _write(self, data: bytes) -> int:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        return len(data)

    def keep(self) -> None:
        """Put findings on the disk, then that they are there."""
        try:
            os.fsync(self._file)
            self._save()
        except OSError as error:
            raise self._wrong(error) from None

    def _save(self) -> None:
        tally, size = self._state
        held = {"of": self._of, "whole": self.whole, "bytes": size, "tally": asdict(tally)}
        new = self.progress.with_name(self.progress.name + ".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(held, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.progress)
        self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def finish(self) -> None:
        """Turn the part into the file, and leave nothing beside it."""
        if self.finished:
            return
        self.whole = True
        self.keep()
        try:
            if self._name == "parquet":
                self._make_parquet()
                self._sync_folder()
                self.part.unlink()
            else:
                self.part.replace(self.path)
            self._sync_folder()
            self.progress.unlink()
        except OSError as error:
            raise self._wrong(error) from None
        self.finished = True
        self.close()

    def _make_parquet(self) -> None:
        """Row groups of one size, whatever pieces the rows came in."""
        new = self.path.with_name(self.path.name + ".new")
        with (
            pa.OSFile(str(self.part)) as part,
            pa.ipc.open_stream(part) as stream,
            pa.parquet.ParquetWriter(new, stream.schema) as writer,
        ):
            waiting = stream.schema.empty_table()
            for batch in stream:
                waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
                while len(waiting) >= _ROW_GROUP:
                    writer.write_table(waiting.slice(0, _ROW_GROUP))
                    waiting = waiting.slice(_ROW_GROUP)
            if len(waiting):
                writer.write_table(waiting)
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.replace(self.path)

    def close(self) -> None:
        """Let the part go, for another run to take up."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _wrong(self, error: OSError) -> Refused:
        why = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return Refused(
                f"{self.path} cannot be written any further ({why}). What is done is kept: make "
                "room, and go on by the same command with --resume."
            )
        return Refused(
            f"{self.path} cannot be written ({why}). Choose another place, or give the user who "
            "runs this the right to it."
        )
