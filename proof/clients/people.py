"""Starts and calls the people of `people.cjs`."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("people.cjs")


class People:
    """One Node process with any number of people in it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def call(self, command: str, **arguments: object) -> Any:
        """Runs one command and returns its answer. Raises AssertionError with the error."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"command": command, **arguments}).encode() + b"\n")
        stdin.flush()
        line = stdout.readline()
        assert line, "the process of the people has ended"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["ok"]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Everybody in it stands still: their sockets stay open, and nobody reads them."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()
