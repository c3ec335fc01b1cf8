"""What a server with SQLite has stored."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.server import Server


def rows(server: Server, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the query finds; also runs one that writes."""
    path = data_of(server) / "canvas.sqlite3"
    with sqlite3.connect(path) as database:
        return database.execute(query, values).fetchall()


def data_of(server: Server) -> Path:
    """The directory of its data."""
    return Path(server.environment["CANVAS_DATA_DIR"])


def files_of(server: Server) -> dict[str, bytes]:
    """Every file in that directory, by its path there. The server may go on meanwhile: a file that
    is being written and renamed is there under one of its names.
    """
    directory, found = data_of(server), dict[str, bytes]()
    for path in directory.rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError):
            found[str(path.relative_to(directory))] = path.read_bytes()
    return found


def groups_of(server: Server, username: str) -> set[str]:
    """The names of someone's groups."""
    query = (
        "SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id "
        "JOIN auth_user u ON u.id = m.user_id WHERE u.username = ?"
    )
    return {name for (name,) in rows(server, query, username)}
