"""A ledger that `make bench` fills is what the product would have made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.bench import bound, corpus
from tests.bench import ledger as bench
from turnstream.claims import Claimant, Duplicate, Publication
from turnstream.edition import KEY_BYTES, Edition
from turnstream.publish import Ledger

_COUNT = 2_000


@pytest.fixture
def ledger(redis_client: redis.Redis, prefix: str) -> Iterator[Ledger]:
    made = Ledger(redis_client, prefix)
    made.begin("an epoch")
    yield made
    redis_client.delete(*redis_client.scan_iter(f"{prefix}*"))


def shapes(ledger: Ledger, name: str) -> set[tuple[int, int]]:
    """Lengths of fields and values in all buckets of a name."""
    found: set[tuple[int, int]] = set()
    for bucket in ledger.client.scan_iter(ledger.key(f"{name}:*")):
        held: Any = ledger.client.hgetall(bucket)
        found |= {(len(field), len(value)) for field, value in held.items()}
    return found


def count(ledger: Ledger, name: str) -> int:
    return sum(int(ledger.client.hlen(bucket)) for bucket in ledger.client.scan_iter(ledger.key(f"{name}:*")))


def test_it_has_as_many_claims_as_asked_for_and_a_head_for_every_edition(ledger: Ledger) -> None:
    bench.fill(ledger, _COUNT)
    assert (count(ledger, "claims"), count(ledger, "heads")) == (_COUNT, 0)
    bench.fill(ledger, _COUNT, editions=True)
    assert (count(ledger, "claims"), count(ledger, "heads")) == (2 * _COUNT, _COUNT)


def test_its_entries_have_the_shape_of_published_ones(ledger: Ledger) -> None:
    edition = Edition(b"k" * KEY_BYTES, 2000, False, "ab" * 8)
    for digest, of in (("ab" * 32, edition), ("cd" * 32, None)):
        publication = Publication(digest, "0" * 16, f"{digest[:16]}.1", digest[:16], b"{}", of)
        list(ledger.publish([publication], "an epoch"))
    published = {name: shapes(ledger, name) for name in ("claims", "heads")}
    bench.fill(ledger, _COUNT)
    bench.fill(ledger, _COUNT, editions=True)
    assert {name: shapes(ledger, name) for name in published} == published


def test_what_it_remembers_is_a_duplicate_and_nothing_else_is(ledger: Ledger) -> None:
    bench.fill(ledger, _COUNT)
    known, new = (Claimant(digest, "0" * 16) for digest in (bench.probe_digest().hex(), "ab" * 32))
    answers = ledger.look_up([known, new], "an epoch")
    assert isinstance(answers[0], Duplicate)
    assert answers[1] is None


def test_a_bucket_that_is_no_listpack_is_told(ledger: Ledger) -> None:
    bench.fill(ledger, _COUNT)
    bench.require_packed(ledger)
    ledger.client.hset(ledger.key("claims:0000"), "a field of a length that no listpack takes " * 9, "")
    with pytest.raises(RuntimeError, match="no listpack"):
        bench.require_packed(ledger)


def test_the_bound_appends_what_a_ledger_does_not_know_and_only_that(ledger: Ledger, tmp_path: Path) -> None:
    known, new = corpus.fresh(6, 1)[:3], corpus.fresh(2, 2)
    corpus.write(tmp_path, known)
    files = sorted(tmp_path.iterdir())
    for path in files:
        digest = bound.read(path).identity.content_sha256
        list(ledger.publish([Publication(digest, "a" * 16, f"{digest[:16]}.1", digest[:16], b"{}")], "an epoch"))
    for number, data in enumerate(new):
        (tmp_path / f"new-{number}.txt").write_bytes(data)
    stream = bound.stream()
    bound.knowing(ledger)(sorted(tmp_path.iterdir()), ledger.client)
    try:
        assert ledger.client.xlen(stream) == len(new)
    finally:
        ledger.client.delete(stream)
