"""What tests of notices do and look at."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from boards.comments.services import author_of_user, thread_create
from boards.models import Board
from boards.tests.factories import client_of

POINT = {"x": 1, "y": 2}
LIST, READ = "/api/v1/notifications", "/api/v1/notifications/read"


def told(user: User) -> list[str]:
    """What the person reads behind the bell, the newest first."""
    answer = client_of(user).get(LIST).json()
    return [one["text"] for one in answer["results"]]


def say(board: Board, body: str, author: User) -> Any:
    return thread_create(board=board, anchor=POINT, body=body, author=author_of_user(author))
