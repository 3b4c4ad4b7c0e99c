"""The simulation that the sizes in the README come from agrees with what can be told without one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.simulate import Costs, Machine, simulate

COSTS = Costs(worker=600e-6, watcher=60e-6, server=50e-6, sync=0.0)
SHARES = st.floats(1e-6, 2e-3)


def test_one_process_with_cores_to_spare_takes_what_its_documents_take() -> None:
    found = simulate(COSTS, Machine(cores=8, processes=1), 20_000)
    assert found.docs_per_s == pytest.approx(1 / (600e-6 + 50e-6), rel=0.02)


def test_processes_that_wait_for_the_disk_leave_their_core_to_others() -> None:
    costs = COSTS._replace(sync=0.1)
    one, two = (simulate(costs, Machine(cores=1, processes=n), 20_000).docs_per_s for n in (1, 2))
    assert two > one * 1.3


def test_two_cores_share_all_the_work() -> None:
    found = simulate(COSTS, Machine(cores=2, processes=2), 40_000)
    assert found.docs_per_s == pytest.approx(2 / (600e-6 + 60e-6 + 50e-6), rel=0.05)
    assert found.bound_by == "cores"


@pytest.mark.parametrize(
    ("costs", "bound"), [(COSTS._replace(server=500e-6), "server"), (COSTS._replace(watcher=400e-6), "watcher")]
)
def test_with_many_cores_a_single_thread_is_the_bound(costs: Costs, bound: str) -> None:
    found = simulate(costs, Machine(cores=64, processes=64), 200_000)
    assert found.bound_by == bound
    assert found.docs_per_s == pytest.approx(1 / max(costs.server, costs.watcher), rel=0.1)


@given(SHARES, SHARES, SHARES, st.integers(1, 16), st.integers(1, 16), st.integers(1, 3000))
def test_nothing_is_faster_than_its_slowest_part_and_every_document_is_worked_off(
    worker: float, watcher: float, server: float, cores: int, processes: int, documents: int
) -> None:
    found = simulate(Costs(worker, watcher, server, 0.001), Machine(cores, processes), documents)
    bounds = (processes / (worker + server), 1 / watcher, 1 / server, cores / (worker + watcher + server))
    assert 0 < found.docs_per_s <= min(bounds) * 1.0001
    assert max(found.cores, found.watcher, found.server) <= 1.0001
