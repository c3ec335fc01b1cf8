"""Excalidraw as it is published, in Chromium: makes real files and opens the ones that we make.

`python -m tests.stock_editor` makes the files in `tests/excalidraw_files` again: `drawn.excalidraw`
is drawn with the editor's own tools, `composed.excalidraw` is put together from every type of
element by `convertToExcalidrawElements`. Both are written by the editor's `serializeAsJSON`.
"""

import functools
import http.server
import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.page import VIEWPORT
from tests.server import ROOT

FILES = ROOT / "tests" / "excalidraw_files"
_FRONTEND = ROOT / "frontend"
_COMPOSE = (ROOT / "tests" / "stock_editor_composed.js").read_text()
_SAVE = """() => excalidraw.serializeAsJSON(
  editor.getSceneElementsIncludingDeleted(), editor.getAppState(), editor.getFiles(), 'local')"""
_OPEN = """async text => {
  const blob = new Blob([text], {type: excalidraw.MIME_TYPES.excalidraw})
  const {elements, appState, files} = await excalidraw.loadFromBlob(blob, null, null)
  return {elements, files, background: appState.viewBackgroundColor}
}"""
_PICTURES = """async () => {
  const scene = {
    elements: editor.getSceneElements(),
    appState: {...editor.getAppState(), exportEmbedScene: true},
    files: editor.getFiles(),
  }
  const svg = await excalidraw.exportToSvg({...scene, skipInliningFonts: true})
  const png = await excalidraw.exportToBlob({...scene, mimeType: 'image/png'})
  const bytes = new Uint8Array(await png.arrayBuffer())
  return {'image/svg+xml': svg.outerHTML, 'image/png': Array.from(bytes)}
}"""
_PASTE = """text => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', text)
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true}))
}"""
_DROP_IMAGE = """async ({x, y}) => {
  const canvas = new OffscreenCanvas(60, 40)
  canvas.getContext('2d').fillRect(10, 10, 30, 20)
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File([await canvas.convertToBlob()], 'x.png', {type: 'image/png'}))
  const where = {bubbles: true, cancelable: true, clientX: x, clientY: y, dataTransfer}
  document.querySelector('canvas.interactive').dispatchEvent(new DragEvent('drop', where))
}"""


class StockEditor:
    """One window with the published editor and nothing of ours."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def save(self) -> dict[str, Any]:
        """The drawing as the editor's own file."""
        return dict(json.loads(self.page.evaluate(_SAVE)))

    def pictures(self) -> dict[str, bytes]:
        """The drawing as pictures with the scene in them, by media type."""
        found = self.page.evaluate(_PICTURES)
        return {
            kind: picture.encode() if isinstance(picture, str) else bytes(picture)
            for kind, picture in found.items()
        }

    def opened(self, file: dict[str, Any]) -> dict[str, Any]:
        """What the editor makes of a file: elements, files and background."""
        return dict(self.page.evaluate(_OPEN, json.dumps(file)))

    def compose(self) -> None:
        """Every type of element with every property that differs from its default somewhere."""
        self.page.evaluate(_COMPOSE)
        self.page.wait_for_timeout(300)

    def draw(self) -> None:
        """Draws with the tools, as a person does."""
        keyboard, mouse = self.page.keyboard, self.page.mouse
        mouse.click(600, 600)
        self._drag("r", (250, 150), (370, 230))
        mouse.dblclick(310, 190)
        keyboard.type("In a box that is too narrow for it")
        keyboard.press("Escape")
        self._drag("o", (550, 150), (670, 230))
        self._drag("d", (850, 150), (970, 230))
        self._drag("a", (380, 190), (545, 190))
        mouse.dblclick(460, 190)
        keyboard.type("bound")
        keyboard.press("Escape")
        keyboard.press("a")
        self.page.get_by_test_id("elbow-arrow").dispatch_event("click")
        self._drag("", (675, 190), (845, 200))
        self._drag("p", (250, 300), (380, 360))
        self._drag("l", (450, 300), (560, 350))
        keyboard.press("l")
        for x, y in ((600, 300), (700, 300), (700, 360), (600, 300)):
            mouse.click(x, y)
        keyboard.press("Escape")
        keyboard.press("t")
        mouse.click(760, 310)
        keyboard.type("Two\nlines 计划 🎨")
        keyboard.press("Escape")
        self._drag("r", (260, 430), (320, 470))
        self._drag("o", (340, 430), (400, 470))
        self._drag("f", (240, 400), (430, 500))
        self._drag("r", (480, 430), (540, 470))
        self._drag("r", (560, 430), (620, 470))
        keyboard.press("v")
        self._drag("", (465, 415), (640, 490))
        keyboard.press("Control+g")
        keyboard.press("Control+Shift+l")
        self._drag("r", (700, 430), (760, 470))
        keyboard.press("Control+k")
        keyboard.type("https://example.org/plan")
        keyboard.press("Enter")
        keyboard.press("Escape")
        self._drag("r", (800, 430), (860, 470))
        keyboard.press("Delete")
        self.page.evaluate(_DROP_IMAGE, {"x": 950, "y": 450})
        mouse.move(700, 600)
        self.page.evaluate(_PASTE, "https://www.youtube.com/watch?v=gkGMXY0wekg")
        self.page.wait_for_function("""() => {
          const all = editor.getSceneElements()
          const image = all.find(e => e.type === 'image')
          return image?.fileId && all.some(e => e.type === 'embeddable')
        }""")

    def _drag(self, tool: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        if tool:
            self.page.keyboard.press(tool)
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=6)
        self.page.mouse.up()


@contextmanager
def stock_editor(browser: Browser) -> Iterator[StockEditor]:
    """The editor, built from the package and served from this process."""
    with tempfile.TemporaryDirectory() as directory, _served(_built(Path(directory))) as url:
        context = browser.new_context(viewport=VIEWPORT)
        page = context.new_page()
        page.goto(url)
        page.wait_for_function("() => window.editor")
        yield StockEditor(page)
        context.close()


def _built(directory: Path) -> Path:
    command = ["npx", "vite", "build", "--config", "tests/stock/vite.config.ts"]
    subprocess.run(
        [*command, "--outDir", str(directory), "--emptyOutDir"], cwd=_FRONTEND, check=True
    )
    published = _FRONTEND / "node_modules/@excalidraw/excalidraw/dist/prod/fonts"
    (directory / "fonts").symlink_to(published)
    return directory


@contextmanager
def _served(directory: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(directory))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Prints nothing."""


def _make_files() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS
        )
        for name, make in (("drawn", StockEditor.draw), ("composed", StockEditor.compose)):
            with stock_editor(browser) as editor:
                make(editor)
                text = json.dumps(editor.save(), indent=1, ensure_ascii=False)
                (FILES / f"{name}.excalidraw").write_text(text + "\n")
                editor.page.screenshot(path=f"/tmp/access-shots-{name}.png")
        browser.close()


if __name__ == "__main__":
    _make_files()
