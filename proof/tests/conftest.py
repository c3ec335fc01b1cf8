"""Fixtures of the short forms: systems that live as long as one file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proof.chaos.runner import Theatre
from proof.clients.people import People
from tests.conftest import (
    make_server,
    new_data,
    prepared,
    prepared_postgres,
    shared_directory,
    static_root,
    stock_client,
)

__all__ = [
    "make_server",
    "new_data",
    "prepared",
    "prepared_postgres",
    "shared_directory",
    "static_root",
    "stock_client",
]


@pytest.fixture
def people() -> Iterator[People]:
    """A process with people."""
    made = People()
    yield made
    made.close()


@pytest.fixture(scope="module")
def theatre(prepared: Path, request: pytest.FixtureRequest) -> Iterator[Theatre]:
    """Where plans are played."""
    directory = request.getfixturevalue("tmp_path_factory").mktemp("chaos")

    def postgres() -> Path:
        made: Path = request.getfixturevalue("prepared_postgres")
        return made

    with Theatre(directory, lambda: prepared, postgres) as made:
        yield made
