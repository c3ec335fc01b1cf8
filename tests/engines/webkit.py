"""WebKitGTK: a `WebKitWebDriver` and a screen in memory for each window."""

import http.client
import json
import os
import shutil
import struct
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from deploy.cluster.programs import Missing
from tests.engines.webdriver import WebDriverWindow
from tests.engines.window import HEIGHT, WIDTH
from tests.patience import patient
from tests.ports import free_port
from tests.server import until

_BROWSERS = "/usr/lib*/**/webkit2gtk-4.?/MiniBrowser"
_COMMAND_BAR = 200
"""More than the browser itself needs above the page."""


class WebKitWindow(WebDriverWindow):
    """A window of WebKitGTK's small browser."""

    engine = "webkit"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        browser = next(Path("/").glob(_BROWSERS[1:]), None)
        if browser is None or not shutil.which("WebKitWebDriver") or not shutil.which("Xvfb"):
            raise Missing("WebKitGTK's WebDriver or Xvfb is not installed: `make services`.")
        self._screen = folder / "Xvfb_screen0"
        self._log = (folder / "webkit.log").open("ab")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._port = free_port()
        self._session = ""
        try:
            self._start(folder, browser)
        except BaseException:
            self.close()
            raise

    def _start(self, folder: Path, browser: Path) -> None:
        environment = {
            **os.environ,
            "DISPLAY": f":{self._start_screen(folder)}",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / ".config"),
            "XDG_DATA_HOME": str(folder / ".local"),
            "XDG_CACHE_HOME": str(folder / ".cache"),
            "XDG_DOWNLOAD_DIR": str(self.downloads),
            "LANG": "C.UTF-8",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
        }
        (folder / ".config").mkdir(exist_ok=True)
        places = 'XDG_DOWNLOAD_DIR="$HOME/downloads"\n'
        (folder / ".config" / "user-dirs.dirs").write_text(places)
        self._run(["WebKitWebDriver", f"--port={self._port}"], environment)
        until(self._is_ready, bool)
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._session = self._send("POST", "/session", {"capabilities": wanted})["sessionId"]
        self.begin()
        self._fit()

    def _start_screen(self, folder: Path) -> int:
        """A screen whose memory is a file; returns its number, which the server chooses."""
        read, write = os.pipe()
        size = f"{WIDTH}x{HEIGHT + _COMMAND_BAR}x24"
        options = ["-displayfd", str(write), "-fbdir", str(folder), "-nolisten", "tcp"]
        self._run(["Xvfb", "-screen", "0", size, *options], None, pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as number:
            return int(number.readline())

    def _fit(self) -> None:
        """Makes the page itself as large as those of the other engines."""
        for _ in range(2):
            width, height = self.run("() => [innerWidth, innerHeight]")
            outer = self.ask("window/rect")
            self.command(
                "window/rect",
                x=0,
                y=0,
                width=outer["width"] + WIDTH - width,
                height=outer["height"] + HEIGHT - height,
            )

    def _run(self, command: list[str], environment: Any, **options: Any) -> None:
        self._processes.append(
            subprocess.Popen(
                command, env=environment, stdout=self._log, stderr=self._log, **options
            )
        )

    def _is_ready(self) -> bool:
        with suppress(OSError):
            return bool(self._send("GET", "/status")["ready"])
        return False

    def command(self, name: str, **parameters: object) -> Any:
        return self._send("POST", f"/session/{self._session}/{name}", parameters)

    def ask(self, name: str) -> Any:
        return self._send("GET", f"/session/{self._session}/{name}")

    def _send(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=patient(40))
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(answer, dict) and "stacktrace" in answer:
            raise AssertionError(f"webkit: {method} {path}: {answer}")
        return answer

    def take_picture(self, file: Path) -> None:
        """From the screen: the driver's own command waits for a page that rests."""
        data = self._screen.read_bytes()
        header = struct.unpack(">25I", data[:100])
        begin, width, height, line, colours = (header[at] for at in (0, 4, 5, 12, 19))
        pixels = data[begin + 12 * colours :]
        screen = Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", line, 1)
        top = self.ask("window/rect")["height"] - HEIGHT
        screen.crop((0, top, WIDTH, top + HEIGHT)).save(file)

    def close(self) -> None:
        with suppress(OSError, AssertionError, http.client.HTTPException):
            self._send("DELETE", f"/session/{self._session}")
        for process in reversed(self._processes):
            process.terminate()
            process.wait()
        self._log.close()
