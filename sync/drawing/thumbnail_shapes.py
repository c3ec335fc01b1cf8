"""One element of a drawing as SVG, in the coordinates of a small picture. Pure."""

import itertools
import math
import re
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from sync.drawing.elements import Element

INK = "#1e1e1e"
FRAME = "#bbbbbb"
MAX_POINTS = 80
MAX_LINES, MAX_LINE_LENGTH = 24, 120
MIN_TEXT = 2.5
"""Smaller letters are drawn as a grey bar."""

_FAR = 1e7
_MAX_POINTS_READ = 5000
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-z]{3,20}")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ANCHORS = {"left": ("start", 0.0), "center": ("middle", 0.5), "right": ("end", 1.0)}
_MONOSPACE = frozenset({3, 8})
_CORNER = 32
_WITH_POINTS = frozenset({"line", "arrow", "freedraw"})
_PLACEHOLDER = ' stroke-dasharray="4 3"'
_DASHES = {"dashed": (4, 3), "dotted": (0.1, 2.5)}
# Hatching is finer than a small picture can show.
_FILL_OPACITY = {"solid": 1.0, "hachure": 0.55, "cross-hatch": 0.75, "zigzag": 0.65}

Point = tuple[float, float]


class Box(NamedTuple):
    """Where an element is on the board, before rotation."""

    x: float
    y: float
    width: float
    height: float


class View(NamedTuple):
    """From the board to the picture: scale, then move."""

    scale: float
    dx: float
    dy: float

    def point(self, x: float, y: float) -> Point:
        """The place in the picture."""
        return x * self.scale + self.dx, y * self.scale + self.dy


