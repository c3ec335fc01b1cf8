"""Real-world networks and devices: captive portals, frozen servers, sleep, full disks."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.conftest import OpenPage
from tests.kept import stored, until_stored
from tests.page import VIEWPORT, BoardPage
from tests.server import Server, until
from tests.test_page_offline import kept

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]

_READY = "() => window.canvasBoard !== undefined"
_PORTAL = """
import http.server, sys
class Portal(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Welcome to our Wi-Fi</h1>")
    do_POST = do_PUT = do_GET
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Portal).serve_forever()
"""


@contextmanager
def portal(port: int) -> Iterator[None]:
    """A network that answers every request with its own page."""
    process = subprocess.Popen([sys.executable, "-c", _PORTAL, str(port)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def kept_here(page: BoardPage) -> None:
    """Waits until the badge says that one change is on this device."""
    until(lambda: page.page.locator(".status").inner_text(), lambda text: "1 change" in text)


def test_a_hotels_network_is_no_server(own_server: Server, open_page: OpenPage) -> None:
    board = own_server.new_board()
    alice = open_page(own_server).sign_in("alice").open(board)
    first = alice.draw_rectangle(400, 300)
    alice.until_status("Saved")
    kept(alice)
    until_stored(alice, "committed")
    own_server.stop()
    with portal(own_server.port):
        alice.expected += ["MIME type", "ServiceWorker", "Failed to load"]
        alice.page.reload()
        alice.page.wait_for_function(_READY)
        until(alice.scene, lambda scene: [element["id"] for element in scene] == [first])
        second = alice.draw_rectangle(700, 300)
        kept_here(alice)
        assert "saved" not in alice.status().lower()
        # The kept page is still the board's.
        alice.page.reload()
        alice.page.wait_for_function(_READY)
        until(alice.scene, lambda scene: len(scene) == 2)
    own_server.start()
    alice.until_status("Saved", seconds=40)
    body = own_server.call("GET", f"boards/{board}/elements", token=own_server.token("alice"))[1]
    assert {element["id"] for element in body["elements"]} == {first, second}


def test_a_server_that_stands_still_is_noticed_and_sleep_is_survived(
    own_server: Server, open_page: OpenPage
) -> None:
    """The page's clock is moved forward: past its timeout, and over a night."""
    board = own_server.new_board()
    alice = open_page(own_server)
    alice.page.clock.install()
    alice.sign_in("alice").open(board)
    alice.until_status("Saved")
    os.kill(own_server.pid, signal.SIGSTOP)
    try:
        alice.page.clock.fast_forward(35_000)
        alice.until_status("Reconnecting", seconds=10)
        drawn = alice.draw_rectangle(400, 300)
        kept_here(alice)
    finally:
        os.kill(own_server.pid, signal.SIGCONT)
    alice.page.clock.fast_forward(20_000)
    alice.until_status("Saved", seconds=40)

    alice.page.clock.fast_forward(8 * 3600 * 1000)
    later = alice.draw_rectangle(700, 300)
    alice.until_status("Saved", seconds=40)
    fresh = open_page(own_server).sign_in("alice").open(board)
    fresh.until_content(lambda content: {drawn, later} <= set(content))


def test_the_browser_is_started_again_while_the_server_is_down(
    own_server: Server, browser: Browser, tmp_path: Path
) -> None:
    """With a profile on disk, as people have one."""
    board = own_server.new_board()

    def start() -> BoardPage:
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=chromium_path(),
            args=CHROMIUM_ARGUMENTS,
            viewport=VIEWPORT,
        )
        return BoardPage(context, own_server)

    alice = start().sign_in("alice").open(board)
    kept(alice)
    own_server.stop()
    alice.until_status("Reconnecting")
    mine = alice.draw_rectangle(400, 300)
    kept_here(alice)
    alice.context.close()

    again = start()
    again.page.goto(f"{own_server.url}/board/{board}")
    again.page.wait_for_function(_READY)
    until(again.scene, lambda scene: [element["id"] for element in scene] == [mine])
    own_server.start()
    again.until_status("Saved", seconds=60)
    again.context.close()


# What a write to a full disk results in.
_FULL_DISK = """() => {
  const { add } = IDBObjectStore.prototype
  IDBObjectStore.prototype.add = function (...values) {
    const request = add.apply(this, values)
    this.transaction.abort()
    return request
  }
}"""


@pytest.mark.parametrize("trouble", ["blocked", "full"])
def test_storage_that_does_not_work_is_told(
    server: Server, open_page: OpenPage, trouble: str
) -> None:
    board = server.new_board()
    alice = open_page(server)
    if trouble == "blocked":
        alice.page.add_init_script(
            "indexedDB.open = () => { throw new DOMException('blocked', 'SecurityError') }"
        )
    alice.sign_in("alice").open(board)
    alice.until_status("Saved")
    if trouble == "full":
        alice.page.evaluate(_FULL_DISK)
    alice.go_offline()
    alice.draw_rectangle(400, 300)
    status = alice.page.locator(".status")
    until(status.inner_text, lambda text: "keep this page open" in text)
    alice.go_online()
    alice.until_status("Saved", seconds=40)


def test_an_image_added_without_network_survives_a_reload(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.until_status("Saved")
    kept(alice)
    alice.go_offline()
    alice.page.mouse.move(600, 400)
    alice.page.evaluate(_PASTE_IMAGE)
    until(alice.scene, lambda scene: [element["type"] for element in scene] == ["image"])
    until(lambda: alice.page.locator(".status").inner_text(), lambda text: "change" in text)
    until(lambda: stored(alice, "uploads"), lambda ids: ids is not None and len(ids) == 1)
    alice.page.reload()
    alice.page.wait_for_function(_READY)
    shown = "() => Object.keys(window.canvasBoard.api.getFiles())"
    (file,) = until(lambda: alice.page.evaluate(shown), lambda ids: len(ids) == 1)
    alice.go_online()
    until(lambda: bob.page.evaluate(shown), lambda ids: ids == [file], seconds=40)
    alice.until_status("Saved", seconds=40)


_PASTE_IMAGE = """async () => {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 64
  canvas.getContext('2d').fillRect(0, 0, 64, 64)
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'))
  const data = new DataTransfer()
  data.items.add(new File([blob], 'black.png', { type: 'image/png' }))
  document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
}"""


def test_tabs_that_were_given_the_right_to_edit_agree_without_network(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="view")
    bob = open_page(server).sign_in("bob").open(board)
    other = BoardPage(bob.context, server).open(board)
    token = server.token("alice")
    rows = server.call("GET", f"boards/{board}/permissions", token=token)[1]
    rows = rows["results"] if isinstance(rows, dict) else rows
    path = f"boards/{board}/permissions/{rows[0]['id']}"
    assert server.call("PATCH", path, {"level": "edit"}, token)[0] == 200
    for tab in (bob, other):
        tab.until_status("Saved")
    bob.go_offline()
    until(bob.status, lambda status: "offline" in status.lower())
    drawn = bob.draw_rectangle(400, 300)
    until(other.scene, lambda scene: [element["id"] for element in scene] == [drawn])
    bob.go_online()
    bob.until_status("Saved", seconds=40)
    assert other.errors == []
