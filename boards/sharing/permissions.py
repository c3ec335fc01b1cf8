"""Writes about who has which level on a board.

Each service is one transaction: the row, its audit row, and `access_version` if access changes.
Signals are sent after the commit. `boards.access` has already decided who may call a service.
Invalid input raises `ValidationError` with field names.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from audit.actor import Actor
from boards.access.subjects import Subject
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Board, BoardPermission
from boards.notices.telling import tell_of_share
from boards.writing import access_changed, lets_newcomers_in, locked_board, record, refreshed


@lets_newcomers_in
@transaction.atomic
def permission_grant(
    *, board: Board, subject: Subject, level: AccessLevel, by: Actor
) -> BoardPermission:
    """Give a subject a level on a board, or change the one it has."""
    subject.lock()
    current = locked_board(board)
    subject.require_grantable(current)
    if level not in GRANTABLE_LEVELS:
        raise ValidationError({"level": gettext("The level must be view, comment or edit.")})
    permission = _row_of(current, subject) or BoardPermission(board=current, **subject.columns)
    old = permission.level or AccessLevel.NONE.label
    if old != level.label:
        permission.level = level.label
        permission.granted_by = by.user
        permission.full_clean()
        permission.save()
        _changed(permission, old, level.label, by)
        if level > AccessLevel.parse(old):
            tell_of_share(current, subject, by)
    refreshed(board)
    return permission


@transaction.atomic
def permission_revoke(*, board: Board, subject: Subject, by: Actor) -> None:
    """Take away a subject's level. Its people keep what they have otherwise, by the public link,
    say."""
    permission = _row_of(locked_board(board), subject)
    if permission is not None:
        _remove(permission, by)
    refreshed(board)


@transaction.atomic
def board_leave(*, board: Board, user: User, by: Actor) -> None:
    """Give up one's own level. Raises `ValidationError` if one was not given any."""
    permission = _row_of(locked_board(board), Subject(user=user))
    if permission is None:
        raise ValidationError(
            gettext("This board was not shared with you personally, so you can't leave it.")
        )
    _remove(permission, by, operation="leave")
    refreshed(board)


def _row_of(board: Board, subject: Subject) -> BoardPermission | None:
    return board.permissions.filter(**subject.columns).first()


def _remove(permission: BoardPermission, by: Actor, **data: str) -> None:
    permission.delete()
    _changed(permission, permission.level, AccessLevel.NONE.label, by, **data)


def _changed(permission: BoardPermission, old: str, new: str, by: Actor, **data: str) -> None:
    access_changed(permission.board)
    subject = Subject.of_row(permission)
    record(
        subject.audit_action,
        permission.board,
        by=by,
        target_user=subject.user,
        level="" if new == AccessLevel.NONE.label else new,
        data={**subject.audit_data, "old": old, "new": new, **data},
    )
