"""The only place that decides what somebody may do on a board."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

from boards.levels import AccessLevel
from boards.models import Board

VIA_OWNER = "owner"
VIA_STAFF = "staff"
VIA_USER = "user"
VIA_PUBLIC = "public"
VIA_NONE = "none"


class Entry(enum.Enum):
    """By which address somebody comes: the board itself, or its public link."""

    BOARD = "board"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do on one board, as of ``access_version``."""

    board_id: UUID
    level: AccessLevel
    via: str
    is_owner: bool
    access_version: int

    @property
    def can_view(self) -> bool:
        """May see the board and everything on it."""
        return self.level >= AccessLevel.VIEW

    @property
    def can_comment(self) -> bool:
        """May write comments."""
        return self.level >= AccessLevel.COMMENT

    @property
    def can_edit(self) -> bool:
        """May change the document."""
        return self.level >= AccessLevel.EDIT

    @property
    def can_manage(self) -> bool:
        """May rename, share, trash and restore: the owner, and superusers as ``staff``."""
        return self.is_owner or self.via == VIA_STAFF

    @property
    def audit_level(self) -> str:
        """The level as the audit log writes it; empty for none."""
        if self.is_owner:
            return "owner"
        return self.level.label if self.can_view else ""


def resolve_access(
    board: Board,
    *,
    user: User | AnonymousUser | None,
    entry: Entry = Entry.BOARD,
    wants_edit: bool = False,
) -> Access:
    """What ``user`` may do on ``board``, coming by ``entry``.

    A board in the trash gives nobody a level; its owner and superusers may still manage it, that
    is: restore it. On the board's own address the highest of all that applies wins. On the public
    address only the public permission counts, also for the owner, and never more than view unless
    ``wants_edit``; asking can never raise. A switched off account counts as no account.

    The board row is read before the permissions, so ``access_version`` is never newer than what the
    answer rests on: whoever compares versions later notices every change in between.
    """
    person = user if isinstance(user, User) and user.is_active else None
    if entry is Entry.PUBLIC:
        level = (
            AccessLevel.NONE if board.is_trashed else _public_level(board, wants_edit=wants_edit)
        )
        return _access(board, level, VIA_PUBLIC if level else VIA_NONE)
    if person is not None and person.pk == board.owner_id:
        level = AccessLevel.NONE if board.is_trashed else AccessLevel.EDIT
        return _access(board, level, VIA_OWNER, is_owner=True)
    if person is not None and person.is_superuser:
        level = AccessLevel.NONE if board.is_trashed else AccessLevel.EDIT
        return _access(board, level, VIA_STAFF)
    if board.is_trashed:
        return _access(board, AccessLevel.NONE, VIA_NONE)
    level, via = _granted_level(board, person)
    return _access(board, level, via)


def _access(board: Board, level: AccessLevel, via: str, *, is_owner: bool = False) -> Access:
    return Access(
        board_id=board.pk,
        level=level,
        via=via,
        is_owner=is_owner,
        access_version=board.access_version,
    )


def _public_level(board: Board, *, wants_edit: bool) -> AccessLevel:
    word = board.permissions.filter(is_public=True).values_list("level", flat=True).first()
    granted = AccessLevel.parse(word) if word else AccessLevel.NONE
    return granted if wants_edit else min(granted, AccessLevel.VIEW)


def _granted_level(board: Board, person: User | None) -> tuple[AccessLevel, str]:
    """The higher of the person's own row and the public row; the own row wins a tie."""
    subject = Q(is_public=True) | Q(user=person) if person else Q(is_public=True)
    rows = board.permissions.filter(subject).values_list("level", "is_public")
    candidates = [(AccessLevel.parse(word), not is_public) for word, is_public in rows]
    level, is_own = max(candidates, default=(AccessLevel.NONE, False))
    if not level:
        return AccessLevel.NONE, VIA_NONE
    return level, VIA_USER if is_own else VIA_PUBLIC
