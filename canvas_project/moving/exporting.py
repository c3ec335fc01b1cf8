"""Writes an archive, board by board, so that it can be continued after any interruption."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone

from boards.models import Board
from canvas_project import __version__
from canvas_project.moving import archive
from canvas_project.moving.archive import ArchiveError, BoardEntry, FileOf
from canvas_project.moving.archive_writing import file_of, new_file, write_whole
from canvas_project.moving.carried import (
    AUDIT,
    LEFT_OUT,
    SECRETS,
    WITH_PASSWORDS_ONLY,
    label_of,
    model_of,
    of_installation,
)
from canvas_project.moving.exporting_board import ATTEMPTS, USING, BoardWriter, dump
from canvas_project.moving.progress import Progress, Say
from canvas_project.moving.reading import one_moment
from canvas_project.moving.rows import line_of

WITHOUT_PASSWORDS = dict.fromkeys(sorted(WITH_PASSWORDS_ONLY), "Made without passwords.")


class Exporter:
    """Brings the archive in a directory up to date with this installation."""

    def __init__(self, directory: Path, say: Say, *, with_secrets: bool) -> None:
        self._root, self._say, self._with_secrets = directory, say, with_secrets
        self._boards = directory / "boards"
        self._writer = BoardWriter(self._boards, with_secrets=with_secrets)

    @property
    def written(self) -> int:
        """Boards that were exported now."""
        return self._writer.written

    @property
    def kept(self) -> int:
        """Boards that had not changed."""
        return self._writer.kept

    @property
    def problems(self) -> list[str]:
        """What is missing in the archive, in sentences."""
        return self._writer.problems

    def begin(self) -> None:
        """Makes the directory. Raises ArchiveError if it holds something else."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = {archive.MANIFEST, archive.UNFINISHED}
        names = {path.name for path in self._root.iterdir()}
        if names and not names & known:
            raise ArchiveError(f"{self._root} holds something else: name an empty directory.")
        self._boards.mkdir(mode=0o700, exist_ok=True)
        note = {"format": archive.FORMAT, "version": archive.VERSION}
        write_whole(self._root / archive.UNFINISHED, json.dumps(note).encode())
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
            progress.step(was_work=self._writer.write(board_id))

    # --- what belongs to no board

    def _installation(self) -> tuple[dict[str, FileOf], Counter[str], dict[str, set[Any]]]:
        counts: Counter[str] = Counter()
        known: dict[str, set[Any]] = {}
        with new_file(self._root / archive.INSTALLATION) as file:
            for model in of_installation():
                label = label_of(model)
                if label in WITH_PASSWORDS_ONLY and not self._with_secrets:
                    continue
                counts[label] = dump(model, None, file, with_secrets=self._with_secrets)
                known[label] = set(_plain_pks(model))
        return {archive.INSTALLATION: file.file}, counts, known

    def _audit(self) -> FileOf:
        with new_file(self._root / archive.AUDIT) as file:
            for model in map(model_of, AUDIT):
                dump(model, None, file, with_secrets=self._with_secrets)
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
                own = file_of(data)
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
        write_whole(self._root / archive.MANIFEST, data)
        (self._root / archive.UNFINISHED).unlink(missing_ok=True)
        return manifest


def _lacks(entry: BoardEntry, known: dict[str, set[Any]]) -> bool:
    """Whether the rows of a board name somebody who is not in the archive."""
    return any(not set(ids) <= known[label] for label, ids in entry.refers.items())


def _plain_pks(model: type[models.Model]) -> Iterator[Any]:
    for pk in model._base_manager.values_list("pk", flat=True):
        yield str(pk) if isinstance(pk, UUID) else pk
