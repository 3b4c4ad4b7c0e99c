"""``spark_stream FOLDER OUT``: Spark Structured Streaming, one of each content, our function, JSON lines.

Set up for small files on two cores: as many shuffle partitions as cores, files opened at no
cost, so that they are packed into few tasks, and listed by the driver: with its defaults it
makes a task of each file twice.
"""

from __future__ import annotations

import time

BEGAN = time.monotonic()

import os  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from pyspark.sql import SparkSession  # noqa: E402

from tests.bench.bound import event_of_bytes  # noqa: E402
from tests.bench.peers.told import tell  # noqa: E402

_SETTINGS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.files.openCostInBytes": "0",
    "spark.sql.streaming.noDataMicroBatches.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000000",
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
}

#: What it reads of a file.
_BINARY_FILES = "path string, modificationTime timestamp, length bigint, content binary"


def main(folder: str, out: str) -> None:
    session = _session()
    began = time.monotonic()
    files = session.readStream.format("binaryFile").schema(_BINARY_FILES).load(folder)
    distinct = files.dropDuplicates(["content"])
    events = distinct.mapInPandas(_events, "value string")
    stream = events.writeStream.format("text").option("checkpointLocation", f"{out}.checkpoint")
    stream.trigger(availableNow=True).start(out).awaitTermination()
    tell(BEGAN, began)


def _session() -> Any:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("peers")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _events(batches: Iterator[Any]) -> Iterator[Any]:
    for batch in batches:
        batch["value"] = [
            event_of_bytes(bytes(raw), Path(path).name, modified.value).decode()
            for raw, path, modified in zip(batch["content"], batch["path"], batch["modificationTime"], strict=True)
        ]
        yield batch[["value"]]


if __name__ == "__main__":
    main(*sys.argv[1:])
