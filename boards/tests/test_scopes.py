"""Scopes of tokens: their grammar, and how they cap access."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.tokens.services import token_create
from audit.tests.actors import by
from boards.access.resolve import Entry, resolve_access
from boards.access.scopes import ScopeError, ScopeLevel, Scopes
from boards.access.selectors import boards_in_trash, boards_visible_to
from boards.levels import AccessLevel
from boards.models import Board, Space
from boards.tests.factories import make_board, make_user

ONE = "8c5e0c0e-5d0e-4b76-9a55-2e7f6c4ad001"


@pytest.mark.parametrize(
    "text",
    [
        *("", "boards", "boards:", "boards:view", "boards:READ", "board:read", "board::read"),
        *("boards:read:edit", f"board:{ONE}", f"board:{ONE}:none", f"board:{ONE}:read:x"),
        *("board:not-an-id:read", f"board:{ONE.replace('-', '')}:read", f"space:{ONE}:owner"),
        *("account:manage", None, 5, f"board:{{{ONE}}}:read"),
    ],
)
def test_anything_else_is_no_scope(text: object) -> None:
    with pytest.raises(ScopeError):
        Scopes.parse([text])


def test_scopes_are_stored_once_without_those_that_others_include() -> None:
    given = ["boards:comment", f"board:{ONE}:read", f"board:{ONE}:manage", f"space:{ONE}:comment"]
    scopes = Scopes.parse([*given, "boards:read"])
    assert scopes.texts() == [f"board:{ONE}:manage", "boards:comment"]
    assert Scopes.parse(scopes.texts()).texts() == scopes.texts()


@pytest.mark.django_db
def test_a_scope_caps_and_gives_nothing() -> None:
    alice, bob = make_user("alice"), make_user("bob")
    board = make_board(alice, shared_with={bob: AccessLevel.COMMENT}, public=AccessLevel.EDIT)
    board.permissions.filter(is_public=True).delete()
    for scope in ScopeLevel:
        scopes = Scopes(boards={board.pk: scope})
        for user, has in ((alice, AccessLevel.EDIT), (bob, AccessLevel.COMMENT)):
            access = resolve_access(board, user=user, scopes=scopes)
            assert access.level == min(has, scope.access_level)
            assert access.can_manage == (user == alice and scope is ScopeLevel.MANAGE)
            assert access.audit_level == ("owner" if access.can_manage else access.audit_level)
        elsewhere = Scopes(boards={uuid.uuid4(): scope})
        assert not resolve_access(board, user=alice, scopes=elsewhere).can_view


@pytest.mark.django_db
def test_also_at_the_public_address_and_for_superusers() -> None:
    alice, dana = make_user("alice"), make_user("dana", is_superuser=True)
    board = make_board(alice, public=AccessLevel.EDIT)
    none, read = Scopes(), Scopes(ScopeLevel.READ)
    for entry in Entry:
        assert not resolve_access(board, user=dana, entry=entry, scopes=none).can_view
        access = resolve_access(board, user=dana, entry=entry, wants_edit=True, scopes=read)
        assert access.level is AccessLevel.VIEW
        assert not access.can_manage


@pytest.mark.django_db
def test_a_space_is_where_the_board_is_now() -> None:
    alice = make_user("alice")
    here, there = (Space.objects.create(name=name, owner=alice) for name in ("here", "there"))
    board = make_board(alice)
    scopes = Scopes(spaces={here.pk: ScopeLevel.EDIT})
    for space, level in ((None, 0), (here, 3), (there, 0)):
        board.space = space
        assert resolve_access(board, user=alice, scopes=scopes).level == level


@pytest.mark.django_db
def test_lists_have_what_the_scopes_reach() -> None:
    alice = make_user("alice")
    space = Space.objects.create(name="here", owner=alice)
    one, two, _ = (make_board(alice, title=title) for title in ("one", "two", "three"))
    Board.objects.filter(pk=two.pk).update(space=space)
    scopes = Scopes(boards={one.pk: ScopeLevel.READ}, spaces={space.pk: ScopeLevel.MANAGE})
    assert {board.title for board in boards_visible_to(alice, scopes)} == {"one", "two"}
    assert boards_visible_to(alice, Scopes(ScopeLevel.READ)).count() == 3
    assert boards_visible_to(alice, Scopes()).count() == 0
    for board in (one, two):
        Board.objects.filter(pk=board.pk).update(deleted_at=board.created_at)
    assert [board.title for board in boards_in_trash(alice, scopes)] == ["two"]
    edit = Scopes(boards={one.pk: ScopeLevel.EDIT}, spaces={space.pk: ScopeLevel.EDIT})
    assert not boards_in_trash(alice, edit).exists(), "the trash is for those who manage"


@pytest.mark.django_db
def test_search_and_spaces_show_what_the_scopes_may_read() -> None:
    alice, bob = make_user("alice"), make_user("bob")
    inside, outside = Space.objects.bulk_create(Space(name=n, owner=alice) for n in "io")
    boards = [make_board(alice, title=f"kumquat {n}") for n in range(3)]
    Board.objects.filter(pk=boards[0].pk).update(space=inside)
    Board.objects.filter(pk=boards[1].pk).update(space=outside)
    make_board(bob, title="kumquat of bob", shared_with={alice: AccessLevel.COMMENT})

    def shown(scope: str, path: str) -> Any:
        _, secret = token_create(
            user=alice, name=uuid.uuid4().hex, scopes=[scope], expires_at=None, by=by(alice)
        )
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        answer = client.get(path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    for scope, titles, names in (
        ("boards:read", 4, ["i", "o"]),
        (f"space:{inside.pk}:comment", 1, ["i"]),
        (f"board:{boards[2].pk}:manage", 1, []),
        (f"board:{uuid.uuid4()}:read", 0, []),
    ):
        found = shown(scope, "/api/v1/search?q=kumquat")
        assert len(found["boards"]) == titles, scope
        assert shown(scope, "/api/v1/search?q=bob")["people"] == []
        assert [space["name"] for space in shown(scope, "/api/v1/spaces")] == names, scope
