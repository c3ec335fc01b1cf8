"""A server for a test: started as users start it, killed as accidents kill it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor

from tests.patience import PROMISE_SECONDS, Stopwatch, patient
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "canvas-demo"
TOKEN_SECONDS = 60.0
LONGEST_PAUSE = 0.1
QUICK_HASHES = {"DJANGO_SETTINGS_MODULE": "tests.settings_quick"}
"""For a server: passwords cost next to nothing. Not where it is measured how quick others are."""


class Server:
    """`manage.py serve --demo` on its own data directory and port."""

    root = ROOT
    """Where the code is: a test may have the one of another version."""
    options: tuple[str, ...] = ("--demo",)
    """Of `serve`."""
    host = "127.0.0.1"
    """Where it listens."""

    def __init__(self, data_dir: Path, *, static_root: Path, **environment: str) -> None:
        self.prefix = environment.get("CANVAS_PATH_PREFIX", "")
        self.use_port(free_port())
        self.log = data_dir / "server.log"
        self.environment = {
            **os.environ,
            "CANVAS_DATA_DIR": str(data_dir),
            "CANVAS_STATIC_ROOT": str(static_root),
            "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[str, tuple[float, str]] = {}

    def use_port(self, port: int) -> None:
        """Talks to this port, for example that of a server which another process started."""
        self.port = port
        self.origin = f"http://{self.host}:{port}"
        self.url = f"{self.origin}{self.prefix}"
        self.socket_base = f"ws://{self.host}:{port}{self.prefix}/ws/canvas"

    def start(self) -> "Server":
        """Returns once /readyz answers."""
        command = [sys.executable, "manage.py", "serve", *self.options, "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.root, env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + patient(60)
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-4000:]}")

    @property
    def pid(self) -> int:
        """The id of the process that has the sockets."""
        assert self._process is not None
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Sends SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> float:
        """Sends SIGTERM; returns the seconds until it ended, as a `Stopwatch` counts them."""
        if self._process is None or self._process.poll() is not None:
            return 0.0
        watch = Stopwatch()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=patient(30))
        return watch.seconds

    def manage(self, *arguments: str) -> str:
        """Runs a management command on the same data; returns what it printed."""
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout

    # --- REST

    def call(
        self, method: str, path: str, body: object = None, token: str | None = None
    ) -> tuple[int, Any]:
        """Sends one request to the REST interface; returns the status and the decoded answer."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=patient(20)) as response:
                raw, status = response.read(), response.status
        except urllib.error.HTTPError as error:
            raw, status = error.read(), error.code
        try:
            return status, json.loads(raw) if raw else None
        except ValueError:
            raise AssertionError(f"{method} {path}: {status}, no JSON: {raw[:200]!r}") from None

    def token(self, username: str) -> str:
        """An access token of a demo user that is a minute old at most: making one is expensive."""
        made, token = self._tokens.get(username, (-TOKEN_SECONDS, ""))
        if time.monotonic() - made > TOKEN_SECONDS:
            body = {"username": username, "password": PASSWORD}
            status, answer = self.call("POST", "auth/token", body)
            assert status == 200, answer
            token = str(answer["access"])
            self._tokens[username] = (time.monotonic(), token)
        return token

    def new_board(self, owner: str = "alice", **levels: str) -> str:
        """A board of `owner`; each keyword is a user and a level."""
        token = self.token(owner)
        status, board = self.call("POST", "boards", {"title": "Test"}, token)
        assert status == 201, board
        for user, level in levels.items():
            body = {"user": user, "level": level}
            path = f"boards/{board['id']}/permissions"
            status, answer = self.call("POST", path, body, token)
            assert status == 201, answer
        return str(board["id"])


class SignedIn:
    """Someone who signed in on a server's page."""

    def __init__(self, server: Server, username: str) -> None:
        self._server = server
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(HTTPCookieProcessor(self._cookies))
        self._opener.open(f"{server.url}/login", timeout=patient(20)).read()
        self.post("login", username=username, password=PASSWORD)

    @property
    def session_key(self) -> str:
        """The value of the session cookie."""
        return self._cookie("sessionid")

    def get(self, path: str) -> str:
        """The page at an address."""
        with self._opener.open(f"{self._server.url}/{path}", timeout=patient(20)) as response:
            return str(response.read().decode())

    def post(self, path: str, **form: str) -> int:
        """Sends a form as a page does; returns the status after redirects."""
        form["csrfmiddlewaretoken"] = self._cookie("csrftoken")
        request = urllib.request.Request(
            f"{self._server.url}/{path}", urlencode(form).encode(), {"Origin": self._server.origin}
        )
        with self._opener.open(request, timeout=patient(20)) as response:
            response.read()
            return int(response.status)

    def _cookie(self, name: str) -> str:
        name += self._server.prefix.replace("/", "_")
        return next(cookie.value or "" for cookie in self._cookies if cookie.name == name)

    @property
    def cookie_paths(self) -> set[str]:
        """The paths that its cookies are for."""
        return {cookie.path for cookie in self._cookies}


class StockClients:
    """A Node process with any number of the published y-websocket providers in it."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            ["node", str(ROOT / "tests" / "stock_client.cjs"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._opened = 0

    @property
    def pid(self) -> int:
        """The Node process."""
        return self._process.pid

    def open(self, server: Server, board: str, token: str | None = None) -> "StockClient":
        """A provider that connects at once."""
        self._opened += 1
        client = StockClient(self, self._opened)
        client.call("open", base=server.socket_base, board=board, token=token)
        return client

    def call(self, **command: object) -> Any:
        """Runs one command and returns its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer
        return answer["ok"]

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()


class StockClient:
    """One y-websocket provider."""

    def __init__(self, process: StockClients, number: int | None = None) -> None:
        self._process = process
        self._number = number

    @classmethod
    def alone(cls, server: Server, board: str, token: str | None = None) -> "StockClient":
        """A provider in a process of its own."""
        return cls(StockClients(server.socket_base, board, *([token] if token else [])))

    @property
    def pid(self) -> int:
        """The Node process."""
        return self._process.pid

    def call(self, command: str, **arguments: object) -> Any:
        """Runs one command in the client and returns its answer."""
        number = {} if self._number is None else {"client": self._number}
        return self._process.call(command=command, **number, **arguments)

    def until(self, command: str, condition: Any, seconds: float = 20) -> Any:
        """Polls until the answer satisfies `condition`."""
        return until(lambda: self.call(command), condition, seconds)

    def until_synced(self) -> "StockClient":
        """Returns once the first sync is done."""
        self.until("state", lambda state: state["synced"])
        return self

    def close(self) -> None:
        """Ends the provider, and its process when it is alone there."""
        if self._number is None:
            self._process.close()
        else:
            self.call("close")


def until(ask: Any, condition: Any, seconds: float = 20, pause: float = 0.02) -> Any:
    """Polls until the answer satisfies `condition`; fails with the last answer.

    Waits of ten seconds or more may be stretched, and shorter ones are measured by a `Stopwatch`
    (`tests.patience`). It asks less often after a while, for asking keeps who is asked from getting
    there.
    """
    watch = Stopwatch()
    began, allowed = time.monotonic(), patient(seconds)
    while not condition(answer := ask()):
        waited = time.monotonic() - began
        if (watch.seconds if seconds < PROMISE_SECONDS else waited) > allowed:
            raise AssertionError(f"not within {allowed} s; the last answer: {answer}")
        time.sleep(max(pause, min(waited / 20, LONGEST_PAUSE)))
    return answer
