"""What people reading a large board by REST cost: memory, and delays of an editor elsewhere.

    python -m tests.reads --elements 20000 --readers 10

Starts a server, stores a board, and reads it with one reader, then with many at once, of each kind
of answer; before each read the board changes, so that nothing is cached. Prints the additional
memory of the server, and the time from an edit on another board to its acknowledgement. Exits 1 if
many readers need 300 MB more than one.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.large_board import STORE, Echo
from tests.server import ROOT, Server, StockClient

LIMIT_MB = 300


def memory_mb(pid: int, name: str = "VmRSS") -> float:
    """Resident memory of a process; its peak with `VmHWM`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise ValueError(name)


class _Peak(threading.Thread):
    """The peak memory of a process until `stop` is called."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self._pid = pid
        self._is_over = threading.Event()
        self.megabytes = memory_mb(pid)
        self.start()

    def run(self) -> None:
        """Polls every few milliseconds."""
        while not self._is_over.wait(0.01):
            self.megabytes = max(self.megabytes, memory_mb(self._pid))

    def stop(self) -> float:
        """The peak."""
        self._is_over.set()
        self.join()
        return self.megabytes


def read(url: str, token: str) -> int:
    """One reading; the status."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=180) as answer:
            while answer.read(65_536):
                pass
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.read()
        return error.code


def measure(elements: int, readers: int, kinds: tuple[str, ...], directory: Path) -> dict[str, Any]:
    """By kind: megabytes and seconds for one and for many, statuses, and the editor's times."""
    environment = {"CANVAS_EXPENSIVE_PER_MINUTE": "10000"}
    server = Server(directory, static_root=directory / "static", **environment).start()
    found: dict[str, Any] = {}
    editor = None
    try:
        token = server.token("alice")
        large, small = server.new_board(), server.new_board()
        command = [sys.executable, "-c", STORE, large, str(elements)]
        subprocess.run(command, cwd=ROOT, env=server.environment, check=True)
        editor = StockClient.alone(server, small, token).until_synced()
        echo = Echo(editor)

        def change() -> None:
            element = {"type": "rectangle", "x": time.monotonic(), "y": 0}
            path = f"boards/{large}/elements"
            status, answer = server.call("POST", path, {"create": [element]}, token)
            assert status == 200, answer

        def together(kind: str, count: int) -> dict[str, Any]:
            change()
            time.sleep(1)
            before, peak, started = memory_mb(server.pid), _Peak(server.pid), time.monotonic()
            url = f"{server.url}/api/v1/boards/{large}/{kind}"
            with ThreadPoolExecutor(count) as threads:
                statuses = sorted(set(threads.map(lambda _: read(url, token), range(count))))
            return {
                "seconds": round(time.monotonic() - started, 1),
                "megabytes": round(peak.stop() - before),
                "statuses": statuses,
            }

        with echo.measuring(found, "nothing else"):
            time.sleep(2)
        together(kinds[0], 1)  # what the first read of a process allocates for good
        for kind in kinds:
            one = together(kind, 1)
            times: dict[str, Any] = {}
            with echo.measuring(times, kind):
                many = together(kind, readers)
            found[kind] = {"one": one, "many": many, "edit elsewhere, ms": times[kind]}
        found["memory at the end, MB"] = round(memory_mb(server.pid))
        return found
    finally:
        if editor is not None:
            editor.close()
        server.stop()


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", type=int, default=20_000)
    parser.add_argument("--readers", type=int, default=10)
    parser.add_argument("--kinds", nargs="+", default=["elements", "document", "export"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        kinds = tuple(options.kinds)
        found = measure(options.elements, options.readers, kinds, Path(directory))
    print(json.dumps(found, indent=2))
    more = {
        kind: found[kind]["many"]["megabytes"] - found[kind]["one"]["megabytes"] for kind in kinds
    }
    print(f"{options.readers} readers need so many MB more than one:", more)
    sys.exit(max(more.values()) > LIMIT_MB)


if __name__ == "__main__":
    main()
