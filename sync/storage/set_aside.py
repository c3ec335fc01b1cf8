"""What a repair took out of a board: copies in the data directory, and client ids of old histories.

Both are for people who find later that the repair took too much, or still holds the old document;
both go after `CANVAS_SET_ASIDE_DAYS`.
"""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from boards.models import Board
from sync.document.ownership import RETIRED
from sync.models import DocumentClient

_AT_ONCE = 1000


def keep(board_id: UUID, name: str, data: bytes) -> Path:
    """Writes a copy of something of a board; returns where it is."""
    directory = _directory()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{board_id.hex}-{name}"
    path.write_bytes(data)
    return path


def purge(days: int) -> tuple[int, int]:
    """Removes copies and retired client ids that are older; returns how many of each.

    Copies of boards that are gone for good go at any age. Client ids stay at least as long as
    browsers keep boards: without them, a copy of the old history would be taken again.
    """
    now = timezone.now()
    before = (now - timedelta(days=days)).timestamp()
    copies = 0
    for path in _directory().glob("*-*"):
        board_id = _board_of(path)
        if board_id is None:  # not one of ours
            continue
        if path.stat().st_mtime < before or not Board.objects.filter(pk=board_id).exists():
            path.unlink(missing_ok=True)
            copies += 1
    oldest = now - timedelta(days=max(days, settings.CANVAS_OFFLINE_DAYS))
    retired = DocumentClient.objects.filter(retired_at__lt=oldest, user_id=RETIRED)
    ids = 0
    while keys := list(retired.values_list("pk", flat=True)[:_AT_ONCE]):
        some = retired.filter(pk__in=keys)
        ids += some._raw_delete(some.db)
    return copies, ids


def _directory() -> Path:
    return Path(settings.CANVAS_DATA_DIR) / "set-aside"


def _board_of(path: Path) -> UUID | None:
    try:
        return UUID(path.name.partition("-")[0])
    except ValueError:
        return None
