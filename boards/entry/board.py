"""Finds the board of a request, names the way in, records the visit, and refuses.

Pages and REST share it; only how they present a refusal is their own.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy

from audit.actions import AuditVia
from audit.actor import Actor, ActorToken
from audit.origin import origin_of_request
from boards.access.newcomers import open_to_members
from boards.access.resolve import Access, Entry, resolve_access
from boards.access.scopes import Scopes
from boards.identity.token_sessions import SESSION_VIA_KEY
from boards.models import Board, Visit
from boards.visits.record import visit_open
from boards.visits.refused import refusal_record

NOT_FOUND_MESSAGE = gettext_lazy("There is no such board, or it is not shared with you.")
MANAGERS_ONLY_MESSAGE = gettext_lazy("Only the owner of this board can do this.")
LOST_MESSAGE = gettext_lazy("Your access to this board has just changed. Nothing was saved.")


class Reason(enum.StrEnum):
    """Why someone was refused, as audit rows say it."""

    NO_PERMISSION = "no_permission"
    NOT_MANAGER = "not_manager"
    NOT_SIGNED_IN = "not_signed_in"


class HiddenBoardError(Http404):
    """There is no such board, or the visitor may not see it: nobody can tell which."""

    def __init__(self) -> None:
        super().__init__(NOT_FOUND_MESSAGE)


class AccessLostError(Exception):
    """The visitor's access was taken away while their request was worked on.

    The transaction of the write has to end before `refuse_lost` may say so in a row.
    """

    def __init__(self, visitor: Visitor, board_id: UUID) -> None:
        super().__init__("Access was lost during a request.")
        self.visitor, self.board_id = visitor, board_id


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who asks for a board, and how."""

    actor: Actor
    link_ids: tuple[UUID, ...] = ()
    """The share links they have opened."""
    entry: Entry = Entry.BOARD
    wants_edit: bool = False
    """Whether they ask the public link for more than viewing."""
    place: str = ""
    """What audit rows call the place where they ask; by default the entry."""
    scopes: Scopes | None = None
    """Those of the token that a program uses; None for people."""

    def access_to(self, board: Board) -> Access:
        return resolve_access(
            board,
            user=self.actor.user,
            entry=self.entry,
            wants_edit=self.wants_edit,
            link_ids=self.link_ids,
            scopes=self.scopes,
        )


def way_in(
    request: HttpRequest,
    user: User | AnonymousUser | None,
    *,
    entry: Entry = Entry.BOARD,
    has_token: bool = False,
) -> AuditVia:
    """The kind of credential that someone used. `has_token`: the request itself carries a token."""
    if entry is Entry.PUBLIC or not isinstance(user, User):
        return AuditVia.PUBLIC
    if has_token or request.session.get(SESSION_VIA_KEY) == AuditVia.TOKEN:
        return AuditVia.TOKEN
    return AuditVia.SESSION


def actor_on(
    request: HttpRequest,
    user: User | AnonymousUser | None,
    *,
    entry: Entry = Entry.BOARD,
    has_token: bool = False,
    token: ActorToken | None = None,
) -> Actor:
    """Who does something; `token` is the one that a program uses, if it is one of a program."""
    via = way_in(request, user, entry=entry, has_token=has_token)
    person = user if isinstance(user, User) else None
    return Actor(person, origin_of_request(request), via, token)


def find_board(board_id: UUID) -> Board | None:
    """The board with its owner, in the trash or not; None if there is none."""
    return Board.objects.select_related("owner").filter(pk=board_id).first()


def seen_board(
    visitor: Visitor, board_id: UUID, *, reason: Reason = Reason.NO_PERMISSION
) -> tuple[Board, Access]:
    """The board, for people who may see it, and what they may do.

    Raises:
        HiddenBoardError: for everybody else; a row says so, with `reason`.
    """
    board = find_board(board_id)
    access = visitor.access_to(board) if board is not None else None
    if board is None or access is None or not access.can_view:
        refuse(visitor, board_id, board, reason)
    if open_to_members(board, access):
        return seen_board(visitor, board_id, reason=reason)
    return board, access


def managed_board(
    visitor: Visitor, board_id: UUID, *, in_trash: bool = False
) -> tuple[Board, Access]:
    """The board, for people who may manage it, and what they may do.

    Raises:
        HiddenBoardError: for strangers, and when the board is not where `in_trash` says.
        PermissionDenied: for people who may see the board and not manage it.
    """
    board = find_board(board_id)
    access = visitor.access_to(board) if board is not None else None
    if board is None or access is None or not (access.can_view or access.can_manage):
        refuse(visitor, board_id, board)
    if not access.can_manage:
        _record_refusal(visitor, board_id, board, Reason.NOT_MANAGER)
        raise PermissionDenied(MANAGERS_ONLY_MESSAGE)
    if board.is_trashed != in_trash:
        raise HiddenBoardError
    return board, access


def trashed_board(visitor: Visitor, board_id: UUID) -> Board | None:
    """The board, if it is in the trash and the visitor may restore it. Records nothing."""
    board = find_board(board_id)
    if board is None or not board.is_trashed or not visitor.access_to(board).can_manage:
        return None
    return board


def require_still(visitor: Visitor, board_id: UUID, access: Access) -> None:
    """Makes sure that nothing of the `access` that a write was allowed by has been taken away
    since: call it in the transaction of the write. It locks the board's row, so that who takes
    access away afterwards waits for the write. Raises `AccessLostError`.
    """
    board = Board.objects.select_for_update(no_key=True).filter(pk=board_id).first()
    if board is not None and board.access_version == access.access_version:
        return
    now = visitor.access_to(board) if board is not None and not board.is_trashed else None
    if now is None or now.level < access.level or (access.can_manage and not now.can_manage):
        raise AccessLostError(visitor, board_id)


def refuse_lost(error: AccessLostError) -> NoReturn:
    """Records the refusal. Raises `HiddenBoardError` for people who may no longer see the board,
    and `PermissionDenied` for the others."""
    board, _ = seen_board(error.visitor, error.board_id)
    _record_refusal(error.visitor, error.board_id, board, Reason.NO_PERMISSION)
    raise PermissionDenied(LOST_MESSAGE)


def visit(visitor: Visitor, board: Board, access: Access) -> Visit:
    """Records that the visitor sees the board, unless a visit is already open."""
    place = visitor.place or visitor.entry.value
    return visit_open(board=board, access=access, by=visitor.actor, entry=place)


def refuse(
    visitor: Visitor,
    board_id: UUID,
    board: Board | None,
    reason: Reason = Reason.NO_PERMISSION,
) -> NoReturn:
    """Records the refusal, then raises `HiddenBoardError`."""
    _record_refusal(visitor, board_id, board, reason)
    raise HiddenBoardError


def _record_refusal(visitor: Visitor, board_id: UUID, board: Board | None, reason: str) -> None:
    place = visitor.place or visitor.entry.value
    refusal_record(board_id=board_id, board=board, by=visitor.actor, entry=place, reason=reason)
