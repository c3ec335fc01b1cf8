"""Sizes without a mouse: by keys on the canvas, and in the fields of the outline."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import alive
from tests.server import Server, until
from tests.test_page_level import REFUSED
from tests.test_page_outline import Keys, select_by_outline

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WIDER, NARROWER = "Alt+Shift+ArrowRight", "Alt+Shift+ArrowLeft"
TALLER, FLATTER = "Alt+Shift+ArrowDown", "Alt+Shift+ArrowUp"
STEP = 5

_ADD = """elements => {
  const {api} = window.canvasBoard
  const base = {
    angle: 0, seed: 1, strokeColor: '#1e1e1e', backgroundColor: 'transparent', fillStyle: 'solid',
    strokeWidth: 2, strokeStyle: 'solid', roughness: 1, opacity: 100, groupIds: [], frameId: null,
    roundness: null, boundElements: null, link: null, locked: false, isDeleted: false, version: 1,
    versionNonce: 1, updated: 1, index: null,
  }
  api.updateScene({
    elements: [...api.getSceneElementsIncludingDeleted(), ...elements.map(e => ({...base, ...e}))],
    captureUpdate: 'IMMEDIATELY',
  })
}"""
_SELECT = """ids => {
  const selectedElementIds = Object.fromEntries(ids.map(id => [id, true]))
  window.canvasBoard.api.updateScene({appState: {selectedElementIds, selectedGroupIds: {}}})
}"""
_SHOWN = "() => window.canvasBoard.api.getSceneElements()"
_SELECTED = "() => Object.keys(window.canvasBoard.api.getAppState().selectedElementIds)"
_GRID = (
    "() => window.canvasBoard.api.updateScene({appState: {gridModeEnabled: true, gridSize: 20}})"
)
_HAS_GRID = "() => window.canvasBoard.api.getAppState().gridModeEnabled"
_BOX = {"x": 300, "y": 200, "width": 200, "height": 100}


@pytest.fixture
def alice(server: Server, open_page: OpenPage) -> Keys:
    return Keys(open_page(server).sign_in("alice").open(server.new_board()))


def add(person: Keys, *elements: dict[str, Any]) -> None:
    """Puts elements on the board, and selects the first."""
    person.page.evaluate(_ADD, list(elements))
    select(person, elements[0]["id"])
    wanted = {one["id"] for one in elements}
    person.board.until_content(lambda content: wanted <= set(content))


def select(person: Keys, *ids: str) -> None:
    """Selects these. The editor takes what it is told with its next rendering, keys come sooner."""
    person.page.evaluate(_SELECT, list(ids))
    until(lambda: person.page.evaluate(_SELECTED), lambda now: set(now) == set(ids))
    person.page.locator(".excalidraw").first.focus()


def shown(person: Keys, id: str) -> dict[str, Any]:
    element: dict[str, Any] = next(one for one in person.page.evaluate(_SHOWN) if one["id"] == id)
    return element


def size(person: Keys, id: str) -> tuple[float, float]:
    element = shown(person, id)
    return round(element["width"], 2), round(element["height"], 2)


def test_a_burst_of_keys_is_read_out_once_and_is_one_step_of_undo(alice: Keys) -> None:
    add(alice, {"id": "box", "type": "rectangle", **_BOX})
    alice.press(*[WIDER] * 4, TALLER, *[NARROWER] * 2, *[FLATTER] * 3)
    alice.hears("Width 210, height 90")
    box = shown(alice, "box")
    assert (box["x"], box["y"]) == (300, 200)
    alice.board.until_content(lambda content: rounded(content["box"]) == [210, 90])
    alice.press("Control+z")
    alice.board.until_content(lambda content: content["box"]["size"] == [200, 100])
    alice.press("Control+Shift+z")
    alice.board.until_content(lambda content: rounded(content["box"]) == [210, 90])
    # Undo right after the last key takes all of the burst.
    alice.press("Control+z")
    until(lambda: size(alice, "box"), lambda now: now == (200, 100))
    # That step had what was selected in it, too.
    select(alice, "box")
    alice.press(WIDER, WIDER, WIDER, "Control+z")
    until(lambda: size(alice, "box"), lambda now: now == (200, 100))
    alice.board.until_content(lambda content: content["box"]["size"] == [200, 100])
    # On a grid a step is as wide as that.
    select(alice, "box")
    alice.page.evaluate(_GRID)
    alice.page.wait_for_function(_HAS_GRID)
    alice.press(WIDER)
    alice.hears("Width 220, height 100")


def test_what_others_do_meanwhile_stays(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = Keys(open_page(server).sign_in("alice").open(board))
    bob = Keys(open_page(server).sign_in("bob").open(board))
    add(alice, {"id": "box", "type": "rectangle", **_BOX})
    bob.board.until_content(lambda content: "box" in content)
    alice.press(WIDER)
    select(bob, "box")
    bob.press(*["Shift+ArrowDown"] * 4)
    until(lambda: shown(alice, "box")["y"], lambda y: y == 220)
    alice.press(WIDER)
    alice.hears("Width 210, height 100")
    alice.press("Control+z")
    # Back to the first key, or before it, as quick as the two of them were.
    alice.board.until_content(lambda content: rounded(content["box"])[0] in (200, 205))
    assert shown(alice, "box")["y"] == 220


def test_labels_arrows_and_frames_stay_bound(alice: Keys) -> None:
    label = {"id": "label", "type": "text", "x": 310, "y": 235, "width": 60, "height": 25}
    words = {"text": "A label", "originalText": "A label", "fontSize": 20, "fontFamily": 5}
    kept = {"textAlign": "center", "verticalAlign": "middle", "lineHeight": 1.25}
    bound = {"containerId": "box", "autoResize": True, **words, **kept}
    arrow = {"id": "arrow", "type": "arrow", "x": 506, "y": 250, "width": 188, "height": 0}
    ends = {"startArrowhead": None, "endArrowhead": "arrow", "points": [[0, 0], [188, 0]]}
    bindings = {
        "startBinding": {"elementId": "box", "focus": 0, "gap": 6},
        "endBinding": {"elementId": "goal", "focus": 0, "gap": 6},
    }
    hung = [{"id": "label", "type": "text"}, {"id": "arrow", "type": "arrow"}]
    frame = {"id": "frame", "type": "frame", "name": "F", "x": 250, "y": 150}
    add(
        alice,
        {"id": "box", "type": "rectangle", "boundElements": hung, "frameId": "frame", **_BOX},
        {**label, **bound, "frameId": "frame"},
        {"id": "goal", "type": "ellipse", "x": 700, "y": 200, "width": 100, "height": 100}
        | {"boundElements": [{"id": "arrow", "type": "arrow"}]},
        {**arrow, **ends, **bindings, "elbowed": False, "lastCommittedPoint": None},
        {**frame, "width": 260, "height": 200},
    )
    alice.press(*[WIDER] * 10)
    alice.hears("Width 250, height 100")
    box, text, path = (shown(alice, id) for id in ("box", "label", "arrow"))
    assert abs(text["x"] + text["width"] / 2 - (box["x"] + box["width"] / 2)) < 1
    assert text["containerId"] == "box"
    assert path["startBinding"]["elementId"] == "box"
    assert path["endBinding"]["elementId"] == "goal"
    assert 0 < path["x"] - 550 < 12, "The arrow begins at the edge of the box."
    assert box["frameId"] == "frame", "It still touches its frame."
    select(alice, "arrow")
    alice.press(WIDER)
    alice.hears("This line follows the shapes that it is bound to.")
    # A frame that is pulled past a shape has it from now on, and lets go what it leaves.
    select(alice, "frame")
    alice.press(*[WIDER] * 64)
    alice.hears("Width 580, height 200")
    until(lambda: shown(alice, "goal")["frameId"], lambda frame: frame == "frame")
    alice.press("Control+z")
    until(lambda: shown(alice, "goal")["frameId"], lambda frame: frame is None)
    assert size(alice, "frame") == (260, 200)


def test_every_kind_is_resized_as_far_as_it_can_be(alice: Keys) -> None:
    words = {"text": "Some words here", "originalText": "Some words here", "containerId": None}
    font = {"fontSize": 20, "fontFamily": 5, "textAlign": "left", "verticalAlign": "top"}
    text = {"id": "text", "type": "text", "x": 100, "y": 100, "width": 150, "height": 25}
    add(alice, {**text, **words, **font, "lineHeight": 1.25, "autoResize": True})
    alice.press(*[TALLER] * 5)
    alice.hears(re.compile("height 50$"))
    assert 38 < shown(alice, "text")["fontSize"] < 42, "The letters grow with their text."
    alice.press(*[NARROWER] * 30)
    until(lambda: shown(alice, "text")["text"], lambda shown_text: "\n" in shown_text)

    pair = {"groupIds": ["both"], "type": "rectangle", "y": 300, "width": 100, "height": 100}
    add(alice, {"id": "left", "x": 100, **pair}, {"id": "right", "x": 300, **pair})
    select(alice, "left", "right")
    alice.press(*[WIDER] * 12)
    alice.hears("Width 360, height 120")
    assert size(alice, "right") == (120, 120), "A group keeps its shape."

    turned = {"angle": 1.0, "x": 600, "y": 500, "width": 100, "height": 60}
    add(alice, {"id": "turned", "type": "ellipse", **turned})
    alice.press(WIDER, TALLER)
    alice.hears("Width 105, height 65")

    ends = {"points": [[0, 0], [80, 0]], "startBinding": None, "endBinding": None}
    heads = {"startArrowhead": None, "endArrowhead": "arrow", "elbowed": False}
    line = {"x": 900, "y": 100, "width": 80, "height": 0, "lastCommittedPoint": None}
    add(alice, {"id": "line", "type": "arrow", **line, **ends, **heads})
    alice.press(WIDER, TALLER, TALLER)
    alice.hears("Width 85, height 10")
    assert shown(alice, "line")["points"] == [[0, 0], [85, 10]]

    add(alice, {"id": "dot", "type": "rectangle", **_BOX, "width": 12, "height": 12})
    alice.press(NARROWER, NARROWER, NARROWER)
    alice.hears("It can\u2019t become smaller.")
    assert size(alice, "dot") == (5, 12)
    add(alice, {"id": "fixed", "type": "rectangle", **_BOX, "locked": True})
    alice.press(WIDER)
    alice.hears("What is locked keeps its size.")
    assert size(alice, "fixed") == (200, 100)


def test_the_outline_has_fields_for_it(alice: Keys) -> None:
    alice.press("r", "Enter", "Enter")
    field = alice.page.locator("textarea.excalidraw-wysiwyg")
    field.wait_for()
    alice.type("Plan")
    # While one writes, the keys are for the text.
    alice.press(WIDER, WIDER)
    assert field.input_value() == "Plan"
    alice.press("Escape", "Escape", "Shift+O")
    alice.choose("Plan")
    panel = alice.page.get_by_role("complementary", name="Outline")
    width = panel.get_by_role("spinbutton", name="Width")
    alice.tab_to(width)
    expect(width).to_have_value("160")
    alice.press("Control+a")
    alice.type("240")
    alice.press("Enter")
    alice.hears("Width 240, height 100")
    height = panel.get_by_role("spinbutton", name="Height")
    alice.tab_to(height)
    alice.press("Control+a")
    alice.type("2")
    alice.press("Tab")
    alice.board.until_content(
        lambda content: [240, 35] in [rounded(one) for one in alive(content).values()]
    )
    # A label keeps its room: what is taken is less than what was asked for, and is what is shown.
    expect(height).to_have_value("35")


def rounded(element: dict[str, Any]) -> list[float]:
    """The size that the document has of it; the editor multiplies by shares."""
    return [round(one, 6) for one in element.get("size", [])]


@pytest.mark.parametrize("level", ["view", "comment"])
def test_people_without_edit_access_are_refused(
    server: Server, open_page: OpenPage, level: str
) -> None:
    board = server.new_board(bob=level)
    alice = Keys(open_page(server).sign_in("alice").open(board))
    alice.draw("r", "Plan")
    bob = Keys(open_page(server).sign_in("bob").open(board))
    before = bob.board.content()
    select_by_outline(bob, "Plan")
    panel = bob.page.get_by_role("complementary", name="Outline")
    expect(panel.get_by_role("spinbutton")).to_have_count(0)
    refusal = bob.page.get_by_text(REFUSED)
    expect(refusal).to_have_count(0)
    bob.press(WIDER)
    refusal.wait_for()
    # What the page would write, it has written.
    bob.page.evaluate("() => window.canvasBoard.flush()")
    assert bob.board.content() == before
