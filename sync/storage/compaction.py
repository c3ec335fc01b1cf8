"""Replaces the update rows of a board by one snapshot, so that its size follows its content.

Safe at every crash point, and with concurrent writers and compactions: the snapshot is verified and
committed first; only then are the rows it covers removed, in separate transactions. Until then both
exist and mean the same.
"""

import contextlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Length

from boards.models import Board
from sync.document.document import Document
from sync.document.splitting import split
from sync.models import DocumentSnapshot, DocumentUpdate
from sync.storage.log import BoardGoneError, Stored, pack, read_newest

_BYTES_A_PART = 1_000_000
_BYTES_A_ROW = 500
_PAUSE_SECONDS = 0.03


class CompactionError(Exception):
    """The snapshot is not equivalent to the rows; nothing was removed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a compaction did: rows merged, stored bytes before and after."""

    board_id: UUID
    rows: int
    bytes_before: int
    bytes_after: int


def boards_to_compact(*, past_thresholds: bool, among: Iterable[UUID] | None = None) -> list[UUID]:
    """Boards with updates since their snapshot, or only those where compaction is worthwhile."""
    boards = _with_rows_since_snapshot()
    if among is not None:
        boards = boards.filter(pk__in=among)
    if past_thresholds:
        boards = boards.filter(
            Q(rows__gte=settings.CANVAS_COMPACT_ROWS)
            | Q(row_bytes__gte=settings.CANVAS_COMPACT_BYTES)
        )
    return list(boards.order_by("-rows").values_list("pk", flat=True))


def _with_rows_since_snapshot() -> QuerySet[Any]:
    newest = DocumentSnapshot.objects.filter(board=OuterRef("pk")).order_by("-seq").values("seq")
    is_new = Q(document_updates__seq__gt=F("snapshot_seq"))
    boards: QuerySet[Any] = Board.objects.annotate(
        snapshot_seq=Coalesce(Subquery(newest[:1]), 0)
    ).annotate(
        rows=Count("document_updates", filter=is_new),
        row_bytes=Sum(Length("document_updates__payload"), filter=is_new, default=0),
    )
    return boards.filter(rows__gt=0)


def stored_bytes(board_id: UUID) -> int:
    """The bytes of all updates and snapshots of a board, with the ids of the elements in them."""
    updates = DocumentUpdate.objects.filter(board_id=board_id)
    snapshots = DocumentSnapshot.objects.filter(board_id=board_id)
    elements = Coalesce(Length("elements"), 0)
    sizes = (
        updates.aggregate(n=Sum(Length("payload"), default=0)),
        snapshots.aggregate(n=Sum(Length("payload") + elements, default=0)),
    )
    return sum(size["n"] for size in sizes)


def compact_board(
    board_id: UUID, *, is_dry_run: bool = False, record: Callable[[Report], None] | None = None
) -> Report | None:
    """Compacts one board; None when there is nothing to do.

    `record` writes the audit row in the transaction that removes the rows.

    Raises:
        CompactionError: the snapshot is not equivalent to the rows; nothing was changed.
        LogDamagedError, DocumentError, django.db.Error: the board cannot be read.
    """
    rows = DocumentUpdate.objects.filter(board_id=board_id)
    if not rows.exists():
        return None
    try:
        head, stored = read_newest(board_id)
    except BoardGoneError:
        return None
    bytes_before = stored_bytes(board_id)
    count = rows.filter(seq__lte=head.seq).count()
    snapshot = verified_snapshot(stored)
    if is_dry_run:
        packed = len(snapshot.payload) + len(snapshot.elements)
        return Report(board_id, count, bytes_before, packed)
    _insert(board_id, head.seq, snapshot)
    _remove_most(board_id, head.seq)
    with transaction.atomic():
        # Locked first: concurrent commits add to the number written here.
        board = Board.objects.select_for_update().filter(pk=board_id)
        board.first()
        _remove_covered(board_id, head.seq)
        report = Report(board_id, count, bytes_before, stored_bytes(board_id))
        board.update(document_bytes=report.bytes_after)
        if record is not None:
            record(report)
    return report


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The contents of a snapshot row, packed before the transaction, because all writers wait for
    it.
    """

    payload: bytes
    pieces: list[int]
    elements: bytes

    def insert(self, board_id: UUID, seq: int) -> None:
        """Stores it as the board's snapshot at `seq`. Raises IntegrityError if there is one."""
        DocumentSnapshot.objects.create(
            board_id=board_id,
            seq=seq,
            payload=self.payload,
            pieces=self.pieces,
            elements=self.elements,
            is_packed=True,
            size_bytes=sum(self.pieces),
        )


def verified_snapshot(stored: Stored) -> Snapshot:
    """A snapshot equivalent to what is stored, with the encoded element ids in it.

    Raises CompactionError, DocumentError.
    """
    document = stored.document()
    snapshot, elements = split(document.diff()), document.elements.encode()
    again = Document.load([], snapshot=snapshot, elements=elements)
    if again.clocks != document.clocks:
        raise CompactionError("the snapshot has another state vector")
    if _canonical(again) != _canonical(document):
        raise CompactionError("the snapshot has other content")
    return Snapshot(pack(b"".join(snapshot)), list(map(len, snapshot)), pack(elements))


def _canonical(document: Document) -> str:
    return json.dumps(document.content(), sort_keys=True, default=repr)


def _insert(board_id: UUID, seq: int, snapshot: Snapshot) -> None:
    # An existing one was verified by its writer: a concurrent compaction, or one killed before it
    # could remove the rows.
    with contextlib.suppress(IntegrityError), transaction.atomic():
        snapshot.insert(board_id, seq)


def _remove_most(board_id: UUID, seq: int) -> None:
    """Removes covered rows in parts, with pauses for other writers; leaves the last part."""
    for until in _ends_of_parts(board_id, seq)[:-1]:
        DocumentUpdate.objects.filter(board_id=board_id, seq__lte=until).delete()
        time.sleep(_PAUSE_SECONDS)


def _remove_covered(board_id: UUID, seq: int) -> None:
    DocumentUpdate.objects.filter(board_id=board_id, seq__lte=seq).delete()
    DocumentSnapshot.objects.filter(board_id=board_id, seq__lt=seq).delete()


def _ends_of_parts(board_id: UUID, seq: int) -> list[int]:
    rows = DocumentUpdate.objects.filter(board_id=board_id, seq__lte=seq).order_by("seq")
    ends: list[int] = []
    size = 0
    for number, length in rows.values_list("seq", Length("payload")):
        if not ends or size + length > _BYTES_A_PART:
            ends.append(number)
            size = 0
        ends[-1] = number
        size += length + _BYTES_A_ROW
    return ends
