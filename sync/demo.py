"""The drawing on the demo board: a tour of what can be drawn. Pure, and the same every time."""

from __future__ import annotations

import itertools
import math
import zlib
from typing import Any

from sync.elements import Element

INK, GREY = "#1e1e1e", "#868e96"
BLUE, GREEN, RED, VIOLET, ORANGE = "#1971c2", "#2f9e44", "#e03131", "#6741d9", "#f08c00"
PALE_BLUE, PALE_GREEN, PALE_RED = "#a5d8ff", "#b2f2bb", "#ffc9c9"
PALE_VIOLET, PALE_YELLOW, PALE_TEAL = "#d0bfff", "#ffec99", "#96f2d7"

EXCALIFONT = 5
LINE_HEIGHT = 1.25
BINDING_GAP = 6
ROUND_CORNERS, ROUND_CURVE = {"type": 3}, {"type": 2}

# Advance widths of Excalifont for the characters from space to tilde, in thousandths of the size.
# fmt: off
_WIDTHS = (
    400, 314, 371, 783, 721, 928, 718, 218, 441, 402, 525, 550, 257, 411, 274, 561, 664, 427, 700,
    608, 585, 618, 640, 558, 636, 629, 264, 298, 550, 550, 550, 466, 829, 676, 761, 629, 780, 707,
    661, 780, 573, 545, 569, 613, 543, 766, 632, 767, 698, 768, 736, 622, 857, 730, 592, 786, 628,
    564, 832, 472, 589, 497, 510, 670, 600, 576, 555, 504, 605, 537, 497, 555, 567, 244, 328, 533,
    225, 663, 526, 600, 537, 539, 412, 543, 553, 548, 525, 693, 591, 530, 572, 504, 299, 544, 669,
)
# fmt: on


def demo_elements() -> list[Element]:
    """Complete Excalidraw elements from bottom to top, bound to each other and indexed."""
    elements = [*_heading(), *_decision(), *_plan(), *_hints()]
    _link(elements)
    for position, element in enumerate(elements):
        element["index"] = fractional_index(position)
    return elements


def fractional_index(position: int) -> str:
    """The position as a key of the ``fractional-indexing`` scheme: a0, a1 … az, b00, b01 …"""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    if position < len(digits):
        return f"a{digits[position]}"
    high, low = divmod(position - len(digits), len(digits))
    return f"b{digits[high]}{digits[low]}"


