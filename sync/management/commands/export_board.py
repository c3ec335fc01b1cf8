"""Writes a board to a file: the drawing with its images, or a picture of it."""

import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from audit.actor import actor_of_command
from boards.limits.expensive import OverloadedError
from boards.models import Board
from sync.document.yjs import DocumentError
from sync.programs.export import Export, board_export
from sync.programs.pictures import Picture, board_picture
from sync.rendering.options import Format, Options
from sync.rendering.process import NotDrawnError, is_built
from sync.storage.log import BoardGoneError, LogDamagedError

STDOUT = "-"
DRAWING = "excalidraw"
COMMAND = "export_board"


class Command(BaseCommand):
    """`export_board ID [PATH] [--format excalidraw|svg|png|pdf]`"""

    help = "Write a board to a file, with its images; without a path, to stdout."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("board", type=UUID, metavar="ID")
        parser.add_argument(
            "path", nargs="?", default=STDOUT, metavar="PATH", help="a file that exists is replaced"
        )
        parser.add_argument(
            "--format",
            choices=[DRAWING, *Format],
            default=DRAWING,
            help="excalidraw, which can be imported again, or a picture drawn as on the page",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file; prints a summary to stderr."""
        board = Board.objects.filter(pk=options["board"]).first()
        if board is None:
            raise CommandError(f"There is no board {options['board']}.")
        path = options["path"]
        if path != STDOUT and not Path(path).resolve().parent.is_dir():
            raise CommandError(f"{path}: there is no such directory.")
        kind = options["format"]
        export = _export_of(board) if kind == DRAWING else _picture_of(board, Format(kind))
        try:
            if path == STDOUT:
                self._write_to_stdout(export)
            else:
                with _file_at(Path(path)) as file:
                    _write(export, file)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}.") from error
        images = f", {len(export.images)} images" if isinstance(export, Export) else ""
        self.stderr.write(f"Exported {board.title!r}: {export.size_bytes:,} bytes{images}.")

    def _write_to_stdout(self, export: Export | Picture) -> None:
        out = getattr(self.stdout, "buffer", None)
        if out is None:  # a Python stream that takes text
            self.stdout.write(b"".join(export.pieces()).decode(), ending="")
            return
        try:
            _write(export, out)
            out.flush()
        except BrokenPipeError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise CommandError("Whoever reads it has stopped.") from error


def _export_of(board: Board) -> Export:
    with _told():
        return board_export(board=board, by=actor_of_command(COMMAND), who=COMMAND)


def _picture_of(board: Board, kind: Format) -> Picture:
    if not is_built():
        raise CommandError("The front end is not built, so nothing can be drawn.")
    with _told():
        by = actor_of_command(COMMAND)
        return board_picture(board=board, options=Options(kind), by=by, who=COMMAND)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BoardGoneError:
        raise CommandError("This board is in the trash; restore it first.") from None
    except (DocumentError, LogDamagedError) as error:
        raise CommandError(f"This board cannot be read: {error}. Try repair_board.") from error
    except (OverloadedError, NotDrawnError) as error:
        raise CommandError(str(error)) from error


def _write(export: Export | Picture, file: IO[bytes]) -> None:
    for piece in export.pieces():
        file.write(piece)


@contextmanager
def _file_at(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears at the path only when it is complete."""
    if path.exists() and not path.is_file():  # a pipe, a device
        with path.open("wb") as file:
            yield file
        return
    with tempfile.NamedTemporaryFile(dir=path.resolve().parent, delete=False) as part:
        try:
            yield part
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
