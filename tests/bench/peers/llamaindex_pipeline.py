"""``llamaindex_pipeline FOLDER OUT PROCESSES``: LlamaIndex, its reader, its ingestion pipeline with our function in it.

Its deduplication is by a hash of text and metadata, so it is given no metadata: with the
file's name in them it would find no duplicate.
"""

from __future__ import annotations

import time

BEGAN = time.monotonic()

import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from llama_index.core import SimpleDirectoryReader  # noqa: E402
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline  # noqa: E402
from llama_index.core.schema import BaseNode, TextNode, TransformComponent  # noqa: E402
from llama_index.core.storage.docstore import SimpleDocumentStore  # noqa: E402

from tests.bench.bound import event_of_bytes  # noqa: E402
from tests.bench.peers.told import tell  # noqa: E402


class Transcripts(TransformComponent):
    """Documents → events, one a node."""

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> list[BaseNode]:
        return [TextNode(text=_event(node)) for node in nodes]


def main(folder: str, out: str, processes: str) -> None:
    pipeline = IngestionPipeline(
        transformations=[Transcripts()],
        docstore=SimpleDocumentStore(),
        docstore_strategy=DocstoreStrategy.DUPLICATES_ONLY,
        disable_cache=True,
    )
    began = time.monotonic()
    reader = SimpleDirectoryReader(folder, file_metadata=_no_metadata, filename_as_id=True)
    nodes = pipeline.run(documents=reader.load_data(), num_workers=int(processes))
    Path(out).write_text("".join(f"{node.text}\n" for node in nodes), "utf-8")
    tell(BEGAN, began)


def _event(node: Any) -> str:
    file = Path(node.id_)
    return event_of_bytes(node.text.encode(), file.name, file.stat().st_mtime_ns).decode()


def _no_metadata(_: str) -> dict[str, Any]:
    return {}


if __name__ == "__main__":
    main(*sys.argv[1:])
