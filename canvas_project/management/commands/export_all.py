"""Writes the whole installation to a directory or a zip; called again, it continues."""

import shutil
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.actions import AuditAction
from audit.actor import actor_of_command
from audit.services import audit_record
from boards.models import Board
from canvas_project.moving.archive import ArchiveError
from canvas_project.moving.archive_writing import pack
from canvas_project.moving.exporting import Exporter
from canvas_project.private_files import make_new_files_private


class Command(BaseCommand):
    """`export_all PATH [--with-passwords]`"""

    help = (
        "Write every board, person and group, and the audit log, to a directory or to a .zip. Call "
        "it again after an interruption, or to bring a directory up to date."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="a directory, or a .zip file")
        parser.add_argument(
            "--with-passwords",
            action="store_true",
            help="also the hashes of passwords of people and share links",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Servers may run meanwhile. Exits with 1 unless the archive is complete."""
        make_new_files_private()
        path = Path(options["path"])
        is_zip = path.suffix.lower() == ".zip"
        directory = path.with_name(f"{path.name}.making") if is_zip else path
        if is_zip and path.exists():
            raise CommandError(f"{path} is there already: move it away, or name another one.")
        exporter = Exporter(directory, self.stderr.write, with_secrets=options["with_passwords"])
        started = time.monotonic()
        try:
            exporter.begin()
            self._record(options)
            manifest = exporter.run()
            if is_zip:
                self.stderr.write("Making the zip …")
                pack(directory, path)
                shutil.rmtree(directory)
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or path}: {error.strerror}.") from error
        for problem in exporter.problems:
            self.stderr.write(problem)
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{path}: {manifest['boards']:,} boards, {manifest['bytes']:,} bytes. "
            f"{exporter.written:,} boards were exported in {seconds:,.1f} seconds, "
            f"{exporter.kept:,} had not changed."
        )

    def _record(self, options: dict[str, Any]) -> None:
        """Before anything leaves: an export that is interrupted has been one all the same."""
        audit_record(
            action=AuditAction.INSTALLATION_EXPORT,
            by=actor_of_command("export_all"),
            data={
                "boards": Board.objects.count(),
                "with_passwords": bool(options["with_passwords"]),
            },
        )
