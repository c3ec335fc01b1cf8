"""A part that is cut out of a picture is the same for everybody, whatever they have of it."""

import base64
import io

import pytest
from PIL import Image

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

STRIPES = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200">'
    + "".join(
        f'<rect x="{100 * n}" width="100" height="200" fill="{colour}"/>'
        for n, colour in enumerate(["#ff0000", "#00ff00", "#0000ff", "#ffff00"])
    )
    + "</svg>"
)
"""Four stripes: who draws it has an SVG, and the others a PNG of twice its size."""
LEFT, TOP, HEIGHT = 440, 300, 200
"""Of the picture in the window."""
RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)


def colours(page: BoardPage, *across: int) -> list[tuple[int, ...]]:
    """What is drawn in the middle of the picture, so far from its left edge."""
    with Image.open(io.BytesIO(page.page.screenshot())) as shot:
        pixels = [shot.convert("RGB").getpixel((LEFT + one, TOP + HEIGHT // 2)) for one in across]
    return [one for one in pixels if isinstance(one, tuple)]


def cut(page: BoardPage, start: int, end: int) -> None:
    """Drags an edge of the picture, in cutting."""
    middle = TOP + HEIGHT // 2
    page.select(LEFT + 150, middle)
    page.page.mouse.dblclick(LEFT + 150, middle)
    page.page.wait_for_function(
        "() => window.canvasBoard.api.getAppState().croppingElementId !== null"
    )
    page.drag((LEFT + start, middle), (LEFT + end, middle), steps=20)
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    page.until_status("Saved")


def test_a_part_of_an_svg_is_the_same_for_everybody(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    data = base64.b64encode(STRIPES.encode()).decode()
    assert alice.drop([["stripes.svg", "image/svg+xml", data]])
    until(lambda: alice.page.evaluate("() => window.canvasBoard.doc.getMap('files').size"), bool)
    alice.until_status("Saved")
    place = """([x, y, width, height]) => {
      const {api} = window.canvasBoard
      const [one] = api.getSceneElements()
      const {scrollX, scrollY} = api.getAppState()
      const at = {x: x - scrollX, y: y - scrollY - OFFSET, width, height, crop: null}
      api.updateScene({elements: [{...one, ...at, version: one.version + 1}]})
    }""".replace("OFFSET", "window.canvasBoard.api.getAppState().offsetTop")
    alice.page.evaluate(place, [LEFT, TOP, 400, HEIGHT])
    bob = open_page(server).sign_in("bob").open(board)
    whole = [RED, GREEN, BLUE, YELLOW]
    for one in (alice, bob):
        until(lambda one=one: colours(one, 50, 150, 250, 350), lambda seen: seen == whole)

    cut(alice, 0, 100)
    after = [GREEN, BLUE, YELLOW]
    for one in (alice, bob):
        until(lambda one=one: colours(one, 150, 250, 350), lambda seen: seen == after)

    cut(bob, 400, 300)
    for one in (alice, bob):
        until(
            lambda one=one: colours(one, 110, 150, 250, 290),
            lambda seen: seen == [GREEN, GREEN, BLUE, BLUE],
        )
