"""The first drawing of a new, empty board: a copy of another board's, or one from a template."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.models import User

from boards.files.storage import files_keep_only
from sync.document.document import Document
from sync.drawing.deleted import files_of, without_deleted
from sync.drawing.scene import restore
from sync.programs.documents import document_now
from sync.programs.writes import Change, edited, program_client_id, signed
from sync.storage.store import append_update
from sync.wire.frames import EMPTY_UPDATE

Write = Callable[[], None]
"""Writes what was prepared beforehand; called inside a transaction."""


def document_copy_prepare(source_id: UUID, target_id: UUID, owner: User) -> Write:
    """Prepares a copy of a drawing for a new, empty board, without history or deleted elements.

    Returns a function that writes it in the caller's transaction: a large drawing takes seconds to
    prepare, and nobody can save while a transaction is open.

    Raises:
        BoardGoneError, LogDamagedError, DocumentError: the source cannot be read.
    """
    content = without_deleted(document_now(source_id)[0].content())
    write = document_begin_prepare(target_id, owner, lambda roots: restore(roots, content, None))
    used = files_of(content["elements"], content["elements"])

    def write_all() -> None:
        write()
        files_keep_only(target_id, used)

    return write_all


def document_begin_prepare(board_id: UUID, owner: User, change: Change) -> Write:
    """Prepares the first drawing of a new, empty board in its owner's name. Returns a function that
    writes it, as `document_copy_prepare`.
    """
    client_id = program_client_id(board_id, owner.pk)
    document = Document(client_id)
    made = signed(document, edited(document, change, owner.pk), owner, [client_id])

    def write() -> None:
        if made.update != EMPTY_UPDATE:
            append_update(board_id, made.update, owner.pk)

    return write