def number(value: Any, default: float = 0.0) -> float:
    """A finite number of bounded size, whatever the document holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    # An integer can be too large for a float.
    if isinstance(value, int) and abs(value) > _FAR:
        return _FAR if value > 0 else -_FAR
    return min(max(float(value), -_FAR), _FAR) if math.isfinite(value) else default


def colour(value: Any, default: str) -> str:
    """A hexadecimal colour or a plain word; nothing that could break out of an attribute."""
    return value if isinstance(value, str) and _COLOUR.fullmatch(value) else default


def box_of(element: Element) -> Box:
    """The box of an element; for lines, the box of their points."""
    x, y = number(element.get("x")), number(element.get("y"))
    # Points of an element that is shown as a placeholder may mean anything.
    points = _points(element) if element.get("type") in _WITH_POINTS else []
    if points:
        xs, ys = [px for px, _ in points], [py for _, py in points]
        return Box(x + min(xs), y + min(ys), max(xs) - min(xs), max(ys) - min(ys))
    width, height = number(element.get("width")), number(element.get("height"))
    return Box(x + min(width, 0), y + min(height, 0), abs(width), abs(height))


def shape_of(element: Element, box: Box, view: View) -> str:
    """The element as SVG; empty for what cannot be shown."""
    x, y = view.point(box.x, box.y)
    small = Box(x, y, box.width * view.scale, box.height * view.scale)
    body = _body(element, small, view)
    if not body:
        return ""
    attributes = ""
    opacity = min(max(number(element.get("opacity"), 100), 0), 100)
    if opacity < 100:
        attributes += f' opacity="{opacity / 100:g}"'
    if angle := number(element.get("angle")):
        middle = f"{_n(small.x + small.width / 2)} {_n(small.y + small.height / 2)}"
        attributes += f' transform="rotate({_n(math.degrees(angle) % 360)} {middle})"'
    return f"<g{attributes}>{body}</g>" if attributes else body


def _body(element: Element, box: Box, view: View) -> str:
    match element.get("type"):
        case "rectangle" | "embeddable" | "iframe" | "stickynote":
            radius = ""
            if element.get("roundness"):
                corner = min(_CORNER * view.scale, box.width / 4, box.height / 4)
                radius = f' rx="{_n(corner)}"'
            return f"<rect {_rect(box)}{radius}{_paint(element, view)}/>"
        case "ellipse":
            rx, ry = box.width / 2, box.height / 2
            return (
                f'<ellipse cx="{_n(box.x + rx)}" cy="{_n(box.y + ry)}" rx="{_n(rx)}" '
                f'ry="{_n(ry)}"{_paint(element, view)}/>'
            )
        case "diamond":
            return _diamond(element, box, view)
        case "line" | "arrow" | "freedraw":
            return _line(element, view)
        case "text":
            return _text(element, box, view)
        case "frame" | "magicframe":
            return f'<rect {_rect(box)} rx="3" fill="none" stroke="{FRAME}"/>'
        case "image":
            return _image(box)
        case str():
            return f'<rect {_rect(box)} rx="2" fill="none" stroke="{FRAME}"{_PLACEHOLDER}/>'
    return ""


def _diamond(element: Element, box: Box, view: View) -> str:
    x, y, width, height = box
    corners = (
        (x + width / 2, y),
        (x + width, y + height / 2),
        (x + width / 2, y + height),
        (x, y + height / 2),
    )
    return f'<path d="{_path(corners)}Z"{_paint(element, view)}/>'


def _line(element: Element, view: View) -> str:
    origin = number(element.get("x")), number(element.get("y"))
    points = _thinned([view.point(origin[0] + x, origin[1] + y) for x, y in _points(element)])
    if not points:
        return ""
    if len(points) == 1:
        points *= 2  # a dot, by its round ends
    kind = element.get("type")
    is_smooth = kind == "freedraw" or bool(element.get("roundness"))
    path = _curve(points) if is_smooth and len(points) > 2 else _path(points)
    is_closed = kind == "line" and len(points) > 3 and math.dist(points[0], points[-1]) < 2
    shape = f'<path d="{path}"{_paint(element, view, is_filled=is_closed)}/>'
    if kind == "arrow":
        shape += _head(element, "endArrowhead", points[-2:], view)
        shape += _head(element, "startArrowhead", points[1::-1], view)
    return shape


def _head(element: Element, key: str, points: list[Point], view: View) -> str:
    """Two strokes back from the tip, whatever the kind of arrowhead."""
    if not element.get(key) or len(points) < 2:
        return ""
    (ax, ay), (bx, by) = points
    way = math.atan2(ay - by, ax - bx)
    length = min(max(24 * view.scale, 4), max(math.dist(*points), 4))
    sides = [
        (bx + length * math.cos(way + turn), by + length * math.sin(way + turn))
        for turn in (-0.4, 0.4)
    ]
    paint = _paint(element, view, is_filled=False, is_solid=True)
    return f'<path d="{_path([sides[0], (bx, by), sides[1]])}"{paint}/>'


def _text(element: Element, box: Box, view: View) -> str:
    size = abs(number(element.get("fontSize"), 20)) * view.scale
    text = element.get("text")
    if not isinstance(text, str) or not text.strip():
        return ""
    stroke = colour(element.get("strokeColor"), INK)
    if size < MIN_TEXT:
        return f'<rect {_rect(box)} fill="{stroke}" opacity="0.25"/>'
    anchor, share = _ANCHORS.get(str(element.get("textAlign")), _ANCHORS["left"])
    family = "monospace" if number(element.get("fontFamily")) in _MONOSPACE else "sans-serif"
    line_height = size * min(max(number(element.get("lineHeight"), 1.25), 0.5), 4)
    x = box.x + box.width * share
    # The fallback font is a little wider than the editor's.
    head = f'<text font-family="{family}" font-size="{_n(size * 0.92)}" fill="{stroke}"'
    lines = []
    for row, line in enumerate(text.split("\n")[:MAX_LINES]):
        clean = escape(_NOT_IN_XML.sub("", line[:MAX_LINE_LENGTH]))
        y = box.y + line_height * row + (line_height + size * 0.7) / 2
        lines.append(f'<tspan x="{_n(x)}" y="{_n(y)}">{clean}</tspan>')
    return f'{head} text-anchor="{anchor}">{"".join(lines)}</text>'


def _image(box: Box) -> str:
    """A placeholder: real images would make the picture as large as they are."""
    x, y, width, height = box
    hills = [(x, y + height * 0.9), (x + width * 0.35, y + height * 0.45)]
    hills += [(x + width * 0.6, y + height * 0.75), (x + width * 0.75, y + height * 0.6)]
    hills += [(x + width, y + height * 0.9), (x + width, y + height), (x, y + height)]
    radius = min(width, height) * 0.09
    return (
        f'<rect {_rect(box)} fill="#dee2e6"/><path d="{_path(hills)}Z" fill="#adb5bd"/>'
        f'<circle cx="{_n(x + width * 0.7)}" cy="{_n(y + height * 0.28)}" r="{_n(radius)}" '
        'fill="#adb5bd"/>'
    )


def _paint(element: Element, view: View, *, is_filled: bool = True, is_solid: bool = False) -> str:
    fill = colour(element.get("backgroundColor"), "transparent") if is_filled else "transparent"
    stroke = colour(element.get("strokeColor"), INK)
    width = min(max(abs(number(element.get("strokeWidth"), 2)) * view.scale, 0.75), 8)
    paint = ' fill="none"'
    if fill != "transparent":
        paint = f' fill="{fill}"'
        opacity = _FILL_OPACITY.get(str(element.get("fillStyle")), 1.0)
        paint += f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    if stroke == "transparent":
        return paint
    paint += f' stroke="{stroke}" stroke-width="{_n(width)}"'
    dash = None if is_solid else _DASHES.get(str(element.get("strokeStyle")))
    if dash:
        paint += f' stroke-dasharray="{_n(dash[0] * width)} {_n(dash[1] * width)}"'
    return paint


def _points(element: Element) -> list[Point]:
    points = element.get("points")
    if not isinstance(points, list):
        return []
    return [
        (number(point[0]), number(point[1]))
        for point in points[:_MAX_POINTS_READ]
        if isinstance(point, list | tuple) and len(point) >= 2
    ]


def _thinned(points: list[Point]) -> list[Point]:
    """Drops points that can't be told apart in the picture, and limits their number; keeps both
    ends.
    """
    kept: list[Point] = []
    for point in points:
        if not kept or math.dist(point, kept[-1]) >= 1:
            kept.append(point)
    if len(kept) > MAX_POINTS:
        last = len(kept) - 1
        kept = [kept[round(at * last / (MAX_POINTS - 1))] for at in range(MAX_POINTS)]
    return kept


def _path(points: Any) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _curve(points: list[Point]) -> str:
    """Through the middle of each side, so that corners become round."""
    path = f"M{_n(points[0][0])} {_n(points[0][1])}"
    for (ax, ay), (bx, by) in itertools.pairwise(points[1:]):
        path += f"Q{_n(ax)} {_n(ay)} {_n((ax + bx) / 2)} {_n((ay + by) / 2)}"
    return f"{path}L{_n(points[-1][0])} {_n(points[-1][1])}"


def _rect(box: Box) -> str:
    return f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'


def _n(value: float) -> str:
    """One decimal is finer than the eye."""
    return f"{round(value, 1):g}" if abs(value) < 1e5 else str(round(value))
