"""What is dropped while faults strike: as many documents as were ordered, whatever the seed."""

from __future__ import annotations

import pytest

from tests.torture import plan


@pytest.mark.parametrize("seed", [*range(10), 491041])
@pytest.mark.parametrize("documents", [1, 200, 6000])
def test_all_documents_are_dropped_and_no_more(seed: int, documents: int) -> None:
    dropped = list(plan.drops(seed, 60.0, documents))
    assert sum(len(drop.documents) for drop in dropped) == documents
    assert all(drop.documents for drop in dropped)
