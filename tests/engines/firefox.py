"""Firefox by Marionette, its built-in server of WebDriver commands: nothing else is needed."""

import json
import os
import shutil
import socket
import subprocess
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.cluster.programs import Missing
from tests.engines.webdriver import WebDriverWindow
from tests.engines.window import HEIGHT, WIDTH
from tests.patience import patient
from tests.ports import free_port
from tests.server import until

_QUESTIONS = {"url": "WebDriver:GetCurrentURL", "screenshot": "WebDriver:TakeScreenshot"}
_COMMANDS = {
    "url": "WebDriver:Navigate",
    "execute/async": "WebDriver:ExecuteAsyncScript",
    "actions": "WebDriver:PerformActions",
    "timeouts": "WebDriver:SetTimeouts",
    "window/rect": "WebDriver:SetWindowRect",
    "session": "WebDriver:NewSession",
}
_PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.download.folderList": 2,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "",
}


class FirefoxWindow(WebDriverWindow):
    """A Firefox without a screen."""

    engine = "firefox"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        names = ("firefox-esr", "firefox")
        found = (shutil.which(name) for name in names)
        program = os.environ.get("CANVAS_TEST_FIREFOX") or next(
            (path for path in found if path), None
        )
        if program is None:
            raise Missing("Firefox is not installed: `make services`.")
        port, profile = free_port(), folder / "profile"
        profile.mkdir()
        preferences = {
            **_PREFERENCES,
            "browser.download.dir": str(self.downloads),
            "marionette.port": port,
        }
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines))
        command = [program, "--marionette", "--headless", "--no-remote", "--profile", str(profile)]
        # It starts only in a home of the person who starts it.
        environment = {**os.environ, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"}
        self._log = (folder / "firefox.log").open("ab")
        self._process = subprocess.Popen(
            command, env=environment, stdout=self._log, stderr=self._log
        )
        self._count = 0
        try:
            self._socket: socket.socket = until(lambda: _connected(port), bool, seconds=40)
            self._stream = self._socket.makefile("rb")
            self._receive()  # a greeting
            self.command("session")
            self.begin()
            self._fit()
        except BaseException:
            self.close()
            raise

    def _fit(self) -> None:
        inner, outer = self.run("() => [[innerWidth, innerHeight], [outerWidth, outerHeight]]")
        self.command(
            "window/rect",
            width=outer[0] + WIDTH - inner[0],
            height=outer[1] + HEIGHT - inner[1],
        )

    def command(self, name: str, **parameters: object) -> Any:
        return self._send(_COMMANDS[name], parameters)

    def ask(self, name: str) -> Any:
        return self._send(_QUESTIONS[name], {"full": False} if name == "screenshot" else {})

    def _send(self, name: str, parameters: dict[str, object]) -> Any:
        self._count += 1
        message = json.dumps([0, self._count, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, answer = self._receive()
        if error is not None:
            raise AssertionError(f"firefox: {name}: {error['error']}: {error['message']}")
        return answer.get("value", answer)

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            letter = self._stream.read(1)
            if not letter:
                raise AssertionError("firefox: it has ended")
            length += letter
        return json.loads(self._stream.read(int(length[:-1])))

    def take_picture(self, file: Path) -> None:
        file.write_bytes(b64decode(self.ask("screenshot")))

    def close(self) -> None:
        with suppress(AttributeError):
            self._socket.close()
        self._process.terminate()
        self._process.wait()
        self._log.close()


def _connected(port: int) -> socket.socket | None:
    with suppress(OSError):
        return socket.create_connection(("127.0.0.1", port), timeout=patient(40))
    return None
