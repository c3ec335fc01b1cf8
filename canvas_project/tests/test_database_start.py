"""A database that can't be used stops the start, with one sentence that says what to set."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django.fixtures import Settings

from boards.tests.factories import client_of, make_user
from canvas_project.database_start import (
    DatabaseProblemError,
    prepare_database,
    unknown_migrations,
)
from tests.ports import free_port
from tests.server import ROOT


def start(tmp_path: Path, **environment: str) -> str:
    """The last words of a server that must not start."""
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", str(free_port())],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
            "CANVAS_DATA_DIR": str(tmp_path),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://canvas:s3cret@127.0.0.1:{port}/canvas", ["can't be used", "{port}"]),
        ("postgresql://canvas:s3cret@no-such-host.invalid/canvas", ["no-such-host.invalid"]),
        ("sqlite:////no/such/directory/canvas.sqlite3", ["/no/such/directory", "sqlite:////path"]),
        ("postgresql://canvas:s3/cret@host/canvas", ["cannot be understood", "%-codes"]),
    ],
)
def test_a_wrong_address_is_named_without_its_password(
    tmp_path: Path, url: str, words: list[str]
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and it does not listen, nor can anybody else there
        port = str(nobody.getsockname()[1])
        said = start(tmp_path, DATABASE_URL=url.format(port=port))
    for word in ("DATABASE_URL", *words):
        assert word.format(port=port) in said
    assert "postgresql://user:password@host" in said or "sqlite:////path/to/file" in said
    assert "s3cret" not in said
    assert "s3/cret" not in said


def test_a_database_of_a_newer_version_is_refused_unless_its_notes_allow_it(
    db: None, settings: Settings
) -> None:
    assert unknown_migrations() == []
    recorder = MigrationRecorder(connection)
    recorder.record_applied("sync", "9998_from_the_future")
    recorder.record_applied("boards", "9999_from_the_future")
    recorder.record_applied("an_app_that_is_gone", "0001_initial")
    unknown = ["boards.9999_from_the_future", "sync.9998_from_the_future"]
    assert unknown_migrations() == unknown
    with pytest.raises(DatabaseProblemError, match=r"newer version.*CANVAS_NEWER_DATABASE=true"):
        prepare_database(migrate=False)
    settings.CANVAS_NEWER_DATABASE = True
    prepare_database(migrate=False)


def test_the_status_page_names_a_newer_database(db: None) -> None:
    MigrationRecorder(connection).record_applied("sync", "9998_from_the_future")
    admin = make_user("root")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    page = client_of(admin).get("/admin/status").content.decode()
    assert "sync.9998_from_the_future" in page
    assert "CANVAS_NEWER_DATABASE=true" in page


def test_an_older_database_is_refused_where_others_migrate(db: None) -> None:
    prepare_database(migrate=False)
    recorder = MigrationRecorder(connection)
    newest = max(name for app, name in recorder.applied_migrations() if app == "sync")
    recorder.record_unapplied("sync", newest)
    with pytest.raises(DatabaseProblemError, match="upgrade_database"):
        prepare_database(migrate=False)


def test_servers_that_start_together_migrate_one_after_the_other(tmp_path: Path) -> None:
    program = (
        "import django; django.setup()\n"
        "from canvas_project.database_start import prepare_database\n"
        "prepare_database(migrate=True)"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
        "CANVAS_DATA_DIR": str(tmp_path),
    }
    starts = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment)
        for _ in range(2)
    ]
    assert [one.wait(timeout=120) for one in starts] == [0, 0]
