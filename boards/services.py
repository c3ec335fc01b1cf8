"""Every write to boards and permissions.

Each service is one transaction: the row, its audit row, and ``access_version`` where rights change.
Signals follow the commit. Who may call a service is decided before, by ``boards.access``.
Bad input raises ``ValidationError`` keyed by field.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.actions import AuditAction, AuditVia
from audit.origin import RequestOrigin
from audit.services import audit_record
from boards.levels import GRANTABLE_LEVELS, AccessLevel
from boards.models import Board, BoardPermission
from boards.signals import board_access_changed, board_closed, send_on_commit

SUBJECT_USER = "user"
SUBJECT_PUBLIC = "public"


@transaction.atomic
def board_create(
    *,
    owner: User,
    title: str,
    origin: RequestOrigin,
    actor: User | AnonymousUser | None = None,
    via: str = AuditVia.SESSION,
) -> Board:
    """Create an empty private board. The owner creates it, unless ``actor`` does it for him."""
    board = Board(owner=owner, title=title.strip())
    board.full_clean()
    board.save(force_insert=True)
    creator = actor or owner
    level = "owner" if creator == owner else ""
    data = {} if creator == owner else {"owner": owner.get_username()}
    _record(
        AuditAction.ROOM_CREATE,
        board,
        actor=creator,
        origin=origin,
        via=via,
        level=level,
        data=data,
    )
    return board


@transaction.atomic
def board_rename(
    *,
    board: Board,
    title: str,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> Board:
    """Give the board another title. The same title again writes nothing."""
    current = _locked(board)
    old, current.title = current.title, title.strip()
    current.clean_fields(exclude={"owner"})
    if current.title != old:
        current.save(update_fields=["title", "updated_at"])
        data = {"field": "title", "old": old, "new": current.title}
        _record(AuditAction.ROOM_UPDATE, current, actor=actor, origin=origin, via=via, data=data)
    return _refreshed(board)


@transaction.atomic
def board_trash(
    *,
    board: Board,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> Board:
    """Move the board to its owner's trash: nobody has access until it is restored."""
    current = _locked(board)
    if not current.is_trashed:
        current.deleted_at = timezone.now()
        current.save(update_fields=["deleted_at", "updated_at"])
        _access_changed(current)
        send_on_commit(board_closed, board_id=current.pk)
        _record(AuditAction.ROOM_DELETE, current, actor=actor, origin=origin, via=via)
    return _refreshed(board)


@transaction.atomic
def board_restore(
    *,
    board: Board,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> Board:
    """Take the board out of the trash, with the permissions it had."""
    current = _locked(board)
    if current.is_trashed:
        current.deleted_at = None
        current.save(update_fields=["deleted_at", "updated_at"])
        _access_changed(current)
        _record(AuditAction.ROOM_RESTORE, current, actor=actor, origin=origin, via=via)
    return _refreshed(board)


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
    current = _locked(board)
    if user.pk == current.owner_id:
        raise ValidationError({"user": f"{user.get_username()} owns this board already."})
    if not user.is_active:
        raise ValidationError({"user": f"The account of {user.get_username()} is switched off."})
    permission = current.permissions.filter(user=user).first() or BoardPermission(
        board=current, user=user
    )
    _set_level(permission, level, actor=actor, origin=origin, via=via)
    _refreshed(board)
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
    permission = _locked(board).permissions.filter(user=user).first()
    if permission is not None:
        _remove(permission, actor=actor, origin=origin, via=via)
    _refreshed(board)


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
    current = _locked(board)
    permission = current.permissions.filter(is_public=True).first()
    if level is not None:
        permission = permission or BoardPermission(board=current, is_public=True)
        _set_level(permission, level, actor=actor, origin=origin, via=via)
    elif permission is not None:
        _remove(permission, actor=actor, origin=origin, via=via)
        permission = None
    _refreshed(board)
    return permission


def _locked(board: Board) -> Board:
    """The current row, locked, so that two changes of one board happen one after the other."""
    return Board.objects.select_for_update().get(pk=board.pk)


def _refreshed(board: Board) -> Board:
    """The caller's object, brought up to what was just written."""
    fields = ("title", "updated_at", "deleted_at", "access_version")
    board.refresh_from_db(fields=fields)
    return board


def _access_changed(board: Board) -> None:
    Board.objects.filter(pk=board.pk).update(access_version=F("access_version") + 1)
    send_on_commit(board_access_changed, board_id=board.pk)


def _set_level(
    permission: BoardPermission,
    level: AccessLevel,
    *,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str,
) -> None:
    if level not in GRANTABLE_LEVELS:
        raise ValidationError({"level": "The level must be view, comment or edit."})
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
) -> None:
    old = permission.level
    permission.delete()
    new = AccessLevel.NONE.label
    _permission_changed(permission, old, new, actor=actor, origin=origin, via=via)


def _permission_changed(
    permission: BoardPermission,
    old: str,
    new: str,
    *,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str,
) -> None:
    _access_changed(permission.board)
    subject = SUBJECT_PUBLIC if permission.is_public else SUBJECT_USER
    _record(
        AuditAction.PERMISSION_CHANGE,
        permission.board,
        actor=actor,
        origin=origin,
        via=via,
        target_user=permission.user,
        level="" if new == AccessLevel.NONE.label else new,
        data={"subject": subject, "old": old, "new": new},
    )


def _record(action: AuditAction, board: Board, **fields: Any) -> None:
    audit_record(action=action, board_id=board.pk, board_title=board.title, **fields)
