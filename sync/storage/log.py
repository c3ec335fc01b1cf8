"""Reads the stored state of boards: heads, snapshots, rows, owners of client ids. Blocking.

Snapshots are compressed. A document keeps a marker for every value that was ever overwritten, so
that offline edits still merge. The markers of a long history far outweigh the content, but they are
so alike that compression removes nearly all of their size.
"""

import itertools
import zlib
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import close_old_connections

from boards.models import Board
from sync.document.document import Document
from sync.models import DocumentClient, DocumentSnapshot, DocumentUpdate

Claim = tuple[int, int | None]
"""A client id, and the user it belongs to; None for guests."""
_COMPRESSION = 6


class BoardGoneError(Exception):
    """The board is in the trash or no longer exists."""


class LogDamagedError(Exception):
    """The rows of a board have a gap: something that was committed is missing."""


class DamagedPackError(ValueError):
    """Stored bytes that cannot be unpacked."""


class Head(NamedTuple):
    """A board's head: the sequence of its newest update, and its access version."""

    seq: int
    access_version: int
    document_bytes: int = 0
    """The stored size of the document."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A board's document as of `head`."""

    document: Document
    head: Head


def read_head(board_id: UUID) -> Head | None:
    """The board's head; None if it is in the trash or does not exist."""
    return read_heads([board_id]).get(board_id)


def read_heads(board_ids: list[UUID]) -> dict[UUID, Head]:
    """The heads of the boards; those in the trash or missing are left out."""
    rows = Board.objects.filter(pk__in=board_ids, deleted_at=None).values_list(
        "pk", "head_seq", "access_version", "document_bytes"
    )
    return {board_id: Head(*head) for board_id, *head in rows}


def read_board(board_id: UUID) -> Board | None:
    """The board's row, for the threads of the event loop."""
    try:
        return Board.objects.filter(pk=board_id).first()
    finally:
        close_old_connections()


def read_claims(board_id: UUID, after: int = 0) -> dict[int, int | None]:
    """The owners of client ids claimed after a sequence."""
    claims = DocumentClient.objects.filter(board_id=board_id, seq__gt=after)
    return dict(claims.values_list("client_id", "user_id"))


def dense_rows(board_id: UUID, after: int, until: int) -> list[tuple[int, bytes]] | None:
    """The rows `after` < seq <= `until`, or None if some are missing."""
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
    """A board as stored: a snapshot, the element ids in it, and the updates after it."""

    snapshot: list[bytes] | None
    elements: bytes | None
    updates: list[bytes]

    def document(
        self, owners: dict[int, int | None] | None = None, client_id: int | None = None
    ) -> Document:
        """Builds the document. Raises DocumentError."""
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
    # A compaction may replace the snapshot between the two reads; the new one then covers the
    # removed rows, so one retry is enough.
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


def read_newest(board_id: UUID) -> tuple[Head, Stored]:
    """The board's head, and everything up to it.

    Raises:
        BoardGoneError: there is no such board, or it is in the trash.
        LogDamagedError: rows are missing, or the snapshot is damaged.
    """
    head = read_head(board_id)
    while head is not None:
        try:
            return head, read_stored(board_id, head.seq)
        except LogDamagedError:
            # Somebody may have committed and compacted since, and the rows up to here are gone.
            before, head = head, read_head(board_id)
            if head is not None and head.seq == before.seq:
                raise
    raise BoardGoneError(str(board_id))


def load_document(board_id: UUID) -> Loaded:
    """The blocking form of `Store.load`; raises the same."""
    head, stored = read_newest(board_id)
    # Claims are read last: an extra owner is harmless; a missing one is not.
    return Loaded(stored.document(read_claims(board_id)), head)


def pack(data: bytes) -> bytes:
    """Compresses `data` for storage."""
    return zlib.compress(data, _COMPRESSION)


def unpack(stored: bytes | memoryview, *, is_packed: bool) -> bytes:
    """Unpacks stored bytes; rows from before compression are returned unchanged.

    Raises:
        DamagedPackError: the bytes were changed or cut off.
    """
    if not is_packed:
        return bytes(stored)
    try:
        return zlib.decompress(stored)
    except zlib.error as error:
        raise DamagedPackError(str(error)) from error


def cut(payload: bytes, pieces: list[int]) -> list[bytes]:
    """Cuts a payload of concatenated updates into pieces of the given sizes in bytes.

    Raises:
        DamagedPackError: the sizes don't add up to the payload.
    """
    if not pieces:
        return [payload]
    if sum(pieces) != len(payload):
        raise DamagedPackError("its pieces do not add up")
    ends = list(itertools.accumulate(pieces))
    return [payload[end - size : end] for end, size in zip(ends, pieces, strict=True)]
