"""Whether memory stays flat over a hundred million messages (MESSAGES=1000000 for fewer)."""

import os
import time
from collections.abc import Iterator

import psutil
import pyarrow as pa

from alltid.spot import bulk
from bench.everyday import messages, said
from bench.frame import Result

BUDGET = 16.0  # megabytes more at the end than when a twentieth was done
ROWS, BATCH = 400_000, 50_000


def _batches(array: pa.Array, count: int) -> Iterator[pa.RecordBatch]:
    """Batches made when they are asked for, each of other messages than the one before."""
    for done in range(0, count, BATCH):
        start = done * 7 % (ROWS - BATCH)
        copied = pa.concat_arrays([array[start : start + BATCH // 2], array[: BATCH // 2]])
        yield pa.RecordBatch.from_arrays([copied], names=["body"])


def main() -> Result:
    """Stream messages through bulk.recognise(), and watch what stays resident."""
    count = int(os.environ.get("MESSAGES", "100000000"))
    texts = messages(ROWS)
    print(said(texts))
    array, process = pa.array(texts), psutil.Process()
    del texts
    bulk.find(array[:1000])  # compiled
    begun, done, first, most, offers = time.perf_counter(), 0, 0.0, 0.0, 0
    for found in bulk.recognise(_batches(array, count), "body"):
        done += BATCH
        offers += len(found)
        now = process.memory_info().rss / 1e6
        if done <= count // 20:
            first = max(first, now)
        most = max(most, now)
    rate = done / (time.perf_counter() - begun)
    print(f"{done:,} messages, {offers:,} offers, {rate:,.0f} messages/s with making them")
    print(f"resident: {first:.0f} MB after a twentieth, {most:.0f} MB at the most")
    return Result("spot_memory", round(most - first, 1), "MB", BUDGET, most - first <= BUDGET)
