"""Spaces: what their boards inherit, and everything that changes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditLog
from audit.tests.actors import by
from boards.access.resolve import BoardFacts, resolve_access
from boards.access.selectors import boards_visible_to, people_of
from boards.access.spaces import resolve_space_access, spaces_of
from boards.access.subjects import PUBLIC, Subject
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, Space
from boards.spaces.folders import folder_create
from boards.spaces.members import space_leave, space_permission_grant, space_permission_revoke
from boards.spaces.placing import boards_place
from boards.spaces.services import space_create, space_delete, space_rename, space_transfer
from boards.tests.factories import make_board, make_user
from boards.tests.in_spaces import actions, give, level_of, version_of

NONE, VIEW, COMMENT, EDIT = AccessLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(alice: User) -> Space:
    return space_create(owner=alice, name=" Design ", by=by(alice))


@pytest.fixture
def board(alice: User, space: Space) -> Board:
    return make_board(alice, space=space)


# --- what boards inherit


def test_the_higher_of_both_wins(board: Board, space: Space, bob: User) -> None:
    give(space, bob, COMMENT)
    assert resolve_access(board, user=bob).via == "space"
    row = BoardPermission.objects.create(board=board, user=bob, level="view")
    assert level_of(board, bob) is COMMENT
    row.level = "edit"
    row.save()
    assert (level_of(board, bob), resolve_access(board, user=bob).via) == (EDIT, "user")


def test_strangers_and_other_spaces_get_nothing(board: Board, bob: User, charlie: User) -> None:
    other = space_create(owner=bob, name="Other", by=by(bob))
    give(other, charlie, EDIT)
    assert level_of(board, bob) is level_of(board, charlie) is NONE
    assert not resolve_space_access(other, make_user("dave")).can_see


def test_the_owner_of_a_space_edits_its_boards_and_manages_none(
    space: Space, alice: User, bob: User
) -> None:
    board = make_board(bob, space=space)
    access = resolve_access(board, user=alice)
    assert (access.level, access.via, access.can_manage) == (EDIT, "space", False)


def test_a_lock_holds_for_members_too(board: Board, space: Space, bob: User) -> None:
    from boards.lifecycle.lock import board_lock

    give(space, bob, EDIT)
    board_lock(board=board, by=by(board.owner))
    assert level_of(board, bob) is COMMENT


def test_facts_of_many_people_agree_and_take_few_queries(
    board: Board, space: Space, alice: User, bob: User, charlie: User
) -> None:
    team = Group.objects.create(name="team")
    people = [make_user(f"p{n}") for n in range(20)]
    for n, one in enumerate(people):
        one.groups.add(team) if n % 2 else give(space, one, COMMENT)
    give(space, team, VIEW)
    give(space, bob, EDIT)
    everybody = [alice, bob, charlie, *people]
    row = Board.objects.get(pk=board.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        facts = BoardFacts(row, users=everybody, link_ids=[])
        found = [resolve_access(row, user=one, facts=facts) for one in everybody]
    assert len(queries) == 2
    assert found == [resolve_access(row, user=one) for one in everybody]


def test_lists_tell_the_level_that_is_resolved(
    space: Space, alice: User, bob: User, charlie: User
) -> None:
    team = Group.objects.create(name="team")
    charlie.groups.add(team)
    give(space, bob, COMMENT)
    give(space, team, VIEW)
    make_board(alice, title="1", space=space)
    make_board(bob, title="2", space=space)
    make_board(alice, title="3", space=space, shared_with={bob: VIEW, charlie: EDIT})
    make_board(alice, title="4", shared_with={bob: EDIT})
    make_board(alice, title="5")
    make_board(alice, title="6", space=space, is_trashed=True)
    everybody = (alice, bob, charlie)
    for user in everybody:
        listed = {board.title: board.user_level for board in boards_visible_to(user)}  # type: ignore[attr-defined]
        expected = {}
        for board in Board.objects.all():
            access = resolve_access(board, user=user)
            if access.can_view:
                expected[board.title] = "owner" if access.is_owner else access.level.label
        assert listed == expected
    levels = [vars(spaces_of(user).get())["user_level"] for user in everybody]
    assert levels == ["owner", "comment", "view"]


def test_people_of_a_board_are_those_of_its_space_too(
    board: Board, space: Space, alice: User, bob: User, charlie: User
) -> None:
    team = Group.objects.create(name="team")
    charlie.groups.add(team)
    give(space, bob, VIEW)
    give(space, team, VIEW)
    make_user("dave")
    assert set(people_of(board)) == {alice, bob, charlie}


# --- what changes it


def test_every_change_of_a_space_counts_once_on_each_of_its_boards(
    space: Space, alice: User, bob: User, charlie: User
) -> None:
    team = Group.objects.create(name="team")
    inside = [make_board(alice, space=space), make_board(charlie, space=space)]
    outside = make_board(alice)

    def changes(do: Any) -> None:
        before = [version_of(board) for board in inside]
        do()
        assert [version_of(board) for board in inside] == [n + 1 for n in before]
        assert version_of(outside) == 1

    changes(lambda: give(space, bob, VIEW))
    changes(lambda: give(space, bob, EDIT))
    changes(lambda: space_leave(space=space, user=bob, by=by(bob)))
    changes(lambda: give(space, team, VIEW))
    changes(lambda: bob.groups.add(team))
    changes(lambda: bob.groups.remove(team))
    changes(lambda: space_permission_revoke(space=space, subject=Subject(group=team), by=by(alice)))
    changes(lambda: give(space, bob, VIEW))
    changes(lambda: _switch_off(bob))
    changes(lambda: space_transfer(space=space, new_owner=charlie, by=by(alice)))
    changes(lambda: space_delete(space=space, by=by(charlie)))
    assert actions().count("space_permission_change") == 6


def _switch_off(user: User) -> None:
    user.refresh_from_db()
    user.is_active = False
    user.save()


def test_a_change_of_a_large_space_takes_the_same_few_statements(
    space: Space, alice: User, bob: User, charlie: User
) -> None:
    def statements(who: User) -> int:
        with CaptureQueriesContext(connection) as queries:
            give(space, who, VIEW)
        return len(queries)

    make_board(alice, space=space)
    few = statements(bob)
    boards = [Board(owner=alice, title="x", space=space) for _ in range(2000)]
    Board.objects.bulk_create(boards)
    assert statements(charlie) == few
    assert set(Board.objects.filter(space=space).values_list("widened_at_version", flat=True)) == {
        2,
        3,
    }


def test_nothing_is_written_for_the_same_level_again(board: Board, space: Space, bob: User) -> None:
    give(space, bob, VIEW)
    before = (version_of(board), actions())
    give(space, bob, VIEW)
    assert (version_of(board), actions()) == before


def test_a_space_is_never_public_nor_for_its_owner_or_the_deactivated(
    space: Space, alice: User, bob: User
) -> None:
    _switch_off(bob)
    bob.refresh_from_db()
    for subject in (PUBLIC, Subject(user=alice), Subject(user=bob)):
        with pytest.raises(ValidationError):
            space_permission_grant(space=space, subject=subject, level=VIEW, by=by(alice))
    with pytest.raises(ValidationError):
        space_transfer(space=space, new_owner=bob, by=by(alice))


def test_deleted_accounts_and_groups_leave_rows(space: Space, bob: User) -> None:
    team = Group.objects.create(name="team")
    give(space, bob, VIEW)
    give(space, team, VIEW)
    bob.delete()
    team.delete()
    assert not space.permissions.exists()
    assert actions()[-2:] == ["space_permission_change"] * 2


def test_a_deleted_space_leaves_its_boards_to_their_owners(
    space: Space, alice: User, bob: User
) -> None:
    give(space, bob, EDIT)
    folder = folder_create(space=space, name="Drafts", parent=None, by=by(alice))
    board = make_board(alice, space=space)
    boards_place(boards=[board], space=space, folder=folder, by=by(alice))
    assert space_delete(space=space, by=by(alice)) == 1
    board.refresh_from_db()
    assert (board.space, board.folder, board.owner) == (None, None, alice)
    assert level_of(board, bob) is NONE
    row = AuditLog.objects.latest("pk")
    assert (row.action, row.data["space"], row.data["boards"]) == ("space_delete", "Design", 1)


def test_renaming_is_recorded_and_an_empty_name_refused(space: Space, alice: User) -> None:
    space_rename(space=space, name="Art", by=by(alice))
    assert AuditLog.objects.latest("pk").data["old"] == "Design"
    with pytest.raises(ValidationError):
        space_rename(space=space, name=" ", by=by(alice))
    with pytest.raises(ValidationError):
        space_create(owner=alice, name="a\0b", by=by(alice))
