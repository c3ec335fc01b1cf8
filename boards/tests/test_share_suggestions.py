"""Names offered while someone types: enough to find colleagues, not to read the directory."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from pytest_django.fixtures import Settings

from boards.access import people
from boards.api.throttles import SuggestionThrottle
from boards.levels import AccessLevel
from boards.models import Board, Space
from boards.sharing.suggestions import suggestions
from boards.tests.factories import client_of, make_board, make_user


def offered(user: User, board: Board, typed: str) -> list[str]:
    answer = client_of(user).get(f"/api/v1/boards/{board.pk}/suggestions", {"q": typed})
    assert answer.status_code == 200, answer.content
    return [one["value"] for one in answer.json()]


@pytest.fixture
def kim(db: None) -> User:
    user = make_user("kim")
    user.first_name, user.last_name, user.email = "Kim", "van Ott", "secret@example.org"
    user.save()
    return user


def test_strangers_are_not_offered(board: Board, alice: User, kim: User) -> None:
    assert offered(alice, board, "ki") == []


@pytest.mark.parametrize("by", ["group", "space", "board"])
def test_people_one_shares_something_with_are(
    board: Board, alice: User, bob: User, kim: User, by: str
) -> None:
    if by == "group":
        team = Group.objects.create(name="Team")
        team.user_set.add(alice, kim)
    elif by == "space":
        space = Space.objects.create(owner=kim, name="Design")
        space.permissions.create(user=alice, level="edit")
        make_board(bob, space=space)
    else:
        make_board(alice, shared_with={kim: AccessLevel.VIEW})
    for typed in ("ki", "KIM", "van", "ott", "kim ott"):
        assert offered(alice, board, typed) == ["kim"], typed
    for typed in ("im", "secret", "example", "%im", "__"):
        assert offered(alice, board, typed) == [], typed


def test_owners_of_many_boards_are_offered_the_same(
    alice: User, bob: User, kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many boards they are not all looked through."""
    team = Group.objects.create(name="Team")
    kit = make_user("kit")
    team.user_set.add(alice, kit)
    make_user("kid")  # a stranger
    boards = [make_board(alice) for _ in range(4)]
    boards[2].permissions.create(user=kim, level="view")
    space = Space.objects.create(owner=make_user("kiki"), name="Design")
    make_board(alice, space=space)
    for few in (1_000, 2):
        monkeypatch.setattr(people, "FEW_BOARDS", few)
        assert offered(alice, boards[0], "ki") == ["kiki", "kit", "kim"], few
        # Whoever has every level already takes no place from others.
        given = make_board(kim, shared_with={alice: AccessLevel.EDIT})
        assert [one.value for one in suggestions(alice, kim.pk, "ki")] == ["kiki", "kit"], given


def test_who_only_looks_at_a_board_learns_nobody(alice: User, bob: User, kim: User) -> None:
    make_board(kim, shared_with={alice: AccessLevel.VIEW})
    assert offered(alice, make_board(alice), "ki") == []


def test_groups_of_ones_own(board: Board, alice: User) -> None:
    Group.objects.create(name="Managers")
    mine = Group.objects.create(name="Makers")
    alice.groups.add(mine)
    assert offered(alice, board, "ma") == ["Makers"]


def test_everyone_if_so_set(board: Board, alice: User, kim: User, settings: Settings) -> None:
    settings.CANVAS_DIRECTORY = "everyone"
    Group.objects.create(name="Kindergarten")
    assert offered(alice, board, "ki") == ["Kindergarten", "kim"]
    kim.is_active = False
    kim.save()
    assert offered(alice, board, "ki") == ["Kindergarten"]


def test_few_at_a_time(board: Board, alice: User, settings: Settings) -> None:
    settings.CANVAS_DIRECTORY = "everyone"
    for number in range(12):
        make_user(f"person{number:02}")
    assert len(offered(alice, board, "pe")) == 8


@pytest.mark.parametrize("typed", ["", "k", " k ", "x" * 151, "k\0i"])
def test_too_little_or_too_much_is_refused(board: Board, alice: User, typed: str) -> None:
    path = f"/api/v1/boards/{board.pk}/suggestions"
    assert client_of(alice).get(path, {"q": typed}).status_code == 400


def test_not_for_people_who_may_not_share(board: Board, bob: User, charlie: User) -> None:
    path = f"/api/v1/boards/{board.pk}/suggestions"
    expected: list[tuple[Any, int]] = [(bob, 403), (charlie, 404), (None, 401)]
    for person, status in expected:
        assert client_of(person).get(path, {"q": "al"}).status_code == status


def test_for_a_space_as_for_a_board(db: None, alice: User, bob: User, charlie: User) -> None:
    """Its owner is offered the people they know; members and strangers are refused."""
    space = Space.objects.create(owner=alice, name="Design")
    space.permissions.create(user=bob, level="edit")
    make_board(alice, space=space)
    path = f"/api/v1/spaces/{space.pk}/suggestions"
    answer = client_of(alice).get(path, {"q": "bo"})
    assert [one["value"] for one in answer.json()] == ["bob"]
    expected: list[tuple[Any, int]] = [(bob, 403), (charlie, 404), (None, 401)]
    for person, status in expected:
        assert client_of(person).get(path, {"q": "al"}).status_code == status
    page = client_of(alice).get(f"/spaces/{space.pk}").content.decode()
    assert page.count(f'data-suggest="{path}"') == 2  # to add somebody, and to give it away


def test_not_without_end(board: Board, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SuggestionThrottle, "rate", "3/min")
    path = f"/api/v1/boards/{board.pk}/suggestions"
    codes = [client_of(alice).get(path, {"q": "ki"}).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


def test_the_panel_says_where_a_level_comes_from(board: Board, alice: User, bob: User) -> None:
    space = Space.objects.create(owner=alice, name="Design")
    Board.objects.filter(pk=board.pk).update(space=space)
    team = Group.objects.create(name="Team")
    team.user_set.add(bob)
    space.permissions.create(group=team, level="view")
    page = client_of(alice).get(f"/board/{board.pk}/share").content.decode()
    assert "From the space “Design”" in page
    assert "Owner of the space" in page
    assert "by the space" not in page
    board.permissions.filter(user=bob).update(level="view")
    space.permissions.update(level="comment")
    page = client_of(alice).get(f"/board/{board.pk}/share").content.decode()
    assert "Can comment: by the space “Design”" in page
    board.permissions.create(group=team, level="edit")
    page = client_of(alice).get(f"/board/{board.pk}/share").content.decode()
    assert "Can edit: by the group “Team”" in page
