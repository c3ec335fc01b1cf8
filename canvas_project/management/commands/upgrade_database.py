"""Brings the database up to date, for servers that start with `--no-migrate`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canvas_project.database_start import DatabaseProblemError, prepare_database


class Command(BaseCommand):
    """`upgrade_database`"""

    help = (
        "Bring the database up to date, as `serve` does: one after the other if several do, and "
        "not if it is of a newer version."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Returns when it is done; servers may run meanwhile."""
        try:
            prepare_database(migrate=True)
        except DatabaseProblemError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write("The database is up to date.")
