"""Undo and redo in open pages: only what is one's own, value by value."""

from typing import Any

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage, alive
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

KEPT = "Not removed: others have changed it since you drew it."
LEFT = "What others have changed since was left as it is."

_SET = """([id, values]) => {
  const api = window.canvasBoard.api
  api.updateScene({
    elements: api.getSceneElementsIncludingDeleted().map(one => one.id === id
      ? {...one, ...values, version: one.version + 1, versionNonce: Math.random() * 2 ** 31 | 0}
      : one),
    captureUpdate: 'IMMEDIATELY',
  })
}"""
_ELEMENT = """id => window.canvasBoard.api.getSceneElementsIncludingDeleted()
  .find(one => one.id === id)"""
_PASTE_PICTURE = """async () => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 300, height: 200})
  canvas.getContext('2d').fillRect(0, 0, 150, 200)
  const picture = await new Promise(done => canvas.toBlob(done))
  const clipboardData = new DataTransfer()
  clipboardData.items.add(new File([picture], 'one.png', {type: 'image/png'}))
  document.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, clipboardData}))
}"""
_HOLD_PICTURES = """() => {
  const digest = crypto.subtle.digest.bind(crypto.subtle)
  const held = new Promise(release => { window.releasePictures = release })
  crypto.subtle.digest = async (...all) => { await held; return digest(...all) }
}"""


def change(person: BoardPage, element: str, **values: Any) -> None:
    """Changes an element as an action of the editor does."""
    person.page.evaluate(_SET, [element, values])


def element(person: BoardPage, id: str) -> dict[str, Any]:
    """What the person sees of it, deleted or not."""
    return dict(person.page.evaluate(_ELEMENT, id))


def together(server: Server, open_page: OpenPage) -> tuple[BoardPage, BoardPage]:
    """Alice and Bob on one board."""
    board = server.new_board(bob="edit")
    return (
        open_page(server).sign_in("alice").open(board),
        open_page(server).sign_in("bob").open(board),
    )


def test_a_label_is_undone_and_not_what_others_did_to_its_box(
    server: Server, open_page: OpenPage
) -> None:
    alice, bob = together(server, open_page)
    box = bob.draw_rectangle(400, 300)
    alice.until_content(lambda content: box in content)
    alice.page.mouse.dblclick(460, 340)
    alice.page.keyboard.type("label")
    change(bob, box, x=480, backgroundColor="#ffc9c9")
    until(lambda: element(alice, box)["backgroundColor"], lambda colour: colour == "#ffc9c9")
    alice.page.keyboard.press("Escape")
    label = next(one["id"] for one in alice.scene() if one["type"] == "text")
    bob.until_content(lambda content: label in content)
    alice.page.keyboard.press("Escape")
    alice.page.keyboard.press("Control+z")
    bob.until_content(lambda content: label not in alive(content))
    for person in (alice, bob):
        seen = element(person, box)
        assert (seen["x"], seen["backgroundColor"]) == (480, "#ffc9c9")
    alice.page.keyboard.press("Control+Shift+z")
    bob.until_content(lambda content: label in alive(content))
    assert element(alice, box)["x"] == 480


def test_a_text_with_words_of_others_goes_only_after_asking(
    server: Server, open_page: OpenPage
) -> None:
    alice, bob = together(server, open_page)
    alice.page.keyboard.press("t")
    alice.page.mouse.click(500, 350)
    alice.page.keyboard.type("mine")
    alice.page.keyboard.press("Escape")
    text = next(one["id"] for one in alice.scene() if one["type"] == "text")
    bob.until_content(lambda content: text in content)
    alice.page.keyboard.press("Escape")
    change(bob, text, text="mine and yours", originalText="mine and yours")
    until(lambda: element(alice, text)["text"], lambda words: words == "mine and yours")

    alice.page.keyboard.press("Control+z")
    alice.page.get_by_text(KEPT).wait_for()
    assert element(bob, text)["text"] == "mine and yours"
    assert text in alive(alice.content())
    alice.page.get_by_role("button", name="Remove anyway").click()
    bob.until_content(lambda content: text not in alive(content))
    assert alice.page.get_by_text(KEPT).count() == 0
    alice.page.keyboard.press("Control+z")
    bob.until_content(lambda content: text in alive(content))
    assert element(bob, text)["text"] == "mine and yours"


