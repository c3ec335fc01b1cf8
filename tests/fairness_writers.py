"""Everything else that writes while people draw, as a process of its own with a lower priority.

`tests.fairness` starts it, writes one line of JSON to its standard input, and closes that when it
shall end; it then prints what it did as JSON. Beside the people in one process its threads would
take the time of those who measure.
"""

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.server import ROOT, Server

IMPORTED = 500
LOWER_PRIORITY = 10


class Writers:
    """A program that writes by REST, versions, imports and compactions, until `stop`."""

    def __init__(self, server: Server, boards: list[str]) -> None:
        self._server, self._boards = server, boards
        self._token = server.token("alice")
        self._own = server.new_board("alice")
        self._stop = threading.Event()
        self.done: dict[str, int] = {}
        self._threads = [
            threading.Thread(target=self._repeat, args=[name, work], daemon=True)
            for name, work in (
                ("writes by REST", self._write),
                ("versions", self._version),
                ("imports", self._import),
                ("compactions", self._compact),
            )
        ]

    def start(self) -> None:
        """Begins with all of them."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Returns when they have ended."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _repeat(self, name: str, work: Callable[[int], bool]) -> None:
        for number in itertools.count():
            if self._stop.is_set():
                return
            if work(number):
                self.done[name] = self.done.get(name, 0) + 1
            else:  # at its limit
                self._stop.wait(0.2)

    def _write(self, number: int) -> bool:
        element = {"id": "e", "type": "rectangle", "x": number, "y": 0, "width": 1, "height": 1}
        return self._post("elements", {"create": [element]}, self._own)

    def _version(self, number: int) -> bool:
        self._stop.wait(0.2)
        board = self._boards[number % len(self._boards)]
        return self._post("versions", {"name": f"Version {number}"}, board)

    def _import(self, number: int) -> bool:
        self._stop.wait(0.5)
        elements = [
            {"id": f"i{number}x{n}", "type": "rectangle", "x": n, "y": n, "width": 9, "height": 9}
            for n in range(IMPORTED)
        ]
        file = {"type": "excalidraw", "version": 2, "elements": elements}
        if number % 20 == 0:
            self._imported = self._server.new_board("alice")
        return self._post("import", file, self._imported)

    def _compact(self, number: int) -> bool:
        subprocess.run(
            [sys.executable, "manage.py", "compact_boards"],
            cwd=ROOT,
            env=self._server.environment,
            check=False,
            capture_output=True,
        )
        return True

    def _post(self, path: str, body: object, board: str) -> bool:
        status, _ = self._server.call("POST", f"boards/{board}/{path}", body, self._token)
        return status < 300


def main() -> None:
    """Writes until standard input ends."""
    os.nice(LOWER_PRIORITY)
    order = json.loads(sys.stdin.readline())
    directory = Path(order["directory"])
    server = Server(directory, static_root=directory, **order["environment"])
    server.use_port(order["port"])
    writers = Writers(server, order["boards"])
    writers.start()
    print("begun", flush=True)
    sys.stdin.read()
    writers.stop()
    print(json.dumps(writers.done))


if __name__ == "__main__":
    main()
