"""Sticky notes on a page: what is on it, and how people make them."""

from typing import Any

from tests.page import BoardPage
from tests.server import until

_NOTES = """() => {
  const all = window.canvasBoard.api.getSceneElements()
  return all.filter(one => one.type === 'rectangle' && one.customData?.note === true).map(note => {
    const text = all.find(one => one.type === 'text' && one.containerId === note.id)
    const {id, x, y, width, height, backgroundColor: colour} = note
    return {id, x, y, width, height, colour, text: text ? text.originalText : '',
      size: text?.fontSize, lines: text?.text, bound: note.boundElements?.length ?? 0,
      above: text ? text.y - y : 0, below: text ? y + height - text.y - text.height : 0,
      beside: text ? Math.min(text.x - x, x + width - text.x - text.width) : 0}
  })
}"""
IS_WRITING = "() => window.canvasBoard.api.getAppState().editingTextElement !== null"
PASTE = """text => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', text)
  document.querySelector('canvas.interactive').dispatchEvent(
    new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData}))
}"""
FIELD = "textarea.excalidraw-wysiwyg"
MARGIN = 20


def notes(page: BoardPage) -> list[dict[str, Any]]:
    """The notes on the canvas, from left to right and from top to bottom."""
    return sorted(page.page.evaluate(_NOTES), key=lambda note: (note["y"], note["x"]))


def texts(page: BoardPage) -> list[str]:
    """What is written on them."""
    return [note["text"] for note in notes(page)]


def until_texts(page: BoardPage, *wanted: str) -> None:
    """Waits until these notes are there, and no others."""
    until(lambda: texts(page), lambda shown: shown == list(wanted))


def begin(page: BoardPage, x: float = 500, y: float = 350) -> None:
    """Begins a note by key and click."""
    page.page.keyboard.press("n")
    page.page.mouse.click(x, y)
    page.page.locator(FIELD).wait_for()


def write(page: BoardPage, text: str, x: float = 500, y: float = 350) -> None:
    """Makes a note and ends it."""
    begin(page, x, y)
    page.page.keyboard.insert_text(text)
    page.page.keyboard.press("Escape")
    page.page.locator(FIELD).wait_for(state="detached")


def check_fit(page: BoardPage) -> None:
    """All texts are inside their notes, and leave room for a name."""
    for note in notes(page):
        if note["text"]:
            assert note["above"] >= MARGIN - 1, note
            assert note["below"] >= MARGIN - 1, note
            assert note["beside"] >= 4, note


def place_of(page: BoardPage, id: str) -> tuple[float, float]:
    """A place in the window inside a note, beside its text."""
    place = page.page.evaluate(
        """id => {
          const {api} = window.canvasBoard
          const {scrollX, scrollY, zoom, offsetLeft, offsetTop} = api.getAppState()
          const note = api.getSceneElements().find(one => one.id === id)
          return [(note.x + 15 + scrollX) * zoom.value + offsetLeft,
                  (note.y + 15 + scrollY) * zoom.value + offsetTop]
        }""",
        id,
    )
    return place[0], place[1]
