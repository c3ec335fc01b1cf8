"""Real pages in Chromium that stay open while a cluster has accidents."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.page import BoardPage, alive
from tests.server import Server, until

MARK = "window.stayedOpen = true"
COLUMN, ROW = 140, 40


class Pages:
    """Some people's windows on one board."""

    def __init__(self, pages: list[BoardPage]) -> None:
        self._pages = pages
        self._drawn: set[str] = set()
        self._turn = 0
        for one in pages:
            # A server that is just being replaced: the page asks again.
            one.expected += ["status of 502", "status of 503", "status of 504"]
            one.page.evaluate(MARK)

    def draw(self) -> None:
        """Everybody draws one rectangle."""
        self._turn += 1
        for number, one in enumerate(self._pages):
            x, y = 300 + COLUMN * number, 120 + ROW * self._turn
            self._drawn.add(one.draw_rectangle(x, y, 30, 20))

    def problems(self) -> list[str]:
        """What is wrong with any of them in the end."""
        found = []
        for number, one in enumerate(self._pages):
            found += [f"page {number}: {error}" for error in one.errors]
            if not one.page.evaluate("window.stayedOpen === true"):
                found.append(f"page {number} was loaded again")
            try:
                one.until_status("saved")
                until(
                    lambda one=one: self._drawn - set(alive(one.content())), lambda left: not left
                )
            except AssertionError as error:
                found.append(f"page {number}: {error}")
        return found


@contextmanager
def pages_on(server: Server, board: str, count: int) -> Iterator[Pages]:
    """Opens so many windows on a board."""
    with sync_playwright() as playwright:
        path = chromium_path()
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        names = ("alice", "bob")
        yield Pages([_page(browser, server, board, names[at % 2]) for at in range(count)])
        browser.close()


def _page(browser: Any, server: Server, board: str, name: str) -> BoardPage:
    return BoardPage(browser, server).sign_in(name).open(board)


@contextmanager
def no_pages() -> Iterator[Pages]:
    """None."""
    yield Pages([])
