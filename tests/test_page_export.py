"""A board as a picture: the file that a person gets, under the policy that the server sends."""

import pytest
from playwright.sync_api import Download

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

# A browser without the file picker downloads; a window without a screen can not answer the picker.
_NO_PICKER = "delete window.showSaveFilePicker; delete window.showOpenFilePicker"


def exported(page: BoardPage, kind: str) -> Download:
    """What the export dialog gives for one kind of file."""
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name=kind, exact=True).click()
    return download.value


def test_a_drawing_with_text_is_exported_as_png_and_svg(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server)
    alice.page.add_init_script(_NO_PICKER)
    alice.sign_in("alice").open(board)
    alice.draw_rectangle(400, 300)
    alice.page.mouse.dblclick(460, 340)
    alice.page.keyboard.type("Plan 计划")
    alice.page.keyboard.press("Escape")
    until(alice.scene, lambda scene: len(scene) == 2)

    alice.page.get_by_test_id("main-menu-trigger").click()
    alice.page.get_by_text("Export image").click()
    png = exported(alice, "Export to PNG")
    assert png.suggested_filename.endswith(".png")
    assert png.path().read_bytes().startswith(b"\x89PNG\r\n")
    svg = exported(alice, "Export to SVG")
    assert svg.suggested_filename.endswith(".svg")
    text = svg.path().read_text()
    assert "Plan 计划" in text
    for family in ("Excalifont", "Xiaolai"):
        assert f"font-family: {family}; src: url(data:font/woff2;base64," in text
