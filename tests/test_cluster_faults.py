"""Short versions of `python -m tests.cluster_faults`, one for each bus."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cluster_faults import Size, run
from tests.prepared import copy_data
from tests.services import copy_postgres

pytestmark = [pytest.mark.alone, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("bus", "accidents"), [("postgres", ("kill", "postgres")), ("redis", ("rolling", "redis"))]
)
def test_accidents_of_a_cluster_lose_nothing(
    bus: str,
    accidents: tuple[str, ...],
    prepared: Path,
    prepared_postgres: Path,
    tmp_path: Path,
    static_root: Path,
) -> None:
    """Without bounds for the time: they hold on a machine that does nothing else."""
    copy_data(prepared, tmp_path, with_rows=False)
    database = tmp_path / "cluster" / "postgres"
    database.mkdir(parents=True)
    copy_postgres(prepared_postgres, database)
    size = Size(2, 10, 3, rate=1, settle_seconds=1, pages=1, bus=bus, accidents=accidents)
    with ThreadPoolExecutor(1) as thread:  # on this one another browser may have begun
        outcome = thread.submit(run, size, tmp_path, static_root).result()
    assert outcome.wrong == []
    assert [row.lost for row in outcome.rows if row.lost] == []
    assert all(row.promises for row in outcome.rows)
