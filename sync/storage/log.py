"""Reads the durable state of boards: heads, snapshots, rows, owners of client ids. Blocking."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import close_old_connections

from boards.models import Board
from sync.document.document import Document
from sync.document.packing import DamagedPackError, cut, unpack
from sync.models import DocumentClient, DocumentSnapshot, DocumentUpdate

Claim = tuple[int, int | None]
"""A client id, and the user it belongs to; None for guests."""


class BoardGoneError(Exception):
    """The board is in the trash or does not exist any more."""


BoardGone = BoardGoneError


class LogDamagedError(Exception):
    """The rows of a board are not dense: something is missing that was committed."""


LogDamaged = LogDamagedError


class Head(NamedTuple):
    """Where a board stands: sequence of its newest update, and version of its permissions."""

    seq: int
    access_version: int
    document_bytes: int = 0
    """What is stored of its document."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A board's document as of `head`."""

    document: Document
    head: Head


def read_head(board_id: UUID) -> Head | None:
    """Where the board stands; None when it is in the trash or does not exist."""
    return read_heads([board_id]).get(board_id)


def read_heads(board_ids: list[UUID]) -> dict[UUID, Head]:
    """Where each of the boards stands; those in the trash or missing are left out."""
    rows = Board.objects.filter(pk__in=board_ids, deleted_at=None).values_list(
        "pk", "head_seq", "access_version", "document_bytes"
    )
    return {board_id: Head(*head) for board_id, *head in rows}


def read_board(board_id: UUID) -> Board | None:
    """The board's row, for the event loop's own threads."""
    try:
        return Board.objects.filter(pk=board_id).first()
    finally:
        close_old_connections()


def read_claims(board_id: UUID, after: int = 0) -> dict[int, int | None]:
    """The owners of the client ids that were claimed after a sequence."""
    claims = DocumentClient.objects.filter(board_id=board_id, seq__gt=after)
    return dict(claims.values_list("client_id", "user_id"))


def dense_rows(board_id: UUID, after: int, until: int) -> list[tuple[int, bytes]] | None:
    """The rows `after` < seq <= `until`, or None when some are not there."""
    rows = [
        (seq, bytes(payload))
        for seq, payload in DocumentUpdate.objects.filter(
            board_id=board_id, seq__gt=after, seq__lte=until
        )
        .order_by("seq")
        .values_list("seq", "payload")
    ]
    return rows if len(rows) == until - after else None


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of a board: a snapshot, the elements in it, and the updates after it."""

    snapshot: list[bytes] | None
    elements: bytes | None
    updates: list[bytes]

    def document(
        self, owners: dict[int, int | None] | None = None, client_id: int | None = None
    ) -> Document:
        """The document it makes. Raises DocumentError."""
        return Document.load(
            self.updates,
            snapshot=self.snapshot,
            elements=self.elements,
            owners=owners,
            client_id=client_id,
        )


def read_stored(board_id: UUID, until: int) -> Stored:
    """The newest snapshot not after `until`, and every update from there up to `until`.

    Raises:
        LogDamagedError: rows are missing, or the snapshot is damaged.
    """
    # A compaction may move the snapshot between the two reads; it then also holds what the
    # removed rows held, so a second look is enough.
    for _ in range(3):
        found = (
            DocumentSnapshot.objects.filter(board_id=board_id, seq__lte=until)
            .order_by("-seq")
            .values_list("seq", "payload", "pieces", "elements", "is_packed")
            .first()
        )
        start, snapshot, pieces, elements, is_packed = found or (0, None, [], None, False)
        rows = dense_rows(board_id, start, until)
        if rows is not None:
            try:
                return Stored(
                    snapshot=None
                    if snapshot is None
                    else cut(unpack(snapshot, is_packed=is_packed), pieces),
                    elements=None if elements is None else unpack(elements, is_packed=is_packed),
                    updates=[payload for _, payload in rows],
                )
            except DamagedPackError as error:
                raise LogDamagedError(
                    f"board {board_id}: the snapshot is damaged: {error}"
                ) from error
    raise LogDamagedError(f"board {board_id}: update rows are missing")


def load_document(board_id: UUID) -> Loaded:
    """Blocking form of `Store.load`; raises the same."""
    head = read_head(board_id)
    if head is None:
        raise BoardGoneError(str(board_id))
    # Claims are read last: an owner too many is no harm, one too few would be.
    stored = read_stored(board_id, head.seq)
    return Loaded(stored.document(read_claims(board_id)), head)
