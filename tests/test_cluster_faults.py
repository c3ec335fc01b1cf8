"""Short versions of `python -m tests.cluster_faults`, one for each bus."""

from pathlib import Path

import pytest

from tests.cluster_faults import Size, run

pytestmark = [pytest.mark.alone, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("bus", "accidents"), [("postgres", ("kill", "postgres")), ("redis", ("rolling", "redis"))]
)
def test_accidents_of_a_cluster_lose_nothing(
    bus: str, accidents: tuple[str, ...], tmp_path: Path, static_root: Path
) -> None:
    """Without bounds for the time: they hold on a machine that does nothing else."""
    size = Size(2, 10, 3, rate=1, settle_seconds=1, pages=1, bus=bus, accidents=accidents)
    outcome = run(size, tmp_path, static_root)
    assert outcome.wrong == []
    assert [row.lost for row in outcome.rows if row.lost] == []
    assert all(row.promises for row in outcome.rows)
