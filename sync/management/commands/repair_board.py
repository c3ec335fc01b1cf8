"""Finds the stored row that keeps a board from loading, sets it aside, lifts the quarantine."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from boards.models import Board
from sync.document import Document, DocumentError
from sync.log import read_head
from sync.models import DocumentSnapshot, DocumentUpdate
from sync.packing import DamagedPack, cut, unpack
from sync.protocol import EMPTY_UPDATE
from sync.quarantine import lift


class Command(BaseCommand):
    """`repair_board --board ID [--drop]`"""

    help = (
        "Load a board row by row, in processes of their own, and say which row fails. With --drop "
        "such rows are replaced by empty ones (a copy goes to the data directory), and the board "
        "can be opened again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("--board", type=UUID, required=True, metavar="ID")
        parser.add_argument("--drop", action="store_true", help="set failing rows aside")
        parser.add_argument("--try-until", type=int, help="load up to this row and end (internal)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examines the board, and repairs it when asked to."""
        board_id: UUID = options["board"]
        if not Board.objects.filter(pk=board_id).exists():
            raise CommandError(f"There is no board {board_id}.")
        if options["try_until"] is not None:
            _load(board_id, options["try_until"])
            return
        self._examine(board_id, drops=options["drop"])

    def _examine(self, board_id: UUID, *, drops: bool) -> None:
        head = read_head(board_id)
        if head is None:
            raise CommandError("The board is in the trash; restore it first.")
        for _ in range(DocumentUpdate.objects.filter(board_id=board_id).count() + 1):
            bad = _first_failing(board_id, head.seq)
            if bad is None:
                lift(board_id)
                self.stdout.write(f"{board_id}: loads; any quarantine is lifted.")
                return
            if not drops:
                raise CommandError(f"Row {bad} cannot be loaded. Run again with --drop.")
            path = _set_aside(board_id, bad)
            self.stdout.write(f"Row {bad} was set aside as {path}.")
        raise CommandError("The snapshot itself cannot be loaded; restore it from a backup.")


def _first_failing(board_id: UUID, head: int) -> int | None:
    """The first row after which a load fails, found by halving; None when all is well."""
    if _loads(board_id, head):
        return None
    rows = DocumentUpdate.objects.filter(board_id=board_id)
    seqs = sorted(rows.values_list("seq", flat=True))
    low, high = 0, len(seqs) - 1
    while low < high:
        middle = (low + high) // 2
        if _loads(board_id, seqs[middle]):
            low = middle + 1
        else:
            high = middle
    if not seqs:
        raise CommandError("The snapshot itself cannot be loaded; restore it from a backup.")
    return seqs[low]


def _loads(board_id: UUID, until: int) -> bool:
    """Whether a process of its own survives the load."""
    manage = Path(settings.BASE_DIR) / "manage.py"
    command = [sys.executable, str(manage), "repair_board", "--board", str(board_id)]
    result = subprocess.run(  # noqa: S603
        [*command, "--try-until", str(until)], check=False, capture_output=True, timeout=120
    )
    return result.returncode == 0


def _load(board_id: UUID, until: int) -> None:
    snapshot = DocumentSnapshot.objects.filter(board_id=board_id).order_by("-seq").first()
    start = snapshot.seq if snapshot else 0
    rows = DocumentUpdate.objects.filter(board_id=board_id, seq__gt=start, seq__lte=until)
    updates = [bytes(payload) for payload in rows.order_by("seq").values_list("payload", flat=True)]
    try:
        base = None
        if snapshot:
            payload = unpack(snapshot.payload, is_packed=snapshot.is_packed)
            base = cut(payload, snapshot.pieces)
        Document.load(updates, snapshot=base)
    except (DocumentError, DamagedPack) as error:
        raise CommandError(str(error)) from error


def _set_aside(board_id: UUID, seq: int) -> Path:
    row = DocumentUpdate.objects.get(board_id=board_id, seq=seq)
    directory = Path(settings.CANVAS_DATA_DIR) / "set-aside"
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{board_id.hex}-{seq}.update"
    path.write_bytes(bytes(row.payload))
    row.payload = EMPTY_UPDATE
    row.save(update_fields=["payload"])
    return path
