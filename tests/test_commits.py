"""The group commit does the same on SQLite and PostgreSQL, and what a plain model says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import NewData, service
from tests.server import ROOT
from tests.services import Service, postgres_server


@pytest.fixture
def postgres(prepared_postgres: Path) -> Iterator[Service]:
    """One for each test."""
    with service(partial(postgres_server, prepared_postgres)) as running:
        yield running


def _run(module: str, data_dir: Path, database_url: str) -> str:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
        "CANVAS_DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
    }
    command = [sys.executable, "manage.py", "shell", "-c", f"from {module} import main; main()"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_databases_commit_what_the_model_says(new_data: NewData, postgres: Service) -> None:
    on_sqlite = _run("tests.commit_groups", new_data(), "")
    on_postgresql = _run("tests.commit_groups", new_data(), postgres.url)
    assert on_sqlite.count("is_committed") > 200
    assert on_postgresql == on_sqlite


def test_commits_never_deadlock_and_outlive_what_others_do(
    new_data: NewData, postgres: Service
) -> None:
    _run("tests.commit_faults", new_data(), postgres.url)
