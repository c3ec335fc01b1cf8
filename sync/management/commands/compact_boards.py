"""Compacts the update log of boards into snapshots. Its loop does the other upkeep beside a server
too: versions, fresh histories, ends of visits, and the search index."""

import os
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from audit.actor import SYSTEM, actor_of_command
from boards.models import Board
from boards.visits.record import end_old_visits
from sync.document.yjs import DocumentError
from sync.programs.committing import ConflictError
from sync.programs.history import history_replace
from sync.programs.maintenance import compaction_record
from sync.programs.search_index import IndexLoop
from sync.programs.tombstones import purge_tombstones
from sync.programs.versions import automatic_version, boards_needing_version
from sync.storage.attempts import (
    HISTORY,
    NotDueError,
    boards_asking,
    boards_due,
    counted_work,
    take_back,
)
from sync.storage.compaction import CompactionError, Report, boards_to_compact, compact_board
from sync.storage.log import BoardGoneError, LogDamagedError

COMPACTION, VERSION = "compaction", "version"


@dataclass(frozen=True, slots=True)
class Job:
    """What the loop does on boards that need it."""

    name: str
    """Of its attempts."""
    failed: str
    """What is reported of a board where it fails."""
    boards: Callable[[Iterable[UUID] | None], list[UUID]]
    """The boards that need it, among some; with None, of all."""
    do: Callable[[UUID], str]
    """Does it on one, and returns what to report."""


