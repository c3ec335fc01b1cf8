"""Checks that nobody changed, added or removed entries of the audit log."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import anchor
from audit.verification import audit_verify


class Command(BaseCommand):
    """Prints the end of the chain, to keep elsewhere; fails at the first problem."""

    help = "Check the hash chain of the audit log. Exits with 1 and names the first bad entry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--accept-restored",
            action="store_true",
            help="a backup was restored: from now on the log may be as short as it is",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Walks the chain; the end of an intact one is stored outside the database."""
        if options["accept_restored"]:
            anchor.forget()
        found = audit_verify()
        if found.is_intact:
            anchor.write(found.last_id, found.last_hash)
        if options["json"]:
            summary = {
                "intact": found.is_intact,
                "count": found.count,
                "last_id": found.last_id,
                "last_hash": found.last_hash,
                "problem": found.problem,
            }
            self.stdout.write(json.dumps(summary))
        else:
            end = f"; the last one is {found.last_id} {found.last_hash}" if found.count else ""
            self.stdout.write(f"{found.count} entries are intact{end}.")
        if found.problem:
            raise CommandError(found.problem)
