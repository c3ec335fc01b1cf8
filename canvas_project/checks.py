"""System checks for limits that make no sense together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from canvas_project.connections import max_connections
from canvas_project.file_systems import NETWORK_KINDS, kind_of

MAX_DEPTH = 1000
"""Deeper values would be safe for this server, but not for every browser."""


@register
def limits_make_sense(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Checks for limits that contradict each other or can't be enforced."""
    rules = (
        (
            settings.CANVAS_MAX_UPDATE_BYTES <= settings.CANVAS_MAX_FRAME_BYTES,
            "CANVAS_MAX_UPDATE_BYTES is above CANVAS_MAX_FRAME_BYTES: what REST takes could not be "
            "sent to people.",
        ),
        (
            settings.CANVAS_MAX_VALUE_DEPTH <= MAX_DEPTH,
            f"CANVAS_MAX_VALUE_DEPTH is above {MAX_DEPTH}: browsers could not read such a board.",
        ),
        (
            settings.CANVAS_MAX_WRITERS_PER_KEY <= settings.CANVAS_MAX_UPDATE_STRUCTS,
            "CANVAS_MAX_WRITERS_PER_KEY is above CANVAS_MAX_UPDATE_STRUCTS.",
        ),
    )
    return [
        Error(message, id=f"canvas.E{number:03}")
        for number, (holds, message) in enumerate(rules, start=1)
        if not holds
    ]


@register
def descriptors_suffice(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Checks that the process may have as many connections as the limits allow."""
    if max_connections() >= settings.CANVAS_MAX_SOCKETS_PER_ADDRESS * 2:
        return []
    return [
        Warning(
            f"This process may hold {max_connections()} connections. Raise its limit on open files "
            "(ulimit -n, or LimitNOFILE= of the service).",
            id="canvas.W020",
        )
    ]


@register
def database_is_on_a_local_disk(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Checks that SQLite's file is not on a network file system."""
    return in_unsafe_place(settings.DATABASES["default"])


def in_unsafe_place(database: dict[str, Any]) -> list[CheckMessage]:
    """What is wrong with where a database is kept."""
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    kind = kind_of(Path(database["NAME"]))
    if kind not in NETWORK_KINDS:
        return []
    return [
        Warning(
            f"The database is on a network file system ({kind}), where SQLite can damage or lose "
            "it: set CANVAS_DATA_DIR to a directory of a local disk, or DATABASE_URL to a "
            "PostgreSQL.",
            id="canvas.W021",
        )
    ]
