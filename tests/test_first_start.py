"""The first start of a real installation: `serve` on an empty directory, and the first visitor."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import OpenPage
from tests.page import until_open
from tests.prepared import TABLES
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PASSWORD = "four quiet words here"


class RealServer(Server):
    """`manage.py serve`, as an administrator starts it."""

    options = ()


@pytest.fixture
def empty(static_root: Path, tmp_path: Path) -> Iterator[Server]:
    """An installation that nobody has opened yet."""
    server = RealServer(tmp_path, static_root=static_root).start()
    yield server
    server.stop()


def test_the_first_visitor_makes_the_administrator_and_draws(
    empty: Server, open_page: OpenPage
) -> None:
    first = open_page(empty)
    page = first.page
    page.goto(empty.url)
    page.wait_for_url(f"{empty.url}/setup")
    assert page.locator("h1").inner_text() == "Welcome to Canvas"
    page.get_by_label("Username").fill("kim")
    page.get_by_label("Your name").fill("Kim Ott")
    page.get_by_label("Password", exact=True).fill("12345")
    page.get_by_label("Password again").fill("12345")
    page.get_by_role("button", name="Make the administrator").click()
    page.get_by_text("too short").wait_for()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the administrator").click()
    page.wait_for_url(f"{empty.url}/")
    page.get_by_role("button", name="New board").first.click()
    page.wait_for_url(re.compile("/board/"))
    until_open(page)
    first.draw_rectangle(400, 300)
    first.until_status("saved")
    board = page.url.rpartition("/")[2]

    # The menu leads on, by the keyboard alone.
    page.keyboard.press("Escape")
    page.get_by_test_id("main-menu-trigger").focus()
    page.keyboard.press("Enter")
    menu = page.locator(".dropdown-menu")
    for name in ("Account", "Notifications", "Admin"):
        menu.get_by_role("link", name=name, exact=True).wait_for()
    menu.get_by_role("link", name="Admin", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{empty.url}/admin/")

    # Nobody else gets there, and the installation is as it was after a restart.
    empty.stop()
    empty.start()
    second = open_page(empty).page
    second.goto(f"{empty.url}/setup")
    second.wait_for_url(f"{empty.url}/login")
    second.get_by_label("Username").fill("kim")
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_role("button", name="Sign in", exact=True).click()
    second.wait_for_url(f"{empty.url}/")
    second.goto(f"{empty.url}/board/{board}")
    until_open(second)
    second.wait_for_function("window.canvasBoard.api.getSceneElements().length === 1")


def test_from_elsewhere_the_printed_link_is_needed(
    static_root: Path, prepared: Path, tmp_path: Path, open_page: OpenPage
) -> None:
    shutil.copy(prepared / f"{TABLES}.sqlite3", tmp_path / "canvas.sqlite3")
    # A proxy on the same machine comes from it too.
    server = RealServer(tmp_path, static_root=static_root, CANVAS_TRUSTED_PROXY_HOPS="1").start()
    try:
        found = until(
            lambda: re.search(r"http://\S+/setup\?token=\S+", server.log.read_text()), bool
        )
        visitor = open_page(server)
        visitor.expected.append("status of 403")
        visitor.page.goto(server.url)
        visitor.page.wait_for_url(f"{server.url}/setup")
        assert visitor.page.get_by_role("button", name="Make the administrator").count() == 0
        visitor.page.goto(found[0])
        visitor.page.get_by_role("button", name="Make the administrator").wait_for()
        assert server.log.read_text().count(found[0].partition("token=")[2]) == 1
    finally:
        server.stop()
