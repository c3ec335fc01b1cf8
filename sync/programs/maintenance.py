"""What administrators do to documents and live sessions, with audit rows."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record
from boards.models import Board
from boards.writing import access_changed
from sync.storage.compaction import Report, compact_board


def board_compact(*, board: Board, by: Actor) -> Report | None:
    """Compacts a board by hand; None when there was nothing to do.

    Raises as `sync.storage.compaction.compact_board`.
    """
    record = compaction_record(board=board, by=by)
    return compact_board(board.pk, record=record)


def compaction_record(*, board: Board, by: Actor) -> Callable[[Report], None]:
    """Writes the audit row of a compaction by hand."""

    def record(report: Report) -> None:
        audit_record(
            action=AuditAction.ROOM_COMPACT,
            by=by,
            board_id=board.pk,
            board_title=board.title,
            data={
                "rows": report.rows,
                "bytes_before": report.bytes_before,
                "bytes_after": report.bytes_after,
            },
        )

    return record


@transaction.atomic
def board_disconnect(*, board: Board, by: Actor) -> None:
    """Closes every socket of a board in every process. People who still have access reconnect.

    Stored with the board, as a change of access is, so that a process that could not be told finds
    it by polling.
    """
    access_changed(board)
    Board.objects.filter(pk=board.pk).update(disconnected_at_version=F("access_version"))
    audit_record(
        action=AuditAction.ROOM_DISCONNECT,
        by=by,
        board_id=board.pk,
        board_title=board.title,
    )
