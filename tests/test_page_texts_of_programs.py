"""A text that a program wrote, on the page: whole, and with the same words when it is edited."""

import pytest

from tests.conftest import OpenPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WORDS = "Deployed to production at noon"
# How much wider the editor itself would make the text, in its font, which may still be on its way.
_MISSING = """async () => {
  const text = window.canvasBoard.api.getSceneElements().find(({ type }) => type === 'text')
  const context = document.createElement('canvas').getContext('2d')
  context.font = `${text.fontSize}px Excalifont`
  await document.fonts.load(context.font)
  return context.measureText(text.text).width - text.width
}"""


def test_people_edit_what_a_program_wrote_last(server: Server, open_page: OpenPage) -> None:
    board, token = server.new_board(), server.token("alice")
    text = {"id": "t", "type": "text", "x": 300, "y": 300, "text": "Idle", "fontSize": 20}
    for batch in ({"create": [text]}, {"change": [{"id": "t", "text": WORDS}]}):
        assert server.call("POST", f"boards/{board}/elements", batch, token)[0] == 200
    page = open_page(server).sign_in("alice").open(board)
    until(page.scene, lambda scene: len(scene) == 1)
    until(lambda: page.page.evaluate(_MISSING), lambda missing: abs(missing) < 1)
    page.page.evaluate(
        "() => window.canvasBoard.api.updateScene("
        "{ appState: { scrollX: 0, scrollY: 0, zoom: { value: 1 } } })"
    )
    left, top = page.page.evaluate(
        "() => { const { offsetLeft, offsetTop } = window.canvasBoard.api.getAppState();"
        " return [offsetLeft, offsetTop] }"
    )
    page.page.mouse.dblclick(left + 340, top + 312)
    editor = page.page.locator("textarea.excalidraw-wysiwyg")
    editor.wait_for()
    assert editor.input_value() == WORDS
