"""Groups, locks, owners, copies, asking for access, and the end of boards in the trash."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from audit.models import AuditLog
from audit.tests.actors import by
from audit.verification import audit_verify
from boards.access.resolve import Entry, resolve_access
from boards.access.selectors import boards_visible_to
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.lifecycle.lock import board_lock, board_unlock
from boards.models import Board, BoardPermission
from boards.sharing.permissions import board_leave, permission_grant
from boards.sharing.transfer import board_transfer
from boards.signals import board_access_changed, board_event
from boards.tests.factories import client_of, make_board, make_user
from boards.tests.matrix import Api, answers
from boards.tests.uploads import add_file

NONE, VIEW, COMMENT, EDIT = AccessLevel
JSON = "application/json"


def version(board: Board) -> int:
    return Board.objects.values_list("access_version", flat=True).get(pk=board.pk)


@pytest.fixture
def team(charlie: User) -> Group:
    group = Group.objects.create(name="Team")
    charlie.groups.add(group)
    return group


# --- groups


def test_a_group_row_is_for_its_people_alone(board: Board, alice: User, team: Group) -> None:
    outsider = make_user("outsider")
    permission_grant(board=board, subject=Subject(group=team), level=COMMENT, by=by(alice))
    charlie = team.user_set.get()
    access = resolve_access(board, user=charlie)
    assert (access.level, access.via) == (COMMENT, "group")
    assert resolve_access(board, user=outsider).level is NONE
    assert resolve_access(board, user=None).level is NONE
    assert resolve_access(board, user=charlie, entry=Entry.PUBLIC).level is NONE
    assert [row.title for row in boards_visible_to(charlie)] == ["Roadmap"]
    assert getattr(boards_visible_to(charlie)[0], "user_level", "") == "comment"
    row = AuditLog.objects.get(action="permission_change")
    assert row.data == {"subject": "group", "group": "Team", "old": "none", "new": "comment"}


def test_the_highest_of_own_and_group_counts(
    board: Board, alice: User, charlie: User, team: Group
) -> None:
    permission_grant(board=board, subject=Subject(group=team), level=EDIT, by=by(alice))
    BoardPermission.objects.create(board=board, user=charlie, level="view")
    assert resolve_access(board, user=charlie).via == "group"
    assert getattr(boards_visible_to(charlie)[0], "user_level", "") == "edit"
    BoardPermission.objects.filter(user=charlie).update(level="edit")
    assert resolve_access(board, user=charlie).via == "user"


def test_coming_and_going_in_a_group_is_announced(
    board: Board, alice: User, bob: User, team: Group, django_capture_on_commit_callbacks: Any
) -> None:
    permission_grant(board=board, subject=Subject(group=team), level=EDIT, by=by(alice))
    heard: list[Any] = []

    def listen(board_id: Any, **_: Any) -> None:
        heard.append(board_id)

    board_access_changed.connect(listen)
    changes: list[Any] = [
        lambda: bob.groups.add(team),
        lambda: team.user_set.remove(bob),
        lambda: bob.groups.set([team]),
        lambda: bob.groups.clear(),
        lambda: team.user_set.clear(),
    ]
    for change in changes:
        before = version(board)
        with django_capture_on_commit_callbacks(execute=True):
            change()
        assert version(board) > before
        assert set(heard) == {board.pk}
        heard.clear()
    board_access_changed.disconnect(listen)


def test_a_deleted_group_takes_its_levels_along_and_leaves_rows(
    board: Board, alice: User, team: Group
) -> None:
    permission_grant(board=board, subject=Subject(group=team), level=EDIT, by=by(alice))
    before = version(board)
    team.delete()
    assert version(board) > before
    row = AuditLog.objects.filter(action="permission_change").first()
    assert row is not None
    assert (row.data["group"], row.data["new"], row.actor_kind) == ("Team", "none", "system")
    assert audit_verify().is_intact


def test_groups_in_rest_and_panel(board: Board, alice: User, charlie: User, team: Group) -> None:
    client, path = client_of(alice), f"/api/v1/boards/{board.pk}/permissions"
    for body in ({"group": "None"}, {"group": ""}, {"group": "Team", "user": "charlie"}, {}):
        assert client.post(path, {**body, "level": "view"}, JSON).status_code == 400
    made = client.post(path, {"group": "Team", "level": "view"}, JSON)
    assert (made.status_code, made.json()["group"], made.json()["user"]) == (201, "Team", None)
    one = f"{path}/{made.json()['id']}"
    assert client.patch(one, {"level": "edit"}, JSON).json()["level"] == "edit"
    assert resolve_access(board, user=charlie).level is EDIT
    assert client.delete(one).status_code == 204
    share = f"/board/{board.pk}/share"
    client.post(share, {"operation": "grant", "user": "Team", "level": "comment"})
    client.post(share, {"operation": "change", "group": team.pk, "level": "edit"})
    assert "Level of Team" in client.get(share).content.decode()
    client.post(share, {"operation": "remove", "group": team.pk})
    assert resolve_access(board, user=charlie).level is NONE


# --- locks


@pytest.mark.parametrize("entry", Entry)
def test_a_lock_caps_everybody_but_the_owner_and_staff(
    alice: User, bob: User, dana: User, entry: Entry
) -> None:
    board = make_board(alice, shared_with={bob: EDIT}, public=EDIT)
    board_lock(board=board, by=by(alice))
    levels = {
        user: resolve_access(board, user=user, entry=entry, wants_edit=True).level
        for user in (alice, dana, bob, None)
    }
    top = EDIT if entry is Entry.BOARD else COMMENT
    assert levels == {alice: top, dana: top, bob: COMMENT, None: COMMENT}
    board_unlock(board=board, by=by(alice))
    assert resolve_access(board, user=bob).level is EDIT


def test_locking_is_recorded_announced_and_repeated_without_effect(
    board: Board, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    events: list[Any] = []

    def listen(board_id: Any, event: Any, **_: Any) -> None:
        events.append(event)

    board_event.connect(listen)
    before = version(board)
    with django_capture_on_commit_callbacks(execute=True):
        for change in (board_lock, board_lock, board_unlock, board_unlock):
            change(board=board, by=by(alice))
    board_event.disconnect(listen)
    assert version(board) == before + 2
    assert [row.action for row in AuditLog.objects.order_by("pk")] == ["room_lock", "room_unlock"]
    assert events == [
        {"type": "board", "title": "Roadmap", "is_locked": True},
        {"type": "board", "title": "Roadmap", "is_locked": False},
    ]


def test_lock_by_rest_is_for_managers(board: Board, alice: User, bob: User, charlie: User) -> None:
    path = f"/api/v1/boards/{board.pk}/lock"
    for user, status in answers(Api("lock it", 200), anonymous=None, stranger=charlie, editor=bob):
        assert client_of(user).put(path).status_code == status
        assert client_of(user).delete(path).status_code == status
    assert client_of(alice).put(path).json()["is_locked"] is True
    assert client_of(bob).get(f"/api/v1/boards/{board.pk}").json()["level"] == "comment"
    assert client_of(alice).delete(path).status_code == 204


# --- owners


def test_transfer_is_refused_where_it_makes_no_sense(board: Board, alice: User) -> None:
    off = make_user("off", is_active=False)
    for new_owner in (alice, off):
        with pytest.raises(ValidationError):
            board_transfer(board=board, new_owner=new_owner, by=by(alice))
    assert Board.objects.get().owner == alice


def test_transfer_swaps_the_roles(board: Board, alice: User, bob: User) -> None:
    before = version(board)
    board_transfer(board=board, new_owner=bob, by=by(alice))
    assert version(board) == before + 1
    assert resolve_access(board, user=bob).is_owner
    old = resolve_access(board, user=alice)
    assert (old.level, old.can_manage) == (EDIT, False)
    assert not board.permissions.filter(user=bob).exists()
    row = AuditLog.objects.get(action="ownership_transfer")
    assert (row.target_user, row.data) == (bob, {"old_owner": "alice", "new_owner": "bob"})


def test_transfer_by_rest_and_panel(board: Board, alice: User, bob: User, charlie: User) -> None:
    path = f"/api/v1/boards/{board.pk}/transfer"
    for user, status in answers(
        Api("give it away", 200), anonymous=None, stranger=charlie, editor=bob
    ):
        assert client_of(user).post(path, {"user": "bob"}, JSON).status_code == status
    assert client_of(alice).post(path, {"user": "nobody"}, JSON).status_code == 400
    assert client_of(alice).post(path, {"user": "bob"}, JSON).json()["owner"] == "bob"
    share = f"/board/{board.pk}/share"
    data = {"operation": "transfer", "user": "charlie"}
    headers = {"X-Requested-With": "fetch"}
    content = client_of(bob).post(share, data, headers=headers).content.decode()
    assert "now belongs to someone else" in content
    assert client_of(bob).get(share).status_code == 403


def test_leaving(board: Board, alice: User, bob: User, charlie: User) -> None:
    path = f"/api/v1/boards/{board.pk}/leave"
    assert client_of(None).post(path).status_code == 401
    assert client_of(charlie).post(path).status_code == 404
    assert client_of(alice).post(path).status_code == 400
    with pytest.raises(ValidationError):
        board_leave(board=board, user=alice, by=by(alice))
    assert client_of(bob).post(path).status_code == 204
    assert client_of(bob).post(path).status_code == 404
    row = AuditLog.objects.get(action="permission_change")
    assert (row.actor, row.target_user, row.data["operation"]) == (bob, bob, "leave")


def test_leaving_from_the_list(board: Board, bob: User, charlie: User) -> None:
    assert client_of(charlie).post(f"/board/{board.pk}/leave").status_code == 404
    assert client_of(bob).post(f"/board/{board.pk}/leave")["Location"] == "/"
    assert not board.permissions.exists()


# --- asking


# --- copies


# --- the end


def test_only_what_lay_in_the_trash_long_enough_is_purged(
    alice: User, files_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    old, fresh, used = (make_board(alice, title=title) for title in ("Old", "Fresh", "Used"))
    now = timezone.now()
    Board.objects.filter(pk=old.pk).update(deleted_at=now - timedelta(days=31))
    Board.objects.filter(pk=fresh.pk).update(deleted_at=now - timedelta(days=29))
    add_file(old, files_dir)
    output = StringIO()
    call_command("purge_trash", dry_run=True, stdout=output)
    assert output.getvalue() == f"{old.pk} Old\n"
    with django_capture_on_commit_callbacks(execute=True):
        call_command("purge_trash", stdout=output)
    assert set(Board.objects.all()) == {fresh, used}
    assert not (files_dir / old.pk.hex).exists()
    row = AuditLog.objects.get(action="room_purge")
    assert (row.board_id, row.board_title, row.data["owner"]) == (old.pk, "Old", "alice")
    assert audit_verify().is_intact
