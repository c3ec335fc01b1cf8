"""Takes a database through every migration of ours, also those that squashed ones stand in for:
`run_program("tests.every_step", …)` makes the database of an installation that was never new.
"""

import os
import shutil
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

OURS = ("accounts", "audit", "boards", "canvas_project", "sync")
STOPS = {
    "before_accounts": [("boards", "0009_disconnected"), ("sync", "0009_pieces")],
    "accounts_begun": [("accounts", "0001_initial"), ("audit", "0002_chain")],
}
"""Where a copy of SQLite's file is kept, each after the one before."""


class EveryStep(MigrationLoader):
    """Knows the migrations of our apps without the squashed ones."""

    def load_disk(self) -> None:
        super().load_disk()
        self.disk_migrations = {
            (app, name): migration
            for (app, name), migration in self.disk_migrations.items()
            if app not in OURS or not migration.replaces
        }


def executor_of(database: BaseDatabaseWrapper) -> MigrationExecutor:
    """Migrates step by step."""
    executor = MigrationExecutor(database)
    executor.loader = EveryStep(database)
    return executor


def main() -> None:
    """Migrates the database of the settings to the end; keeps a copy of SQLite's at each stop."""
    for name, targets in STOPS.items():
        executor_of(connection).migrate(targets)
        if connection.vendor == "sqlite":
            connection.close()
            data = Path(os.environ["CANVAS_DATA_DIR"])
            (data / name).mkdir()
            shutil.copy(data / "canvas.sqlite3", data / name)
    executor = executor_of(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
