"""Deletes entries of the audit log that are older than the retention period."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit.export import json_lines
from audit.models import AuditLog
from audit.retention import BrokenChainError, audit_prune, prunable_count


class Command(BaseCommand):
    """Run it once a day."""

    help = "Delete audit entries older than CANVAS_AUDIT_RETENTION_DAYS (0 keeps all)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=settings.CANVAS_AUDIT_RETENTION_DAYS)
        parser.add_argument("--dry-run", action="store_true", help="only say how many")
        parser.add_argument(
            "--export", type=Path, metavar="PATH", help="append them as JSON Lines first"
        )
        parser.add_argument(
            "--even-if-broken",
            action="store_true",
            help="delete also entries whose chain is broken: the evidence goes with them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prunes, or only counts."""
        days: int = options["days"]
        if days < 0:
            raise CommandError("--days must be 0 or more.")
        if days == 0:
            self.stdout.write("Everything is kept (0 days).")
            return
        before = timezone.now() - timedelta(days=days)
        if options["dry_run"]:
            count = prunable_count(before=before)
            self.stdout.write(f"{count} entries are older than {days} days.")
            return
        self._prune(before, options)

    def _prune(self, before: Any, options: dict[str, Any]) -> None:
        path = Path(options["export"]) if options["export"] else None

        def keep_copy(rows: list[AuditLog]) -> None:
            """On disk before they go."""
            assert path is not None  # noqa: S101  passed below only with a path
            with path.open("a", encoding="utf-8") as file:
                file.write(json_lines(rows))
                file.flush()
                os.fsync(file.fileno())

        try:
            count = audit_prune(
                before=before,
                keep_copy=keep_copy if path else None,
                even_if_broken=options["even_if_broken"],
            )
        except BrokenChainError as error:
            raise CommandError(
                f"Nothing was deleted, the log was tampered with: {error}"
            ) from error
        except OSError as error:
            raise CommandError(f"The copy could not be written: {error}") from error
        self.stdout.write(f"Deleted {count} entries older than {options['days']} days.")
