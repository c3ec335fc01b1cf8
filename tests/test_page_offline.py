"""Boards without a network: the page itself, several tabs, a browser restart, signing out."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.conftest import OpenPage
from tests.kept import until_stored
from tests.page import VIEWPORT, BoardPage
from tests.patience import patient
from tests.server import Server, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.first_visit,
    pytest.mark.timeout(180),
]

_WORKER_READY = """async () => {
  await navigator.serviceWorker.ready
  const cache = await caches.open('canvas-pages')
  return (await cache.keys()).length > 0
}"""
_READY = "() => window.canvasBoard !== undefined"


def kept(page: BoardPage) -> None:
    """Waits until the browser could open the board by itself."""
    until(lambda: page.page.evaluate(_WORKER_READY), lambda is_kept: is_kept)


def open_offline(page: BoardPage, board: str) -> None:
    """Opens the board in a new tab, which has no network."""
    page.page = page.context.new_page()
    page.page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.page.goto(f"{page.server.url}/board/{board}")
    page.page.wait_for_function(_READY, timeout=1000 * patient(20))


def test_a_board_opens_and_is_edited_without_network(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    first = alice.draw_rectangle(400, 300)
    until(bob.scene, lambda scene: len(scene) == 1)
    bob.until_status("Saved")
    kept(bob)
    until_stored(bob, "committed")
    bob.page.close()
    bob.go_offline()

    open_offline(bob, board)
    until(bob.scene, lambda scene: [element["id"] for element in scene] == [first])
    mine = bob.draw_rectangle(700, 300)
    until(lambda: bob.page.locator(".status").inner_text(), lambda text: "1 change" in text)

    # Another tab, still without network, and both see what the other draws.
    window = bob.page
    open_offline(bob, board)
    until(bob.scene, lambda scene: len(scene) == 2)
    second = bob.draw_rectangle(700, 500)
    window.wait_for_function(
        "id => window.canvasBoard.api.getSceneElements().some(e => e.id === id)", arg=second
    )
    bob.go_online()
    alice.until_content(lambda content: {mine, second} <= set(content), seconds=40)
    bob.until_status("Saved", seconds=40)


def test_what_is_kept_of_a_page_holds_no_token_and_is_never_shown_while_online(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    kept(alice)
    texts = alice.page.evaluate(
        """async () => {
          const cache = await caches.open('canvas-pages')
          const pages = await Promise.all((await cache.keys()).map(key => cache.match(key)))
          return Promise.all(pages.map(page => page.text()))
        }"""
    )
    assert texts
    assert all('"csrfToken": ""' in text or '"csrfToken":""' in text for text in texts)
    names = alice.page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(
             async name => (await (await caches.open(name)).keys()).map(key => key.url)))).flat()"""
    )
    assert [name for name in names if "/api/" in name or "token" in name] == []

    body = {"title": "Renamed meanwhile"}
    assert server.call("PATCH", f"boards/{board}", body, server.token("alice"))[0] == 200
    alice.page.reload()
    alice.page.get_by_role("heading", name="Renamed meanwhile").wait_for()


def test_a_page_that_is_not_kept_says_what_is(server: Server, open_page: OpenPage) -> None:
    board, other = server.new_board(), server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    kept(alice)
    alice.go_offline()
    alice.page.goto(f"{server.url}/board/{other}")
    alice.page.get_by_role("heading", name="You are offline").wait_for()
    alice.page.get_by_role("link", name="Test").click()
    alice.page.wait_for_function(_READY, timeout=1000 * patient(20))


def test_work_survives_a_restart_of_the_browser(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    """With a profile on disk, as people have one."""
    board = server.new_board()

    def start() -> BoardPage:
        context = browser.browser_type.launch_persistent_context(
            tmp_path,
            executable_path=chromium_path(),
            args=CHROMIUM_ARGUMENTS,
            viewport=VIEWPORT,
        )
        return BoardPage(context, server)

    alice = start().sign_in("alice").open(board)
    kept(alice)
    alice.go_offline()
    mine = alice.draw_rectangle(400, 300)
    until(lambda: alice.page.locator(".status").inner_text(), lambda text: "1 change" in text)
    alice.context.close()

    again = start()
    again.go_offline()
    open_offline(again, board)
    until(again.scene, lambda scene: [element["id"] for element in scene] == [mine])
    again.go_online()
    again.until_status("Saved", seconds=40)
    again.context.close()


def test_signing_out_forgets_the_pages(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    kept(alice)
    alice.page.goto(f"{server.url}/")
    alice.sign_out()
    alice.page.wait_for_url(f"{server.url}/login*")
    assert "canvas-pages" not in alice.page.evaluate("async () => caches.keys()")