class Command(BaseCommand):
    """`compact_boards [--board ID] [--loop SECONDS] [--dry-run]`"""

    help = (
        "Merge the update rows of boards into one verified snapshot each. Once: every board with "
        "updates since its snapshot. With --loop: those past the thresholds, for ever."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--board", type=UUID, metavar="ID", help="only this board")
        parser.add_argument(
            "--loop", type=float, metavar="SECONDS", help="run for ever, with this pause between"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="compute and verify, but change nothing"
        )
        parser.add_argument(
            "--parent", type=int, metavar="PID", help="end a loop when this parent process is gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs once, or for ever with `--loop`."""
        pause, is_dry_run = options["loop"], options["dry_run"]
        board = UUID(str(options["board"])) if options["board"] else None
        if board is not None and not Board.objects.filter(pk=board).exists():
            raise CommandError(f"There is no board {board}.")
        if pause is None:
            boards = [board] if board else boards_to_compact(past_thresholds=False)
            failed = self._run_by_hand(boards, is_dry_run=is_dry_run)
            if failed:
                raise CommandError(f"{failed} of {len(boards)} boards could not be compacted.")
            return
        stop = threading.Event()
        index = None if board or is_dry_run else IndexLoop(stop.is_set)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        threading.Thread(target=_take_back_at, args=[stop, index], daemon=True).start()
        parent = options["parent"]
        while not stop.is_set():
            self._run_of_loop(board, index, is_dry_run=is_dry_run)
            self._wait(stop, pause, parent, index)

    def _run_of_loop(
        self, board: UUID | None, index: IndexLoop | None = None, *, is_dry_run: bool
    ) -> None:
        def worth_compacting(among: Iterable[UUID] | None) -> list[UUID]:
            return [board] if board else boards_to_compact(past_thresholds=True, among=among)

        def compact(board_id: UUID) -> str:
            report = _compact(board_id, is_dry_run=is_dry_run, is_by_hand=False)
            return _told(report, is_dry_run=is_dry_run)

        try:
            self._work(Job(COMPACTION, "not compacted", worth_compacting, compact), index)
            if board is None and not is_dry_run:
                self._work(VERSIONS)
                self._work(HISTORIES)
                end_old_visits()
        except DatabaseError as error:
            self.stderr.write(f"storage: {error}; trying again")
        finally:
            close_old_connections()

    def _work(self, job: Job, index: IndexLoop | None = None) -> None:
        """Does the job on each board that needs it, unless another process does. What fails on one
        does not stop the others.
        """
        for board_id in boards_due(job.boards(None), job.name):
            try:
                with counted_work(board_id, job.name, only_if_due=True):
                    # Another process may have done it since the boards were looked for.
                    said = job.do(board_id) if job.boards([board_id]) else ""
            except NotDueError:
                continue
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, it is this board's
                said = ""
                self.stderr.write(f"{board_id}: {job.failed}: {_words(error)}")
            if said:
                self.stdout.write(f"{board_id}: {said}")
            if index is not None:  # searching should not wait for many large boards
                index.run_if_due()

    def _wait(
        self, stop: threading.Event, seconds: float, parent: int | None, index: IndexLoop | None
    ) -> None:
        """Waits out the pause, and keeps the search index up to date meanwhile. Returns early, and
        sets `stop`, when the parent process is gone.
        """
        until = time.monotonic() + seconds
        while not stop.is_set() and (rest := until - time.monotonic()) > 0:
            if parent is not None and os.getppid() != parent:
                stop.set()
            try:
                if index is not None:
                    index.run_if_due()
            except DatabaseError as error:
                self.stderr.write(f"storage: {error}; trying again")
                close_old_connections()
            stop.wait(min(rest, 1.0))

    def _run_by_hand(self, boards: list[UUID], *, is_dry_run: bool) -> int:
        """Compacts each board, due or not, with an audit row; returns how many failed."""
        failed = 0
        for board_id in boards:
            try:
                with counted_work(board_id, COMPACTION):
                    report = _compact(board_id, is_dry_run=is_dry_run, is_by_hand=True)
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, it is this board's
                failed += 1
                self.stderr.write(f"{board_id}: not compacted: {_words(error)}")
                continue
            self.stdout.write(f"{board_id}: {_told(report, is_dry_run=is_dry_run)}")
        return failed


def _compact(board_id: UUID, *, is_dry_run: bool, is_by_hand: bool) -> Report | None:
    try:
        if settings.CANVAS_TOMBSTONE_DAYS and not is_dry_run:
            purge_tombstones(board_id, settings.CANVAS_TOMBSTONE_DAYS)
    except ConflictError:
        pass  # people are drawing there right now; there is no hurry
    if is_dry_run or not is_by_hand:
        return compact_board(board_id, is_dry_run=is_dry_run)
    record = compaction_record(
        board=Board.objects.get(pk=board_id),
        by=actor_of_command("compact_boards"),
    )
    return compact_board(board_id, record=record)


def _told(report: Report | None, *, is_dry_run: bool = False) -> str:
    if report is None:
        return "nothing to do"
    sizes = f"{report.bytes_before} → {report.bytes_after} bytes"
    return f"{report.rows} rows, {sizes}{' (dry run)' if is_dry_run else ''}"


def _make_version(board_id: UUID) -> str:
    automatic_version(board_id)
    return ""


def _replace_history(board_id: UUID) -> str:
    """Gives a fresh history to a board where someone was refused at a budget."""
    replaced = history_replace(board_id, by=SYSTEM, only_if_full=True)
    if replaced is None:
        return ""
    return (
        f"got a fresh history, was {replaced.clients:,} "
        f"client ids and {replaced.deletions:,} deletions"
    )


VERSIONS = Job(VERSION, "no version made", boards_needing_version, _make_version)
HISTORIES = Job(HISTORY, "no fresh history", boards_asking, _replace_history)


def _words(error: Exception) -> str:
    known = isinstance(error, CompactionError | BoardGoneError | LogDamagedError | DocumentError)
    return str(error) if known else f"{type(error).__name__}: {error}"


def _take_back_at(stop: threading.Event, index: IndexLoop | None) -> None:
    """Undoes the failure count on SIGTERM, which may be followed by a kill in the middle of a
    board.
    """
    stop.wait()
    try:
        take_back()
        if index is not None:
            index.take_back()
    except DatabaseError:
        pass  # then it counts as one failure
    finally:
        connection.close()
