"""Fills an empty installation from an archive, board by board.

Everything keeps its id: documents name their authors by the ids of accounts, and the audit log
names boards and people. So the installation has to be empty: no id can mean somebody else there.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection, transaction

from audit.actions import AuditAction
from audit.actor import actor_of_command
from audit.models import AuditHead, AuditLog
from audit.services import audit_record
from audit.verification import audit_verify
from boards.models import Board, files_directory
from canvas_project.moving import archive
from canvas_project.moving.archive import ArchiveError, BoardEntry, FileOf
from canvas_project.moving.archive_reading import Reading
from canvas_project.moving.archive_writing import new_file
from canvas_project.moving.carried import AUDIT, CARRIED, label_of, of_boards, of_installation
from canvas_project.moving.importing_rows import BoardCheck, insert_all, rows_in
from canvas_project.moving.progress import Progress, Say
from canvas_project.moving.rows import RowError, reset_sequences
from sync.document.document import freed_in_steps
from sync.document.yjs import DocumentError
from sync.programs.documents import document_now
from sync.storage.log import BoardGoneError, DamagedPackError, LogDamagedError
from sync.wire.frames import MalformedError

COMMAND = "import_all"
KEPT_AUDIT = "imported-audit"
"""Directory for logs that can't become the log of this installation."""
_FAULTS = (
    *(ArchiveError, RowError, DatabaseError, MalformedError, DamagedPackError),
    *(DocumentError, LogDamagedError, BoardGoneError, OSError),
)


@dataclass
class Report:
    """What came of an import."""

    imported: int = 0
    there: int = 0
    """Boards that an earlier call had imported."""
    failed: list[str] = field(default_factory=list)
    audit: str = ""
    """What became of the audit log, in one sentence."""
    seconds: float = 0.0


