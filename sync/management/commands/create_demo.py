"""Creates the demo users and the demo board."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync.programs.demo_board import DEMO_LOGINS, create_demo
from sync.programs.demo_password import ADVICE, is_password_known, is_served_to_others


class Command(BaseCommand):
    """`create_demo`"""

    help = "Make the demo users and a board that shows what the product can do. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Creates what is missing. Raises CommandError if others can reach the server and the demo
        password is the documented one.
        """
        if is_password_known() and is_served_to_others():
            raise CommandError(
                "The demo has an administrator with a password that everybody knows, and "
                f"DJANGO_ALLOWED_HOSTS says that others reach this server. {ADVICE}."
            )
        board = create_demo()
        if options["verbosity"]:
            self.stdout.write(f"Board /board/{board.pk}, users {', '.join(DEMO_LOGINS)}")
