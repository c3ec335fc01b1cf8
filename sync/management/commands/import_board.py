"""Creates a new board from a file: `.excalidraw` with its images, a PNG or SVG that was exported
with its scene, a library, a whiteboard of Nextcloud, a drawing of tldraw or draw.io, or lines of
CSV.
"""

import io
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.limits.refusals import RefusalError
from audit.actor import actor_of_command
from boards.models import TITLE_MAX_LENGTH, Board
from sync.document.yjs import DocumentError
from sync.drawing.file import NotADrawingError
from sync.drawing.file_reader import DrawingFile
from sync.drawing.picture import write_scene
from sync.programs.committing import ConflictError, NotAllowedError
from sync.programs.foreign_files import drawing_of_text
from sync.programs.from_files import board_from_drawing
from sync.rendering.process import NotDrawnError
from sync.rendering.reading import kind_of_name, kind_of_text
from sync.scheduler import Steps
from sync.storage.log import BoardGoneError, LogDamagedError
from sync.wire.frames import MalformedError

STDIN = "-"
_COPIED_AT_ONCE = 1 << 20
_PNG = b"\x89PNG\r\n\x1a\n"
COMMAND = "import_board"


class Command(BaseCommand):
    """`import_board PATH --owner NAME [--title TITLE] [--max-bytes N]`"""

    help = (
        "Make a new, private board from an .excalidraw, .excalidrawlib, .tldr, .drawio or .csv "
        "file, or from a PNG or SVG with its scene; prints its id."
    )

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
        title = options["title"] or (Path(path).stem if path != STDIN else "Imported board")
        with _opened(path, options["max_bytes"]) as file:
            drawing = _drawing_of(file, options["max_bytes"], path)
            images = len(drawing.images)
            self.stderr.write(f"Read {drawing.count:,} elements and {images:,} images.")
            board = self._import(owner, title[:TITLE_MAX_LENGTH], drawing)
            self._say_what_is_left_out(drawing)
        self.stdout.write(str(board.pk))

    def _import(self, owner: User, title: str, drawing: DrawingFile) -> Board:
        try:
            return board_from_drawing(
                owner=owner,
                title=title,
                drawing=drawing,
                by=actor_of_command(COMMAND, owner),
                removed_by=actor_of_command(COMMAND),
                progress=self._say,
            )
        except _REFUSALS as error:
            raise CommandError(_words(error)) from error

    def _say_what_is_left_out(self, drawing: DrawingFile) -> None:
        for one in drawing.left_out:
            self.stderr.write(f"Left out: `{one.property}` of element {one.element} {one.reason}.")
        if drawing.left_out_count > len(drawing.left_out):
            more = drawing.left_out_count - len(drawing.left_out)
            self.stderr.write(f"Left out: {more:,}{' more' if drawing.left_out else ''}.")

    def _say(self, done: int, count: int) -> None:
        self.stderr.write(f"{done:,} of {count:,} elements are on the board.")


_REFUSALS = (
    ValidationError,
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


@contextmanager
def _opened(path: str, max_bytes: int) -> Iterator[IO[bytes]]:
    """The file. Raises CommandError for one that cannot be read, or is too big."""
    try:
        with TemporaryFile() if path == STDIN else Path(path).open("rb") as file:
            if path == STDIN:
                shutil.copyfileobj(sys.stdin.buffer, file, _COPIED_AT_ONCE)
            if file.seek(0, io.SEEK_END) > max_bytes:
                raise CommandError(
                    f"This file is larger than {max_bytes:,} bytes; see --max-bytes."
                )
            yield file
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error


def _drawing_of(file: IO[bytes], max_bytes: int, path: str) -> DrawingFile:
    try:
        kind = kind_of_name(path) or kind_of_text(file)
        text = file if kind else _text_of(file, max_bytes)
        return drawing_of_text(text, Steps().end_step, kind=kind)
    except (NotADrawingError, NotDrawnError) as error:
        raise CommandError(str(error)) from error


def _text_of(file: IO[bytes], max_bytes: int) -> IO[bytes]:
    """The text of the drawing in a file, which may be a picture."""
    file.seek(0)
    head = file.read(len(_PNG))
    if head != _PNG and not head.lstrip().startswith(b"<"):
        return file
    scene = cast("IO[bytes]", TemporaryFile())  # noqa: SIM115  lives as long as the drawing
    write_scene(file, scene, max_bytes=max_bytes, end_step=Steps().end_step)
    return scene
