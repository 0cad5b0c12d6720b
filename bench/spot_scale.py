"""How throughput grows with processes and with Spark's partitions, and what Spark itself costs."""

import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from alltid.spot import bulk, spark
from bench.everyday import messages, said
from bench.frame import Result

COUNT, TIMES = 500_000, 8


def _work(path: str) -> float:
    """Seconds over all messages of a file, again and again, when compiled."""
    column = pq.read_table(path).column("body")
    bulk.find(column.slice(0, 1000))
    begun = time.perf_counter()
    for _each in range(TIMES):
        bulk.find(column)
    return time.perf_counter() - begun


def _nothing(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Take every batch, and give nothing: what Spark costs by itself."""
    for batch in batches:
        yield batch.slice(0, 0)


def _in_processes(path: Path) -> dict[int, float]:
    rates = {}
    for processes in (1, 2):
        with get_context("spawn").Pool(processes) as pool:
            slowest = max(pool.map(_work, [str(path)] * processes, chunksize=1))
        rates[processes] = COUNT * TIMES * processes / slowest
        print(f"{processes} processes          {rates[processes]:12,.0f} messages/s")
    return rates


def _in_spark(session: SparkSession, path: Path) -> None:
    for partitions in (1, 2, 4):
        frame = session.read.parquet(*[str(path)] * TIMES).repartition(partitions).cache()
        count = frame.count()
        ways = {
            "alone": frame.mapInArrow(_nothing, frame.schema),
            "with us": spark.recognise(frame, "body"),
        }
        for way, asked in ways.items():
            _seconds(asked)  # workers are started, and compile
            rate = count / min(_seconds(asked), _seconds(asked))
            print(f"Spark {way:8} on {partitions} {rate:12,.0f} messages/s")
        frame.unpersist()


def _seconds(asked: DataFrame) -> float:
    begun = time.perf_counter()
    asked.count()
    return time.perf_counter() - begun


def main() -> Result:
    """Measure one and two processes, and Spark's one, two and four partitions."""
    texts = messages(COUNT)
    print(said(texts))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "messages.parquet"
        pq.write_table(pa.table({"body": texts}), path)
        rates = _in_processes(path)
        session = (
            SparkSession.builder.master("local[*]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.memory", "2g")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        try:
            _in_spark(session, path)
        finally:
            session.stop()
    grown = round(rates[2] / rates[1], 2)
    return Result("spot_scale", grown, "times with two processes", None, True)
