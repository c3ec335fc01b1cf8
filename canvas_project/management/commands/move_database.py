"""Moves an installation from SQLite to PostgreSQL, or back."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canvas_project.moving.copying import MoveError, Mover


class Command(BaseCommand):
    """`move_database --to DATABASE_URL`"""

    help = (
        "Copy every row to an empty database of the other kind and compare them. Nothing is "
        "changed in this one; servers have to be stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", required=True, metavar="DATABASE_URL", help="as in the setting; `-` asks for it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 if nothing was moved, and says why."""
        url = options["to"]
        if url == "-":  # a password in an argument is seen by everybody on the machine
            url = input("DATABASE_URL of the new database: ").strip()
        started = time.monotonic()
        try:
            count = Mover(url, self.stderr.write).run()
        except MoveError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Moved {count:,} rows in {time.monotonic() - started:,.1f} seconds; every table is "
            "equal, and the audit log was verified.\n"
            "Next: set DATABASE_URL to the new database for every server, keep CANVAS_DATA_DIR "
            "(images and keys stay in it), and start. Keep the old database until all is well, "
            "and start no server on it."
        )
