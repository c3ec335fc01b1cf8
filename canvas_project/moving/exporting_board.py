"""Writes one board into an archive: its rows, its drawing, its images."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.db import models

from boards.models import Board, BoardFile
from canvas_project.moving import archive
from canvas_project.moving.archive import ArchiveError, BoardEntry, FileOf
from canvas_project.moving.archive_writing import Digesting, new_file, write_whole
from canvas_project.moving.carried import label_of, of_boards, of_installation, path_to_board
from canvas_project.moving.reading import one_moment
from canvas_project.moving.rows import Codec, columns_of, line_of, rows_of
from sync.document.yjs import DocumentError
from sync.models import LoadAttempt
from sync.programs.export import board_file
from sync.storage.log import BoardGoneError, LogDamagedError

USING = "default"
ATTEMPTS = 5
_ROWS_WITH_BYTES = 20
"""A page of rows that hold documents: one may have megabytes."""


class BoardWriter:
    """Brings the directories of boards in an archive up to date."""

    def __init__(self, directory: Path, *, with_secrets: bool) -> None:
        self._boards, self._with_secrets = directory, with_secrets
        self.written = self.kept = 0
        self.problems: list[str] = []

    def write(self, board_id: UUID) -> bool:
        """Exports a board unless it is as it was. Returns whether it did."""
        target = self._boards / str(board_id)
        new = self._boards / f"{board_id}.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        for _ in range(ATTEMPTS):
            entry, board, images = self._rows(board_id, new)
            if board is None:  # deleted meanwhile
                shutil.rmtree(new)
                shutil.rmtree(target, ignore_errors=True)
                return False
            if self._is_as_it_was(target, entry):
                shutil.rmtree(new)
                self.kept += 1
                return False
            if self._drawing(board, new, entry):
                break
        else:
            entry.drawing = "It changed all the time."
        self._images(images, target, new, entry)
        write_whole(new / archive.BOARD, entry.encode())
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)
        self.written += 1
        self._note_problems(entry)
        return True

    def _note_problems(self, entry: BoardEntry) -> None:
        for name in entry.missing_images:
            self.problems.append(f"{entry.id}: the image {name} is not on the disk.")

    def _rows(self, board_id: UUID, new: Path) -> tuple[BoardEntry, Board | None, list[BoardFile]]:
        entry = BoardEntry(str(board_id), "")
        refers: dict[str, set[Any]] = defaultdict(set)
        with one_moment(USING), new_file(new / archive.ROWS) as file:
            board = Board.objects.filter(pk=board_id).first()
            images = list(BoardFile.objects.filter(board_id=board_id).order_by("file_id"))
            for model in of_boards():
                path = path_to_board(model)
                condition = models.Q(**{path or "pk": board_id})
                count = dump(model, condition, file, with_secrets=self._with_secrets, refers=refers)
                entry.counts[label_of(model)] = count
        entry.title = board.title if board is not None else ""
        entry.files[archive.ROWS] = file.file
        entry.refers = {label: sorted(ids) for label, ids in sorted(refers.items())}
        return entry, board, images

    def _is_as_it_was(self, target: Path, entry: BoardEntry) -> bool:
        """Whether its rows are those of the archive, and all of its files are there."""
        try:
            data = (target / archive.BOARD).read_bytes()
            old = BoardEntry.decode(data, entry.id)
            if old.files[archive.ROWS] != entry.files[archive.ROWS] or old.missing_images:
                return False
            return all(
                (target / name).stat().st_size == file.bytes for name, file in old.files.items()
            )
        except (OSError, ArchiveError):
            return False

    def _drawing(self, board: Board, new: Path, entry: BoardEntry) -> bool:
        """Writes the drawing, or notes why there is none. False if the board has changed since."""
        if board.is_trashed:
            entry.drawing = "The board is in the trash."
        elif LoadAttempt.objects.filter(board=board, quarantined_at__isnull=False).exists():
            entry.drawing = "The board is in quarantine."
        else:
            try:
                export = board_file(board)
            except BoardGoneError:
                return False
            except (DocumentError, LogDamagedError) as error:
                entry.drawing = f"The document cannot be read: {error}"
            else:
                if export.seq != board.head_seq:
                    return False
                with new_file(new / archive.DRAWING) as file:
                    for piece in export.pieces():
                        file.write(piece)
                entry.files[archive.DRAWING] = file.file
        if entry.drawing and not board.is_trashed:
            self.problems.append(f"{board.pk}: no drawing. {entry.drawing}")
        return True

    def _images(self, images: list[BoardFile], target: Path, new: Path, entry: BoardEntry) -> None:
        """Copies images; those that the archive has already are taken over: an id is one image."""
        if images:
            (new / "files").mkdir(mode=0o700)
        old = _old_files(target, entry.id)
        for image in images:
            name = archive.image_path(image.file_id)
            known = old.get(name)
            if known is not None and (target / name).is_file():
                (target / name).rename(new / name)
                entry.files[name] = known
                continue
            try:
                with image.path.open("rb") as source, new_file(new / name) as file:
                    _copy(source, file)
            except FileNotFoundError:
                entry.missing_images.append(image.file_id)
                (new / f"{name}.part").unlink(missing_ok=True)
                continue
            entry.files[name] = file.file


def dump(
    model: type[models.Model],
    condition: models.Q | None,
    file: Digesting,
    *,
    with_secrets: bool,
    refers: dict[str, set[Any]] | None = None,
) -> int:
    """Writes the rows of a table that meet a condition, one a line; returns how many.

    `refers` gets the ids outside of the board that they name, by the label of their model.
    """
    codec = Codec(model, USING, with_secrets=with_secrets)
    label, count = label_of(model), 0
    outer = _references(model) if refers is not None else {}
    has_bytes = any(isinstance(one, models.BinaryField) for one in columns_of(model))
    rows = rows_of(model, USING, condition, page_rows=_ROWS_WITH_BYTES if has_bytes else 500)
    for values in rows:
        row = codec.row(values)
        file.write(line_of({"model": label, "row": row}))
        for name, target in outer.items():
            if refers is not None and row[name] is not None:
                refers[target].add(row[name])
        count += 1
    return count


def _references(model: type[models.Model]) -> dict[str, str]:
    """The columns that name rows outside of the board, each with the label of their model."""
    outside = {label_of(one) for one in of_installation()}
    found = {}
    for one in columns_of(model):
        target = one.related_model
        if isinstance(target, type) and label_of(target) in outside:
            found[one.attname] = label_of(target)
    return found


def _old_files(target: Path, board_id: str) -> dict[str, FileOf]:
    try:
        return BoardEntry.decode((target / archive.BOARD).read_bytes(), board_id).files
    except (OSError, ArchiveError):
        return {}


def _copy(source: IO[bytes], target: Digesting) -> None:
    while data := source.read(archive.CHUNK_BYTES):
        target.write(data)
