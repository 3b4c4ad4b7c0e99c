"""A ledger that remembers much: what that costs in memory and in throughput."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from tests.bench import corpus, measure
from tests.bench.figures import Row, ratio
from tests.bench.scale import Scale
from turnstream.edition import KEY_BYTES, Edition, Head
from turnstream.extract import extract
from turnstream.identify import identify
from turnstream.packed import Claim, pack_claim, pack_head
from turnstream.publish import BUCKET_DIGITS, Ledger

#: Claims that are made together: buckets grow by some entries at a time, as they would over the years.
_TOGETHER = 1_000_000
#: Share of the claims that are an edition's, with a head beside it, as in the corpus; they are made last.
_EDITIONS = 0.25
#: Commands per pipeline.
_COMMANDS = 2_000
_DIGEST_BYTES, _BUCKET_BYTES = 32, BUCKET_DIGITS // 2
#: What every bucket must be.
_ENCODING = b"listpack"
#: The text that `fill` remembers among all others.
_PROBE = b"Remembered\n\nAnna Abel: This was published long ago.\nBoris Brandt: By whom?\nAnna Abel: By nobody here.\n"

#: Digest and value of a claim, or key and value of a head.
Item = tuple[bytes, bytes]


def ledger(folder: Path, scale: Scale) -> Iterator[Row]:
    """Some documents remembered."""
    yield from _measured(folder, scale, scale.remembered)


def ledger_giant(folder: Path, scale: Scale) -> Iterator[Row]:
    """All documents of many years remembered."""
    yield from _measured(folder, scale, scale.remembered_giant)


def _measured(folder: Path, scale: Scale, count: int) -> Iterator[Row]:
    full, empty = [], []
    # Two systems at once, measured in turn: the one costs the other what an idle one costs.
    with measure.running(folder / "root") as much, measure.running(folder / "none") as none:
        for live in (much, none):
            _backlog(live, folder, scale.documents // 10, seed=800)
        plain = count - int(count * _EDITIONS)
        before, began = _memory(much), time.perf_counter()
        fill(much.ledger, plain)
        amid = _memory(much)
        fill(much.ledger, count - plain, editions=True)
        filled_s = time.perf_counter() - began
        after = _memory(much)
        verify(much)
        for repetition in range(scale.times):
            full.append(_backlog(much, folder, scale.documents // 2, seed=810 + repetition))
            empty.append(_backlog(none, folder, scale.documents // 2, seed=810 + repetition))
    what = f"{count:,} documents remembered"
    yield ratio(f"{what}, throughput", full, empty, "that with none")
    yield Row(what, "documents/s", tuple(full))
    yield Row("none remembered", "documents/s", tuple(empty))
    each = (after["memory"] - before["memory"]) / count
    yield Row(f"{what}, memory of the server", "bytes a document", (each,))
    yield Row(f"{what}, resident memory of the server", "MB", (after["resident memory"] / 1e6,))
    parts = {"are no editions": (before, amid, plain), "are, with their heads": (amid, after, count - plain)}
    for name, (first, last, part) in parts.items():
        each = (last["memory"] - first["memory"]) / part
        yield Row(f"… of the {part:,} that {name}", "bytes a document", (each,))
    yield Row(f"{what}, claims made by the bench", "claims/s", (count / filled_s,))


def fill(ledger: Ledger, count: int, *, editions: bool = False) -> None:
    """Make the claims of ``count`` contents, and one of ``_PROBE`` among them, as if they had been published.

    Of editions the heads as well, and no ``_PROBE``.  Values are those of ``packed.py``, keys and fields
    those of ``publish.lua``.
    """
    left, number = count, 0
    while left:
        together = min(left, _TOGETHER)
        claims, heads = _made(together, number, editions=editions)
        if number == 0 and not editions:
            claims[0] = (probe_digest(), claims[0][1])
        _write(ledger, "claims", claims)
        _write(ledger, "heads", heads)
        left, number = left - together, number + together


def verify(live: measure.Running) -> None:
    """Check that buckets are what the product's are, and that what is remembered is answered as a duplicate.

    Raises:
        RuntimeError: they are not, or it is not.

    """
    require_packed(live.ledger)
    published = live.published()
    part = live.root / "state" / "part"
    part.write_bytes(_PROBE)
    part.rename(live.drop / "probe.txt")
    live.until(lambda: not (live.drop / "probe.txt").exists())
    if live.published() != published or not [*(live.root / "duplicates").rglob("probe.txt")]:
        raise RuntimeError("a document that is remembered was not taken for a duplicate")


def require_packed(ledger: Ledger) -> None:
    """Check that buckets are kept as compactly as those of the product.

    Raises:
        RuntimeError: one is not.

    """
    for name in ("claims", "heads"):
        buckets = ledger.client.scan_iter(match=ledger.key(f"{name}:*"), count=_COMMANDS)
        while some := list(islice(buckets, _COMMANDS)):
            pipeline = ledger.client.pipeline(transaction=False)
            for bucket in some:
                pipeline.object("ENCODING", bucket)
            for bucket, encoding in zip(some, ledger.execute(pipeline), strict=True):
                if encoding != _ENCODING:
                    raise RuntimeError(f"{bucket!r}, of {ledger.client.hlen(bucket)}, is no listpack but {encoding!r}")


def _made(count: int, first: int, *, editions: bool) -> tuple[list[Item], list[Item]]:
    """Return so many claims of random contents, and of editions their heads."""
    random = os.urandom(count * (_DIGEST_BYTES + 8))
    claims, heads = [], []
    now_ms = int(time.time() * 1000)
    for number in range(count):
        at = number * (_DIGEST_BYTES + 8)
        digest, arrival = random[at : at + _DIGEST_BYTES], random[at + _DIGEST_BYTES : at + _DIGEST_BYTES + 8].hex()
        # Some years ago, a hundred in each millisecond.
        entry_id = f"{now_ms - 10**11 + (first + number) // 100}-{number % 100}"
        if editions:
            key = os.urandom(KEY_BYTES)
            edition = Edition(key, length=2000, partial=False, document_id=digest[:8].hex())
            heads.append((key, pack_head(Head(edition, 1, entry_id))))
        claims.append((digest, pack_claim(Claim(arrival, entry_id))))
    return claims, heads


def _write(ledger: Ledger, name: str, items: Iterable[Item]) -> None:
    """Write items to the buckets that the opening of each chooses."""
    buckets = groupby(sorted(items), key=lambda item: item[0][:_BUCKET_BYTES])
    while some := [(opening, dict(group)) for opening, group in islice(buckets, _COMMANDS)]:
        pipeline = ledger.client.pipeline(transaction=False)
        for opening, group in some:
            mapping = {digest[_BUCKET_BYTES:]: value for digest, value in group.items()}
            pipeline.hset(ledger.key(f"{name}:{opening.hex()}"), mapping=mapping)  # type: ignore[arg-type]
        ledger.execute(pipeline)


def probe_digest() -> bytes:
    """Return the digest of the content that ``fill`` always remembers."""
    return bytes.fromhex(identify("0" * 16, _PROBE, extract(_PROBE).canonical).content_sha256)


def _memory(live: measure.Running) -> dict[str, int]:
    _until_rewritten(live)
    found: Any = live.ledger.client.info("memory")
    return {"memory": int(found["used_memory"]), "resident memory": int(found["used_memory_rss"])}


def _until_rewritten(live: measure.Running) -> None:
    """Wait until the server rewrites its append-only file no more, which takes memory of its own."""

    def is_done() -> bool:
        found: Any = live.ledger.client.info("persistence")
        return not found["aof_rewrite_in_progress"] and not found["aof_rewrite_scheduled"]

    live.until(is_done, pause=0.2)


def _backlog(live: measure.Running, folder: Path, count: int, seed: int) -> float:
    documents = corpus.fresh(count, seed)
    corpus.write(folder / "bulk", documents)
    return measure.backlog_docs_per_s(live, folder / "bulk", len(documents))
