"""Makes a new board from an `.excalidraw` file, or none."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from audit.actor import Actor
from boards.lifecycle.basics import board_create, board_trash
from boards.lifecycle.purge import board_purge
from boards.models import Board
from boards.spaces.placing import Place
from sync.drawing.file_reader import DrawingFile
from sync.programs.imports import Progress, board_import


def board_from_drawing(
    *,
    owner: User,
    title: str,
    drawing: DrawingFile,
    by: Actor,
    removed_by: Actor | None = None,
    place: Place | None = None,
    progress: Progress | None = None,
) -> Board:
    """Creates a board with all that is in a file. If any of it cannot be taken, no board is left:
    a half-made one is removed in the name of `removed_by`, else of `by`, and the audit log has it.

    Raises:
        ValidationError, QuotaError: as `board_create`.
        RefusalError and others: as `board_import`.
    """
    board = board_create(owner=owner, title=title, by=by, place=place)
    try:
        board_import(
            board=board,
            user=owner,
            drawing=drawing,
            by=by,
            progress=progress,
        )
    except BaseException:
        _remove(board, removed_by or by)
        raise
    return board


def _remove(board: Board, by: Actor) -> None:
    """By way of the trash, like any board: its images and its place in the quota are free again."""
    board_trash(board=board, by=by)
    board_purge(board=board, trashed_before=timezone.now() + timedelta(days=1), by=by)
