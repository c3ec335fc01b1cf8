"""Turns signals of `boards` into messages to the rooms and pages of every process."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from accounts.limits.refusals import RefusalError
from boards.lifecycle.templates import BoardTemplate
from boards.models import Board
from boards.signals import (
    board_access_changed,
    board_begun,
    board_closed,
    board_duplicated,
    board_event,
    board_opening,
    boards_access_changed,
)
from sync.document.yjs import DocumentError
from sync.drawing.fresh_ids import with_fresh_ids
from sync.drawing.scene import Roots, elements_create
from sync.drawing.templates import template_elements
from sync.programs.committing import ConflictError
from sync.programs.new_boards import Write, document_begin_prepare, document_copy_prepare
from sync.programs.tombstones import strip_deleted
from sync.rooms.announce import announce, announce_to_all
from sync.rooms.bus import ACCESS, EVENT
from sync.storage.log import BoardGoneError, LogDamagedError


def connect() -> None:
    """Subscribes to the signals of `boards`; called once, when the app is ready."""
    board_access_changed.connect(_announce_access, dispatch_uid="sync.access_changed")
    boards_access_changed.connect(_announce_accesses, dispatch_uid="sync.accesses_changed")
    board_closed.connect(_announce_access, dispatch_uid="sync.closed")
    board_event.connect(_announce_event, dispatch_uid="sync.event")
    board_duplicated.connect(_copy, dispatch_uid="sync.duplicated")
    board_opening.connect(_strip, dispatch_uid="sync.opening")
    board_begun.connect(_begin, dispatch_uid="sync.begun")


def _announce_access(sender: Any, board_id: UUID, in_bulk: bool = False, **_: Any) -> None:
    if not in_bulk:
        announce(board_id, ACCESS)


def _announce_accesses(sender: Any, board_ids: list[UUID], **_: Any) -> None:
    announce_to_all(board_ids, ACCESS)


def _announce_event(
    sender: Any,
    board_id: UUID,
    event: dict[str, Any],
    people: list[int] | None = None,
    **_: Any,
) -> None:
    announce(board_id, EVENT, event=event, people=people)


def _copy(sender: Any, source_id: UUID, target_id: UUID, owner: User, **_: Any) -> Write:
    try:
        return document_copy_prepare(source_id, target_id, owner)
    except BoardGoneError as error:
        raise Board.DoesNotExist from error
    except (DocumentError, LogDamagedError) as error:
        message = gettext("This board cannot be read now.")
        raise RefusalError(message, status=503, code="unreadable") from error


def _begin(sender: Any, board_id: UUID, owner: User, template: BoardTemplate, **_: Any) -> Write:
    def draw(roots: Roots) -> None:
        elements_create(roots, with_fresh_ids(template_elements(template)))

    return document_begin_prepare(board_id, owner, draw)


def _strip(sender: Any, board_id: UUID, **_: Any) -> None:
    try:
        strip_deleted(board_id)
    except (ConflictError, DocumentError, LogDamagedError) as error:
        message = gettext("This board cannot be read now, so nobody new can be let in.")
        raise ValidationError(message) from error
