"""Finds the stored row that keeps a board from loading, sets it aside, lifts the quarantine."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from audit.actions import AuditAction
from audit.actor import actor_of_command
from audit.services import audit_record
from boards.models import Board
from sync.document.yjs import DocumentError
from sync.models import DocumentSnapshot, DocumentUpdate
from sync.programs.committing import ConflictError
from sync.programs.documents import document_now
from sync.programs.history import history_replace
from sync.rooms.limits import BOARD_BUDGETS
from sync.storage import set_aside
from sync.storage.attempts import forgive, lift_quarantine
from sync.storage.compaction import CompactionError
from sync.storage.log import LogDamagedError, read_claims, read_head, read_stored
from sync.wire.frames import EMPTY_UPDATE


class Command(BaseCommand):
    """`repair_board --board ID [--drop] [--fresh-history [--dry-run]]`"""

    help = (
        "Load a board row by row, in processes of their own, and say which row fails. With --drop "
        "such rows are replaced by empty ones (a copy goes to the data directory), and the board "
        "can be opened again. With --fresh-history a board that is over its budgets gets a new "
        "document that shows the same; the old one is kept in the data directory and as a version."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--board", type=UUID, required=True, metavar="ID")
        parser.add_argument("--drop", action="store_true", help="set failing rows aside")
        parser.add_argument(
            "--fresh-history",
            action="store_true",
            help="write the living drawing as a new document, without old client ids and deletions",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what that would remove, and change nothing"
        )
        parser.add_argument("--try-until", type=int, help="load up to this row and end (internal)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examines the board, and repairs it when asked to."""
        board_id = UUID(str(options["board"]))  # `call_command` passes on whatever it is given
        if not Board.objects.filter(pk=board_id).exists():
            raise CommandError(f"There is no board {board_id}.")
        if options["try_until"] is not None:
            _load(board_id, options["try_until"])
            return
        _record(board_id, {"what": "examine"})  # which also lifts a quarantine
        self._examine(board_id, drops=options["drop"])
        if options["fresh_history"]:
            self._replace_history(board_id, is_dry_run=options["dry_run"])

    def _examine(self, board_id: UUID, *, drops: bool) -> None:
        head = read_head(board_id)
        if head is None:
            raise CommandError("The board is in the trash; restore it first.")
        for _ in range(DocumentUpdate.objects.filter(board_id=board_id).count() + 1):
            if self._fill_gaps(board_id, head.seq, drops=drops):
                continue
            if _loads(board_id, head.seq):
                lift_quarantine(board_id)
                forgive(board_id)
                self.stdout.write(f"{board_id}: loads; any quarantine is lifted.")
                self._say_what_is_full(board_id)
                return
            bad = _first_failing(board_id)
            if bad is None:
                break
            if not drops:
                raise CommandError(f"Row {bad} cannot be loaded. Run again with --drop.")
            path = _set_aside(board_id, bad)
            self.stdout.write(f"Row {bad} was set aside as {path}.")
        raise CommandError("The snapshot itself cannot be loaded; restore it from a backup.")

    def _replace_history(self, board_id: UUID, *, is_dry_run: bool) -> None:
        try:
            replaced = history_replace(
                board_id,
                by=actor_of_command("repair_board"),
                is_dry_run=is_dry_run,
            )
        except (CompactionError, ConflictError) as error:
            raise CommandError(str(error)) from error
        if replaced is not None:
            what = f"{replaced.clients:,} client ids and {replaced.deletions:,} deletions"
            if is_dry_run:
                self.stdout.write(f"A fresh history would remove {what}.")
            else:
                self.stdout.write(f"Fresh history: removed {what}; kept as {replaced.copy}.")

    def _say_what_is_full(self, board_id: UUID) -> None:
        """Says which budgets the board exceeds; its clients are served all the same."""
        document = document_now(board_id)[0]
        for name, count, limit in (
            ("client ids", len(document.clocks), BOARD_BUDGETS.clients),
            ("deletions", document.deletions.count, BOARD_BUDGETS.deletions),
        ):
            if count >= limit:
                self.stdout.write(
                    f"It holds {count:,} {name}, {limit:,} is the limit: everybody can open it, "
                    "but not add to these. Run with --fresh-history."
                )

    def _fill_gaps(self, board_id: UUID, head: int, *, drops: bool) -> bool:
        """Puts empty rows where rows are missing; False when none are."""
        missing = _missing(board_id, head)
        if not missing:
            return False
        named = ", ".join(map(str, missing[:10])) + (" …" if len(missing) > 10 else "")
        if not drops:
            raise CommandError(
                f"Rows are missing: {named}. Restore a backup, or run again with --drop to go on "
                "without them."
            )
        now = timezone.now()
        with transaction.atomic():
            DocumentUpdate.objects.bulk_create(
                DocumentUpdate(board_id=board_id, seq=seq, payload=EMPTY_UPDATE, created_at=now)
                for seq in missing
            )
            _record(board_id, {"what": "fill_gaps", "rows": len(missing)})
        self.stdout.write(f"Went on without missing rows: {named}.")
        return True


def _start(board_id: UUID) -> int:
    """The sequence of the newest snapshot, where a load starts."""
    snapshots = DocumentSnapshot.objects.filter(board_id=board_id).order_by("-seq")
    return snapshots.values_list("seq", flat=True).first() or 0


def _seqs(board_id: UUID) -> list[int]:
    rows = DocumentUpdate.objects.filter(board_id=board_id, seq__gt=_start(board_id))
    return list(rows.order_by("seq").values_list("seq", flat=True))


def _missing(board_id: UUID, head: int) -> list[int]:
    found = set(_seqs(board_id))
    return [seq for seq in range(_start(board_id) + 1, head + 1) if seq not in found]


def _first_failing(board_id: UUID) -> int | None:
    """The first row with which a load fails, found by bisection; None when no row is at fault."""
    seqs = _seqs(board_id)
    if not seqs or not _loads(board_id, seqs[0] - 1):
        return None
    low, high = 0, len(seqs) - 1
    while low < high:
        middle = (low + high) // 2
        if _loads(board_id, seqs[middle]):
            low = middle + 1
        else:
            high = middle
    return seqs[low]


def _loads(board_id: UUID, until: int) -> bool:
    """Whether a separate process survives the load."""
    manage = Path(settings.BASE_DIR) / "manage.py"
    command = [sys.executable, str(manage), "repair_board", "--board", str(board_id)]
    result = subprocess.run(  # noqa: S603
        [*command, "--try-until", str(until)], check=False, capture_output=True, timeout=120
    )
    return result.returncode == 0


def _load(board_id: UUID, until: int) -> None:
    """Loads the board up to a sequence, in the ordinary way."""
    try:
        read_stored(board_id, until).document(read_claims(board_id))
    except (DocumentError, LogDamagedError) as error:
        raise CommandError(str(error)) from error


def _set_aside(board_id: UUID, seq: int) -> Path:
    row = DocumentUpdate.objects.get(board_id=board_id, seq=seq)
    path = set_aside.keep(board_id, f"{seq}.update", bytes(row.payload))
    row.payload = EMPTY_UPDATE
    with transaction.atomic():
        row.save(update_fields=["payload"])
        _record(board_id, {"what": "set_aside", "row": seq})
    return path


def _record(board_id: UUID, data: dict[str, Any]) -> None:
    audit_record(
        action=AuditAction.ROOM_WRITE,
        board_id=board_id,
        board_title=Board.objects.values_list("title", flat=True).get(pk=board_id),
        data=data,
        by=actor_of_command("repair_board"),
    )
