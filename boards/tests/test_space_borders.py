"""What belongs to one space is reached by no other, and who comes at the same moment is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.dispatch import Signal
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from audit.tests.actors import by
from boards.access.newcomers import open_to_members
from boards.access.resolve import resolve_access
from boards.access.selectors import people_of
from boards.access.spaces import resolve_space_access, spaces_open_to
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import Board, Folder, LiveConnection, Space
from boards.signals import board_opening, boards_access_changed
from boards.spaces.folders import folder_create, folder_move
from boards.spaces.members import space_permission_grant
from boards.spaces.services import space_create
from boards.tests.factories import client_of, make_board


@pytest.fixture
def space(alice: User) -> Space:
    return space_create(owner=alice, name="Design", by=by(alice))


@pytest.fixture
def foreign(bob: User) -> Folder:
    """A folder of somebody else's space."""
    other = space_create(owner=bob, name="Other", by=by(bob))
    return folder_create(space=other, name="Theirs", parent=None, by=by(bob))


def give(space: Space, user: User) -> None:
    level = AccessLevel.VIEW
    space_permission_grant(space=space, subject=Subject(user=user), level=level, by=by(space.owner))


@contextmanager
def received(signal: Signal, receiver: Any) -> Iterator[None]:
    signal.connect(receiver, weak=False)
    try:
        yield
    finally:
        signal.disconnect(receiver)


# --- folders


def test_a_folder_is_reached_through_its_own_space_alone(
    space: Space, foreign: Folder, alice: User
) -> None:
    client = client_of(alice)
    rest = f"/api/v1/spaces/{space.pk}/folders/{foreign.pk}"
    json: Any = {"content_type": "application/json"}
    codes = [
        client.get(rest).status_code,
        client.patch(rest, {"name": "Mine"}, **json).status_code,
        client.delete(rest).status_code,
        client.post(f"/spaces/{space.pk}/folders/{foreign.pk}", {"name": "Mine"}).status_code,
        client.post(f"/spaces/{space.pk}/folders", {"name": "x", "parent": foreign.pk}).status_code,
    ]
    assert codes == [404] * 5
    foreign.refresh_from_db()
    assert (foreign.name, Folder.objects.count()) == ("Theirs", 1)


def test_no_folder_comes_into_one_of_another_space(
    space: Space, foreign: Folder, alice: User
) -> None:
    own = folder_create(space=space, name="Own", parent=None, by=by(alice))
    with pytest.raises(ValidationError):
        folder_move(folder=own, parent=foreign, by=by(alice))
    with pytest.raises(ValidationError):
        folder_create(space=space, name="New", parent=foreign, by=by(alice))
    own.refresh_from_db()
    assert (own.parent, Folder.objects.count()) == (None, 2)


# --- people


def test_who_is_switched_off_has_no_space_and_is_named_to_nobody(
    space: Space, alice: User, bob: User, dana: User
) -> None:
    board = make_board(alice, space=space)
    for user in (bob, dana):
        give(space, user)
    User.objects.filter(pk__in=[bob.pk, dana.pk]).update(is_active=False)
    for user in User.objects.filter(pk__in=[bob.pk, dana.pk]):
        assert not resolve_space_access(space, user).can_see
        assert not spaces_open_to(user).exists()
    assert list(people_of(board)) == [alice]


# --- changes at the same moment


def test_who_is_let_in_while_others_open_the_board_makes_it_due_again(
    space: Space, alice: User, bob: User, charlie: User
) -> None:
    board = make_board(alice, space=space)
    give(space, bob)

    def another_one(**_: Any) -> None:
        give(space, charlie)

    board.refresh_from_db()
    with received(board_opening, another_one):
        assert open_to_members(board, resolve_access(board, user=bob))
    board.refresh_from_db()
    assert board.widened_at_version == board.access_version
    assert open_to_members(board, resolve_access(board, user=charlie))
    board.refresh_from_db()
    assert board.widened_at_version == 0


def test_sockets_of_other_processes_are_told_of_a_change(
    space: Space,
    alice: User,
    bob: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    opened, closed = make_board(alice, space=space), make_board(alice, space=space)
    LiveConnection.objects.create(
        connection_id=uuid4(),
        board_id=opened.pk,
        user_id=alice.pk,
        process=uuid4(),
        seen_at=timezone.now(),
    )
    told: list[UUID] = []

    def hear(board_ids: list[UUID], **_: Any) -> None:
        told.extend(board_ids)

    with (
        received(boards_access_changed, hear),
        django_capture_on_commit_callbacks(execute=True),
    ):
        give(space, bob)
    assert told == [opened.pk]
    assert set(Board.objects.values_list("access_version", flat=True)) == {2}, closed


def test_a_space_that_is_missing_is_like_one_of_others(foreign: Folder, charlie: User) -> None:
    board = make_board(charlie)
    answers = []
    for space_id in (foreign.space_id, uuid4()):
        client: Client = client_of(charlie)
        address, rest = f"/api/v1/spaces/{space_id}", f"/api/v1/boards/{board.pk}"
        moved = client.patch(rest, {"space": str(space_id)}, content_type="application/json")
        made = client.post(
            "/api/v1/boards",
            {"title": "New", "space": str(space_id)},
            content_type="application/json",
        )
        answers.append(
            [(one.status_code, one.json()) for one in (client.get(address), moved, made)]
        )
    assert answers[0] == answers[1]
    assert [code for code, _ in answers[0]] == [404, 400, 400]
