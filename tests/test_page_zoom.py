"""Zooming over more than a thousand elements: everything stays in its place, and is sharp again as
soon as the wheel rests.
"""

from typing import Any

import pytest

from tests.conftest import OpenPage
from tests.page import VIEWPORT, BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

RED, BLUE, BACKGROUND = "255,0,0", "0,0,255", "255,255,255"
OUTSIDE = 2000
_LOOK = """() => {
  const { api } = window.canvasBoard
  const { width, height } = api.getAppState()
  api.updateScene({ appState: { zoom: { value: 1 }, scrollX: width / 2, scrollY: height / 2 } })
}"""
# One step of the wheel, and so many frames, and up to six more until the red square is where it
# should be: the colours in it, beside it, and in the blue one.
_STEP = """async ([wheel, frames, outside]) => {
  const { api } = window.canvasBoard
  const board = document.querySelector('canvas.interactive')
  const { x, y, width, height } = board.getBoundingClientRect()
  board.dispatchEvent(new WheelEvent('wheel', { deltaY: wheel, ctrlKey: true, bubbles: true,
    cancelable: true, clientX: x + width / 2, clientY: y + height / 2 }))
  const look = () => {
    const { zoom, scrollX, scrollY } = api.getAppState()
    const canvas = document.querySelector('canvas.static')
    const size = zoom.value * canvas.width / width
    const colour = (x, y) => [...canvas.getContext('2d')
      .getImageData((x + scrollX) * size, (y + scrollY) * size, 1, 1).data].slice(0, 3).join()
    return { zoom: zoom.value, inside: [colour(0, 0), colour(45, 45)], beside: colour(-70, 0),
      outside: colour(outside, 0) }
  }
  for (let at = 0; at < frames; at++) await new Promise(requestAnimationFrame)
  const isRight = ({ inside, beside }) =>
    inside.join() === '255,0,0,255,0,0' && beside === '255,255,255'
  for (let at = 0; at < 6 && !isRight(look()); at++) await new Promise(requestAnimationFrame)
  return look()
}"""


# Counts how often a picture of the whole board is drawn.
_COUNT_PICTURES = """() => {
  const board = document.querySelector('canvas.static')
  const draw = CanvasRenderingContext2D.prototype.drawImage
  window.wholePictures = 0
  CanvasRenderingContext2D.prototype.drawImage = function (picture, ...place) {
    if (picture.width === board.width && picture.height === board.height) window.wholePictures++
    return draw.call(this, picture, ...place)
  }
}"""


def _square(x: int, y: int, size: int, colour: str) -> dict[str, Any]:
    look = {"strokeColor": colour, "backgroundColor": colour, "fillStyle": "solid", "roughness": 0}
    return {"type": "rectangle", "x": x, "y": y, "width": size, "height": size, **look}


def _opened(server: Server, page: BoardPage, small: int) -> None:
    """A red square in the middle of the window, small ones at its right, a blue one outside."""
    many = [_square(100 + 8 * (at % 40), 8 * (at // 40), 4, "#00aa00") for at in range(small)]
    two = [_square(-50, -50, 100, "#ff0000"), _square(OUTSIDE - 100, -100, 200, "#0000ff")]
    board, token = server.new_board(), server.token("alice")
    for start in range(0, len(many), 500):
        body = {"create": [*(two if start == 0 else []), *many[start : start + 500]]}
        assert server.call("POST", f"boards/{board}/elements", body, token)[0] == 200
    page.sign_in("alice").open(board)
    until(lambda: len(page.scene()), lambda count: count == small + 2)
    page.page.evaluate(_LOOK)
    page.page.mouse.move(VIEWPORT["width"] / 2 + 30, VIEWPORT["height"] / 2 + 40)


def _zoomed(page: BoardPage, wheel: int, frames: int) -> dict[str, Any]:
    found: dict[str, Any] = page.page.evaluate(_STEP, [wheel, frames, OUTSIDE])
    return found


@pytest.mark.parametrize("small", [1200, 40])
def test_everything_is_in_its_place_while_somebody_zooms(
    server: Server, open_page: OpenPage, small: int
) -> None:
    page = open_page(server)
    _opened(server, page, small)
    seen = [_zoomed(page, 40, frames=2) for _ in range(12)]
    assert [one["inside"] for one in seen] == [[RED, RED]] * 12
    assert [one["beside"] for one in seen] == [BACKGROUND] * 12
    assert seen[-1]["zoom"] < 0.4  # the other square is in the window
    shown = until(lambda: _zoomed(page, 0, frames=30), lambda one: one["outside"] == BLUE)
    assert (shown["inside"], shown["beside"]) == ([RED, RED], BACKGROUND)


def test_a_lot_is_not_drawn_at_each_step(server: Server, open_page: OpenPage) -> None:
    stretched = []
    for small in (1200, 40):
        page = open_page(server)
        _opened(server, page, small)
        page.page.evaluate(_COUNT_PICTURES)
        for _ in range(12):
            _zoomed(page, 40, frames=1)
        stretched.append(page.page.evaluate("() => window.wholePictures"))
    assert stretched[0] > 0
    assert stretched[1] == 0
