"""Removes old notifications."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.notifications.services import KEPT_DAYS, MAX_KEPT, prune


class Command(BaseCommand):
    """`purge_notifications`"""

    help = f"Remove notifications of more than {KEPT_DAYS} days, and beyond {MAX_KEPT} a person."

    def handle(self, *args: Any, **options: Any) -> None:
        """Removes them, and says how many."""
        self.stdout.write(f"{prune()} notifications removed")
