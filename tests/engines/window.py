"""A person's window in any engine: what a person does with it, and what a test asks of it."""

import io
import time
from abc import ABC, abstractmethod
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.page import alive
from tests.server import PASSWORD, Server, until

Point = tuple[float, float]
WIDTH, HEIGHT = 1280, 800

_FIND = """async ([selector, name]) => {
  // What scrolls into view is laid out with the next frame, which a busy machine draws late.
  const frame = () => new Promise(done => { requestAnimationFrame(done); setTimeout(done, 500) })
  const named = element => [element.getAttribute('aria-label'), element.textContent, element.title]
    .some(text => (text ?? '').trim().startsWith(name))
  const found = [...document.querySelectorAll(selector)]
    .find(element => named(element) && element.getClientRects().length && !element.disabled)
  if (!found) return null
  found.scrollIntoView({ block: 'nearest' })
  await frame()
  await frame()
  // A panel that is about to come in stands outside, and still.
  const isMoving = one => one.effect.target?.contains(found) && one.playState === 'running'
  const isFinite = one => one.effect.getComputedTiming().endTime < Infinity
  if (document.getAnimations().some(one => isMoving(one) && isFinite(one))) return null
  const { left, top, width, height } = found.getBoundingClientRect()
  return [left + width / 2, top + height / 2]
}"""
_WATCH = """() => {
  if (window.seenErrors) return
  window.seenErrors = []
  addEventListener('error', event => seenErrors.push(`${event.message} ${event.filename}`))
  addEventListener('unhandledrejection', event => seenErrors.push(String(event.reason)))
}"""
_IS_OPEN = """() => !!window.canvasBoard?.provider.synced
  && document.querySelector('.pin-layer') !== null"""
_IS_SAVED = "() => window.canvasBoard.status().kind === 'saved'"
_CONTENT = "() => window.canvasBoard?.doc.getMap('elements').toJSON() ?? {}"
_SCENE = """() => window.canvasBoard.api.getSceneElements().map(({ id, type, x, y, text }) =>
  ({ id, type, x, y, text: text ?? '' }))"""

_DRAWN_AT = """before => {
  const { api } = window.canvasBoard
  const { scrollX, scrollY, offsetLeft, offsetTop, zoom, newElement } = api.getAppState()
  const drawn = api.getSceneElements().find(({ id }) => !before.includes(id))
  if (!drawn || newElement) return null
  const { x, y, width, height, id } = drawn
  const across = value => (value + scrollX) * zoom.value + offsetLeft
  const down = value => (value + scrollY) * zoom.value + offsetTop
  return [id, across(x), down(y), across(x + width), down(y + height)]
}"""
"""The id of a new element, and where its corners are in the window."""


