"""A stand-in for alltid.spot.bulk: the same columns, one message at a time."""

import sys
from functools import cache
from types import ModuleType

import pyarrow as pa

from alltid.spot import recognise
from alltid.spot.lexicon import offers

SPAN = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("role", pa.string())])
FRAME = pa.struct([("direction", pa.string()), ("start", pa.int32()), ("end", pa.int32())])
SCHEMA_VERSION = "1.0"
SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("kind", pa.string()),
        ("roles", pa.list_(pa.string())),
        ("reasons", pa.list_(pa.string())),
        ("spans", pa.list_(SPAN)),
        ("frames", pa.list_(FRAME)),
        ("version", pa.string()),
    ]
)

# Files of the tests hold few messages many times.
_recognised = cache(recognise)


def find(array: pa.Array, first_row: int = 0) -> pa.RecordBatch:
    rows = []
    for row, text in enumerate(array.to_pylist(), first_row):
        finding = _recognised(text or "")
        if finding.is_offer:
            rows.append({
                "row": row, "kind": finding.kind, "roles": finding.roles,
                "reasons": finding.reasons, "version": offers().version,
                "frames": [{"direction": f.direction, "start": f.start, "end": f.end}
                           for f in finding.frames],
                "spans": [{"start": s.start, "end": s.end, "role": s.role} for s in finding.spans],
            })  # fmt: skip
    return pa.RecordBatch.from_pylist(rows, SCHEMA)


def install() -> None:
    """Be alltid.spot.bulk, before that is loaded."""
    import alltid.spot

    module = ModuleType("alltid.spot.bulk")
    module.SCHEMA, module.SCHEMA_VERSION, module.find = SCHEMA, SCHEMA_VERSION, find
    sys.modules["alltid.spot.bulk"] = alltid.spot.bulk = module
