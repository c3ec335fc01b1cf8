"""Fills an empty installation from an archive of `export_all`; called again, it continues."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canvas_project.moving.archive import ArchiveError
from canvas_project.moving.archive_reading import Reading
from canvas_project.moving.importing import Importer
from canvas_project.private_files import make_new_files_private


class Command(BaseCommand):
    """`import_all PATH [--dry-run] [--with-damaged]`"""

    help = "Fill an empty installation from an archive of export_all. Call it again to continue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="a directory, or a .zip file")
        parser.add_argument(
            "--dry-run", action="store_true", help="read and check all of it, and change nothing"
        )
        parser.add_argument(
            "--with-damaged",
            action="store_true",
            help="also boards whose document cannot be loaded, for repair_board",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 if anything was not taken, and says what and why."""
        make_new_files_private()
        try:
            reading = Reading(Path(options["path"]))
            importer = Importer(reading, self.stderr.write, with_damaged=options["with_damaged"])
            if options["dry_run"]:
                importer.check()
                self.stdout.write(f"The archive is whole: {_counts(reading)}.")
                return
            report = importer.run()
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        if report.audit:
            self.stdout.write(report.audit)
        if not reading.manifest.get("with_passwords"):
            self.stdout.write(
                "Passwords were left out: nobody can sign in with one until it is set, with "
                "`manage.py changepassword NAME`. Share links with a password stay closed."
            )
        self.stdout.write(
            f"{report.imported:,} boards were imported in {report.seconds:,.1f} seconds, "
            f"{report.there:,} were there, {len(report.failed):,} could not be taken."
        )
        for line in report.failed:
            self.stderr.write(line)
        if report.failed:
            raise CommandError("Not everything was taken; the lines above say what and why.")


def _counts(reading: Reading) -> str:
    counts = reading.manifest["counts"]
    people, groups = counts.get("auth.user", 0), counts.get("auth.group", 0)
    return f"{reading.manifest['boards']:,} boards, {people:,} people, {groups:,} groups"
