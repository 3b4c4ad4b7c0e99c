"""``haystack_pipeline FOLDER OUT``: Haystack, its converter, our function as a component, its in-memory store.

It skips documents whose id it has, so ours is the content's.
"""

from __future__ import annotations

import time

BEGAN = time.monotonic()

import logging  # noqa: E402
import sys  # noqa: E402
from hashlib import sha256  # noqa: E402
from pathlib import Path  # noqa: E402

from haystack import Document, Pipeline, component  # noqa: E402
from haystack.components.converters import TextFileToDocument  # noqa: E402
from haystack.components.writers import DocumentWriter  # noqa: E402
from haystack.document_stores.in_memory import InMemoryDocumentStore  # noqa: E402
from haystack.document_stores.types import DuplicatePolicy  # noqa: E402

from tests.bench.bound import event_of_bytes  # noqa: E402
from tests.bench.peers.told import tell  # noqa: E402


@component
class Transcripts:
    """Documents → events, one a document."""

    @component.output_types(documents=list[Document])
    def run(self, documents: list[Document]) -> dict[str, list[Document]]:
        return {"documents": [Document(id=_identity(each), content=_event(each)) for each in documents]}


def main(folder: str, out: str) -> None:
    logging.getLogger("haystack").setLevel(logging.ERROR)  # it warns of each duplicate
    store = InMemoryDocumentStore()
    pipeline = Pipeline()
    pipeline.add_component("converter", TextFileToDocument(store_full_path=True))
    pipeline.add_component("transcripts", Transcripts())
    pipeline.add_component("writer", DocumentWriter(store, DuplicatePolicy.SKIP))
    pipeline.connect("converter", "transcripts")
    pipeline.connect("transcripts", "writer")
    began = time.monotonic()
    pipeline.run({"converter": {"sources": sorted(Path(folder).iterdir())}})
    Path(out).write_text("".join(f"{each.content}\n" for each in store.filter_documents()), "utf-8")
    tell(BEGAN, began)


def _identity(document: Document) -> str:
    return sha256(document.content.encode()).hexdigest()


def _event(document: Document) -> str:
    file = Path(document.meta["file_path"])
    return event_of_bytes(document.content.encode(), file.name, file.stat().st_mtime_ns).decode()


if __name__ == "__main__":
    main(*sys.argv[1:])
