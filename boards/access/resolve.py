"""Decides what someone may do on a board. Nothing else does."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User

from boards.access.scopes import ScopeLevel, Scopes
from boards.access.subjects import (
    PermissionRow,
    SubjectKind,
    groups_of,
    permission_rows,
    permission_rows_about,
    permission_rows_of_many,
)
from boards.levels import AccessLevel
from boards.models import Board, ShareLink

VIA_OWNER = "owner"
VIA_STAFF = "staff"
VIA_LINK = SubjectKind.LINK.value
VIA_SPACE = SubjectKind.SPACE.value
VIA_NONE = "none"


class Entry(enum.Enum):
    """The address someone uses: the board's own, or its public link."""

    BOARD = "board"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do on one board, as of `access_version`."""

    board_id: UUID
    level: AccessLevel
    via: str
    is_owner: bool
    access_version: int
    is_locked: bool = False
    share_link_id: UUID | None = None
    """The link that the level comes from, if it comes from one."""
    expires_at: datetime | None = None
    """When that link ends."""
    is_below_managing: bool = False
    """The token that asks has no scope to manage the board."""

    @property
    def can_view(self) -> bool:
        return self.level >= AccessLevel.VIEW

    @property
    def can_comment(self) -> bool:
        return self.level >= AccessLevel.COMMENT

    @property
    def can_edit(self) -> bool:
        return self.level >= AccessLevel.EDIT

    @property
    def can_manage(self) -> bool:
        """Owners, and superusers as `staff`; their tokens with the scope to manage."""
        return not self.is_below_managing and (self.is_owner or self.via == VIA_STAFF)

    @property
    def audit_level(self) -> str:
        """The level as the audit log writes it; empty for none."""
        if self.is_owner and not self.is_below_managing:
            return "owner"
        return self.level.label if self.can_view else ""


@dataclass(frozen=True, slots=True)
class _Grant:
    """One source of a level. Of equal levels, the one with the higher rank is named."""

    level: AccessLevel
    via: str
    link: ShareLink | None = None

    @property
    def rank(self) -> tuple[int, int]:
        return self.level, _RANKS.index(self.via)


class BoardFacts:
    """What is needed to resolve the access of many people to a board, read in three queries."""

    def __init__(
        self, board: Board, *, users: Collection[User], link_ids: Collection[UUID]
    ) -> None:
        self.permissions = permission_rows(board)
        self._groups = groups_of(users, self.permissions)
        self._links = {}
        if link_ids:
            links = ShareLink.objects.active().filter(board=board)
            self._links = {link.pk: link for link in links}

    def permission_grants(self, person: User | None) -> list[_Grant]:
        """From permissions for the person, their groups and everyone."""
        user_id = person.pk if person is not None else None
        groups = self._groups.get(user_id, set()) if user_id is not None else set()
        return [_given(row) for row in self.permissions if row.is_about(user_id, groups)]

    def link_grants(self, link_ids: Collection[UUID]) -> list[_Grant]:
        """From the links that someone has opened."""
        links = [self._links[link_id] for link_id in set(link_ids) if link_id in self._links]
        return [_Grant(link.access_level, VIA_LINK, link) for link in links]


def _given(row: PermissionRow) -> _Grant:
    return _Grant(AccessLevel.parse(row.level), VIA_SPACE if row.is_inherited else row.kind.value)


_RANKS = (VIA_NONE, *SubjectKind, VIA_STAFF, VIA_OWNER)
_NOTHING = _Grant(AccessLevel.NONE, VIA_NONE)


def resolve_access(
    board: Board,
    *,
    user: User | AnonymousUser | None,
    entry: Entry = Entry.BOARD,
    wants_edit: bool = False,
    link_ids: Collection[UUID] = (),
    facts: BoardFacts | None = None,
    scopes: Scopes | None = None,
) -> Access:
    """What `user` may do on `board`, with the share links `link_ids` they have opened.

    A board in the trash gives nobody a level; its owner and superusers may still manage, that is,
    restore it. At the board's own address the highest level that applies counts: owner, own
    permission, groups, its space (whose owner may edit), share links (as their rows are now),
    public permission. At the public address only the public permission counts, also for the owner,
    and it gives at most view unless `wants_edit`; asking never raises it. On a locked board
    everyone except its owner and superusers has comment at most. A deactivated account counts as no
    account. The `scopes` of a token only cap what all this gives, at the public address too.

    The board row is read before the permissions, so `access_version` is never newer than the
    permissions: comparing versions later finds every change in between. Pass `facts` of this board,
    also read after the board row, to resolve many people at once.
    """
    person = user if isinstance(user, User) and user.is_active else None
    access = _of_person(board, person, entry, link_ids, facts, wants_edit=wants_edit)
    return access if scopes is None else _capped(access, scopes.level_on(board))


def resolve_many(boards: Collection[Board], *, user: User) -> dict[UUID, Access]:
    """What `user` may do on each of the boards at its own address: `resolve_access` without links,
    in the same few queries for any number."""
    person = user if user.is_active else None
    rows = permission_rows_of_many(boards, person)
    return {
        board.pk: _whatever_is_given(board, person) or _best(board, map(_given, rows[board.pk]))
        for board in boards
    }


def _of_person(
    board: Board,
    person: User | None,
    entry: Entry,
    link_ids: Collection[UUID],
    facts: BoardFacts | None,
    *,
    wants_edit: bool,
) -> Access:
    if entry is Entry.PUBLIC:
        return _access(board, _public_grant(board, facts, wants_edit=wants_edit))
    if (access := _whatever_is_given(board, person)) is not None:
        return access
    if facts is None:
        rows = permission_rows_about(board, person)
        grants = [*map(_given, rows), *_link_grants(board, link_ids)]
    else:
        grants = [*facts.permission_grants(person), *facts.link_grants(link_ids)]
    return _best(board, grants)


def _whatever_is_given(board: Board, person: User | None) -> Access | None:
    """The access of owners and superusers, and to a board in the trash; None if it depends on what
    was given."""
    if person is not None and person.pk == board.owner_id:
        return _access(board, _Grant(AccessLevel.EDIT, VIA_OWNER))
    if person is not None and person.is_superuser:
        return _access(board, _Grant(AccessLevel.EDIT, VIA_STAFF))
    return _access(board, _NOTHING) if board.is_trashed else None


def _best(board: Board, grants: Iterable[_Grant]) -> Access:
    return _access(board, max([_NOTHING, *grants], key=lambda grant: grant.rank))


def _capped(access: Access, scope: ScopeLevel) -> Access:
    """The access of a token: what its person has, and no more than its scope."""
    if scope is ScopeLevel.MANAGE:
        return access
    level = min(access.level, scope.access_level)
    via = access.via if level > AccessLevel.NONE else VIA_NONE
    return replace(access, level=level, via=via, is_below_managing=True)


def _access(board: Board, grant: _Grant) -> Access:
    is_manager = grant.via in (VIA_OWNER, VIA_STAFF)
    level = AccessLevel.NONE if board.is_trashed else grant.level
    if board.is_locked and not is_manager:
        level = min(level, AccessLevel.COMMENT)
    has_level = level > AccessLevel.NONE
    return Access(
        board_id=board.pk,
        level=level,
        via=grant.via if has_level or is_manager else VIA_NONE,
        is_owner=grant.via == VIA_OWNER,
        access_version=board.access_version,
        is_locked=board.is_locked,
        share_link_id=grant.link.pk if grant.link else None,
        expires_at=grant.link.expires_at if grant.link else None,
    )


def _public_grant(board: Board, facts: BoardFacts | None, *, wants_edit: bool) -> _Grant:
    rows = permission_rows_about(board, None) if facts is None else facts.permissions
    given = [AccessLevel.parse(row.level) for row in rows if row.kind is SubjectKind.PUBLIC]
    level = max(given, default=AccessLevel.NONE)
    limit = AccessLevel.EDIT if wants_edit else AccessLevel.VIEW
    return _Grant(min(level, limit), SubjectKind.PUBLIC.value)


def _link_grants(board: Board, link_ids: Collection[UUID]) -> list[_Grant]:
    if not link_ids:
        return []
    links = ShareLink.objects.active().filter(board=board, pk__in=link_ids)
    return [_Grant(link.access_level, VIA_LINK, link) for link in links]
