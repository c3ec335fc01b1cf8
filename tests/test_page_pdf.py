"""A PDF from the dialog that saves a board; and the server draws what the page draws."""

import json
import re
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Download, Locator, Page, expect
from pypdf import PdfReader

from sync.tests.real_files import FILES
from tests.conftest import OpenPage
from tests.drawn import picture
from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_NO_PICKER = "delete window.showSaveFilePicker; delete window.showOpenFilePicker"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
FRAMES: list[dict[str, Any]] = [
    {"id": "f1", "type": "frame", "x": 0, "y": 0, "width": 300, "height": 200},
    {"id": "f2", "type": "frame", "x": 500, "y": 0, "width": 300, "height": 200},
    {"id": "t1", "type": "text", "x": 20, "y": 20, "text": "First", "frameId": "f1"},
    {"id": "t2", "type": "text", "x": 520, "y": 20, "text": "Second", "frameId": "f2"},
]


def dialog_of(page: BoardPage) -> Locator:
    page.page.get_by_test_id("main-menu-trigger").click()
    page.page.get_by_text("Save as a file").click()
    dialog = page.page.get_by_role("dialog", name="Save as a file")
    dialog.get_by_label("PDF, to read and print").check()
    return dialog


def saved(page: BoardPage, dialog: Locator) -> PdfReader:
    with page.page.expect_download() as download:
        dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    assert download.value.suggested_filename == "Test.pdf"
    return PdfReader(BytesIO(download.value.path().read_bytes()))


def texts(pdf: PdfReader) -> list[str]:
    return [page.extract_text().strip() for page in pdf.pages]


@pytest.fixture
def alice(server: Server, open_page: OpenPage) -> BoardPage:
    board = server.new_board()
    body = {"create": FRAMES}
    assert server.call("POST", f"boards/{board}/elements", body, server.token("alice"))[0] == 200
    return open_page(server).sign_in("alice").open(board)


def test_a_pdf_has_what_was_drawn_a_moment_ago(alice: BoardPage) -> None:
    alice.page.keyboard.press("t")
    alice.page.mouse.click(640, 600)
    alice.page.keyboard.type("Just now")
    alice.page.keyboard.press("Escape")
    alice.page.keyboard.press("Escape")
    dialog = dialog_of(alice)
    dialog.get_by_label("The whole board").check()
    (words,) = texts(saved(alice, dialog))
    assert "Just now" in words
    assert "First" in words


def test_frames_are_pages_and_the_selection_is_one(alice: BoardPage) -> None:
    dialog = dialog_of(alice)
    dialog.get_by_label("Each of the 2 frames on its own sheet").check()
    assert texts(saved(alice, dialog)) == ["First", "Second"]
    alice.page.evaluate(
        "() => window.canvasBoard.api.updateScene({appState: {selectedElementIds: {f2: true}}})"
    )
    dialog = dialog_of(alice)
    expect(dialog.get_by_label("The 2 selected elements")).to_be_checked()
    (words,) = texts(saved(alice, dialog))
    assert "Second" in words
    assert "First" not in words


def test_a_refusal_is_told_and_closing_the_dialog_ends_it(alice: BoardPage) -> None:
    held: list[Any] = []
    alice.intercept("**/export.pdf*", lambda route: held.append(route))
    dialog = dialog_of(alice)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_role("status")).to_have_text("Drawing…")
    until(lambda: len(held), lambda count: count == 1)
    held[0].fulfill(status=413, json={"detail": "This has 20,001 elements."})
    expect(dialog.get_by_role("status")).to_have_text("This has 20,001 elements.")
    dialog.get_by_role("button", name="Save", exact=True).click()
    until(lambda: len(held), lambda count: count == 2)
    with alice.page.expect_event("requestfailed") as failed:
        alice.page.keyboard.press("Escape")
    assert "export.pdf" in failed.value.url
    (refused,) = alice.errors  # the browser's own word on the first one
    assert "413" in refused
    alice.errors.clear()
    expect(dialog).to_have_count(0)


