"""`python -m bench.stored BOARD`: loads and compacts a stored board, and prints the time."""

import json
import sys
import time
from collections.abc import Callable
from uuid import UUID

import django


def main() -> None:
    """Runs with the settings of the server that owns the data."""
    django.setup()
    from sync.models import DocumentUpdate
    from sync.storage.compaction import compact_board, stored_bytes
    from sync.storage.log import load_document

    board_id = UUID(sys.argv[1])
    result: dict[str, float] = {
        "rows": DocumentUpdate.objects.filter(board_id=board_id).count(),
        "bytes_before": stored_bytes(board_id),
        "load_before_ms": _milliseconds(lambda: load_document(board_id)),
        "compaction_ms": _milliseconds(lambda: compact_board(board_id)),
    }
    result["bytes_after"] = stored_bytes(board_id)
    result["load_after_ms"] = _milliseconds(lambda: load_document(board_id))
    print(json.dumps(result))


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
