"""Pages of a PDF become images to draw on; hostile files leave nothing behind."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import OpenPage
from tests.kept import until_stored
from tests.page import BoardPage
from tests.pdf_files import empty_pdf, in_base64, pdf, pdf_without_its_font
from tests.server import Server, until
from tests.test_page_offline import kept, open_offline

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TYPE = "application/pdf"
_ELEMENTS = """() => window.canvasBoard.api.getSceneElements().map(
  ({id, type, x, y, width, height, name, frameId, fileId, locked}) =>
    ({id, type, x, y, width, height, name, frameId, fileId, locked}))"""
_LOADED = "() => performance.getEntriesByType('resource').map(({name}) => name).join()"
_STORED = "() => window.canvasBoard.doc.getMap('files').size"
_INK = """async fileId => {
  const image = new Image()
  image.src = window.canvasBoard.api.getFiles()[fileId].dataURL
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth
  canvas.height = image.naturalHeight
  const context = canvas.getContext('2d')
  context.drawImage(image, 0, 0)
  const {data} = context.getImageData(0, 0, canvas.width, canvas.height)
  let [red, dark] = [0, 0]
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] > 200 && data[at + 1] < 80) red += 1
    if (data[at] < 80 && data[at + 1] < 80) dark += 1
  }
  return {width: canvas.width, height: canvas.height, red, dark}
}"""
_DROP_LARGE = """megabytes => {
  const dataTransfer = new DataTransfer()
  const bytes = new Uint8Array(megabytes * 1024 * 1024)
  dataTransfer.items.add(new File([bytes], 'large.pdf', {type: 'application/pdf'}))
  document.querySelector('canvas.interactive').dispatchEvent(
    new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer}))
}"""


def elements(page: BoardPage, kind: str) -> list[dict[str, Any]]:
    """What is on the canvas of a type, in its order."""
    return [one for one in page.page.evaluate(_ELEMENTS) if one["type"] == kind]


def dropped(page: BoardPage, data: bytes, name: str = "plan.pdf") -> Locator:
    """The dialog for a PDF that is dropped."""
    page.drop([[name, TYPE, in_base64(data)]])
    return page.page.locator("dialog[open]")


def add(page: BoardPage) -> Any:
    """The button that adds the pages."""
    return page.page.get_by_role("button", name=page.word("Add"), exact=True)


def test_pages_come_as_images_in_frames_in_one_step(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    assert "readerWorker" not in alice.page.evaluate(_LOADED)
    dialog = dropped(alice, pdf(5))
    field = dialog.get_by_label("Pages, of 5")
    expect(field).to_be_focused()
    expect(field).to_have_value("1-5")
    expect(dialog.locator(".pdf-previews img")).to_have_count(5)
    field.fill("1-2, 4 - 5")
    dialog.get_by_role("button", name="Leave out page 5").click()
    expect(field).to_have_value("1-2, 4")
    dialog.get_by_text("3 pages will be added.").wait_for()
    assert alice.scene() == []
    add(alice).click()
    expect(dialog).to_have_count(0)
    until(lambda: len(elements(bob, "image")), lambda count: count == 3)
    frames, images = elements(bob, "frame"), elements(bob, "image")
    assert [one["name"] for one in frames] == ["plan p. 1", "plan p. 2", "plan p. 4"]
    assert [one["frameId"] for one in images] == [one["id"] for one in frames]
    assert all(one["locked"] for one in images)
    sizes = [(round(one["width"]), round(one["height"])) for one in frames]
    assert sizes == [(533, 800), (800, 533), (533, 800)]
    # In a grid of two columns, without touching.
    assert frames[1]["x"] > frames[0]["x"] + frames[0]["width"]
    assert frames[2]["y"] > frames[1]["y"] + max(one["height"] for one in frames[:2])
    ink = alice.page.evaluate(_INK, images[0]["fileId"])
    assert (ink["width"], ink["height"]) == (1067, 1600)
    assert ink["red"] > 100_000
    assert ink["dark"] > 500  # letters
    # By way of the server, as every image.
    until(lambda: bob.page.evaluate(_STORED), lambda count: count == 3)
    until(
        lambda: bob.page.evaluate("() => Object.keys(window.canvasBoard.api.getFiles()).length"),
        lambda count: count == 3,
    )
    alice.page.keyboard.press("Control+z")
    until(bob.scene, lambda scene: scene == [])
    alice.page.keyboard.press("Control+Shift+z")
    until(bob.scene, lambda scene: len(scene) == 6)
    assert alice.foreign_requests == []


def test_the_dialog_says_what_is_wrong_with_a_choice(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server, locale="de-DE").sign_in("alice").open(server.new_board())
    dialog = dropped(alice, empty_pdf(10_000))
    field = dialog.get_by_label("Seiten, von 10000")
    expect(field).to_have_value("1-50")
    for wrong in ("0", "10001", "5-2", "two", ""):
        field.fill(wrong)
        dialog.get_by_text("Schreib Seiten, die diese PDF-Datei hat").wait_for()
        expect(add(alice)).to_be_disabled()
    field.fill("1-9999")
    dialog.get_by_text("bis zu 50 Seiten auf einmal").wait_for()
    expect(add(alice)).to_be_disabled()
    field.fill("9999")
    dialog.get_by_role("checkbox").uncheck()
    alice.page.keyboard.press("Tab")
    add(alice).click()
    until(lambda: elements(alice, "image"), lambda images: len(images) == 1)
    assert elements(alice, "frame")[0]["name"] == "plan S. 9999"
    assert not elements(alice, "image")[0]["locked"]


def test_cancelling_leaves_nothing_at_any_moment(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    dialog = dropped(alice, pdf(50))
    expect(dialog).to_have_count(1)
    alice.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    dialog = dropped(alice, pdf(50))
    add(alice).click()
    dialog.get_by_text("of 50…").wait_for()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    # What is dropped next is not kept waiting, and is all that comes.
    dropped(alice, pdf(1), "next.pdf")
    add(alice).click()
    until(lambda: elements(alice, "frame"), lambda frames: len(frames) == 1)
    assert elements(alice, "frame")[0]["name"] == "next p. 1"
    assert len(alice.scene()) == 2


def test_what_can_not_be_read_is_refused_with_a_sentence(
    server: Server, open_page: OpenPage
) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    for data, sentence in (
        (empty_pdf(2, password="secret"), "“bad.pdf” is protected by a password"),
        (b"%PDF-1.7 and no more", "be read as a PDF and was not added."),
        (b"\0" * 100_000, "be read as a PDF and was not added."),
    ):
        dialog = dropped(alice, data, "bad.pdf")
        alice.page.get_by_text(sentence).wait_for()
        expect(dialog).to_have_count(0)
    alice.page.evaluate(_DROP_LARGE, 200)
    alice.page.get_by_text("“large.pdf” is larger than 100 MB and was not added.").wait_for()
    assert alice.scene() == []


def test_an_enormous_page_becomes_a_picture_of_its_bounds(
    server: Server, open_page: OpenPage
) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    dropped(alice, empty_pdf(1, side=1_000_000))
    add(alice).click()
    until(lambda: elements(alice, "image"), lambda images: len(images) == 1)
    image = elements(alice, "image")[0]
    assert (image["width"], image["height"]) == (4000, 4000)
    ink = alice.page.evaluate(_INK, image["fileId"])
    assert (ink["width"], ink["height"]) == (2000, 2000)


def test_a_font_that_is_left_out_comes_from_this_site(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    asked: list[str] = []
    alice.page.on("response", lambda response: asked.append(f"{response.status} {response.url}"))
    dropped(alice, pdf_without_its_font())
    add(alice).click()
    until(lambda: elements(alice, "image"), lambda images: len(images) == 1)
    # A black square, half of the page wide.
    assert alice.page.evaluate(_INK, elements(alice, "image")[0]["fileId"])["dark"] > 20_000
    files = [one for one in asked if "/standard_fonts/" in one]
    assert files
    assert all(one.startswith(f"200 {server.url}/static/board/pdf-") for one in files)
    assert alice.foreign_requests == []


def test_people_who_may_not_edit_are_not_asked(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    bob = open_page(server).sign_in("bob").open(board)
    dialog = dropped(bob, pdf(1))
    bob.page.get_by_text("you don't have edit access").wait_for()
    expect(dialog).to_have_count(0)
    assert "readerWorker" not in bob.page.evaluate(_LOADED)


@pytest.mark.worker
def test_without_network_it_works_once_it_was_used(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    kept(alice)
    until_stored(alice, "committed")
    alice.page.close()
    alice.go_offline()
    open_offline(alice, board)
    dropped(alice, pdf(1))
    alice.page.get_by_text("A part of this page could not be loaded.").wait_for()
    assert alice.scene() == []
    alice.go_online()
    alice.page.reload()
    alice.page.wait_for_function("() => window.canvasBoard !== undefined")
    dialog = dropped(alice, pdf(1))
    expect(dialog.locator(".pdf-previews img")).to_have_count(1)
    alice.page.keyboard.press("Escape")
    alice.page.close()
    alice.go_offline()
    open_offline(alice, board)
    dropped(alice, pdf(1))
    add(alice).click()
    until(lambda: elements(alice, "image"), lambda images: len(images) == 1)
