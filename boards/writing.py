"""What all services that write about a board do: lock, audit, announce."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext

from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record
from boards.board_state import board_event_of
from boards.limits.changes import count_board_change
from boards.models import Board, LiveConnection
from boards.signals import (
    board_access_changed,
    board_recorded,
    open_to_newcomers,
    send_access_changed_on_commit,
    send_event_on_commit,
    send_on_commit,
)

P = ParamSpec("P")
T = TypeVar("T")
Record = Callable[[], Any]
"""Writes the audit row of a service, in its transaction."""

_AT_ONCE = 10_000
"""Ids in one statement; SQLite allows at most 32,766."""
_WRITTEN_FIELDS = (
    "title",
    "owner",
    "updated_at",
    "deleted_at",
    "locked_at",
    "locked_by",
    "access_version",
    "space",
    "folder",
)


def lets_newcomers_in(service: Callable[P, T]) -> Callable[P, T]:
    """Decorates services that give someone a level: deleted content is removed first."""

    @functools.wraps(service)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        board: Any = kwargs.get("board") or getattr(kwargs.get("request"), "board", None)
        if board is not None and kwargs.get("level", "") is not None:
            open_to_newcomers(board.pk)
        return service(*args, **kwargs)

    return wrapped


def locked_board(board: Board) -> Board:
    """The current row, locked, so that changes of one board are serialized.

    Raises `PermissionDenied` if it has another owner than the caller's, who decided by that.
    """
    current = Board.objects.select_for_update().get(pk=board.pk)
    if current.owner_id != board.owner_id:
        text = gettext("This board has just got another owner. Nothing was changed.")
        raise PermissionDenied(text)
    return current


def lock_boards(*boards: QuerySet[Board]) -> list[UUID]:
    """Locks all before the first is written, always in the same order, so that two such writers
    can't wait for each other. Returns their ids."""
    ids = sorted({pk for some in boards for pk in some.values_list("pk", flat=True)})
    for start in range(0, len(ids), _AT_ONCE):
        some = Board.objects.filter(pk__in=ids[start : start + _AT_ONCE])
        list(some.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return ids


def refreshed(board: Board) -> Board:
    """Updates the caller's object to what was just written."""
    board.refresh_from_db(fields=_WRITTEN_FIELDS)
    return board


def access_changed(board: Board) -> None:
    """Someone's access changed: decisions under the previous version have to be made again."""
    Board.objects.filter(pk=board.pk).update(access_version=F("access_version") + 1)
    send_on_commit(board_access_changed, board_id=board.pk)


def accesses_changed_of(*boards: QuerySet[Board]) -> None:
    """Someone's access to all of these boards changed."""
    with transaction.atomic():
        ids = lock_boards(*boards)
        for start in range(0, len(ids), _AT_ONCE):
            some = Board.objects.filter(pk__in=ids[start : start + _AT_ONCE])
            some.update(access_version=F("access_version") + 1)
        if ids:
            send_access_changed_on_commit(ids)


def accesses_changed(boards: QuerySet[Board], *, lets_in: bool = False) -> None:
    """The same for many boards at once; `lets_in` if their space lets someone new in.

    Only people with an account have access through a space, and each of their sockets has a row:
    boards without one are not announced. People who are let in meanwhile are checked against the
    new version.
    """
    if connection.features.has_select_for_update:
        # In this order, so that this and who commits updates can't wait for each other.
        locked = boards.select_for_update(no_key=True).order_by("pk")
        list(locked.values_list("pk"))
    changes: dict[str, Any] = {"access_version": F("access_version") + 1}
    if lets_in:
        changes["widened_at_version"] = F("access_version") + 1
    boards.update(**changes)
    opened = boards.filter(pk__in=LiveConnection.objects.values("board_id"))
    if announced := list(opened.values_list("pk", flat=True)):
        send_access_changed_on_commit(announced)


def announce_board(board: Board) -> None:
    """Tells the board's pages its title, and whether it is locked."""
    send_event_on_commit(board.pk, board_event_of(board.title, is_locked=board.is_locked))


def record(
    action: AuditAction,
    board: Board,
    *,
    by: Actor,
    level: str = "",
    data: dict[str, Any] | None = None,
    target_user: User | None = None,
    is_limited: bool = True,
    **fields: Any,
) -> None:
    """Writes the audit row of what happened to a board, after telling those who wait for it: the
    row takes a lock that everybody needs. Raises `RefusalError` if they change boards too often,
    unless it is not `is_limited`: what ends an account can't be repeated.
    """
    if is_limited:
        count_board_change(action, by, level=level)
    said = data or {}
    board_recorded.send(
        sender=None,
        action=action,
        board=board,
        by=by,
        level=level,
        data=said,
        target_user=target_user,
    )
    audit_record(
        action=action,
        board_id=board.pk,
        board_title=board.title,
        by=by,
        level=level,
        data=said,
        target_user=target_user,
        **fields,
    )
