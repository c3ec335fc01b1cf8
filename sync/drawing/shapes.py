"""Makes complete Excalidraw elements, for the demo board and the templates. Pure.

Names become ids, so a drawing is the same each time.
"""

from __future__ import annotations

import itertools
import math
import zlib
from typing import Any

from sync.drawing.elements import Element
from sync.drawing.texts import EXCALIFONT, LINE_HEIGHT, text_width

INK, GREY = "#1e1e1e", "#868e96"
BLUE, GREEN, RED, VIOLET, ORANGE = "#1971c2", "#2f9e44", "#e03131", "#6741d9", "#f08c00"
PALE_BLUE, PALE_GREEN, PALE_RED = "#a5d8ff", "#b2f2bb", "#ffc9c9"
PALE_VIOLET, PALE_YELLOW, PALE_TEAL = "#d0bfff", "#ffec99", "#96f2d7"

BINDING_GAP = 6
ROUND_CORNERS, ROUND_CURVE = {"type": 3}, {"type": 2}

# The share of a shape's width that its text may take.
_ROOM = {"rectangle": 1.0, "ellipse": 0.7, "diamond": 0.5}


def fractional_index(position: int) -> str:
    """The position as a key of the `fractional-indexing` scheme: a0, a1 … az, b00, b01 …"""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    if position < len(digits):
        return f"a{digits[position]}"
    high, low = divmod(position - len(digits), len(digits))
    return f"b{digits[high]}{digits[low]}"


