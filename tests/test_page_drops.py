"""What is dropped on a board arrives: every file, with a report of those that were not added."""

import json

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import PNG, BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_BOUNDS = """() => window.canvasBoard.api.getSceneElements()
  .map(({type, x, y, width, fileId}) => ({type, x, y, width, fileId: fileId ?? null}))"""


def drawing(color: str) -> str:
    """A file with one box."""
    shape = {"id": "same", "type": "rectangle", "x": 0, "y": 0, "width": 200, "height": 100}
    elements = [shape | {"strokeColor": color}]
    return json.dumps({"type": "excalidraw", "version": 2, "elements": elements, "files": {}})


def types(page: BoardPage) -> list[str]:
    """What is on the canvas, by type."""
    return sorted(element["type"] for element in page.scene())


def test_all_files_arrive_and_the_others_are_named(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    item = {"id": "item", "elements": [json.loads(drawing("#2f9e44"))["elements"][0]]}
    library = json.dumps({"type": "excalidrawlib", "version": 2, "libraryItems": [item]})
    alice.drop(
        [
            ["red.excalidraw", "", drawing("#e03131")],
            ["one.png", "image/png", PNG],
            ["notes.txt", "", "no drawing"],
            ["shapes.excalidrawlib", "", library],
            ["blue.excalidraw", "", drawing("#1971c2")],
            ["two.png", "image/png", PNG],
        ]
    )
    report = alice.page.get_by_text("5 files were added.")
    report.wait_for()
    expect(report).to_contain_text("“notes.txt” contains no drawing")
    wanted = ["image", "image", "rectangle", "rectangle", "rectangle"]
    until(lambda: types(bob), lambda shown: shown == wanted)
    shown = alice.page.evaluate(_BOUNDS)
    boxes = [element for element in shown if element["type"] == "rectangle"]
    assert abs(boxes[0]["x"] - boxes[1]["x"]) >= boxes[0]["width"]
    pictures = [element for element in shown if element["type"] == "image"]
    assert all(picture["fileId"] for picture in pictures)
    assert pictures[0]["x"] != pictures[1]["x"]


def test_one_file_needs_no_report_unless_it_is_not_added(
    server: Server, open_page: OpenPage
) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    alice.drop([["red.excalidraw", "", drawing("#e03131")]])
    until(lambda: types(alice), lambda shown: shown == ["rectangle"])
    expect(alice.page.locator(".Toast")).to_have_count(0)
    alice.drop([["notes.txt", "", "no drawing"]])
    alice.page.get_by_text("“notes.txt” contains no drawing and was not added.").wait_for()


def test_the_editors_own_library_is_not_offered(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    alice.draw_rectangle(500, 300, 200, 120)
    alice.page.mouse.click(500, 360, button="right")
    alice.page.get_by_text("Copy link to object").wait_for()
    # What it offers leads to ours.
    alice.page.get_by_text("Add to library").click()
    expect(alice.page.get_by_role("textbox", name="Name")).to_be_focused()
    alice.page.keyboard.type("A box of alice")
    alice.page.keyboard.press("Enter")
    alice.page.get_by_role("button", name="A box of alice", exact=True).wait_for()
    expect(alice.page.locator(".excalidraw .popover")).to_have_count(0)
    alice.page.locator(".sidebar-trigger").click()
    expect(alice.page.get_by_role("heading", name="Library")).to_have_count(0)
    alice.page.locator(".sidebar-trigger").click()
    alice.page.get_by_role("heading", name="Library").wait_for()
    expect(alice.page.locator(".excalidraw .sidebar")).to_have_count(0)


_HOLD_PICTURES = """() => {
  const digest = crypto.subtle.digest.bind(crypto.subtle)
  const held = new Promise(release => { window.releasePictures = release })
  crypto.subtle.digest = async (...all) => { await held; return digest(...all) }
}"""


def test_adding_stops_after_the_file_at_hand(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    alice.page.evaluate(_HOLD_PICTURES)
    files = [[f"{n}.excalidraw", "", drawing("#e03131")] for n in range(3)]
    alice.drop([files[0], ["one.png", "image/png", PNG], *files[1:]])
    alice.page.get_by_text("Adding file 2 of 4…").wait_for()
    alice.page.get_by_role("button", name="Stop").click()
    alice.page.evaluate("() => window.releasePictures()")
    report = alice.page.get_by_text("2 files were added.")
    report.wait_for()
    expect(report).to_contain_text("2 files were left out.")
    expect(alice.page.get_by_text("Adding file")).to_have_count(0)
    assert types(alice) == ["image", "rectangle"]
    # What is dropped later is added again.
    alice.drop(files[1:])
    wanted = ["image", "rectangle", "rectangle", "rectangle"]
    until(lambda: types(alice), lambda shown: shown == wanted)
