"""Compacts the update log of boards into snapshots. Its loop does the other upkeep beside a server
too: versions, fresh histories, ends of visits, and the search index."""

import os
import signal
import threading
import time
from argparse import ArgumentParser
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
from sync.programs.history import history_replace
from sync.programs.maintenance import compaction_record
from sync.programs.search_index import IndexLoop
from sync.programs.tombstones import purge_tombstones
from sync.programs.versions import automatic_version, boards_needing_version
from sync.programs.writes import ConflictError
from sync.storage.attempts import HISTORY, boards_asking, boards_due, counted_work, take_back
from sync.storage.compaction import CompactionError, Report, boards_to_compact, compact_board
from sync.storage.log import BoardGoneError, LogDamagedError

COMPACTION, VERSION = "compaction", "version"
BESIDE_A_SERVER = 10
"""Niceness of the loop, relative to the server that started it."""


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
            failed = self._run(boards, is_dry_run=is_dry_run, is_by_hand=True)
            if failed:
                raise CommandError(f"{failed} of {len(boards)} boards could not be compacted.")
            return
        stop = threading.Event()
        index = None if board or is_dry_run else IndexLoop(stop.is_set)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        threading.Thread(target=_take_back_at, args=[stop, index], daemon=True).start()
        parent = options["parent"]
        if parent is not None:
            os.nice(BESIDE_A_SERVER)
        while not stop.is_set():
            self._run_of_loop(board, index, is_dry_run=is_dry_run)
            self._wait(stop, pause, parent, index)

    def _run_of_loop(
        self, board: UUID | None, index: IndexLoop | None = None, *, is_dry_run: bool
    ) -> None:
        try:
            boards = [board] if board else boards_to_compact(past_thresholds=True)
            for one in boards_due(boards, COMPACTION):
                self._run([one], is_dry_run=is_dry_run)
                if index is not None:  # searching should not wait for many large boards
                    index.run_if_due()
            if board is None and not is_dry_run:
                self._make_versions()
                self._replace_histories()
                end_old_visits()
        except DatabaseError as error:
            self.stderr.write(f"storage: {error}; trying again")
        finally:
            close_old_connections()

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

    def _make_versions(self) -> None:
        for board_id in boards_due(boards_needing_version(), VERSION):
            try:
                with counted_work(board_id, VERSION):
                    automatic_version(board_id)
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, it is this board's
                self.stderr.write(f"{board_id}: no version made: {_words(error)}")

    def _replace_histories(self) -> None:
        """Gives a fresh history to boards where someone was refused at a budget."""
        for board_id in boards_due(boards_asking(), HISTORY):
            try:
                with counted_work(board_id, HISTORY):
                    replaced = history_replace(board_id, by=SYSTEM, only_if_full=True)
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, it is this board's
                self.stderr.write(f"{board_id}: no fresh history: {_words(error)}")
                continue
            if replaced is not None:
                self.stdout.write(
                    f"{board_id}: got a fresh history, was {replaced.clients:,} "
                    f"client ids and {replaced.deletions:,} deletions"
                )

    def _run(self, boards: list[UUID], *, is_dry_run: bool, is_by_hand: bool = False) -> int:
        """Compacts each board; a failure is reported and does not stop the others.

        `is_by_hand` writes audit rows; the loop is upkeep and writes none.
        """
        failed = 0
        for board_id in boards:
            try:
                with counted_work(board_id, COMPACTION):
                    report = _compact(board_id, is_dry_run=is_dry_run, is_by_hand=is_by_hand)
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, it is this board's
                failed += 1
                self.stderr.write(f"{board_id}: not compacted: {_words(error)}")
                continue
            if report is None:
                self.stdout.write(f"{board_id}: nothing to do")
            else:
                self.stdout.write(
                    f"{board_id}: {report.rows} rows, {report.bytes_before} → "
                    f"{report.bytes_after} bytes{' (dry run)' if is_dry_run else ''}"
                )
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