class Window(ABC):
    """One window, in a profile of its own: a person."""

    engine: str

    # --- what an engine does in its own way

    @abstractmethod
    def go(self, address: str) -> None:
        """Loads a page, or loads it again."""

    @abstractmethod
    def address(self) -> str:
        """That of the page which is shown."""

    @abstractmethod
    def run(self, function: str, argument: object = None) -> Any:
        """Calls a function of JavaScript with an argument; awaits and returns what it gives."""

    @abstractmethod
    def click(self, point: Point) -> None:
        """Clicks at a point of the page."""

    @abstractmethod
    def double_click(self, point: Point) -> None:
        """Clicks twice, so quickly that it is a double click for the page."""

    @abstractmethod
    def hover(self, point: Point) -> None:
        """Moves the mouse there."""

    @abstractmethod
    def drag(self, start: Point, end: Point) -> None:
        """Presses, moves in eight steps, and lets go."""

    @abstractmethod
    def press(self, *keys: str) -> None:
        """Presses keys together, for example `Control` and `z`, and lets them go."""

    @abstractmethod
    def type(self, text: str) -> None:
        """Types letter by letter."""

    @abstractmethod
    def scroll(self, point: Point, across: float, down: float) -> None:
        """Turns the wheel over a point."""

    @abstractmethod
    def take_picture(self, file: Path) -> None:
        """Writes what the window shows as PNG."""

    @abstractmethod
    def close(self) -> None:
        """Ends the window, and the browser if it is its own."""

    def collect_downloads(self) -> bool:
        """Brings files into the folder; returns whether the engine does not do that by itself."""
        return False

    def __init__(self, folder: Path) -> None:
        self.downloads = folder / "downloads"
        self.downloads.mkdir(parents=True)

    # --- what people do

    def click_on(self, selector: str, name: str = "") -> None:
        """Clicks on the first of these elements whose label or text begins so, once it is there
        and stands still.
        """
        self.click(self.place_of(selector, name))

    def place_of(self, selector: str, name: str = "") -> Point:
        """The middle of an element, once it is there and stands still."""
        last: list[float] | None = None

        def at_rest() -> list[float] | None:
            nonlocal last
            before, last = last, self.run(_FIND, [selector, name])
            return last if last == before else None

        x, y = until(at_rest, bool, pause=0.05)
        return x, y

    def sign_in(self, server: Server, username: str) -> "Window":
        """By the form, as people do."""
        self.go(f"{server.url}/login")
        self.click_on("input[name=username]")
        self.type(username)
        self.click_on("input[name=password]")
        self.type(PASSWORD)
        self.press("Enter")
        until(self.address, lambda address: address == f"{server.url}/")
        return self

    def open(self, server: Server, board: str) -> "Window":
        """Opens a board, and waits until a person can work with it."""
        self.go(f"{server.url}/board/{board}")
        self.run(_WATCH)
        self.until(_IS_OPEN)
        return self

    def draw_rectangle(self, x: float, y: float, width: float = 120, height: float = 80) -> str:
        """Draws with the tool; returns the id of what came of it."""
        before = [element["id"] for element in self.scene()]
        self.press("r")
        self.drag((x, y), (x + width, y + height))
        place = [x, y, x + width, y + height]
        drawn = until(lambda: self.run(_DRAWN_AT, before), lambda drawn: is_at(drawn, place))[0]
        self.press("Escape")
        return str(drawn)

    # --- what a test asks

    def until(self, function: str, argument: object = None, seconds: float = 20) -> Any:
        """Waits until the function gives something true, and returns that."""
        return until(lambda: self.run(function, argument), bool, seconds)

    def shows(self, selector: str, text: str) -> None:
        """Waits until an element with this text can be seen."""
        self.until(
            """([selector, text]) => [...document.querySelectorAll(selector)].some(element =>
              element.getClientRects().length && element.textContent.includes(text))""",
            [selector, text],
        )

    def value(self, selector: str) -> str:
        """What stands in a field."""
        return str(self.run("selector => document.querySelector(selector).value", selector))

    def content(self) -> dict[str, Any]:
        """The elements of the document that are not deleted."""
        return alive(self.run(_CONTENT))

    def scene(self) -> list[dict[str, Any]]:
        """What is on the canvas."""
        return list(self.run(_SCENE))

    def canvas(self) -> Image.Image:
        """What is drawn on the canvas, without what lies above it and changes by itself."""
        address = str(self.run("() => document.querySelector('canvas.static').toDataURL()"))
        return Image.open(io.BytesIO(b64decode(address.partition(",")[2]))).convert("RGB")

    def until_saved(self) -> None:
        """Waits until the server has everything."""
        self.until(_IS_SAVED, seconds=40)

    def errors(self) -> list[str]:
        """What failed on the page since the board was opened."""
        return list(self.run("() => window.seenErrors ?? []"))

    def downloaded(self, ending: str) -> Path:
        """The newest whole file with this ending, once there is one; it is taken away then."""
        file: Path = until(lambda: self._newest_whole(ending), bool)
        return file.rename(file.with_name(f"taken-{file.name}.done"))

    def _newest_whole(self, ending: str) -> Path | None:
        """One that kept its size for a moment. Firefox gives files another name at the end."""
        self.collect_downloads()
        with suppress(FileNotFoundError):
            found = self.downloads.rglob(f"*{ending}")
            for file in sorted(found, key=lambda one: one.stat().st_mtime)[-1:]:
                size = file.stat().st_size
                time.sleep(0.1)
                if size and file.stat().st_size == size:
                    return file
        return None


def is_at(drawn: list[Any] | None, place: list[float]) -> bool:
    """Whether it was drawn as far as the mouse went. Some drivers return before that."""
    return drawn is not None and drawn[1:] == pytest.approx(place, abs=2)
