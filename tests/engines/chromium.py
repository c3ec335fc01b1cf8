"""Chromium by Playwright, as in all other tests of pages."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Download

from tests.engines.window import HEIGHT, WIDTH, Point, Window
from tests.patience import patient

_NO_PICKER = "delete window.showSaveFilePicker; delete window.showOpenFilePicker"
"""Without a screen nobody could answer it."""


class ChromiumWindow(Window):
    """A window in a context of its own of the browser that a run has anyway."""

    engine = "chromium"

    def __init__(self, folder: Path, browser: Browser) -> None:
        super().__init__(folder)
        self._context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        self._context.set_default_timeout(1000 * patient(30))
        self._context.grant_permissions(["clipboard-read", "clipboard-write"])
        self._context.add_init_script(_NO_PICKER)
        self._page = self._context.new_page()
        self._files: list[Download] = []
        self._page.on("download", lambda file: self._files.append(file))

    def go(self, address: str) -> None:
        self._page.goto(address)

    def address(self) -> str:
        self._page.wait_for_timeout(10)  # while nothing is asked, Playwright learns nothing
        return self._page.url

    def run(self, function: str, argument: object = None) -> Any:
        return self._page.evaluate(function, argument)

    def click(self, point: Point) -> None:
        self._page.mouse.click(*point)

    def double_click(self, point: Point) -> None:
        self._page.mouse.dblclick(*point)

    def hover(self, point: Point) -> None:
        self._page.mouse.move(*point)

    def drag(self, start: Point, end: Point) -> None:
        mouse = self._page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=8)
        mouse.up()

    def press(self, *keys: str) -> None:
        self._page.keyboard.press("+".join(keys))

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)

    def scroll(self, point: Point, across: float, down: float) -> None:
        self._page.mouse.move(*point)
        self._page.mouse.wheel(across, down)

    def take_picture(self, file: Path) -> None:
        self._page.screenshot(path=file)

    def collect_downloads(self) -> bool:
        self.address()
        while self._files:
            file = self._files.pop()
            file.save_as(self.downloads / file.suggested_filename)
        return True

    def close(self) -> None:
        self._context.close()
