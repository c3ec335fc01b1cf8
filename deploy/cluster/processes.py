"""One process of a cluster or a test, which can be ended, frozen and started on the same data."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

START_SECONDS = 60.0
"""Generous: a busy machine starts everything at the same time."""
LOOK_SECONDS = 0.05


class DidNotStartError(Exception):
    """The process ended, or does not answer; the message has the end of its log."""


class Service:
    """A server process. It ends with the thread that started it, where the system can do that."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        is_ready: Callable[[], bool],
        log: Path,
        url: str = "",
        environment: Mapping[str, str] | None = None,
        output: Path | None = None,
        end: signal.Signals = signal.SIGTERM,
        inherited: Sequence[int] = (),
        as_user: Sequence[str] = (),
    ) -> None:
        """`end` asks it to shut down; `output` gets what it prints, instead of `log`; `as_user` is
        a command that runs another one as another user.
        """
        self.name = name
        self.url = url
        # A change of the user would undo the other one.
        self._command = [*as_user, *_ended_with_parent(end), *command]
        self._is_ready = is_ready
        self._log = log
        self._environment = environment
        self._output = output
        self._end = end
        self._inherited = tuple(inherited)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Service":
        """Returns once it answers. Raises DidNotStartError."""
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Starts the process without waiting for it."""
        with self._log.open("ab") as log, (self._output or self._log).open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C must not reach the database before the servers
                pass_fds=self._inherited,
            )

    def wait_until_ready(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Calls `meanwhile` again and again until it answers. Raises DidNotStartError."""
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if not self.is_alive():
                raise DidNotStartError(f"{self.name} ended at its start:\n{self._last_lines()}")
            if time.monotonic() > deadline:
                raise DidNotStartError(f"{self.name} does not answer:\n{self._last_lines()}")
            meanwhile()
            time.sleep(LOOK_SECONDS)

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process that was started last."""
        assert self._process is not None  # noqa: S101
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Negative for a signal; None while it runs."""
        return self._process.poll() if self._process is not None else None

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Freezes it and its children: they keep their connections and answer nobody."""
        pids = [self.pid, *_children(self.pid)]
        _send(pids, signal.SIGSTOP)
        try:
            yield
        finally:
            _send(pids, signal.SIGCONT)

    def ask_to_end(self) -> None:
        """Asks the process to shut down; it may have ended before."""
        if self.is_alive():
            self.send(self._end)

    def send(self, how: signal.Signals) -> None:
        """Sends a signal."""
        os.kill(self.pid, how)

    def stop(self, how: signal.Signals | None = None, seconds: float | None = None) -> None:
        """Returns when it has ended; it is killed if that takes longer than `seconds`."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how or self._end)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Ends it as it is ended at the end, and starts it again."""
        self.stop()
        self.start()

    def _last_lines(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def _ended_with_parent(how: signal.Signals) -> list[str]:
    """Linux sends the signal when the thread that started it ends, also by SIGKILL."""
    if shutil.which("setpriv") is None:
        return []
    return ["setpriv", "--pdeathsig", how.name.removeprefix("SIG")]


def _send(pids: list[int], number: signal.Signals) -> None:
    """To all of them that are still there: a worker of a database may end at any moment."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
