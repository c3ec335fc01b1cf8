"""Makes the demo users and the demo board."""

from typing import Any

from django.core.management.base import BaseCommand

from sync.demo_board import DEMO_LOGINS, create_demo


class Command(BaseCommand):
    """`create_demo`"""

    help = "Make the demo users and a board that shows what the product can do. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes what is missing."""
        board = create_demo()
        if options["verbosity"]:
            self.stdout.write(f"Board /board/{board.pk}, users {', '.join(DEMO_LOGINS)}")
