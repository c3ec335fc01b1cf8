"""Printing, and saving as a PDF: sheets with lines, fonts and links, and nothing of the page."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PageObject, PdfReader

from tests.conftest import OpenPage
from tests.page import PNG, BoardPage
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

INCH, POINTS = 96.0, 72.0
_HOLD = "() => { window.print = () => { window.isPrinting = true } }"
_END = "() => { window.isPrinting = false; window.dispatchEvent(new Event('afterprint')) }"


def elements() -> list[dict[str, Any]]:
    """Two frames beside each other, a text with a link in the first one, and a box outside."""
    frames = [
        {"id": f"frame{n}", "type": "frame", "x": 700 * n, "y": 0, "width": 600, "height": 300}
        for n in (0, 1)
    ]
    text = {"id": "text", "type": "text", "x": 40, "y": 40, "text": "Read me", "frameId": "frame0"}
    inside = {"id": "in", "type": "ellipse", "x": 800, "y": 80, "frameId": "frame1"}
    outside = {"id": "out", "type": "text", "x": 0, "y": 900, "text": "Beside"}
    return [*frames, text | {"link": "https://example.org/read"}, inside, outside]


@pytest.fixture
def alice(server: Server, open_page: OpenPage) -> Iterator[BoardPage]:
    """A viewer's page of a board with two frames; nothing of the sheets is left at the end."""
    board = server.new_board(owner="bob", alice="view")
    body = {"create": elements()}
    assert server.call("POST", f"boards/{board}/elements", body, server.token("bob"))[0] == 200
    page = open_page(server).sign_in("alice").open(board)
    page.page.evaluate(_HOLD)
    yield page
    expect(page.page.locator(".print-stage")).to_have_count(0)
    assert page.page.evaluate("() => document.adoptedStyleSheets.length") == 0


def dialog_of(page: BoardPage) -> Locator:
    """The dialog, opened by its key."""
    page.page.keyboard.press("Control+p")
    return page.page.get_by_role("dialog", name="Print or save as PDF")


def printed(page: BoardPage, dialog: Locator) -> list[PageObject]:
    """The pages of the PDF that the browser makes of what it was told to print."""
    dialog.get_by_role("button", name="Print", exact=True).click()
    page.page.wait_for_function("() => window.isPrinting === true")
    # As the browser does it: the printer's paper unless the sheet has its own.
    pdf = page.page.pdf(prefer_css_page_size=True, print_background=True)
    page.page.evaluate(_END)
    expect(dialog).to_have_count(0)
    return list(PdfReader(BytesIO(pdf)).pages)


def size(sheet: PageObject) -> tuple[float, float]:
    """In CSS pixels."""
    box = sheet.mediabox
    return float(box.width) * INCH / POINTS, float(box.height) * INCH / POINTS


def letters(sheet: PageObject) -> str:
    """What is written on the sheet, without spaces: a PDF holds places of letters, not words."""
    return "".join(sheet.extract_text().split())


def links(sheet: PageObject) -> set[str]:
    """Where links of the sheet lead."""
    found = (one.get_object() for one in sheet.get("/Annots", []))
    return {str(one["/A"]["/URI"]) for one in found if "/A" in one}


def test_the_whole_board_is_one_sheet_as_large_as_it_is(alice: BoardPage) -> None:
    (sheet,) = printed(alice, dialog_of(alice))
    width, height = size(sheet)
    assert 1300 < width < 1400
    assert 950 < height < 1100
    assert sorted(letters(sheet)) == sorted("ReadmeBesideFrameFrame")
    assert links(sheet) == {"https://example.org/read"}
    fonts = [one.get_object() for one in sheet["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert fonts
    assert all("/DescendantFonts" in one or "/FontDescriptor" in one for one in fonts)
    # Lines, not a picture of them.
    assert len(sheet.images) == 0


def test_each_frame_is_a_sheet(alice: BoardPage) -> None:
    dialog = dialog_of(alice)
    dialog.get_by_label("Each of the 2 frames on its own sheet").check()
    first, second = printed(alice, dialog)
    for sheet in (first, second):
        assert size(sheet) == pytest.approx((600, 300), abs=3)
        assert "Beside" not in letters(sheet)
    assert "Readme" in letters(first)
    assert "Readme" not in letters(second)


def test_what_is_selected_goes_on_paper_of_a_printer(alice: BoardPage) -> None:
    alice.page.evaluate(
        "() => window.canvasBoard.api.updateScene({appState: {selectedElementIds: {out: true}}})"
    )
    dialog = dialog_of(alice)
    expect(dialog.get_by_label("The selection")).to_be_checked()
    dialog.get_by_label("A4").check()
    (sheet,) = printed(alice, dialog)
    assert sorted(size(sheet)) == pytest.approx([794, 1123], abs=2)
    assert letters(sheet) == "Beside"


def test_closing_the_dialog_ends_it_where_the_browser_tells_nothing(alice: BoardPage) -> None:
    dialog = dialog_of(alice)
    dialog.get_by_role("button", name="Print", exact=True).click()
    alice.page.wait_for_function("() => window.isPrinting === true")
    expect(alice.page.locator(".print-stage")).to_have_count(1)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)


def test_it_says_what_is_missing_or_that_there_is_nothing(
    server: Server, open_page: OpenPage
) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    dialog = dialog_of(alice)
    expect(dialog.get_by_text("There is nothing to print.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Print", exact=True)).to_be_disabled()
    expect(dialog.get_by_label("Each frame on its own sheet")).to_be_disabled()
    alice.page.keyboard.press("Escape")
    alice.intercept("**/files/**", lambda route: route.abort())
    alice.drop([["one.png", "image/png", PNG]])
    alice.page.wait_for_function(
        "() => window.canvasBoard.api.getSceneElements().some(one => one.fileId)"
    )
    bob = open_page(server).sign_in("alice").open(alice.page.url.rsplit("/", 1)[1])
    bob.page.wait_for_function("() => window.canvasBoard.api.getSceneElements().length === 1")
    expect(dialog_of(bob).get_by_text("One image has not arrived yet.")).to_be_visible()
