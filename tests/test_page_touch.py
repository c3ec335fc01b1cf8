"""Fingers on the canvas: one draws, two zoom, and neither gets past the level."""

from typing import Any

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage, alive
from tests.server import Server, until
from tests.test_page_level import REFUSED

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_ZOOM = "() => window.canvasBoard.api.getAppState().zoom.value"
_TOOL = "type => window.canvasBoard.api.setActiveTool({type})"
_ACTIVE = "() => window.canvasBoard.api.getAppState().activeTool.type"
_RESET = "() => window.canvasBoard.api.updateScene({appState: {zoom: {value: 1}}})"
_BUSY = "() => window.canvasBoard.api.getAppState().newElement !== null"


class Fingers:
    """Touches of one page, as the screen reports them."""

    def __init__(self, page: BoardPage) -> None:
        self._session: Any = page.context.new_cdp_session(page.page)
        self.down: list[tuple[float, float]] = []

    def touch(self, *points: tuple[float, float]) -> None:
        """Puts fingers down, or moves those that are."""
        kind = "touchMove" if len(points) == len(self.down) else "touchStart"
        self.down = list(points)
        self._send(kind)

    def lift(self) -> None:
        """Takes all fingers away."""
        self.down = []
        self._send("touchEnd")

    def _send(self, kind: str) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(self.down)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


PINCHED = 1.55
"""Less than the zoom at the end of a pinch; an editor that is still on its way is below it."""


def pinch(fingers: Fingers) -> None:
    """One finger comes first, and has moved when the second one comes, as with most people."""
    # In two steps: a finger that has hardly moved for half a second opens the menu.
    for place in ((500, 400), (507, 407), (514, 414)):
        fingers.touch(place)
    fingers.touch((514, 414), (700, 500))
    for step in range(1, 8):
        fingers.touch((514 - 6 * step, 414 - 6 * step), (700 + 6 * step, 500 + 6 * step))
    fingers.lift()


def tapped_twice(page: BoardPage, x: float, y: float) -> bool:
    """Taps twice; whether the page says that this changes nothing."""
    for _ in range(2):
        page.page.touchscreen.tap(x, y)
    return page.page.get_by_text(REFUSED).count() > 0


def take(page: BoardPage, tool: str) -> None:
    """Takes a tool, and waits until it is taken: on a slow machine the editor does so later."""
    page.page.evaluate(_TOOL, tool)
    until(lambda: page.page.evaluate(_ACTIVE), lambda active: active == tool)


def reset_zoom(page: BoardPage) -> None:
    """Sets the zoom to 1, and waits for it: done later, it would undo the next pinch."""
    page.page.evaluate(_RESET)
    until(lambda: page.page.evaluate(_ZOOM), lambda zoom: zoom == 1)


def test_a_pinch_leaves_nothing_behind(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server, has_touch=True).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    fingers = Fingers(alice)
    for tool in ("rectangle", "diamond", "ellipse", "arrow", "line", "frame", "text", "freedraw"):
        take(alice, tool)
        pinch(fingers)
        until(lambda: alice.page.evaluate(_ZOOM), lambda zoom: zoom > PINCHED)
        until(lambda: alice.page.evaluate(_BUSY), lambda busy: not busy)
        until(alice.scene, lambda scene: scene == [])
        alice.until_content(lambda content: alive(content) == {})
        reset_zoom(alice)
    take(alice, "rectangle")
    fingers.touch((500, 400))
    for step in range(1, 8):
        fingers.touch((500 + 12 * step, 400 + 12 * step))
    fingers.lift()
    drawn = until(alice.scene, lambda scene: len(scene) == 1)
    bob.until_content(lambda content: set(alive(content)) == {drawn[0]["id"]})
    alice.page.keyboard.press("Control+z")
    bob.until_content(lambda content: alive(content) == {})


def test_fingers_do_not_get_past_the_level(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    drawn = alice.draw_rectangle(500, 300, 200, 150)
    alice.until_status("Saved")
    bob = open_page(server, has_touch=True).sign_in("bob").open(board)
    until(bob.scene, lambda scene: len(scene) == 1)
    before = bob.scene()
    fingers = Fingers(bob)
    pinch(fingers)
    for place in ((500, 350), (800, 600)):
        fingers.touch(place)
        for step in range(1, 8):
            fingers.touch((place[0] + 10 * step, place[1]))
        fingers.lift()
    bob.page.evaluate("() => window.canvasBoard.api.setToast(null)")
    # On a slow machine two taps may be too far apart to be one gesture; then come two more.
    until(lambda: tapped_twice(bob, 800, 600), bool)
    assert bob.page.locator(".excalidraw-wysiwyg").count() == 0
    assert bob.scene() == before
    assert set(alive(bob.content())) == {drawn}
