"""Takes pictures of every page and dialog, on a desktop and a phone, light and dark, and in German.

`python -m tests.screenshots FOLDER [NAME…]` writes all of them, or those of the named states, to
look at. Without arguments it writes the pictures of the documentation to docs/images/.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Error, sync_playwright

from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.mail_pictures import take_mails
from tests.page import BoardPage
from tests.server import ROOT, Server
from tests.states import ADMIN_STATES, STATES, State
from tests.world import World, make_world

PICTURES = ROOT / "docs" / "images"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SMALL_PHONE = {**PHONE, "viewport": {"width": 360, "height": 740}}
VARIANTS: dict[str, dict[str, Any]] = {
    "desktop": DESKTOP,
    "desktop-dark": {**DESKTOP, "color_scheme": "dark"},
    "phone": PHONE,
    "phone-dark": {**PHONE, "color_scheme": "dark"},
    "desktop-german": {**DESKTOP, "locale": "de-DE"},
    "phone-german": {**SMALL_PHONE, "locale": "de-DE"},
}
DOCUMENTED = {
    "boards": ("list", "desktop"),
    "sign-in": ("sign-in", "desktop"),
    "account": ("account", "desktop"),
    "share": ("board-share", "desktop"),
    "share-phone": ("share-dialog", "phone-german"),
    "comment": ("board-comment", "desktop"),
    "conflict": ("board-conflict-panel", "desktop"),
    "version": ("board-version", "desktop"),
    "library": ("board-library", "desktop"),
    "space": ("space", "desktop"),
    "space-members": ("space-members", "desktop"),
    "search": ("list-search-dialog", "desktop"),
    "notifications": ("notifications-bell", "desktop"),
    "tokens": ("token-new", "desktop"),
    "webhooks": ("webhook", "desktop"),
    "admin": ("admin-boards", "desktop"),
    "board-phone": ("board", "phone-dark"),
}
"""Picture in the documentation → the state and the variant that it shows."""


@contextmanager
def world_and_browser() -> Iterator[tuple[World, Browser]]:
    """A server with boards on it, and Debian's Chromium."""
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        static = Path(directory) / "static"
        server = Server(Path(directory), static_root=static)
        server.manage("collectstatic", "--noinput", "--verbosity", "0")
        server.start()
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS
        )
        try:
            yield make_world(server), browser
        finally:
            browser.close()
            server.stop()


class Camera:
    """Visits states in one variant; each person keeps one window."""

    def __init__(self, world: World, browser: Browser, variant: str) -> None:
        self._world, self._browser, self._options = world, browser, VARIANTS[variant]
        self._pages: dict[str | None, BoardPage] = {}

    def take(self, state: State, path: Path) -> None:
        """Writes one picture."""
        page = self._pages.get(state.who)
        if page is None:
            page = self._pages[state.who] = BoardPage(
                self._browser, self._world.server, **self._options
            )
            page.page.set_default_timeout(10_000)
            if state.who:
                page.sign_in(state.who)
        state.reach(page, self._world)
        page.wait(700)  # fonts and pictures
        page.page.screenshot(path=path)

    def close(self) -> None:
        """Closes every window."""
        for page in self._pages.values():
            page.context.close()


def take_all(folder: Path, names: list[str]) -> list[str]:
    """Every state in every variant; returns those that could not be reached."""
    folder.mkdir(parents=True, exist_ok=True)
    missed = []
    with world_and_browser() as (world, browser):
        for variant in VARIANTS:
            camera = Camera(world, browser, variant)
            for state in (*STATES, *ADMIN_STATES):
                if names and state.name not in names:
                    continue
                try:
                    camera.take(state, folder / f"{state.name}-{variant}.png")
                except (Error, AssertionError) as error:
                    missed.append(f"{state.name}-{variant}: {str(error)[:200]}")
            camera.close()
    return missed


def take_documented() -> None:
    """The pictures of the documentation."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    states = {state.name: state for state in (*STATES, *ADMIN_STATES)}
    with world_and_browser() as (world, browser):
        for name, (state, variant) in DOCUMENTED.items():
            camera = Camera(world, browser, variant)
            camera.take(states[state], PICTURES / f"{name}.png")
            camera.close()
        _board_of_two(world, browser)
    with tempfile.TemporaryDirectory() as directory:
        take_mails(Path(directory))
        for name in ("mail-notifications", "mail-invitation"):
            shutil.copy(Path(directory) / f"{name}-desktop.png", PICTURES / f"{name}.png")
    for picture in PICTURES.glob("*.png"):
        make_small(picture)


def make_small(picture: Path) -> None:
    """Leaves 256 colours, which is a third of the size."""
    with Image.open(picture) as image:
        if image.mode != "P":
            image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
                picture, optimize=True
            )


def _board_of_two(world: World, browser: Browser) -> None:
    """The demo board, with bob's cursor on alice's screen."""
    alice, bob = (BoardPage(browser, world.server, **DESKTOP) for _ in range(2))
    alice.sign_in_by_form("alice")
    link = alice.page.get_by_role("link", name="Welcome to the canvas").first
    board = str(link.get_attribute("href")).split("/board/")[1]
    alice.open(board)
    bob.sign_in("bob").open(board)
    bob.page.mouse.move(640, 560)
    bob.page.mouse.move(660, 570)
    alice.until_status("Saved")
    alice.wait(1500)  # time for the cursor to arrive
    alice.page.screenshot(path=PICTURES / "board.png")


def main() -> None:
    """Reads the command line."""
    arguments = sys.argv[1:]
    if not arguments:
        take_documented()
        return
    missed = take_all(Path(arguments[0]), arguments[1:])
    print("\n".join(missed) or "Every state was reached.")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
