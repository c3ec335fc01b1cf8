"""Turning without a mouse: by keys on the canvas, and in a field of the outline."""

import math
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.server import Server, until
from tests.test_page_level import REFUSED
from tests.test_page_outline import Keys, select_by_outline
from tests.test_page_resizing import add, select, shown

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

RIGHT, LEFT = "Alt+Shift+Period", "Alt+Shift+Comma"
BOX = {"type": "rectangle", "x": 300, "y": 200, "width": 200, "height": 100}
LINE = {"startBinding": None, "endBinding": None, "startArrowhead": None, "endArrowhead": "arrow"}


@pytest.fixture
def alice(server: Server, open_page: OpenPage) -> Keys:
    return Keys(open_page(server).sign_in("alice").open(server.new_board()))


def degrees(person: Keys, id: str) -> float:
    """How far the page shows it turned."""
    return round(math.degrees(shown(person, id)["angle"]), 3)


def middle(element: dict[str, Any]) -> tuple[float, float]:
    x, y = element["x"] + element["width"] / 2, element["y"] + element["height"] / 2
    return round(x, 3), round(y, 3)


def test_a_burst_of_keys_is_read_out_once_and_is_one_step_of_undo(alice: Keys) -> None:
    add(alice, {"id": "box", **BOX})
    alice.press(RIGHT, RIGHT, RIGHT, RIGHT, LEFT)
    alice.hears("Turned to 45°")
    alice.board.until_content(lambda content: round(content["box"]["angle"], 3) == 0.785)
    assert middle(shown(alice, "box")) == (400, 250)
    alice.press("Control+z")
    alice.board.until_content(lambda content: content["box"].get("angle", 0) == 0)
    select(alice, "box")
    alice.press(LEFT)
    alice.hears("Turned to 345°")
    # Both kinds of keys may be in a burst.
    alice.press(RIGHT, RIGHT, "Alt+Shift+ArrowRight")
    alice.hears("Width 205, height 100, Turned to 15°")
    alice.press("Control+z")
    until(lambda: round(shown(alice, "box")["width"]), lambda width: width == 200)
    assert degrees(alice, "box") == 345


def test_labels_and_arrows_follow(alice: Keys) -> None:
    words = {"text": "A label", "originalText": "A label", "fontSize": 20, "fontFamily": 5}
    label = {"id": "label", "type": "text", "x": 360, "y": 237, "width": 80, "height": 25, **words}
    bound = {"containerId": "box", "textAlign": "center", "verticalAlign": "middle"}
    hung = [{"id": "label", "type": "text"}, {"id": "arrow", "type": "arrow"}]
    arrow = {"id": "arrow", "type": "arrow", "x": 506, "y": 250, "width": 188, "height": 0}
    points = {"points": [[0, 0], [188, 0]], "elbowed": False, "lastCommittedPoint": None}
    ends = {
        "startBinding": {"elementId": "box", "focus": 0, "gap": 6},
        "endBinding": {"elementId": "goal", "focus": 0, "gap": 6},
    }
    add(
        alice,
        {"id": "box", "boundElements": hung, **BOX},
        {**label, **bound, "autoResize": True, "lineHeight": 1.25},
        {"id": "goal", "type": "ellipse", "x": 700, "y": 200, "width": 100, "height": 100}
        | {"boundElements": [{"id": "arrow", "type": "arrow"}]},
        {**arrow, **points, **LINE, **ends},
    )
    alice.press(*[RIGHT] * 6)
    alice.hears("Turned to 90°")
    assert degrees(alice, "label") == 90
    path = shown(alice, "arrow")
    assert path["startBinding"]["elementId"] == "box"
    assert path["endBinding"]["elementId"] == "goal"
    assert 450 <= path["x"] < 470, "The box is narrower there now."
    select(alice, "arrow")
    alice.press(RIGHT)
    alice.hears("This line follows the shapes that it is bound to.")


def test_several_are_turned_around_their_middle(alice: Keys) -> None:
    pair = {"groupIds": ["both"], "type": "rectangle", "y": 300, "width": 100, "height": 100}
    add(alice, {"id": "left", "x": 100, **pair}, {"id": "right", "x": 300, **pair})
    select(alice, "left", "right")
    alice.press(*[RIGHT] * 6)
    alice.hears("Turned by 90°")
    assert [degrees(alice, id) for id in ("left", "right")] == [90, 90]
    assert middle(shown(alice, "left")) == (250, 250), "above"
    assert middle(shown(alice, "right")) == (250, 450)
    alice.press(*[LEFT] * 2)
    alice.hears("Turned by -30°")
    alice.press("Control+z", "Control+z")
    until(lambda: middle(shown(alice, "left")), lambda place: place == (150, 350))
    assert degrees(alice, "left") == 0


def test_what_cannot_be_turned_says_so(alice: Keys) -> None:
    add(alice, {"id": "frame", "name": "F", **BOX, "type": "frame"})
    alice.press(RIGHT)
    alice.hears("This can\u2019t be turned.")
    add(alice, {"id": "fixed", **BOX, "locked": True})
    alice.press(RIGHT)
    alice.hears("What is locked is not turned.")
    straight = {"points": [[0, 0], [80, 0]], "elbowed": False, "lastCommittedPoint": None}
    line = {"id": "line", "type": "arrow", "x": 900, "y": 100, "width": 80, "height": 0}
    add(alice, {**line, **straight, **LINE})
    alice.press(RIGHT)
    alice.hears("Turned to 15°")
    assert degrees(alice, "frame") == degrees(alice, "fixed") == 0


def test_the_outline_has_a_field_for_it(alice: Keys) -> None:
    alice.draw("r", "Plan")
    alice.press("Shift+O")
    alice.choose("Plan")
    panel = alice.page.get_by_role("complementary", name="Outline")
    angle = panel.get_by_role("spinbutton", name="Angle")
    alice.tab_to(angle)
    expect(angle).to_have_value("0")
    alice.press("Control+a")
    alice.type("-30")
    alice.press("Enter")
    alice.hears("Turned to 330°")
    expect(angle).to_have_value("330")
    # Its width and height are those of what is not turned.
    expect(panel.get_by_role("spinbutton", name="Width")).to_have_value("160")


def test_people_without_edit_access_are_refused(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="comment")
    alice = Keys(open_page(server).sign_in("alice").open(board))
    alice.draw("r", "Plan")
    bob = Keys(open_page(server).sign_in("bob").open(board))
    before = bob.board.content()
    select_by_outline(bob, "Plan")
    bob.press(RIGHT)
    bob.page.get_by_text(REFUSED).wait_for()
    bob.page.evaluate("() => window.canvasBoard.flush()")
    assert bob.board.content() == before
