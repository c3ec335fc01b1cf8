"""Gives a board a fresh history: the same drawing without the old client ids and deletions.

A Yjs document never forgets client ids and deletions, and they can't be removed from it: clients
with the old document would bring them back. So the drawing is written as a new document, and all
old client ids are retired: nothing written under them is ever accepted again, and clients that
still hold them are closed before anything is exchanged. Our page then keeps its unsaved work, drops
its local copy, starts again and replays the work. Other clients have to start without their copy.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record
from boards.models import Board
from sync.document.document import Document
from sync.document.ownership import RETIRED
from sync.drawing.deleted import Content, without_deleted
from sync.drawing.scene import restore
from sync.models import DocumentClient, DocumentSnapshot, DocumentUpdate
from sync.programs.committing import ATTEMPTS, ConflictError
from sync.programs.documents import document_now
from sync.programs.versions import version_create
from sync.programs.writes import SERVER_ID
from sync.rooms.announce import announce
from sync.rooms.bus import UPDATE
from sync.rooms.limits import BOARD_BUDGETS
from sync.storage import set_aside
from sync.storage.compaction import CompactionError, stored_bytes, verified_snapshot
from sync.storage.log import BoardGoneError, Head, Stored
from sync.storage.write_lock import holding_write_lock
from sync.wire.frames import EMPTY_UPDATE

NEARLY_FULL = 0.9


@dataclass(frozen=True, slots=True)
class Replaced:
    """What the board made its clients repeat before, and where the old document is kept."""

    clients: int
    deletions: int
    copy: Path | None


def is_nearly_full(document: Document) -> bool:
    """Whether a board is close to its budgets."""
    budgets = BOARD_BUDGETS
    return (
        len(document.clocks) >= NEARLY_FULL * budgets.clients
        or document.owners.count_of(None) >= NEARLY_FULL * budgets.clients_each
        or document.deletions.count >= NEARLY_FULL * budgets.deletions
    )


def history_replace(
    board_id: UUID,
    *,
    by: Actor,
    is_dry_run: bool = False,
    only_if_full: bool = False,
) -> Replaced | None:
    """Writes the living drawing of a board as a new document; keeps the old one as a file and as an
    automatic version. Returns None with `only_if_full` if the budgets are not nearly used up.

    Unresolved conflicts end with the value that the board shows. The audit row is written in the
    transaction that replaces the document.

    Raises:
        CompactionError: the new document does not show the same; nothing was changed.
        ConflictError: others were quicker every time.
        BoardGoneError, LogDamagedError, DocumentError: the board cannot be read.
    """
    for _ in range(ATTEMPTS):
        document, head = document_now(board_id)
        if only_if_full and not is_nearly_full(document):
            return None
        clients, deletions = len(document.clocks), document.deletions.count
        client_id = _unused_id(board_id, document)
        fresh = _fresh(without_deleted(document.content()), client_id)
        if is_dry_run:
            return Replaced(clients, deletions, None)
        copy = _keep(board_id, head, document)
        record = _recorder(document, by)
        if _is_replaced(board_id, head, document, fresh, client_id, record):
            # The head moves by two, so rooms find no rows to continue from and load the board
            # again.
            announce(board_id, UPDATE, seq=head.seq + 2, payload=EMPTY_UPDATE, claims=[])
            return Replaced(clients, deletions, copy)
        copy.unlink(missing_ok=True)
    raise ConflictError("Others changed the board at every attempt; try again.")


def _unused_id(board_id: UUID, document: Document) -> int:
    known = DocumentClient.objects.filter(board_id=board_id)
    while True:
        client_id = random.SystemRandom().randrange(1, 2**32)
        if client_id not in document.clocks and not known.filter(client_id=client_id).exists():
            return client_id


def _fresh(content: Content, client_id: int) -> bytes:
    """The drawing as one update. Raises CompactionError."""
    document = Document(client_id)
    update = document.edit(lambda roots: restore(roots, content, None))
    shown = document.content()
    wanted = {key: value for key, value in content["elements"].items() if isinstance(value, dict)}
    if shown["elements"] != wanted or any(shown[r] != content[r] for r in ("files", "meta")):
        raise CompactionError("the new document shows something else")
    return update


def _keep(board_id: UUID, head: Head, document: Document) -> Path:
    version_create(board=Board.objects.get(pk=board_id), name="", author=None)
    return set_aside.keep(board_id, f"{head.seq}.document", document.diff())


def _recorder(document: Document, by: Actor) -> Callable[[Board], None]:
    data: dict[str, Any] = {
        "fresh_history": True,
        "clients": len(document.clocks),
        "deletions": document.deletions.count,
    }

    def record(board: Board) -> None:
        audit_record(
            action=AuditAction.ROOM_COMPACT,
            by=by,
            board_id=board.pk,
            board_title=board.title,
            data=data,
        )

    return record


def _is_replaced(
    board_id: UUID,
    head: Head,
    document: Document,
    fresh: bytes,
    client_id: int,
    record: Callable[[Board], None],
) -> bool:
    snapshot, seq = verified_snapshot(Stored(None, None, [fresh])), head.seq + 2
    claims = DocumentClient.objects.filter(board_id=board_id)
    with holding_write_lock(), transaction.atomic():
        boards = Board.objects.select_for_update().filter(pk=board_id, deleted_at=None)
        board = boards.first()
        if board is None:
            raise BoardGoneError(str(board_id))
        if board.head_seq != head.seq:
            return False
        DocumentUpdate.objects.filter(board_id=board_id).delete()
        DocumentSnapshot.objects.filter(board_id=board_id).delete()
        snapshot.insert(board_id, seq)
        now = timezone.now()
        claims.exclude(user_id=RETIRED).update(user_id=RETIRED, retired_at=now)
        old = [
            DocumentClient(
                board_id=board_id, client_id=client, user_id=RETIRED, seq=seq, retired_at=now
            )
            for client in document.clocks.keys() - set(claims.values_list("client_id", flat=True))
        ]
        own = DocumentClient(board_id=board_id, client_id=client_id, user_id=SERVER_ID, seq=seq)
        DocumentClient.objects.bulk_create([*old, own], batch_size=1000)
        boards.update(head_seq=seq, document_bytes=stored_bytes(board_id))
        record(board)
    return True
