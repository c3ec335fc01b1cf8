"""What a server with SQLite has stored."""

import sqlite3
from pathlib import Path
from typing import Any

from tests.server import Server


def rows(server: Server, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the query finds; also runs one that writes."""
    path = Path(server.environment["CANVAS_DATA_DIR"]) / "canvas.sqlite3"
    with sqlite3.connect(path) as database:
        return database.execute(query, values).fetchall()


def groups_of(server: Server, username: str) -> set[str]:
    """The names of someone's groups."""
    query = (
        "SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id "
        "JOIN auth_user u ON u.id = m.user_id WHERE u.username = ?"
    )
    return {name for (name,) in rows(server, query, username)}