class Importer:
    """Imports one archive. Raises ArchiveError before anything is written, or not at all."""

    def __init__(self, reading: Reading, say: Say, *, with_damaged: bool) -> None:
        self._reading, self._say, self._with_damaged = reading, say, with_damaged
        self.report = Report()

    def check(self) -> None:
        """Reads the whole archive and writes nothing. Raises ArchiveError."""
        self._require_place()
        reading = self._reading
        for name in (archive.INSTALLATION, archive.AUDIT):
            for _ in rows_in(reading.lines(name, reading.files[name])):
                pass
        progress = Progress(self._say, "boards checked", reading.manifest["boards"])
        for board_id, file in reading.boards():
            entry = reading.board(board_id, file)
            for name, one in entry.files.items():
                reading.copy(f"{archive.board_path(board_id)}/{name}", one, None)
            progress.step()

    def run(self) -> Report:
        """Imports what is not there yet. Each board comes whole or not at all."""
        self._require_place()
        if not self._begun():
            self._require_empty()
            self._begin()
        progress = Progress(self._say, "boards", self._reading.manifest["boards"])
        for board_id, file in self._reading.boards():
            progress.step(was_work=self._board(board_id, file))
        with transaction.atomic():
            reset_sequences(CARRIED, "default")
            if self.report.imported:
                self._record("end", boards=self.report.imported, failed=len(self.report.failed))
        self.report.seconds = progress.seconds
        return self.report

    # --- whether it may begin

    def _require_place(self) -> None:
        needed = self._reading.manifest["bytes"]
        free = shutil.disk_usage(settings.CANVAS_DATA_DIR).free
        if needed > free:
            raise ArchiveError(
                f"The archive holds {needed:,} bytes, and {free:,} are free in "
                f"{settings.CANVAS_DATA_DIR}."
            )

    def _begun(self) -> bool:
        """Whether an earlier call has begun with exactly this archive."""
        rows = AuditLog.objects.filter(action=AuditAction.INSTALLATION_IMPORT)
        return any(row.data.get("archive") == self._reading.digest for row in rows.order_by("pk"))

    def _require_empty(self) -> None:
        found = {"people": User, "groups": Group, "boards": Board}
        counts = {name: model._base_manager.count() for name, model in found.items()}
        there = [f"{count} {name}" for name, count in counts.items() if count]
        if there:
            raise ArchiveError(
                f"This installation has {' and '.join(there)} already. import_all fills an empty "
                "one, because everybody keeps their id. Use a new database, or bring single boards "
                "with import_board or by dropping them on the list of boards."
            )

    # --- people, groups and the audit log

    def _begin(self) -> None:
        """In one transaction, so that it is there as a whole or not at all."""
        reading = self._reading
        self._say("People and groups …")
        try:
            with transaction.atomic():
                labels = {label_of(model) for model in of_installation()}
                name = archive.INSTALLATION
                insert_all(reading.lines(name, reading.files[name]), labels)
                self._audit()
                reset_sequences([*CARRIED, *AUDIT], "default")
                self._record("begin", boards=reading.manifest["boards"], log=self.report.audit)
        except (DatabaseError, RowError) as error:
            raise ArchiveError(f"Nothing was imported: {_sentence(error)}") from error

    def _audit(self) -> None:
        """The log goes on here if it is whole and of the same key; else it is kept as a file."""
        reading, name = self._reading, archive.AUDIT
        if AuditLog.objects.exists():
            why = "this installation's own log had begun"
        elif problem := self._continue_log():
            why = problem
        else:
            self.report.audit = "The audit log goes on: its chain was verified."
            return
        directory = Path(settings.CANVAS_DATA_DIR) / KEPT_AUDIT
        directory.mkdir(mode=0o700, exist_ok=True)
        path = directory / f"{reading.digest[:16]}.jsonl"
        with new_file(path) as file:
            for line in reading.lines(name, reading.files[name]):
                file.write(line)
        self.report.audit = (
            f"The audit log of the archive is kept as {path.name} in {KEPT_AUDIT} (SHA-256 "
            f"{file.file.sha256}): {why}."
        )

    def _continue_log(self) -> str:
        """Inserts the rows of the log, if their chain is valid here; else says what is wrong."""
        reading, name = self._reading, archive.AUDIT
        try:
            with transaction.atomic():
                AuditHead.objects.all().delete()
                insert_all(reading.lines(name, reading.files[name]), set(AUDIT))
                head = AuditHead.objects.first()
                if head is None or not head.is_sealed:
                    raise _OtherLogError("it was written with another CANVAS_AUDIT_KEY")
                found = audit_verify()
                if not found.is_intact:
                    raise _OtherLogError(f"its chain is broken ({found.problem})")
        except _OtherLogError as error:
            return str(error)
        return ""

    def _record(self, what: str, **data: int | str) -> None:
        audit_record(
            action=AuditAction.INSTALLATION_IMPORT,
            by=actor_of_command(COMMAND),
            data={"archive": self._reading.digest, "what": what, **data},
        )

    # --- boards

    def _board(self, board_id: str, file: FileOf) -> bool:
        archive.board_path(board_id)  # it is an id
        if Board.objects.filter(pk=board_id).exists():
            self.report.there += 1
            return False
        try:
            self._import(self._reading.board(board_id, file))
        except _FAULTS as error:
            shutil.rmtree(files_directory(UUID(board_id)), ignore_errors=True)
            self.report.failed.append(f"{board_id}: {_sentence(error)}")
        else:
            self.report.imported += 1
        return True

    def _import(self, entry: BoardEntry) -> None:
        """Images first: a row never names bytes that a crash has lost."""
        base, board_id = archive.board_path(entry.id), UUID(entry.id)
        directory = files_directory(board_id)
        shutil.rmtree(directory, ignore_errors=True)  # of a call that was killed
        images = {name: one for name, one in entry.files.items() if name.startswith("files/")}
        if images:
            directory.mkdir(mode=0o700, parents=True)
        for name, one in images.items():
            target = directory / name.removeprefix("files/")
            with target.open("xb") as out:
                self._reading.copy(f"{base}/{name}", one, out)
                out.flush()
                os.fsync(out.fileno())
        with transaction.atomic():
            lines = self._reading.lines(f"{base}/{archive.ROWS}", entry.files[archive.ROWS])
            check = BoardCheck(entry.id)
            insert_all(lines, {label_of(model) for model in of_boards()}, check)
            check.finish()
            if not self._with_damaged:
                _require_document(board_id)
            connection.check_constraints()


class _OtherLogError(Exception):
    """The log of an archive can't go on here; the message says why."""


def _require_document(board_id: UUID) -> None:
    """Raises DocumentError or LogDamagedError unless the document can be loaded."""
    if Board.objects.filter(pk=board_id, deleted_at=None).exists():
        with freed_in_steps(document_now(board_id)[0]):
            pass


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300] or type(error).__name__
    return text if text.endswith(".") else f"{text}."
