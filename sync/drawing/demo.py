"""The drawing on the demo board: a tour of what can be drawn. Pure, and the same every time."""

from __future__ import annotations

import math

from sync.drawing.elements import Element
from sync.drawing.shapes import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE_BLUE,
    PALE_GREEN,
    PALE_RED,
    PALE_VIOLET,
    PALE_YELLOW,
    RED,
    VIOLET,
    arrow_between,
    base,
    finished,
    label_of,
    note_at,
    path_of,
    shape_at,
    smooth,
    stroke_of,
    text_at,
)


def demo_elements() -> list[Element]:
    """Complete Excalidraw elements, back to front, bound to each other and indexed."""
    elements = [*_heading(), *_decision(), *_plan(), *_hints()]
    return finished(elements)


def _heading() -> list[Element]:
    return [
        text_at("title", 60, 40, "Draw together", size=44),
        stroke_of("underline", 62, 106, [(x, 5 * math.sin(x / 21)) for x in range(0, 305, 8)]),
        text_at(
            "subtitle",
            60,
            126,
            "Everyone with the link sees the same board, live. It saves itself, even offline.",
            size=20,
            color=GREY,
        ),
    ]


def _decision() -> list[Element]:
    """Shapes with text in them, and arrows that stay attached when the shapes move."""
    idea = shape_at("idea", "rectangle", (60, 220, 190, 90), VIOLET, PALE_VIOLET)
    ask = shape_at("ask", "diamond", (370, 190, 220, 150), ORANGE, PALE_YELLOW)
    build = shape_at("build", "ellipse", (720, 210, 200, 110), GREEN, PALE_GREEN)
    park = shape_at("park", "rectangle", (385, 412, 190, 80), RED, PALE_RED, style="dashed")
    right, down = (1, 0), (0, 1)
    to_ask = arrow_between("idea-ask", idea, ask, right)
    yes = arrow_between("ask-build", ask, build, right)
    no = arrow_between("ask-park", ask, park, down, style="dashed")
    return [
        *(idea, label_of(idea, "A new idea")),
        *(ask, label_of(ask, "Worth it?")),
        *(build, label_of(build, "Build it")),
        *(park, label_of(park, "Maybe later")),
        to_ask,
        *(yes, label_of(yes, "yes", size=16)),
        *(no, label_of(no, "no", size=16)),
    ]


def _plan() -> list[Element]:
    """A frame: what lies in it moves with it."""
    frame = base("frame", "frame", (980, 60, 270, 470), stroke="#bbbbbb", roughness=0)
    frame |= {"name": "This week", "strokeWidth": 2}
    notes: list[Element] = []
    for row, (text, fill) in enumerate(
        (
            ("Sketch the\nstart page", PALE_YELLOW),
            ("Ask three users\nwhat is missing", PALE_BLUE),
            ("Celebrate", PALE_GREEN),
        )
    ):
        box = (1015.0, 85.0 + row * 145, 200.0, 130.0)
        note = note_at(f"note-{row}", box, fill)
        notes += [note, label_of(note, text)]
    for note in notes:
        note["frameId"] = frame["id"]
    return [*notes, frame]  # Excalidraw keeps a frame right above its children


def _hints() -> list[Element]:
    divider = base("divider", "line", (60, 526, 860, 0), stroke=GREY, style="dotted")
    divider |= path_of([(0, 0), (860, 0)])
    divider |= dict.fromkeys(("startBinding", "endBinding", "startArrowhead", "endArrowhead"))
    hints = (
        "Drag a shape: its arrows follow.\n"
        "Open this board in a second window and watch the cursors.\n"
        "Go offline, keep drawing, come back: nothing is lost."
    )
    star = [(0, -34), (9, -11), (34, -10), (14, 6), (21, 30), (0, 16), (-21, 30), (-14, 6)]
    star += [(-34, -10), (-9, -11), (0, -34)]
    corner = [(float(x + 34), float(y + 34)) for x, y in star]
    return [
        divider,
        stroke_of("star", 62, 550, smooth(corner), color=ORANGE),
        text_at("hints", 160, 550, hints, size=20, color=BLUE),
    ]
