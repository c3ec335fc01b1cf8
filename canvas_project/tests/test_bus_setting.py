"""`CANVAS_BUS` says how processes hear of each other; a wrong one is reported at the start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from canvas_project.bus import bus_of

ROOT = Path(__file__).resolve().parents[2]
SQLITE = "canvas_project.sqlite3"
POSTGRES = "django.db.backends.postgresql"
REDIS = "redis://127.0.0.1:6379/0"


@pytest.mark.parametrize(
    ("kind", "redis_url", "engine", "expected"),
    [
        ("", "", SQLITE, "memory"),
        ("", "", POSTGRES, "memory"),
        ("", REDIS, POSTGRES, "redis"),
        ("redis", REDIS, SQLITE, "redis"),
        ("postgres", "", POSTGRES, "postgres"),
        ("postgres", REDIS, POSTGRES, "postgres"),
        ("memory", REDIS, POSTGRES, "memory"),
    ],
)
def test_the_bus_is_the_one_that_is_named(
    kind: str, redis_url: str, engine: str, expected: str
) -> None:
    assert bus_of(kind, redis_url, engine).kind == expected


@pytest.mark.parametrize(
    ("kind", "redis_url", "engine", "advice"),
    [
        ("kafka", REDIS, POSTGRES, "set it to redis, postgres or memory"),
        ("redis", "", POSTGRES, "set CANVAS_REDIS_URL"),
        ("redis", "localhost:6379", POSTGRES, "set CANVAS_REDIS_URL"),
        ("postgres", REDIS, SQLITE, "set DATABASE_URL"),
    ],
)
def test_a_bus_that_cannot_work_is_refused(
    kind: str, redis_url: str, engine: str, advice: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=advice):
        bus_of(kind, redis_url, engine)


def test_the_server_says_in_one_sentence_what_to_set(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "CANVAS_DATA_DIR": str(tmp_path),
        "CANVAS_BUS": "kafka",
        "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
    }
    result = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == "CANVAS_BUS='kafka': set it to redis, postgres or memory.\n"