@pytest.mark.worker
def test_without_connection_printing_is_offered(alice: BoardPage) -> None:
    dialog = dialog_of(alice)
    alice.go_offline()
    expect(dialog.get_by_role("status")).to_contain_text("you are not connected")
    expect(dialog.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    dialog.get_by_role("button", name="Print or save as PDF").click()
    expect(alice.page.get_by_role("dialog", name="Print or save as PDF")).to_be_visible()
    alice.go_online()


def exported_by_page(page: BoardPage) -> Download:
    page.page.get_by_test_id("main-menu-trigger").click()
    page.page.get_by_text("Export image").click()
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name="Export to SVG", exact=True).click()
    return download.value


def comparable(svg: str) -> list[tuple[str, str]]:
    """Every node with what decides how it looks, in order; fonts and names of parts aside."""
    found = []
    for one in ElementTree.fromstring(svg).iter():
        if not isinstance(one.tag, str):  # a comment
            continue
        name = one.tag.rpartition("}")[2]
        if name in ("metadata", "style"):
            continue
        attributes = {key.rpartition("}")[2]: value for key, value in one.attrib.items()}
        for key in ("id", "target", "rel", "style", "class"):
            attributes.pop(key, None)
        if attributes.get("href", "").startswith("data:"):
            attributes["href"] = "data:"
        if name == "a" and not list(one):
            continue  # over a web page, for the pointer alone
        text = (one.text or "").strip() if name == "text" else ""
        found.append((name, " ".join(f"{k}={v}" for k, v in sorted(attributes.items())) + text))
    return found


def without_numbers(node: tuple[str, str]) -> tuple[str, str]:
    return node[0], NUMBER.sub("#", node[1])


def numbers(node: tuple[str, str]) -> list[float]:
    return [float(one) for one in NUMBER.findall(node[1])]


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_server_draws_what_the_page_draws(
    server: Server, open_page: OpenPage, name: str
) -> None:
    board = server.new_board()
    file = FILES[name].read_bytes()
    import_file(server, board, file)
    alice = open_page(server)
    alice.page.add_init_script(_NO_PICKER)
    alice.sign_in("alice").open(board)
    until(alice.scene, lambda scene: len(scene) > 5)
    page = comparable(exported_by_page(alice).path().read_text())
    drawn = comparable(picture(server, board, "svg").decode())
    assert len(page) > 50
    assert [without_numbers(one) for one in drawn] == [without_numbers(one) for one in page]
    for one, other in zip(drawn, page, strict=True):
        # Names of frames and addresses of web pages are measured, and centred: without kerning.
        most = 1 if one[0] in ("g", "text") else 0
        assert numbers(one) == pytest.approx(numbers(other), abs=most), (one, other)


def import_file(server: Server, board: str, file: bytes) -> None:

    status, answer = server.call(
        "POST", f"boards/{board}/import", json.loads(file), server.token("alice")
    )
    assert status == 200, answer


def test_a_png_looks_as_the_browser_shows_the_svg(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    # Of its letters the browser takes those alone from the machine, which may have none.
    file = FILES["composed"].read_text().replace("\N{ARTIST PALETTE}", "too")
    assert "aligned too" in file
    import_file(server, board, file.encode())
    svg = picture(server, board, "svg").decode()
    with Image.open(BytesIO(picture(server, board, "png"))) as image:
        drawn = image.convert("L")
    browser: Page = open_page(server).page
    browser.set_viewport_size({"width": drawn.width, "height": drawn.height})
    browser.set_content(f"<body style='margin: 0'>{svg}")
    browser.evaluate("() => document.fonts.ready.then(() => null)")
    with Image.open(BytesIO(browser.screenshot())) as image:
        shown = image.convert("L")
    # Edges of letters differ by a pixel: a quarter of the size, they are where they belong.
    size = (drawn.width // 4, drawn.height // 4)
    difference = ImageChops.difference(drawn.resize(size), shown.resize(size))
    assert ImageStat.Stat(difference).mean[0] < 1
    assert ImageStat.Stat(drawn).mean[0] < 250, "it is not empty"
