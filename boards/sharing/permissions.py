"""Writes about who has which level on a board.

Each service is one transaction: the row, its audit row, and ``access_version`` where rights change.
Signals follow the commit. Who may call a service is decided before, by ``boards.access.resolve``.
Bad input raises ``ValidationError`` keyed by field.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from audit.actions import AuditAction, AuditVia
from audit.origin import RequestOrigin
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Board, BoardPermission
from boards.writing import (
    access_changed,
    lets_newcomers_in,
    locked_board,
    record,
    refreshed,
)

SUBJECT_USER = "user"
SUBJECT_GROUP = "group"
SUBJECT_PUBLIC = "public"


@lets_newcomers_in
@transaction.atomic
def permission_grant(
    *,
    board: Board,
    user: User,
    level: AccessLevel,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> BoardPermission:
    """Give a user a level on the board, or change the one he has."""
    current = locked_board(board)
    if user.pk == current.owner_id:
        raise ValidationError({"user": already_owner_message(user)})
    if not user.is_active:
        raise ValidationError({"user": switched_off_message(user)})
    permission = current.permissions.filter(user=user).first() or BoardPermission(
        board=current, user=user
    )
    _set_level(permission, level, actor=actor, origin=origin, via=via)
    refreshed(board)
    return permission


@transaction.atomic
def permission_revoke(
    *,
    board: Board,
    user: User,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> None:
    """Take away a user's own level. A public link, if there is one, still works for him."""
    permission = locked_board(board).permissions.filter(user=user).first()
    if permission is not None:
        _remove(permission, actor=actor, origin=origin, via=via)
    refreshed(board)


@lets_newcomers_in
@transaction.atomic
def group_permission_grant(
    *,
    board: Board,
    group: Group,
    level: AccessLevel,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> BoardPermission:
    """Give everybody in a group a level on the board, or change the one the group has."""
    current = locked_board(board)
    permission = current.permissions.filter(group=group).first() or BoardPermission(
        board=current, group=group
    )
    _set_level(permission, level, actor=actor, origin=origin, via=via)
    refreshed(board)
    return permission


@transaction.atomic
def group_permission_revoke(
    *,
    board: Board,
    group: Group,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> None:
    """Take away a group's level. What its people have otherwise stays."""
    permission = locked_board(board).permissions.filter(group=group).first()
    if permission is not None:
        _remove(permission, actor=actor, origin=origin, via=via)
    refreshed(board)


@transaction.atomic
def board_leave(
    *,
    board: Board,
    user: User,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> None:
    """Give up one's own level. Raises ``ValidationError`` for who was not given one."""
    permission = locked_board(board).permissions.filter(user=user).first()
    if permission is None:
        raise ValidationError(
            gettext("You were not given this board yourself, so you cannot leave it.")
        )
    _remove(permission, actor=user, origin=origin, via=via, operation="leave")
    refreshed(board)


@lets_newcomers_in
@transaction.atomic
def public_access_set(
    *,
    board: Board,
    level: AccessLevel | None,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> BoardPermission | None:
    """Switch the public link on with this level, or off with ``None``."""
    current = locked_board(board)
    permission = current.permissions.filter(is_public=True).first()
    if level is not None:
        permission = permission or BoardPermission(board=current, is_public=True)
        _set_level(permission, level, actor=actor, origin=origin, via=via)
    elif permission is not None:
        _remove(permission, actor=actor, origin=origin, via=via)
        permission = None
    refreshed(board)
    return permission


def already_owner_message(user: User) -> str:
    """For a board that this user owns."""
    return gettext("%(user)s owns this board already.") % {"user": user.get_username()}


def switched_off_message(user: User) -> str:
    """For a user who cannot be given anything."""
    return gettext("The account of %(user)s is switched off.") % {"user": user.get_username()}


def permission_remove(
    permission: BoardPermission,
    *,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> None:
    """Take a row away, whoever it is for."""
    board = permission.board
    by: dict[str, Any] = {"actor": actor, "origin": origin, "via": via}
    if permission.user is not None:
        permission_revoke(board=board, user=permission.user, **by)
    elif permission.group is not None:
        group_permission_revoke(board=board, group=permission.group, **by)
    else:
        public_access_set(board=board, level=None, **by)


def _set_level(
    permission: BoardPermission,
    level: AccessLevel,
    *,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str,
) -> None:
    if level not in GRANTABLE_LEVELS:
        raise ValidationError({"level": gettext("The level must be view, comment or edit.")})
    old = permission.level or AccessLevel.NONE.label
    if old == level.label:
        return
    permission.level = level.label
    permission.granted_by = actor if isinstance(actor, User) else None
    permission.full_clean()
    permission.save()
    _permission_changed(permission, old, level.label, actor=actor, origin=origin, via=via)


def _remove(
    permission: BoardPermission,
    *,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str,
    operation: str = "",
) -> None:
    old = permission.level
    permission.delete()
    new = AccessLevel.NONE.label
    _permission_changed(
        permission, old, new, actor=actor, origin=origin, via=via, operation=operation
    )


def _permission_changed(
    permission: BoardPermission,
    old: str,
    new: str,
    *,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str,
    operation: str = "",
) -> None:
    access_changed(permission.board)
    data = {"subject": _subject_of(permission), "old": old, "new": new}
    if permission.group is not None:
        data["group"] = permission.group.name
    if operation:
        data["operation"] = operation
    is_public = permission.is_public
    record(
        AuditAction.PUBLIC_ACCESS_CHANGE if is_public else AuditAction.PERMISSION_CHANGE,
        permission.board,
        actor=actor,
        origin=origin,
        via=via,
        target_user=permission.user,
        level="" if new == AccessLevel.NONE.label else new,
        data=data,
    )


def _subject_of(permission: BoardPermission) -> str:
    if permission.is_public:
        return SUBJECT_PUBLIC
    return SUBJECT_USER if permission.group is None else SUBJECT_GROUP
