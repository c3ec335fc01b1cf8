"""Removes what repairs took out of boards long ago."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sync.storage.set_aside import purge


class Command(BaseCommand):
    """Run it once a day."""

    help = (
        "Remove copies that repair_board set aside, and client ids of replaced histories, after "
        "CANVAS_SET_ASIDE_DAYS (90) days; copies of boards that are gone at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How old."""
        parser.add_argument("--days", type=int, default=settings.CANVAS_SET_ASIDE_DAYS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many there were."""
        days: int = options["days"]
        if days < 1:
            raise CommandError("--days must be 1 or more.")
        copies, ids = purge(days)
        self.stdout.write(f"Removed {copies} copies and {ids} client ids of old histories.")
