"""Comments as tests write them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from boards.models import Board

JSON = "application/json"
POINT = {"x": 10, "y": -2.5}


def path_of(board: Board, *parts: object) -> str:
    return "/".join([f"/api/v1/boards/{board.pk}/comments", *map(str, parts)])


def say(client: Client, board: Board, body: str = "Why?", query: str = "", **more: Any) -> Any:
    data = {"anchor": POINT, "body": body, **more}
    return client.post(f"{path_of(board)}{query}", data, JSON)