def base(
    name: str,
    kind: str,
    box: tuple[float, float, float, float],
    *,
    stroke: str = INK,
    fill: str = "transparent",
    style: str = "solid",
    roughness: int = 1,
) -> Element:
    """The properties that every element has. `box` is x, y, width, height in canvas units."""
    x, y, width, height = box
    return {
        "id": name,
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


def note_at(name: str, box: tuple[float, float, float, float], fill: str) -> Element:
    """A sticky note: the page fits its text and names who wrote it (`frontend/src/notes/`)."""
    note = base(name, "rectangle", box, stroke="transparent", fill=fill, roughness=0)
    return note | {"roundness": None, "customData": {"note": True}}


def shape_at(
    name: str,
    kind: str,
    box: tuple[float, float, float, float],
    stroke: str,
    fill: str,
    *,
    style: str = "solid",
) -> Element:
    """A rectangle, ellipse or diamond with round corners, for a label."""
    shape = base(name, kind, box, stroke=stroke, fill=fill, style=style)
    shape["roundness"] = ROUND_CORNERS if kind == "rectangle" else ROUND_CURVE
    return shape


def text_at(
    name: str, x: float, y: float, text: str, *, size: int, color: str = INK, align: str = "left"
) -> Element:
    """Text with its upper left corner at a position."""
    lines = text.split("\n")
    width = max(text_width(line, size) for line in lines)
    height = len(lines) * size * LINE_HEIGHT
    element = base(name, "text", (x, y, width, height), stroke=color)
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


def label_of(container: Element, text: str, *, size: int = 20) -> Element:
    """Text bound to the middle of an arrow or a shape, wrapped to fit."""
    room = container["width"] * _ROOM.get(container["type"], math.inf) - 10
    lines = _wrapped(text, room, size)
    label = text_at(f"{container['id']}-label", 0, 0, lines, size=size, align="center")
    label["originalText"] = text
    label["x"] = container["x"] + (container["width"] - label["width"]) / 2
    label["y"] = container["y"] + (container["height"] - label["height"]) / 2
    label["verticalAlign"] = "middle"
    label["containerId"] = container["id"]
    return label


def _wrapped(text: str, room: float, size: int) -> str:
    """Wraps between words, so that no line is wider than `room` if possible."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return "\n".join(lines)


def arrow_between(
    name: str, start: Element, end: Element, way: tuple[int, int], *, style: str = "solid"
) -> Element:
    """From the edge of one shape to the facing edge of the other, aimed at both centres.

    `way` is the unit step to the right or down; the shapes' centres lie on one such line.
    """
    dx, dy = way
    x = start["x"] + start["width"] * (1 + dx) / 2 + BINDING_GAP * dx
    y = start["y"] + start["height"] * (1 + dy) / 2 + BINDING_GAP * dy
    width = (end["x"] - BINDING_GAP - x) * dx
    height = (end["y"] - BINDING_GAP - y) * dy
    arrow = base(name, "arrow", (x, y, width, height), style=style)
    arrow |= path_of([(0, 0), (width, height)])
    return arrow | _ends(start, end, "arrow")


def connector(
    name: str, start: Element, end: Element, *, head: str | None = "arrow", stroke: str = INK
) -> Element:
    """A straight arrow between two shapes in any direction, from edge to edge and bound to both."""
    (ax, ay), (bx, by) = _centre(start), _centre(end)
    length = math.dist((ax, ay), (bx, by))
    way = ((bx - ax) / length, (by - ay) / length)
    out, back = _reach(start, way) + BINDING_GAP, _reach(end, way) + BINDING_GAP
    x, y = ax + way[0] * out, ay + way[1] * out
    dx, dy = bx - way[0] * back - x, by - way[1] * back - y
    line = base(name, "arrow", (round(x, 2), round(y, 2), 0, 0), stroke=stroke)
    line |= path_of([(0, 0), (dx, dy)])
    return line | _ends(start, end, head)


def _centre(element: Element) -> tuple[float, float]:
    return element["x"] + element["width"] / 2, element["y"] + element["height"] / 2


def _reach(element: Element, way: tuple[float, float]) -> float:
    """The distance from the centre to the edge along a unit vector."""
    half_width, half_height = float(element["width"]) / 2, float(element["height"]) / 2
    a, b = abs(way[0]) / half_width, abs(way[1]) / half_height
    match element["type"]:
        case "ellipse":
            return 1 / math.hypot(a, b)
        case "diamond":
            return 1 / (a + b)
        case _:
            return 1 / max(a, b)


def _ends(start: Element, end: Element, head: str | None) -> dict[str, Any]:
    return {
        "roundness": ROUND_CURVE,
        "startBinding": {"elementId": start["id"], "focus": 0, "gap": BINDING_GAP},
        "endBinding": {"elementId": end["id"], "focus": 0, "gap": BINDING_GAP},
        "startArrowhead": None,
        "endArrowhead": head,
        "elbowed": False,
    }


def stroke_of(
    name: str, x: float, y: float, points: list[tuple[float, float]], *, color: str = BLUE
) -> Element:
    """A freehand stroke whose first point is at the origin of its own coordinates."""
    origin_x, origin_y = points[0]
    moved = [(px - origin_x, py - origin_y) for px, py in points]
    stroke = base(name, "freedraw", (x + origin_x, y + origin_y, 0, 0), stroke=color)
    return stroke | path_of(moved) | {"pressures": [], "simulatePressure": True}


def path_of(points: list[tuple[float, float]]) -> dict[str, Any]:
    """The properties that lines, arrows and strokes derive from their points; the first is the
    origin.
    """
    rounded = [[round(x, 2), round(y, 2)] for x, y in points]
    xs, ys = [x for x, _ in rounded], [y for _, y in rounded]
    size = {"width": round(max(xs) - min(xs), 2), "height": round(max(ys) - min(ys), 2)}
    return {"points": rounded, "lastCommittedPoint": None, **size}


def smooth(corners: list[tuple[float, float]], steps: int = 5) -> list[tuple[float, float]]:
    """Points along straight sides, as dense as drawn by hand."""
    points = [corners[0]]
    for (ax, ay), (bx, by) in itertools.pairwise(corners):
        parts = [step / steps for step in range(1, steps + 1)]
        points += [(ax + (bx - ax) * part, ay + (by - ay) * part) for part in parts]
    return points


def finished(elements: list[Element]) -> list[Element]:
    """A finished drawing: bindings in both directions, and indices from back to front."""
    _link(elements)
    for position, element in enumerate(elements):
        element["index"] = fractional_index(position)
    return elements


def _link(elements: list[Element]) -> None:
    """Adds texts and arrows to what they are bound to; Excalidraw needs both directions."""
    by_id = {element["id"]: element for element in elements}
    for element in elements:
        bindings = (element.get("startBinding"), element.get("endBinding"))
        targets = [binding["elementId"] for binding in bindings if binding]
        for target in [*targets, element.get("containerId")]:
            if target is not None:
                entry = {"id": element["id"], "type": element["type"]}
                by_id[target]["boundElements"] = [*(by_id[target]["boundElements"] or ()), entry]
