"""kill -9 on the way of an update loses nothing that was acknowledged or seen.

`python -m tests.failpoints --seeds 200` is the long run.
"""

import os
from collections.abc import Iterator

import pytest

from tests.conftest import NewData
from tests.failing_points import BROKEN_NAMES, POINT_NAMES
from tests.failpoints import Bench, LostError

SEEDS = int(os.environ.get("CANVAS_TEST_SEEDS", "2"))
pytestmark = pytest.mark.timeout(120 + 10 * SEEDS)


@pytest.fixture(scope="module")
def bench(new_data: NewData) -> Iterator[Bench]:
    bench = Bench(new_data())
    yield bench
    bench.close()


@pytest.mark.parametrize("point", POINT_NAMES)
def test_nothing_acknowledged_or_seen_is_lost(bench: Bench, point: str) -> None:
    runs = [bench.run(point, seed) for seed in range(SEEDS)]
    assert any(run.is_killed_at_point for run in runs)


@pytest.mark.parametrize("fault", BROKEN_NAMES[:2])
def test_a_broken_build_is_found_out(bench: Bench, fault: str) -> None:
    """The suite is worth something only if it detects broken builds."""

    def many_bursts() -> None:
        for seed in range(40):
            bench.run(fault, seed)

    with pytest.raises(LostError):
        many_bursts()