def _heading() -> list[Element]:
    return [
        _text("title", 60, 40, "Draw together", size=44),
        _stroke("underline", 62, 106, [(x, 5 * math.sin(x / 21)) for x in range(0, 305, 8)]),
        _text(
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
    idea = _shape("idea", "rectangle", (60, 220, 190, 90), VIOLET, PALE_VIOLET)
    ask = _shape("ask", "diamond", (370, 190, 220, 150), ORANGE, PALE_YELLOW)
    build = _shape("build", "ellipse", (720, 210, 200, 110), GREEN, PALE_GREEN)
    park = _shape("park", "rectangle", (385, 412, 190, 80), RED, PALE_RED, style="dashed")
    right, down = (1, 0), (0, 1)
    to_ask = _arrow("idea-ask", idea, ask, right)
    yes = _arrow("ask-build", ask, build, right)
    no = _arrow("ask-park", ask, park, down, style="dashed")
    return [
        *(idea, _label(idea, "A new idea")),
        *(ask, _label(ask, "Worth it?")),
        *(build, _label(build, "Build it")),
        *(park, _label(park, "Maybe later")),
        to_ask,
        *(yes, _label(yes, "yes", size=16)),
        *(no, _label(no, "no", size=16)),
    ]


def _plan() -> list[Element]:
    """A frame: what lies in it moves with it."""
    frame = _base("frame", "frame", (980, 60, 270, 470), stroke="#bbbbbb", roughness=0)
    frame |= {"name": "This week", "strokeWidth": 2}
    notes: list[Element] = []
    for row, (text, fill) in enumerate(
        (
            ("Sketch the\nstart page", PALE_YELLOW),
            ("Ask three users\nwhat is missing", PALE_BLUE),
            ("Celebrate", PALE_TEAL),
        )
    ):
        box = (1015.0, 85.0 + row * 145, 200.0, 130.0)
        note = _base(f"note-{row}", "rectangle", box, stroke="transparent", fill=fill)
        note |= {"roughness": 0, "roundness": None}
        notes += [note, _label(note, text)]
    for note in notes:
        note["frameId"] = frame["id"]
    return [*notes, frame]  # Excalidraw keeps a frame right above its children


def _hints() -> list[Element]:
    divider = _base("divider", "line", (60, 526, 860, 0), stroke=GREY, style="dotted")
    divider |= _path([(0, 0), (860, 0)])
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
        _stroke("star", 62, 550, _smooth(corner), color=ORANGE),
        _text("hints", 160, 550, hints, size=20, color=BLUE),
    ]


def _base(
    name: str,
    kind: str,
    box: tuple[float, float, float, float],
    *,
    stroke: str = INK,
    fill: str = "transparent",
    style: str = "solid",
    roughness: int = 1,
) -> Element:
    """What every element has. ``box`` is x, y, width, height in canvas units."""
    x, y, width, height = box
    return {
        "id": f"demo-{name}",
        "type": kind,
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "angle": 0,
        "strokeColor": stroke,
        "backgroundColor": fill,
        "fillStyle": "solid",
        "strokeWidth": 2,
        "strokeStyle": style,
        "roughness": roughness,
        "opacity": 100,
        "groupIds": [],
        "frameId": None,
        "roundness": None,
        "seed": zlib.crc32(name.encode()) & 0x7FFFFFFF,
        "version": 1,
        "versionNonce": 0,
        "isDeleted": False,
        "boundElements": None,
        "updated": 1,
        "link": None,
        "locked": False,
    }


def _shape(
    name: str,
    kind: str,
    box: tuple[float, float, float, float],
    stroke: str,
    fill: str,
    *,
    style: str = "solid",
) -> Element:
    shape = _base(name, kind, box, stroke=stroke, fill=fill, style=style)
    shape["roundness"] = ROUND_CORNERS if kind == "rectangle" else ROUND_CURVE
    return shape


def _text(
    name: str, x: float, y: float, text: str, *, size: int, color: str = INK, align: str = "left"
) -> Element:
    lines = text.split("\n")
    width = max(_text_width(line, size) for line in lines)
    height = len(lines) * size * LINE_HEIGHT
    element = _base(name, "text", (x, y, width, height), stroke=color)
    element |= {
        "text": text,
        "originalText": text,
        "fontSize": size,
        "fontFamily": EXCALIFONT,
        "textAlign": align,
        "verticalAlign": "top",
        "containerId": None,
        "autoResize": True,
        "lineHeight": LINE_HEIGHT,
    }
    return element


def _label(container: Element, text: str, *, size: int = 20) -> Element:
    """Text bound to the middle of a shape or an arrow."""
    name = f"{container['id'].removeprefix('demo-')}-label"
    label = _text(name, 0, 0, text, size=size, align="center")
    label["x"] = container["x"] + (container["width"] - label["width"]) / 2
    label["y"] = container["y"] + (container["height"] - label["height"]) / 2
    label["verticalAlign"] = "middle"
    label["containerId"] = container["id"]
    return label


def _arrow(
    name: str, start: Element, end: Element, way: tuple[int, int], *, style: str = "solid"
) -> Element:
    """From the edge of one shape to the facing edge of the other, aimed at both centres.

    ``way`` is the unit step to the right or down; the shapes' centres lie on one such line.
    """
    dx, dy = way
    x = start["x"] + start["width"] * (1 + dx) / 2 + BINDING_GAP * dx
    y = start["y"] + start["height"] * (1 + dy) / 2 + BINDING_GAP * dy
    width = (end["x"] - BINDING_GAP - x) * dx
    height = (end["y"] - BINDING_GAP - y) * dy
    arrow = _base(name, "arrow", (x, y, width, height), style=style)
    arrow |= _path([(0, 0), (width, height)])
    arrow |= {
        "roundness": ROUND_CURVE,
        "startBinding": {"elementId": start["id"], "focus": 0, "gap": BINDING_GAP},
        "endBinding": {"elementId": end["id"], "focus": 0, "gap": BINDING_GAP},
        "startArrowhead": None,
        "endArrowhead": "arrow",
        "elbowed": False,
    }
    return arrow


def _stroke(
    name: str, x: float, y: float, points: list[tuple[float, float]], *, color: str = BLUE
) -> Element:
    """A freehand stroke whose first point is at the origin of its own coordinates."""
    origin_x, origin_y = points[0]
    moved = [(px - origin_x, py - origin_y) for px, py in points]
    stroke = _base(name, "freedraw", (x + origin_x, y + origin_y, 0, 0), stroke=color)
    return stroke | _path(moved) | {"pressures": [], "simulatePressure": True}


def _path(points: list[tuple[float, float]]) -> dict[str, Any]:
    rounded = [[round(x, 2), round(y, 2)] for x, y in points]
    xs, ys = [x for x, _ in rounded], [y for _, y in rounded]
    size = {"width": round(max(xs) - min(xs), 2), "height": round(max(ys) - min(ys), 2)}
    return {"points": rounded, "lastCommittedPoint": None, **size}


def _smooth(corners: list[tuple[float, float]], steps: int = 5) -> list[tuple[float, float]]:
    """Points along straight sides, as dense as a hand would leave them."""
    points = [corners[0]]
    for (ax, ay), (bx, by) in itertools.pairwise(corners):
        parts = [step / steps for step in range(1, steps + 1)]
        points += [(ax + (bx - ax) * part, ay + (by - ay) * part) for part in parts]
    return points


def _link(elements: list[Element]) -> None:
    """Enter texts and arrows at what they are bound to; Excalidraw wants both directions."""
    by_id = {element["id"]: element for element in elements}
    for element in elements:
        bindings = (element.get("startBinding"), element.get("endBinding"))
        targets = [binding["elementId"] for binding in bindings if binding]
        for target in [*targets, element.get("containerId")]:
            if target is not None:
                entry = {"id": element["id"], "type": element["type"]}
                by_id[target]["boundElements"] = [*(by_id[target]["boundElements"] or ()), entry]


def _text_width(text: str, size: int) -> float:
    return round(sum(_WIDTHS[ord(char) - ord(" ")] for char in text) * size / 1000, 2)
