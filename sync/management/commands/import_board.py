"""Creates a new board from an `.excalidraw` file, with its images."""

import sys
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.actor import actor_of_command
from boards.lifecycle.basics import board_create, board_trash
from boards.lifecycle.purge import board_purge
from boards.limits.refusals import RefusalError
from boards.models import TITLE_MAX_LENGTH, Board
from sync.document.document import DocumentError
from sync.drawing.file import NotADrawingError
from sync.programs.imports import Drawing, board_import, drawing_in
from sync.programs.writes import ConflictError, NotAllowedError
from sync.scheduler import Steps
from sync.stepped_json import MAX_STRUCTURE, TooMuchStructureError, read_json
from sync.storage.log import BoardGoneError, LogDamagedError
from sync.wire.frames import MalformedError

STDIN = "-"
COMMAND = "import_board"


class Command(BaseCommand):
    """`import_board PATH --owner NAME [--title TITLE] [--max-bytes N]`"""

    help = "Make a new, private board from an .excalidraw file; prints its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help="- reads stdin")
        parser.add_argument("--owner", required=True, metavar="NAME", help="a user name")
        parser.add_argument("--title", default="", help="else the name of the file")
        parser.add_argument(
            "--max-bytes",
            type=int,
            default=settings.CANVAS_MAX_IMPORT_BYTES,
            metavar="N",
            help="of the file; by default CANVAS_MAX_IMPORT_BYTES",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Creates the board, or nothing: a half-made one is removed again."""
        path, name = options["path"], options["owner"]
        owner = User.objects.filter(username=name).first()
        if owner is None:
            raise CommandError(f"There is no user {name}.")
        if not owner.is_active:
            raise CommandError(f"The account {name} is switched off.")
        drawing = _drawing_of(_read(path, options["max_bytes"]))
        elements, images = len(drawing.elements), len(drawing.images)
        self.stderr.write(f"Read {elements:,} elements and {images:,} images.")
        title = options["title"] or (Path(path).stem if path != STDIN else "Imported board")
        board = self._import(owner, title[:TITLE_MAX_LENGTH], drawing)
        self.stdout.write(str(board.pk))

    def _import(self, owner: User, title: str, drawing: Drawing) -> Board:
        by = actor_of_command(COMMAND, owner)
        try:
            board = board_create(owner=owner, title=title, by=by)
        except (ValidationError, RefusalError) as error:
            raise CommandError(_words(error)) from error
        try:
            board_import(
                board=board,
                user=owner,
                drawing=drawing,
                by=by,
                progress=self._say,
            )
        except BaseException as error:
            _remove(board)
            if isinstance(error, _REFUSALS):
                raise CommandError(_words(error)) from error
            raise
        return board

    def _say(self, done: int, count: int) -> None:
        self.stderr.write(f"{done:,} of {count:,} elements are on the board.")


_REFUSALS = (
    NotADrawingError,
    RefusalError,
    NotAllowedError,
    ConflictError,
    MalformedError,
    BoardGoneError,
    LogDamagedError,
    DocumentError,
    OSError,
)


def _words(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, MalformedError):
        return f"Not accepted: {error.reason}."
    return str(error) or type(error).__name__


def _read(path: str, max_bytes: int) -> bytes:
    """Reads the file. Raises CommandError if it cannot be read or is too big."""
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(max_bytes + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(max_bytes + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    if len(data) > max_bytes:
        raise CommandError(f"This file is larger than {max_bytes:,} bytes; see --max-bytes.")
    return data


def _drawing_of(data: bytes) -> Drawing:
    try:
        return drawing_in(read_json(data, Steps().end_step))
    except TooMuchStructureError:
        raise CommandError(
            f"This file holds more than {MAX_STRUCTURE:,} values. Divide it."
        ) from None
    except NotADrawingError as error:
        raise CommandError(str(error)) from error
    except (ValueError, RecursionError):
        raise CommandError("This is not an Excalidraw file.") from None


def _remove(board: Board) -> None:
    """Removes a half-made board by way of the trash, like any board; the audit log has it all."""
    by = actor_of_command(COMMAND)
    board_trash(board=board, by=by)
    board_purge(board=board, trashed_before=timezone.now() + timedelta(days=1), by=by)
