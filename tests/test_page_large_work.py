"""Work of any size arrives: a long offline stretch, and a large paste."""

from typing import Any

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(240)]

_ADD_SHAPES = """count => {
  const { api } = window.canvasBoard
  const shape = at => ({
    id: `many-${at}-${Math.random().toString(36).slice(2)}`, type: 'rectangle',
    x: (at % 200) * 30, y: Math.floor(at / 200) * 30, width: 20, height: 20,
    angle: 0, strokeColor: '#1e1e1e', backgroundColor: '#a5d8ff', fillStyle: 'solid',
    strokeWidth: 2, strokeStyle: 'solid', roughness: 1, opacity: 100, groupIds: [],
    frameId: null, index: null, roundness: null, seed: at + 1, version: 1, versionNonce: at + 1,
    isDeleted: false, boundElements: [], updated: 1, link: null, locked: false,
  })
  const shapes = Array.from({ length: count }, (_, at) => shape(at))
  api.updateScene({
    elements: [...api.getSceneElementsIncludingDeleted(), ...shapes],
    captureUpdate: 'IMMEDIATELY',
  })
  window.canvasBoard.flush()
}"""
# What the badge says is seen by the page itself: the test may be slower than it.
_WATCH_BADGE = """() => {
  window.badges = []
  new MutationObserver(() => {
    const text = document.querySelector('.status-label')?.textContent
    if (text && window.badges.at(-1) !== text) window.badges.push(text)
  }).observe(document.querySelector('.status'), { subtree: true, childList: true,
                                                 characterData: true })
}"""


def stored(server: Server, board: str) -> int:
    """How many elements the server has."""
    status, body = server.call("GET", f"boards/{board}/elements", token=server.token("alice"))
    assert status == 200
    return len(body["elements"])


def saved_with_progress(page: BoardPage) -> list[str]:
    """Waits until everything is saved; returns the progress that the badge showed before."""
    page.until_status("Saved", seconds=120)
    shown: list[Any] = page.page.evaluate("() => window.badges")
    return [text for text in shown if text.endswith(" %")]


def test_a_long_offline_stretch_arrives_whole(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.until_status("Saved")
    alice.page.evaluate(_WATCH_BADGE)
    alice.go_offline()
    alice.page.evaluate(_ADD_SHAPES, 12_000)
    until(
        lambda: alice.page.locator(".status").inner_text(),
        lambda text: "12000 changes" in text,
        60,
    )
    alice.go_online()
    progress = saved_with_progress(alice)
    assert len(progress) > 2
    assert stored(server, board) == 12_000


def test_a_large_paste_arrives_also_across_a_broken_connection(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.until_status("Saved")
    alice.page.evaluate(_WATCH_BADGE)
    alice.page.evaluate(_ADD_SHAPES, 9000)
    alice.until_status("%", seconds=40)
    alice.go_offline()
    until(lambda: alice.page.locator(".status").inner_text(), lambda text: "on this device" in text)
    alice.go_online()
    assert saved_with_progress(alice)
    assert stored(server, board) == 9000
