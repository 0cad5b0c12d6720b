"""Spark gives exactly what bulk.py gives, on a real one with several partitions."""

import os
import shutil
import sys
from collections.abc import Iterator

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from alltid.spot import bulk, spark
from evaluation.messages import LANGUAGES, read


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    if not shutil.which("java"):
        said = "Spark needs Java 17 or newer, and there is no `java` on this machine's path."
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
        .getOrCreate()
    )
    yield session
    session.stop()


def messages() -> list[tuple[str, str | None]]:
    texts = [
        message.text
        for language in LANGUAGES
        for name in ("offers", "negatives")
        for message in read(language, name, "test")
    ]
    return [(f"m{number}", text) for number, text in enumerate([*texts, None, ""])]


def test_partitions_give_exactly_what_a_batch_gives(session):
    rows = messages()
    frame = session.createDataFrame(rows, "id string, body string").repartition(5)

    found = spark.recognise(frame, "body", "id").toArrow()

    batch = pa.RecordBatch.from_pydict(
        {"id": [row[0] for row in rows], "body": [row[1] for row in rows]}
    )
    [wanted] = bulk.recognise([batch], "body", "id")
    assert frame.rdd.getNumPartitions() == 5
    assert sorted(found.to_pylist(), key=str) == sorted(wanted.to_pylist(), key=str)
    assert found.schema.names == wanted.schema.names
    assert len(wanted) > 50


def test_messages_without_names_have_numbers_of_their_own(session):
    rows = [(text,) for _name, text in messages()]
    frame = session.createDataFrame(rows, "body string").repartition(3)

    found = spark.recognise(frame, "body").toArrow()

    wanted = bulk.find(pa.array([row[0] for row in rows], pa.string()))
    assert len(set(found.column("row").to_pylist())) == len(found) == len(wanted)


def test_bytes_that_are_no_text_are_left_out(session):
    rows = [(1, b"\xff\xfe"), (2, b"5 bilder = 200kr, deal?"), (3, None)]
    frame = session.createDataFrame(rows, "id long, body binary")

    assert [row["row"] for row in spark.recognise(frame, "body", "id").collect()] == [2]
