"""A link to an object of a board opens there."""

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_IN_VIEW = """id => {
  const {api} = window.canvasBoard
  const {scrollX, scrollY, width, height, zoom, selectedElementIds} = api.getAppState()
  const one = api.getSceneElements().find(element => element.id === id)
  const [x, y] = [one.x + one.width / 2 + scrollX, one.y + one.height / 2 + scrollY]
  const isCentred = Math.abs(x * zoom.value - width / 2) < 60
    && Math.abs(y * zoom.value - height / 2) < 60
  return isCentred && zoom.value > 0.9 && selectedElementIds[id] === true
}"""
_LINK = """([id, link]) => window.canvasBoard.api.updateScene({
  elements: window.canvasBoard.api.getSceneElementsIncludingDeleted().map(one =>
    one.id === id ? {...one, link, version: one.version + 1, versionNonce: 5} : one),
  captureUpdate: 'IMMEDIATELY',
})"""


def is_shown(page: BoardPage, element: str) -> bool:
    """Whether the object is selected, in the middle, and large enough to read."""
    return bool(page.page.evaluate(_IN_VIEW, element))


def scroll(page: BoardPage, x: int) -> None:
    """Moves the view to the right, and waits until it is there."""
    place = "() => window.canvasBoard.api.getAppState().scrollX"
    before = page.page.evaluate(place)
    page.page.mouse.wheel(x, 0)
    until(lambda: page.page.evaluate(place), lambda now: now == pytest.approx(before - x))


def test_a_copied_link_opens_at_its_object(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first = alice.draw_rectangle(500, 300, 200, 120)
    scroll(alice, 4000)
    far = alice.draw_rectangle(500, 300, 200, 120)
    alice.page.mouse.click(500, 360, button="right")
    alice.page.get_by_text("Copy link to object").click()
    link = str(alice.page.evaluate("() => navigator.clipboard.readText()"))
    assert link.endswith(f"/board/{board}?element={far}")
    alice.until_status("Saved")

    bob = open_page(server).sign_in("bob")
    bob.open(board, f"?element={far}")
    until(lambda: is_shown(bob, far), lambda shown: shown)
    expect(bob.page.get_by_text("not found")).to_have_count(0)
    bob.open(board, "?element=gone")
    bob.page.get_by_text("What this link leads to is no longer on the board.").wait_for()

    # A click on such a link inside the board stays on the page.
    alice.page.evaluate("() => { window.stillTheSamePage = true }")
    alice.page.evaluate(_LINK, [first, link])
    alice.page.keyboard.press("Escape")
    scroll(alice, -4000)
    alice.select(500, 360)
    alice.page.locator(".excalidraw-hyperlinkContainer-link").click()
    until(lambda: is_shown(alice, far), lambda shown: shown)
    assert alice.page.evaluate("() => window.stillTheSamePage") is True
