"""What a test finds in a browser context that another test has used."""

import pytest
from playwright.sync_api import Browser

from tests.contexts import Contexts
from tests.page import VIEWPORT, BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

_HAS_STORED = """async () => ({
  words: localStorage.length,
  databases: (await indexedDB.databases()).length,
  pages: (await caches.keys()).filter(name => !name.startsWith("canvas-static")).length,
  files: (await caches.keys()).filter(name => name.startsWith("canvas-static")).length,
  worker: navigator.serviceWorker.controller ? 1 : 0,
})"""


def test_only_files_are_left_of_the_test_before(server: Server, browser: Browser) -> None:
    contexts = Contexts(browser)
    options = {"viewport": VIEWPORT, "service_workers": "allow"}
    context = contexts.take(server, options)
    before = BoardPage(context, server).sign_in("alice").open(server.new_board())
    before.page.evaluate("() => localStorage.setItem('choice', 'dark')")
    before.draw_rectangle(400, 300)
    before.until_status("Saved")
    before.page.reload()
    until(lambda: before.page.evaluate(_HAS_STORED), lambda stored: all(stored.values()))
    before.context.set_offline(True)
    before.context.grant_permissions(["clipboard-read"])
    contexts.give_back(server, options, context)

    assert contexts.take(server, options) is context
    after = BoardPage(context, server)
    after.page.goto(f"{server.url}/healthz")
    assert after.page.evaluate(_HAS_STORED) == {
        **{"words": 0, "databases": 0, "pages": 0},
        **{"files": 1, "worker": 1},
    }
    assert context.cookies() == []
    asked = "async () => (await navigator.permissions.query({name: 'clipboard-read'})).state"
    assert after.page.evaluate(asked) != "granted"
    contexts.give_back(server, options, context)
    contexts.close()
