"""Makes the search index again."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from boards.models import Board
from boards.models.search import install_index, rebuild_index
from boards.search.index import forget
from sync.programs.search_index import index_all


class Command(BaseCommand):
    """`reindex_search [--board ID]`"""

    help = (
        "Read all boards again for search, or one. Needed only if something is not found that "
        "should be; safe while people work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--board", type=UUID, metavar="ID", help="only this board")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many there were."""
        board_ids = None
        if options["board"] is not None:
            board_ids = [UUID(str(options["board"]))]
            if not Board.objects.filter(pk__in=board_ids).exists():
                raise CommandError(f"There is no board {board_ids[0]}.")
        else:
            install_index(connection)
            rebuild_index(connection)
        forget(board_ids)
        done, failed = index_all(board_ids)
        self.stdout.write(f"Indexed {done} boards.")
        if failed:
            raise CommandError(f"{failed} boards could not be read; the log says why.")
