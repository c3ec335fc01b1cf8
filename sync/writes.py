"""Changes that programs make: through REST, imports, restored versions.

They go the same way as everybody's: checked, committed as a compare-and-set on the head and the
permissions, and only then told to the rooms of every process, which see them as rows of another.
"""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User

from boards.access import resolve_access
from boards.models import Board
from sync.bus import UPDATE, announce
from sync.document import Document, Taken
from sync.drawing import restore
from sync.limits import CLIENT_LIMITS
from sync.log import BoardGone, Head, read_claims, read_head, read_stored
from sync.protocol import EMPTY_UPDATE
from sync.store import Batch, append_update, commit_now
from sync.validation import parse

ATTEMPTS = 8
SERVER_ID = 0
"""Owns the client ids of the server itself; no account has it."""
Change = Callable[[dict[str, Any]], None]


class NotAllowed(Exception):  # noqa: N818  an answer, not a fault
    """The user may not edit the board any more."""


class Conflict(Exception):  # noqa: N818  an answer, not a fault
    """The update does not follow on what the board holds, or others were always quicker."""


def document_now(board_id: UUID, client_id: int | None = None) -> tuple[Document, Head]:
    """The committed document of a board, for reading or for a change on top of it.

    Raises:
        BoardGone, LogDamaged, DocumentError: it cannot be read.
    """
    head = read_head(board_id)
    if head is None:
        raise BoardGone(str(board_id))
    stored = read_stored(board_id, head.seq)
    return stored.document(read_claims(board_id), client_id), head


def document_change(*, board: Board, user: User | AnonymousUser, change: Change) -> int:
    """Commits what `change` does to the roots of the document; returns the head's sequence.

    `change` may be called several times, each time on a newer document.

    Raises:
        NotAllowed: the user may not edit.
        Conflict: others were quicker every time.
        Malformed: the change breaks a rule of the document.
        BoardGone, LogDamaged, DocumentError: the board cannot be read.
    """

    client_id = program_client_id(board.pk, user.pk)
    return _commit(board, user, lambda document: _edited(document, change, user.pk), client_id)


def document_maintain(*, board: Board, change: Change) -> int:
    """The same by the server itself, which needs nobody's permission and has no name."""
    client_id = program_client_id(board.pk, SERVER_ID)
    return _commit(board, None, lambda document: _edited(document, change, SERVER_ID), client_id)


def _edited(document: Document, change: Change, user_id: int | None) -> Taken:
    update = document.edit(change)
    claims = document.owners.check(parse(update), document.clocks, user_id)
    return Taken(update, tuple(claims))


def document_apply(*, board: Board, user: User | AnonymousUser, update: bytes) -> int:
    """Commits a Yjs update; returns the head's sequence. Raises as `document_change`."""

    def made_on(document: Document) -> Taken:
        taken = document.take(update, parse(update, CLIENT_LIMITS), user.pk)
        if taken is None:
            raise Conflict("This update builds on something that the board does not hold.")
        if not document.applies_something(taken.update):
            return Taken(EMPTY_UPDATE, ())
        return taken

    return _commit(board, user, made_on, None)


def document_copy(source_id: UUID, target_id: UUID) -> None:
    """Gives a new, empty board the drawing of another, in one update without its history.

    Runs in the caller's transaction.

    Raises:
        BoardGone, LogDamaged, DocumentError: the source cannot be read.
    """
    content = document_now(source_id)[0].content()
    document_begin(target_id, lambda roots: restore(roots, content, None))


def document_begin(board_id: UUID, change: Change) -> None:
    """Gives a new, empty board its first drawing, in its owner's name.

    Runs in the caller's transaction.
    """
    owner_id = Board.objects.values_list("owner_id", flat=True).get(pk=board_id)
    update = Document(program_client_id(board_id, owner_id)).edit(change)
    if update != EMPTY_UPDATE:
        append_update(board_id, update, owner_id)


def program_client_id(board_id: UUID, user_id: int | None) -> int:
    """The one client id under which the server writes for a user on a board.

    One for ever, so that writing often does not make the document grow; above 32 bits, where no
    browser's lies. Commits follow one another, so two processes never use a clock twice.
    """
    digest = hashlib.sha256(f"{board_id} {user_id}".encode()).digest()
    return 2**32 + int.from_bytes(digest[:6]) % (2**52)


def _commit(
    board: Board,
    user: User | AnonymousUser | None,
    made_on: Callable[[Document], Taken],
    client_id: int | None,
) -> int:
    for _ in range(ATTEMPTS):
        document, head = document_now(board.pk, client_id)
        if user is not None:
            _require_edit(board.pk, user, head)
        made = made_on(document)
        if made.update == EMPTY_UPDATE:
            return head.seq
        author_id = None if user is None else user.pk
        batch = Batch(board.pk, head.seq, head.access_version, made.update, author_id, made.claims)
        if commit_now(batch).is_committed:
            seq = head.seq + 1
            announce(board.pk, UPDATE, seq=seq, payload=made.update, claims=list(made.claims))
            return seq
    raise Conflict("Others changed the board at every attempt; try again.")


def _require_edit(board_id: UUID, user: User | AnonymousUser, head: Head) -> None:
    board = Board.objects.filter(pk=board_id, access_version=head.access_version).first()
    if board is None or not resolve_access(board, user=user).can_edit:
        raise NotAllowed
