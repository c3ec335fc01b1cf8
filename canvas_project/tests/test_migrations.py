"""The version before serves on while a migration is applied, so a migration only adds.

What the old version does not know must not stand in its way: a new column may be empty or has a
default in the database. What it still uses is removed one version later. `tests/test_upgrade.py`
runs both versions on one database.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddField,
    AlterField,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.recorder import MigrationRecorder

from tests.every_step import OURS, EveryStep

BEFORE = {"accounts": 0, "audit": 6, "boards": 9, "canvas_project": 1, "sync": 14}
"""Of each app, the number of the last migration that nobody had in use when this rule began."""
FEW = 20
"""How many of our migrations a new database takes at most; with more the first start is slow."""
_CHOICES = "only choices change, which databases do not know"
ALLOWED: dict[str, str] = {
    "accounts.0007_notification_kinds": _CHOICES,
    "audit.0007_sign_in": _CHOICES,
    "audit.0008_installation_actions": _CHOICES,
    "audit.0009_spaces": _CHOICES,
    "audit.0010_account_actions": _CHOICES,
    "audit.0011_invitations": _CHOICES,
    "audit.0012_tokens": _CHOICES,
    "audit.0013_webhooks": _CHOICES,
    "accounts.0008_webhooks": _CHOICES,
    "accounts.0009_directory_and_saml": _CHOICES,
    "audit.0014_directory_and_saml": _CHOICES,
    "audit.0015_libraries": _CHOICES,
    "audit.0016_workshop": _CHOICES,
    "boards.0011_sign_in_via": _CHOICES,
    "boards.0017_directory_and_saml": _CHOICES,
}
"""Migrations that break the rule, and why the version before can live with it."""


def _breaks(operation: Operation) -> str:
    """Why the version before could not go on after it; empty if it could."""
    if isinstance(operation, DeleteModel | RemoveField | RenameField | RenameModel):
        return f"{operation.describe()}: the version before still uses it"
    if isinstance(operation, AddField | AlterField) and _must_be_given(operation.field):
        return f"{operation.describe()}: it needs null=True or a db_default"
    return ""


def _must_be_given(field: models.Field[object, object]) -> bool:
    has_default = field.db_default is not models.NOT_PROVIDED
    return not (field.null or field.many_to_many or field.primary_key or has_default)


def _new_migrations() -> list[Migration]:
    migrations = MigrationLoader(None).disk_migrations
    return [
        migration
        for (app, name), migration in sorted(migrations.items())
        if app in OURS
        and (migration.replaces or int(name[:4]) > BEFORE[app])
        and f"{app}.{name}" not in ALLOWED
    ]


def test_migrations_leave_the_version_before_running() -> None:
    broken = [
        f"{migration}: {reason}"
        for migration in _new_migrations()
        for operation in migration.operations
        if not _is_of_new_table(operation, migration) and (reason := _breaks(operation))
    ]
    assert broken == []


def _is_of_new_table(operation: Operation, migration: Migration) -> bool:
    """Whether it completes a table of the same migration, which the version before does not use."""
    new = {one.name_lower for one in migration.operations if isinstance(one, CreateModel)}
    return isinstance(operation, FieldOperation) and operation.model_name_lower in new


def _plan() -> list[Migration]:
    """What of ours is still to be applied."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration for migration, _ in plan if migration.app_label in OURS]


def _forget_ours() -> MigrationRecorder:
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app__in=OURS).delete()
    return recorder


def test_a_new_database_takes_few_migrations(db: None) -> None:
    _forget_ours()
    plan = _plan()
    assert len(plan) <= FEW, "squash them, as docs/storage.md says"
    steps = {key for one in plan for key in one.replaces or [(one.app_label, one.name)]}
    assert steps == {key for key in EveryStep(None).disk_migrations if key[0] in OURS}


@pytest.mark.parametrize("first", OURS)
def test_an_installation_at_any_migration_has_a_way_to_the_end(db: None, first: str) -> None:
    """Whichever app was ahead of the others."""
    graph = EveryStep(None).graph
    leaves = sorted(graph.leaf_nodes(), key=lambda key: (key[0] != first, key))
    path = list(dict.fromkeys(key for leaf in leaves for key in graph.forwards_plan(leaf)))
    path = [key for key in path if key[0] in OURS]
    recorder = _forget_ours()
    for at, (app, name) in enumerate(path, 1):
        recorder.record_applied(app, name)
        rest = [key for one in _plan() for key in one.replaces or [(one.app_label, one.name)]]
        assert sorted(rest) == sorted(path[at:])


def test_every_app_with_migrations_is_looked_at() -> None:
    with_migrations = {app for app, _ in MigrationLoader(None).disk_migrations}
    own = {config.label for config in apps.get_app_configs() if "." not in config.name}
    assert own & with_migrations == set(OURS)


@pytest.mark.parametrize(
    ("operation", "is_refused"),
    [
        (RemoveField("board", "title"), True),
        (RenameField("board", "title", "name"), True),
        (DeleteModel("Board"), True),
        (AddField("board", "colour", models.CharField(default="red")), True),
        (AddField("board", "colour", models.CharField(db_default="red")), False),
        (AddField("board", "colour", models.CharField(null=True)), False),
        (AlterField("board", "title", models.CharField()), True),
    ],
)
def test_the_rule_knows_what_breaks(operation: Operation, is_refused: bool) -> None:
    assert bool(_breaks(operation)) == is_refused
