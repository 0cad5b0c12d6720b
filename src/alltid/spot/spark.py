"""Recognises offers in a Spark DataFrame, where one machine is outgrown: bulk.py on every worker.

    offers = spark.recognise(messages, column="body", id_column="id")

Nothing is shuffled and nothing leaves the workers but the offers. Every worker's Python needs
`alltid[bulk]`; it compiles once, and takes one partition after the other.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.functions import col, monotonically_increasing_id
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_type
from pyspark.sql.types import LongType

from . import bulk

_TEXT, _ROW = "text", "row"


def recognise(df: DataFrame, column: str, id_column: str | None = None) -> DataFrame:
    """The offers among the messages of a column, as bulk.recognise() gives them, in no order.

    id_column: names the messages in `row`; else they have Spark's monotonically increasing numbers.
    Rows that are no valid text are left out. Raises, as Spark does, where there is no such column.
    """
    named = col(id_column) if id_column is not None else monotonically_increasing_id()
    chosen = df.select(named.alias(_ROW), col(column).alias(_TEXT))
    kind = LongType() if id_column is None else chosen.schema[_ROW].dataType
    fields = bulk.schema(to_arrow_type(kind))
    return chosen.mapInArrow(partial(_offers, fields), from_arrow_schema(fields))


def _offers(fields: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for found in bulk.recognise(batches, _TEXT, _ROW):
        if len(found):
            yield found.cast(fields)
