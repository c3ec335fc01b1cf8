"""How long until an edit is found: `python -m tests.search_freshness`.

A demo server, one edit after another, each on a board at rest and then on one that was indexed just
before. Prints seconds from the answer to the edit until a search finds it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tests.server import Server, until

EDITS = range(1, 11)
PAUSE_SECONDS = 0.25
"""Between two searches; the figures are not more exact."""


def main() -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory(prefix="canvas-fresh-") as directory:
        server = Server(Path(directory), static_root=Path(directory) / "static")
        server.manage("collectstatic", "--noinput", "--verbosity", "0")
        server.start()
        try:
            _print("board at rest", [_found_after(server, server.new_board(), n) for n in EDITS])
            board = server.new_board()
            _found_after(server, board, 0)
            _print("edited all the time", [_found_after(server, board, 100 + n) for n in EDITS])
        finally:
            server.stop()


def _found_after(server: Server, board: str, number: int) -> float:
    token, word = server.token("alice"), f"fresh{number}word"
    text = {"type": "text", "x": 0, "y": 30 * number, "text": word}
    status, answer = server.call("POST", f"boards/{board}/elements", {"create": [text]}, token)
    assert status < 300, answer
    started = time.monotonic()
    until(
        lambda: server.call("GET", f"search?q={word}", None, token),
        lambda found: found[0] == 200 and found[1]["texts"],
        pause=PAUSE_SECONDS,
    )
    return time.monotonic() - started


def _print(name: str, seconds: list[float]) -> None:
    print(f"{name:22} median {statistics.median(seconds):4.1f} s, slowest {max(seconds):4.1f} s")


if __name__ == "__main__":
    main()
