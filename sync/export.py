"""A board as an `.excalidraw` file, with its images."""

import base64
import json
from typing import Any

from django.contrib.auth.models import AnonymousUser, User

from audit.actions import AuditAction
from audit.origin import RequestOrigin
from audit.services import audit_record
from boards.models import Board
from sync.excalidraw_file import file_of
from sync.writes import document_now

MEDIA_TYPE = "application/vnd.excalidraw+json"


def board_export(
    *,
    board: Board,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str,
    level: str = "",
) -> tuple[bytes, int]:
    """The board as a file, and the sequence it shows; that somebody took it is recorded.

    Raises:
        BoardGone, LogDamaged, DocumentError: it cannot be read.
    """
    document, head = document_now(board.pk)
    data = json.dumps(file_of(document.content(), _images_of(board))).encode()
    audit_record(
        action=AuditAction.ROOM_EXPORT,
        actor=actor,
        board_id=board.pk,
        board_title=board.title,
        level=level,
        via=via,
        data={"bytes": len(data)},
        origin=origin,
    )
    return data, head.seq


def images_state(board: Board) -> str:
    """Changes when the bytes of an image come to the board; they are never replaced."""
    return str(sum(file.path.exists() for file in board.files.all()))


def _images_of(board: Board) -> dict[str, Any]:
    return {
        file.file_id: {
            "id": file.file_id,
            "mimeType": file.mime,
            "created": int(file.created_at.timestamp() * 1000),
            "dataURL": f"data:{file.mime};base64,"
            + base64.b64encode(file.path.read_bytes()).decode(),
        }
        for file in board.files.all()
        if file.path.exists()
    }
