"""``pathway_static FOLDER OUT``: Pathway, each file as bytes, one of each content, our function as a UDF, JSON lines.

Run by ``pathway spawn``.  Its engine starts within ``pw.run``, and its processes find each
other there; its work begins for us with the first call of our function.
"""

from __future__ import annotations

import time

BEGAN = time.monotonic()

import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import pathway as pw  # noqa: E402

from tests.bench.bound import event_of_bytes  # noqa: E402
from tests.bench.peers.told import tell  # noqa: E402

#: When our function was called first, if it was.
_called: list[float] = []


@pw.udf(deterministic=True)
def event(raw: bytes, metadata: pw.Json) -> str:
    if not _called:
        _called.append(time.monotonic())
    facts = metadata.as_dict()
    return event_of_bytes(raw, Path(facts["path"]).name, facts["modified_at"] * 10**9).decode()


def main(folder: str, out: str) -> None:
    files = pw.io.fs.read(folder, format="binary", mode="static", with_metadata=True).assert_append_only()
    distinct = files.groupby(files.data).reduce(files.data, metadata=pw.reducers.earliest(files._metadata))
    pw.io.jsonlines.write(distinct.select(event=event(distinct.data, distinct.metadata)), out)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    if _called:
        tell(BEGAN, *_called)


if __name__ == "__main__":
    main(*sys.argv[1:])
