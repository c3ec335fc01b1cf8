"""People at a workshop, as its tests need them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from boards.models import Board
from boards.tests.factories import client_of

JSON = "application/json"
OBJECTS = ["note-1", "note-2", "note-3"]


class Seat:
    """One person at a workshop."""

    def __init__(self, board: Board, user: User | None, query: str = "") -> None:
        self.client, self.board, self.query = client_of(user), board, query

    def send(self, method: str, part: str = "", body: Any = None) -> Any:
        path = f"/api/v1/boards/{self.board.pk}/workshop{part and '/' + part}{self.query}"
        return getattr(self.client, method)(path, body, content_type=JSON)

    def state(self) -> Any:
        answer = self.client.get(f"/api/v1/boards/{self.board.pk}/workshop{self.query}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def does(self, method: str, part: str = "", body: Any = None) -> Any:
        answer = self.send(method, part, body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def votes(self, dots: dict[str, int], *, is_done: bool = False) -> Any:
        vote = self.state()["workshop"]["vote"]["id"]
        return self.send("put", "ballot", {"vote": vote, "dots": dots, "is_done": is_done})


def guest(board: Board) -> Seat:
    """Somebody without an account at the public link, whose browser has opened the page."""
    seat = Seat(board, None, "?public=1")
    seat.client.get(f"/board/{board.pk}/public")
    return seat


def open_vote(seats: dict[str, Seat], dots: int = 3) -> None:
    seats["editor"].does("post", "lead")
    seats["editor"].does("put", "vote", {"dots": dots, "objects": OBJECTS})
