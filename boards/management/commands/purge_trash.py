"""Deletes boards for good that have been in the trash long enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit.actor import actor_of_command
from boards.lifecycle.purge import board_purge
from boards.models import Board

DEFAULT_DAYS = 30


class Command(BaseCommand):
    """Run it once a day."""

    help = "Delete boards that were moved to the trash more than CANVAS_TRASH_DAYS (30) days ago."

    def add_arguments(self, parser: CommandParser) -> None:
        days = getattr(settings, "CANVAS_TRASH_DAYS", DEFAULT_DAYS)
        parser.add_argument("--days", type=int, default=days)
        parser.add_argument("--dry-run", action="store_true", help="only say which")

    def handle(self, *args: Any, **options: Any) -> None:
        days: int = options["days"]
        if days < 0:
            raise CommandError("--days must be 0 or more.")
        before = timezone.now() - timedelta(days=days)
        boards = Board.objects.filter(deleted_at__lt=before).order_by("deleted_at")
        if options["dry_run"]:
            for board in boards:
                self.stdout.write(f"{board.pk} {board.title}")
            return
        by = actor_of_command("purge_trash")
        count = sum(board_purge(board=board, trashed_before=before, by=by) for board in boards)
        self.stdout.write(f"Deleted {count} boards that were in the trash for {days} days.")
