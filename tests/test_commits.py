"""The group commit does the same on SQLite and PostgreSQL, and what a plain model says."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import NewData, service
from tests.prepared import run_program
from tests.services import Service, postgres_server


@pytest.fixture
def postgres(prepared_postgres: Path) -> Iterator[Service]:
    """One for each test."""
    with service(partial(postgres_server, prepared_postgres)) as running:
        yield running


def test_both_databases_commit_what_the_model_says(new_data: NewData, postgres: Service) -> None:
    on_sqlite = run_program("tests.commit_groups", new_data(), "")
    on_postgresql = run_program("tests.commit_groups", new_data(), postgres.url)
    assert on_sqlite.count("is_committed") > 200
    assert on_postgresql == on_sqlite


def test_commits_never_deadlock_and_outlive_what_others_do(
    new_data: NewData, postgres: Service
) -> None:
    run_program("tests.commit_faults", new_data(), postgres.url)


def test_programs_are_not_refused_where_others_draw_all_the_time(
    new_data: NewData, postgres: Service
) -> None:
    for url in ("", postgres.url):
        run_program("tests.commit_programs", new_data(), url)
