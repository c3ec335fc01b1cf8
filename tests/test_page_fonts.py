"""Texts are drawn in their font at first sight, also where browsers never tell of late fonts."""

import io
from base64 import b64decode

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Route

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.first_visit, pytest.mark.timeout(120)]

_NO_EVENT = """delete window.FontFaceSetLoadEvent
document.fonts.addEventListener('loadingdone', event => {
  if (event.isTrusted) event.stopImmediatePropagation()
}, { capture: true })"""
"""As WebKitGTK: nothing is told of fonts that were loaded, and older ones cannot make the event."""
_REDRAW = """async () => {
  const { api } = window.canvasBoard
  const elements = api.getSceneElements().map(element => ({ ...element }))
  api.updateScene({ elements, captureUpdate: 'NEVER' })
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame)
}"""
_IS_LOADED = """() => [...document.fonts].some(
  face => face.family.replaceAll('"', '') === 'Excalifont' && face.status === 'loaded')"""
"""`document.fonts.check` is also true of a font that the page has not heard of yet."""


def picture(page: BoardPage) -> Image.Image:
    """The canvas as it is drawn, without what lies above it and changes by itself."""
    address = page.page.evaluate("() => document.querySelector('canvas.static').toDataURL()")
    return Image.open(io.BytesIO(b64decode(address.partition(",")[2]))).convert("RGB")


def differs(one: Image.Image, other: Image.Image) -> bool:
    """Whether any pixel does."""
    return ImageChops.difference(one, other).getbbox() is not None


def test_texts_have_their_font_without_an_event(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    text = {"id": "t", "type": "text", "text": "Handwritten", "x": 300, "y": 300, "fontSize": 64}
    answer = server.call(
        "POST", f"boards/{board}/elements", {"create": [text]}, server.token("alice")
    )
    assert answer[0] == 200
    late, right = (open_page(server).sign_in("alice") for _ in range(2))
    late.context.add_init_script(_NO_EVENT)
    held: list[Route] = []
    late.page.route("**/Excalifont*", lambda route: held.append(route))
    until(right.open(board).scene, lambda scene: len(scene) == 1)
    right.page.wait_for_function(_IS_LOADED)
    right.page.evaluate(_REDRAW)
    wanted = picture(right)
    assert differs(wanted, Image.new("RGB", wanted.size, wanted.getpixel((0, 0))))
    until(late.open(board).scene, lambda scene: len(scene) == 1)
    until(lambda: late.page.evaluate(_REDRAW) or held, bool)
    assert differs(picture(late), wanted)
    for route in held:
        route.continue_()
    until(lambda: differs(picture(late), wanted), lambda does: not does)