def test_what_others_only_moved_is_no_part_of_a_step_of_undo(
    server: Server, open_page: OpenPage
) -> None:
    """Moves of others are shown in place; the editor compares with what it knows of them."""
    alice, bob = together(server, open_page)
    box = bob.draw_rectangle(400, 300)
    alice.until_content(lambda content: box in content)
    alice.page.evaluate(f"id => {{ window.shownBox = ({_ELEMENT})(id) }}", box)
    change(bob, box, x=480, y=310)
    until(lambda: element(alice, box)["x"], lambda x: x == 480)
    assert alice.page.evaluate(f"id => window.shownBox === ({_ELEMENT})(id)", box)
    own = alice.draw_rectangle(700, 300)
    bob.until_content(lambda content: own in content)
    alice.page.keyboard.press("Escape")
    alice.page.keyboard.press("Control+z")
    bob.until_content(lambda content: own not in alive(content))
    assert alice.page.get_by_text(LEFT).count() == 0
    for person in (alice, bob):
        assert (element(person, box)["x"], element(person, box)["y"]) == (480, 310)


def test_a_move_that_was_overtaken_is_left_and_nothing_before_it_is_undone(
    server: Server, open_page: OpenPage
) -> None:
    alice, bob = together(server, open_page)
    box = alice.draw_rectangle(400, 300)
    bob.until_content(lambda content: box in content)
    change(alice, box, x=500)
    until(lambda: element(bob, box)["x"], lambda x: x == 500)
    change(bob, box, x=650)
    until(lambda: element(alice, box)["x"], lambda x: x == 650)
    alice.page.keyboard.press("Control+z")
    alice.page.get_by_text(LEFT).wait_for()
    # Whatever else it undid would reach everybody before what alice draws next.
    later = alice.draw_rectangle(700, 500)
    bob.until_content(lambda content: later in content)
    for person in (alice, bob):
        assert element(person, box)["x"] == 650
        assert not element(person, box)["isDeleted"]


def test_own_values_are_undone_beside_those_of_others(server: Server, open_page: OpenPage) -> None:
    alice, bob = together(server, open_page)
    box = alice.draw_rectangle(400, 300)
    bob.until_content(lambda content: box in content)
    change(alice, box, strokeColor="#e03131", x=500)
    until(lambda: element(bob, box)["x"], lambda x: x == 500)
    change(bob, box, x=650)
    until(lambda: element(alice, box)["x"], lambda x: x == 650)
    alice.page.keyboard.press("Control+z")
    until(lambda: element(bob, box)["strokeColor"], lambda colour: colour != "#e03131")
    assert element(bob, box)["x"] == 650
    alice.page.keyboard.press("Control+Shift+z")
    until(lambda: element(bob, box)["strokeColor"], lambda colour: colour == "#e03131")
    assert element(bob, box)["x"] == 650


def images(person: BoardPage) -> list[str]:
    """The images on somebody's canvas."""
    return [one["id"] for one in person.scene() if one["type"] == "image"]


def until_picture(person: BoardPage, image: str) -> dict[str, Any]:
    """Waits until the image has its picture and is as large as that."""
    return dict(
        until(lambda: element(person, image), lambda one: one["fileId"] and one["width"] == 300)
    )


def test_an_image_is_one_step(server: Server, open_page: OpenPage) -> None:
    alice, bob = together(server, open_page)
    alice.page.mouse.move(500, 350)
    alice.page.evaluate(_PASTE_PICTURE)
    image = until(lambda: images(alice), bool)[0]
    whole = until_picture(alice, image)
    box = alice.draw_rectangle(700, 500)
    bob.until_content(lambda content: {image, box} <= set(content))

    alice.page.keyboard.press("Control+z")
    bob.until_content(lambda content: set(alive(content)) == {image})
    alice.page.keyboard.press("Control+z")
    bob.until_content(lambda content: not alive(content))
    alice.page.keyboard.press("Control+Shift+z")
    bob.until_content(lambda content: set(alive(content)) == {image})
    for person in (alice, bob):
        again = until_picture(person, image)
        assert [again[key] for key in ("x", "y", "fileId")] == [
            whole[key] for key in ("x", "y", "fileId")
        ]


def test_an_image_is_undone_before_it_has_its_picture(server: Server, open_page: OpenPage) -> None:
    alice, bob = together(server, open_page)
    alice.page.evaluate(_HOLD_PICTURES)
    box = alice.draw_rectangle(700, 500)
    alice.page.mouse.move(500, 350)
    alice.page.evaluate(_PASTE_PICTURE)
    image = until(lambda: images(alice), bool)[0]
    bob.until_content(lambda content: set(alive(content)) == {image, box})
    alice.page.keyboard.press("Control+z")
    bob.until_content(lambda content: set(alive(content)) == {box})
    alice.page.evaluate("() => window.releasePictures()")
    until_picture(alice, image)
    assert images(alice) == []
    alice.page.keyboard.press("Control+Shift+z")
    bob.until_content(lambda content: set(alive(content)) == {image, box})
    until_picture(bob, image)
