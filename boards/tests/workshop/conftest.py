"""A board on which people of every level hold a workshop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from boards.levels import AccessLevel
from boards.models import Board
from boards.signals import board_event
from boards.tests.factories import make_board, make_user
from boards.tests.workshop.seat import Seat


@pytest.fixture
def events(django_capture_on_commit_callbacks: Any) -> Iterator[list[Any]]:
    """What was sent to the pages of boards."""
    heard: list[Any] = []

    def listen(board_id: Any, event: Any, **_: Any) -> None:
        heard.append(event)

    board_event.connect(listen)
    yield heard
    board_event.disconnect(listen)


@pytest.fixture
def people(alice: User, charlie: User) -> dict[str, User]:
    cast = {name: make_user(name) for name in ("viewer", "commenter", "editor", "second")}
    return {**cast, "alice": alice, "charlie": charlie}


@pytest.fixture
def board(people: dict[str, User]) -> Board:
    levels = {"viewer": "view", "commenter": "comment", "editor": "edit", "second": "edit"}
    shared_with = {people[name]: AccessLevel.parse(level) for name, level in levels.items()}
    return make_board(people["alice"], shared_with=shared_with)


@pytest.fixture
def seats(board: Board, people: dict[str, User]) -> dict[str, Seat]:
    return {name: Seat(board, user) for name, user in people.items()}
