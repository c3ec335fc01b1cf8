"""What administrators do to documents and live sessions, with audit rows."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction

from audit.actions import AuditAction
from audit.origin import RequestOrigin
from audit.services import audit_record
from boards.models import Board
from sync.rooms.bus import DISCONNECT, announce
from sync.storage.compaction import Report, compact_board

Actor = User | AnonymousUser | None


def board_compact(*, board: Board, actor: Actor, origin: RequestOrigin, via: str) -> Report | None:
    """Compacts a board by hand; None when there was nothing to do.

    Raises as `sync.storage.compaction.compact_board`.
    """
    record = compaction_record(board=board, actor=actor, origin=origin, via=via)
    return compact_board(board.pk, record=record)


def compaction_record(
    *, board: Board, actor: Actor, origin: RequestOrigin, via: str
) -> Callable[[Report], None]:
    """Writes the audit row of a compaction by hand."""

    def record(report: Report) -> None:
        audit_record(
            action=AuditAction.ROOM_COMPACT,
            actor=actor,
            board_id=board.pk,
            board_title=board.title,
            via=via,
            data={
                "rows": report.rows,
                "bytes_before": report.bytes_before,
                "bytes_after": report.bytes_after,
            },
            origin=origin,
        )

    return record


@transaction.atomic
def board_disconnect(*, board: Board, actor: Actor, origin: RequestOrigin, via: str) -> None:
    """Closes every socket of a board in every process. People who still have access reconnect."""
    audit_record(
        action=AuditAction.ROOM_DISCONNECT,
        actor=actor,
        board_id=board.pk,
        board_title=board.title,
        via=via,
        origin=origin,
    )
    transaction.on_commit(lambda: announce(board.pk, DISCONNECT))
