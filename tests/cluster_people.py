"""Who draws on a cluster that has accidents: people in one Node process, and a program."""

import json
import subprocess
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.server import ROOT, Server

REST_PAUSE_SECONDS = 0.2


class People:
    """The Node process with all people."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", "--max-old-space-size=3000", str(ROOT / "tests" / "cluster_people.cjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def call(self, command: str, **arguments: object) -> Any:
        """Runs one command and returns its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **arguments}).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer
        return answer["ok"]

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()


class Requests(threading.Thread):
    """Somebody who renames a board by REST all the time, and never repeats a request.

    Nor does the proxy: it does not know whether the server has done what a PATCH asks for.
    """

    def __init__(self, server: Server, board: str, token: str) -> None:
        super().__init__(daemon=True)
        self._url = f"{server.url}/api/v1/boards/{board}"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._is_over = threading.Event()
        self._failed: Counter[str] = Counter()
        self.made = 0

    def run(self) -> None:
        """Until `stop`."""
        while not self._is_over.wait(REST_PAUSE_SECONDS):
            body = json.dumps({"title": f"Title {self.made}"}).encode()
            request = urllib.request.Request(self._url, body, self._headers, method="PATCH")
            try:
                with urllib.request.urlopen(request, timeout=30):
                    self.made += 1
            except urllib.error.HTTPError as error:
                self._failed[str(error.code)] += 1
            except OSError as error:
                self._failed[type(error).__name__] += 1

    def take_failed(self) -> dict[str, int]:
        """What failed since the last time."""
        failed, self._failed = self._failed, Counter()
        return dict(failed)

    def stop(self) -> None:
        """Ends it."""
        self._is_over.set()
        self.join(timeout=40)


@contextmanager
def many_people() -> Iterator[People]:
    people = People()
    try:
        yield people
    finally:
        people.close()
