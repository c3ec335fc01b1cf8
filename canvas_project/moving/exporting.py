"""Writes an archive, board by board, so that it can be continued after any interruption."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone

from boards.models import Board, BoardFile
from canvas_project import __version__
from canvas_project.moving import archive
from canvas_project.moving.archive import ArchiveError, BoardEntry, Digesting, FileOf, new_file
from canvas_project.moving.carried import (
    AUDIT,
    LEFT_OUT,
    SECRETS,
    WITH_PASSWORDS_ONLY,
    label_of,
    model_of,
    of_boards,
    of_installation,
    path_to_board,
)
from canvas_project.moving.progress import Progress, Say
from canvas_project.moving.reading import one_moment
from canvas_project.moving.rows import Codec, columns_of, line_of, rows_of
from sync.document.yjs import DocumentError
from sync.models import LoadAttempt
from sync.programs.export import board_file
from sync.storage.log import BoardGoneError, LogDamagedError

USING = "default"
ATTEMPTS = 5
WITHOUT_PASSWORDS = dict.fromkeys(sorted(WITH_PASSWORDS_ONLY), "Made without passwords.")
_ROWS_WITH_BYTES = 20
"""A page of rows that hold documents: one may have megabytes."""


class Exporter:
    """Brings the archive in a directory up to date with this installation."""

    def __init__(self, directory: Path, say: Say, *, with_secrets: bool) -> None:
        self._root, self._say, self._with_secrets = directory, say, with_secrets
        self._boards = directory / "boards"
        self.written = self.kept = 0
        """Boards that were exported now, and those that had not changed."""
        self.problems: list[str] = []

    def begin(self) -> None:
        """Makes the directory. Raises ArchiveError if it holds something else."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = {archive.MANIFEST, archive.UNFINISHED}
        names = {path.name for path in self._root.iterdir()}
        if names and not names & known:
            raise ArchiveError(f"{self._root} holds something else: name an empty directory.")
        self._boards.mkdir(mode=0o700, exist_ok=True)
        note = {"format": archive.FORMAT, "version": archive.VERSION}
        archive.write_whole(self._root / archive.UNFINISHED, json.dumps(note).encode())
        (self._root / archive.MANIFEST).unlink(missing_ok=True)

    def run(self) -> dict[str, Any]:
        """Writes what is missing or has changed; returns the manifest, which is written last.

        Raises ArchiveError if people and boards are deleted faster than it can follow.
        """
        self._export(list(Board.objects.order_by("pk").values_list("pk", flat=True)))
        for _ in range(ATTEMPTS):
            with one_moment(USING):
                files, counts, known = self._installation()
                there = set(Board.objects.values_list("pk", flat=True))
                self._remove_others(there)
                behind = [UUID(entry.id) for entry in self._entries() if _lacks(entry, known)]
                if not behind:
                    files[archive.AUDIT] = self._audit()
                    return self._finish(files, counts)
            # Their people have gone since, or came and went: see them as they are now.
            self._export(behind)
        raise ArchiveError("The installation changes too fast: try again at a quieter time.")

    # --- boards

    def _export(self, board_ids: list[UUID]) -> None:
        progress = Progress(self._say, "boards", len(board_ids))
        for board_id in board_ids:
            progress.step(was_work=self._board(board_id))

    def _board(self, board_id: UUID) -> bool:
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
        archive.write_whole(new / archive.BOARD, entry.encode())
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
                count = self._dump(model, condition, file, refers)
                entry.counts[label_of(model)] = count
        entry.title = board.title if board is not None else ""
        entry.files[archive.ROWS] = file.file
        entry.refers = {label: sorted(ids) for label, ids in sorted(refers.items())}
        return entry, board, images

    def _dump(
        self,
        model: type[models.Model],
        condition: models.Q | None,
        file: Digesting,
        refers: dict[str, set[Any]] | None = None,
    ) -> int:
        codec = Codec(model, USING, with_secrets=self._with_secrets)
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

    # --- what belongs to no board

    def _installation(self) -> tuple[dict[str, FileOf], Counter[str], dict[str, set[Any]]]:
        counts: Counter[str] = Counter()
        known: dict[str, set[Any]] = {}
        with new_file(self._root / archive.INSTALLATION) as file:
            for model in of_installation():
                label = label_of(model)
                if label in WITH_PASSWORDS_ONLY and not self._with_secrets:
                    continue
                counts[label] = self._dump(model, None, file)
                known[label] = set(_plain_pks(model))
        return {archive.INSTALLATION: file.file}, counts, known

    def _audit(self) -> FileOf:
        with new_file(self._root / archive.AUDIT) as file:
            for model in map(model_of, AUDIT):
                self._dump(model, None, file)
        return file.file

    def _remove_others(self, there: set[UUID]) -> None:
        names = set(map(str, there))
        for path in self._boards.iterdir():
            if path.name not in names:
                shutil.rmtree(path)

    def _entries(self) -> Iterator[BoardEntry]:
        for path in sorted(self._boards.iterdir()):
            data = (path / archive.BOARD).read_bytes()
            yield BoardEntry.decode(data, path.name)

    def _finish(self, files: dict[str, FileOf], counts: Counter[str]) -> dict[str, Any]:
        boards = size = 0
        with new_file(self._root / archive.BOARDS) as file:
            for entry in self._entries():
                data = entry.encode()
                own = archive.file_of(data)
                line = {"id": entry.id, "title": entry.title, "entry": own.as_json()}
                file.write(line_of(line))
                counts.update(entry.counts)
                boards += 1
                size += own.bytes + sum(one.bytes for one in entry.files.values())
        files[archive.BOARDS] = file.file
        manifest = {
            "format": archive.FORMAT,
            "version": archive.VERSION,
            "id": str(uuid4()),
            "product": __version__,
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "boards": boards,
            "bytes": size + sum(one.bytes for one in files.values()),
            "counts": dict(sorted(counts.items())),
            "files": {name: one.as_json() for name, one in sorted(files.items())},
            "with_passwords": self._with_secrets,
            "without": LEFT_OUT | ({} if self._with_secrets else WITHOUT_PASSWORDS),
            "blank": {} if self._with_secrets else {k: sorted(v) for k, v in SECRETS.items()},
        }
        os.sync()  # everything else is on the disk before the file that says so
        data = json.dumps(manifest, indent=1, sort_keys=True).encode()
        archive.write_whole(self._root / archive.MANIFEST, data)
        (self._root / archive.UNFINISHED).unlink(missing_ok=True)
        return manifest


def _lacks(entry: BoardEntry, known: dict[str, set[Any]]) -> bool:
    """Whether the rows of a board name somebody who is not in the archive."""
    return any(not set(ids) <= known[label] for label, ids in entry.refers.items())


def _references(model: type[models.Model]) -> dict[str, str]:
    """The columns that name rows outside of the board, each with the label of their model."""
    outside = {label_of(one) for one in of_installation()}
    found = {}
    for one in columns_of(model):
        target = one.related_model
        if isinstance(target, type) and label_of(target) in outside:
            found[one.attname] = label_of(target)
    return found


def _plain_pks(model: type[models.Model]) -> Iterator[Any]:
    for pk in model._base_manager.values_list("pk", flat=True):
        yield str(pk) if isinstance(pk, UUID) else pk


def _old_files(target: Path, board_id: str) -> dict[str, FileOf]:
    try:
        return BoardEntry.decode((target / archive.BOARD).read_bytes(), board_id).files
    except (OSError, ArchiveError):
        return {}


def _copy(source: IO[bytes], target: Digesting) -> None:
    while data := source.read(archive.CHUNK_BYTES):
        target.write(data)
