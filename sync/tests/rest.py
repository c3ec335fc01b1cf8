"""Calls of the REST interface of one board."""

import uuid
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from boards.models import Board
from boards.tests.factories import client_of
from sync.drawing.scene import elements_of
from sync.programs.documents import document_now

JSON = "application/json"
BINARY = "application/octet-stream"
RECTANGLE = {"type": "rectangle", "x": 10, "y": 20, "width": 30, "height": 40}


def call(user: User | None, method: str, board_id: uuid.UUID, path: str, *args: Any) -> Any:
    client: Client = client_of(user)
    return getattr(client, method)(f"/api/v1/boards/{board_id}/{path}", *args)


def write(user: User | None, board: Board, path: str, body: Any, kind: str = JSON) -> Any:
    return call(user, "post", board.pk, path, body, kind)


def elements_on(board: Board) -> dict[str, dict[str, Any]]:
    board.refresh_from_db()
    return {e["id"]: e for e in elements_of(document_now(board.pk)[0].content())}
