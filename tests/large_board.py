"""What a large board costs everybody else: edits on another board while the large one is opened.

    python -m tests.large_board --elements 20000

Starts a server, stores a board, and measures the time from an edit on a small board to its
acknowledgement: alone, while the large board is loaded from its rows, while it is compacted, while
it is loaded from the snapshot, while ten people open it at once, and while somebody changes 5,000
elements at once. Prints milliseconds.
"""

import argparse
import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server import ROOT, Server, StockClient, StockClients, until

ELEMENTS_A_ROW = 5_000
STORE = """
import sys
from uuid import UUID
import django
django.setup()
from sync.storage.store import append_update
from tests.large_board import rows
for row in rows(int(sys.argv[2])):
    append_update(UUID(sys.argv[1]), row)
"""


def rows(elements: int) -> Iterator[bytes]:
    """The updates of a drawing, some thousand elements each."""
    from pycrdt import Map

    from sync.document.document import Document

    rnd = random.Random(1)
    document = Document()
    for first in range(0, elements, ELEMENTS_A_ROW):

        def draw(roots: dict[str, Map[object]], first: int = first) -> None:
            for number in range(first, min(elements, first + ELEMENTS_A_ROW)):
                element = {
                    "type": "rectangle",
                    "seed": rnd.randrange(2**31),
                    "pos": [rnd.random() * 5000, rnd.random() * 5000],
                    "size": [rnd.random() * 300, rnd.random() * 300],
                    "angle": 0,
                    "strokeColor": "#1e1e1e",
                    "backgroundColor": "transparent",
                    "fillStyle": "solid",
                    "strokeWidth": 2,
                    "roughness": 1,
                    "opacity": 100,
                    "index": f"a{number:06d}",
                }
                roots["elements"][f"element-{number:08d}"] = Map(element)

        yield document.edit(draw)


class Echo:
    """Edits a small board without pause and records how long each edit takes."""

    def __init__(self, client: StockClient) -> None:
        self._client = client
        self._client.call("set", id="e", values={"pos": [0, 0]})
        self._times: list[float] = []

    @contextmanager
    def measuring(self, into: dict[str, dict[str, float]], name: str) -> Iterator[None]:
        """Measures during the block, in a separate thread."""
        self._times = []
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            times = sorted(self._times)
            into[name] = {
                "p50": round(times[len(times) // 2], 1),
                "p99": round(times[len(times) * 99 // 100], 1),
                "max": round(times[-1], 1),
            }

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            started = time.monotonic()
            self._client.call("set", id="e", values={"pos": [started, 0]})
            until(lambda: self._client.call("isSaved"), bool, pause=0.0005)
            self._times.append((time.monotonic() - started) * 1000)


def measure(elements: int, directory: Path) -> dict[str, dict[str, float]]:
    """Milliseconds, by what happens meanwhile."""
    server = Server(
        directory, static_root=directory / "static", CANVAS_ROOM_IDLE_SECONDS="0"
    ).start()
    people: list[StockClient] = []
    crowd = StockClients()
    found: dict[str, dict[str, float]] = {}
    try:
        token = server.token("alice")
        large, small = server.new_board(), server.new_board()
        command = [sys.executable, "-c", STORE, large, str(elements)]
        subprocess.run(command, cwd=ROOT, env=server.environment, check=True)

        def join(board: str) -> StockClient:
            people.append(StockClient.alone(server, board, token))
            return people[-1]

        def open_large(count: int) -> None:
            newcomers = [crowd.open(server, large, token) for _ in range(count)]
            for client in newcomers:
                client.until("state", lambda state: state["synced"], seconds=60)
            for client in newcomers:
                client.close()
            time.sleep(1)  # the board leaves memory

        def change_much() -> None:
            update = base64.b64encode(next(rows(ELEMENTS_A_ROW))).decode()
            writer.call("applyUpdate", update=update)
            time.sleep(2)  # it is read, committed and sent on

        echo = Echo(join(small).until_synced())
        writer = join(server.new_board()).until_synced()
        for pid in (writer.pid, crowd.pid):  # real people have their own machines
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), 19)
        steps: dict[str, Callable[[], object]] = {
            "nothing else": lambda: time.sleep(3),
            "loaded from its rows": lambda: open_large(1),
            "compacted": lambda: server.manage("compact_boards", "--board", large),
            "loaded from the snapshot": lambda: open_large(1),
            "ten newcomers": lambda: open_large(10),
            "5,000 elements in one change": change_much,
        }
        for name, step in steps.items():
            with echo.measuring(found, name):
                step()
    finally:
        for client in people:
            client.close()
        crowd.close()
        server.stop()
    return found


def main() -> None:
    """Prints what `measure` found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--elements", type=int, default=20_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canvas_project.settings")
    with tempfile.TemporaryDirectory(prefix="canvas-large-") as directory:
        print(json.dumps(measure(options.elements, Path(directory)), indent=2))


if __name__ == "__main__":
    main()
