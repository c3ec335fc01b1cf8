"""Takes the pictures of the documentation from a real server: `python -m tests.screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.page import CHROMIUM_ARGUMENTS, BoardPage
from tests.server import ROOT, Server

PICTURES = ROOT / "docs" / "images"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def main() -> None:
    """Starts a server with the demo, opens it as two people, and writes docs/images/."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        static = Path(directory) / "static"
        server = Server(Path(directory), static_root=static)
        server.manage("collectstatic", "--noinput", "--verbosity", "0")
        server.start()
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS
        )
        try:
            _board(BoardPage(browser, server), BoardPage(browser, server))
            _board_on_a_phone(BoardPage(browser, server, color_scheme="dark", **PHONE))
        finally:
            browser.close()
            server.stop()


def _demo_board(page: BoardPage) -> str:
    href = page.page.get_by_role("link", name="Welcome to the canvas").first.get_attribute("href")
    return str(href).split("/board/")[1]


def _board(alice: BoardPage, bob: BoardPage) -> None:
    board = _demo_board(alice.sign_in("alice"))
    alice.page.screenshot(path=PICTURES / "boards.png")
    alice.open(board)
    bob.sign_in("bob").open(board)
    bob.page.mouse.move(640, 560)
    bob.page.mouse.move(660, 570)
    alice.until_status("Saved")
    alice.wait(1500)  # fonts, and the cursor on its way
    alice.page.screenshot(path=PICTURES / "board.png")


def _board_on_a_phone(page: BoardPage) -> None:
    page.sign_in("bob").open(_demo_board(page))
    page.wait(1500)
    page.page.screenshot(path=PICTURES / "board-phone.png")


if __name__ == "__main__":
    main()
