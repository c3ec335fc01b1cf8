"""Brings elements of files of any age into the present form, by the rules of the editor.

Pure. The rules are those of `restoreElement` in Excalidraw's `data/restore.ts`, which the page
calls itself: files since 2020 had other names of types, fonts, corners and bindings. Elements of
types that the editor does not know only get what every element has.
"""

from collections.abc import Mapping
from typing import Any, Final

from sync.drawing.bounds import is_number, is_pair
from sync.drawing.elements import Element
from sync.drawing.model import DRAWN_TYPES
from sync.drawing.texts import line_height_of

_OF_EDITOR = DRAWN_TYPES | {"draw"}
NOT_DRAWN: Final = "selection"
"""A type that files of 2020 may hold, and that is no part of the drawing."""
_FONTS = {
    **{"Virgil": 1, "Helvetica": 2, "Cascadia": 3, "Excalifont": 5, "Nunito": 6},
    **{"Lilita One": 7, "Comic Shanns": 8, "Liberation Sans": 9},
}
_DEFAULT_FONT = 5
_LEGACY_CORNERS, _PROPORTIONAL_CORNERS = {"type": 1}, {"type": 2}
_WITH_ADAPTIVE_CORNERS = frozenset({"rectangle", "embeddable", "image"})
_MIDDLE, _BESIDE_MIDDLE, _NEAR = 0.5, 0.5001, 1e-4
_IF_MISSING: Element = {
    **{"strokeStyle": "solid", "roughness": 1, "opacity": 100, "seed": 1, "groupIds": []},
    **{"frameId": None, "locked": False},
}
_IF_EMPTY: Element = {
    **{"fillStyle": "solid", "strokeWidth": 2, "angle": 0, "width": 0, "height": 0},
    **{"strokeColor": "#1e1e1e", "backgroundColor": "transparent", "link": None},
}


def restored(element: Mapping[str, Any]) -> Element:
    """The element in the present form; what is of no use in it is left as it is, to be checked."""
    kind = element.get("type")
    placed = {**element, **{key: 0 for key in ("x", "y") if element.get(key) is None}}
    if not isinstance(kind, str) or kind not in _OF_EDITOR:
        return placed | {key: 0 for key in ("width", "height") if element.get(key) is None}
    match kind:
        case "text":
            placed = _text(placed)
        case "image":
            placed |= {"scale": element.get("scale") or [1, 1], "crop": element.get("crop")}
        case "line" | "draw" | "arrow":
            placed = _line(placed, kind)
        case "frame" | "magicframe":
            placed["name"] = element.get("name")
    return _upright(_with_defaults(placed, kind))


def _with_defaults(element: Element, kind: str) -> Element:
    result = dict(element)
    for key, value in _IF_MISSING.items():
        if result.get(key) is None:
            result[key] = value
    for key, value in _IF_EMPTY.items():
        if not result.get(key):
            result[key] = value
    if not result.get("roundness"):
        is_round = result.get("strokeSharpness") == "round"
        result["roundness"] = dict(_corners(kind)) if is_round else None
    bound = result.get("boundElementIds")
    if isinstance(bound, list) and bound:
        result["boundElements"] = [{"type": "arrow", "id": one} for one in bound]
    return result


def _corners(kind: str) -> dict[str, int]:
    return _LEGACY_CORNERS if kind in _WITH_ADAPTIVE_CORNERS else _PROPORTIONAL_CORNERS


def _upright(element: Element) -> Element:
    """Without negative width or height."""
    for place, size in (("x", "width"), ("y", "height")):
        if is_number(element[size]) and element[size] < 0 and is_number(element[place]):
            element[place] += element[size]
            element[size] = -element[size]
    return element


def _text(element: Element) -> Element:
    size, family = element.get("fontSize"), element.get("fontFamily")
    font = element.get("font")
    if isinstance(font, str):
        pixels, _, name = font.partition(" ")
        size, family = _leading_number(pixels), _FONTS.get(name, _DEFAULT_FONT)
    text = element["text"] if isinstance(element.get("text"), str) else ""
    result = {
        **element,
        "text": text,
        "textAlign": element.get("textAlign") or "left",
        "verticalAlign": element.get("verticalAlign") or "top",
        "containerId": element.get("containerId"),
        "originalText": element.get("originalText") or text,
        "autoResize": True if element.get("autoResize") is None else element["autoResize"],
        "lineHeight": element.get("lineHeight") or _line_height(element, text, size, family),
    }
    known = {"fontSize": size, "fontFamily": family}
    return result | {key: value for key, value in known.items() if value is not None}


def _leading_number(text: str) -> float | None:
    digits = text.removesuffix("px")
    try:
        number = float(digits)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _line_height(element: Element, text: str, size: Any, family: Any) -> float:
    height = element.get("height")
    if is_number(height) and height and is_number(size) and size:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        return float(height / lines / size)
    return line_height_of(family)


def _line(element: Element, kind: str) -> Element:
    """Lines, arrows, and strokes of the pen of 2020, which were lines."""
    result = {**element, "type": "line" if kind == "draw" else kind}
    points = element.get("points")
    if not isinstance(points, list) or len(points) < 2:
        points = [[0, 0], [element.get("width") or 0, element.get("height") or 0]]
    is_arrow = kind == "arrow"
    result["startArrowhead"] = element.get("startArrowhead")
    result["endArrowhead"] = element.get("endArrowhead", "arrow" if is_arrow else None)
    is_elbow = is_arrow and bool(element.get("elbowed"))
    if is_arrow and element.get("elbowed") is None:
        result["elbowed"] = False
    for key in ("startBinding", "endBinding"):
        result[key] = _binding(element.get(key), is_elbow=is_elbow) if is_arrow else None
    result["points"] = points
    if not all(map(is_pair, points)):
        return result
    dx, dy = points[0]
    if dx or dy:
        result["points"] = points = [[x - dx, y - dy] for x, y in points]
        result |= {"x": result["x"] + dx, "y": result["y"] + dy}
    for axis, key in enumerate(("width", "height")):
        places = [point[axis] for point in points]
        result[key] = max(places) - min(places)
    return result


def _binding(binding: Any, *, is_elbow: bool) -> Any:
    """Of newer editors, which say how an arrow is bound (`mode`), as it is."""
    if not binding:
        return None
    if not isinstance(binding, dict) or "mode" in binding:
        return binding
    fixed = binding.get("fixedPoint")
    if is_elbow and fixed is None:
        return None
    result = {**binding, "focus": binding.get("focus") or 0}
    if (
        is_elbow
        and isinstance(fixed, list)
        and is_pair(fixed)
        and any(abs(ratio - _MIDDLE) < _NEAR for ratio in fixed)
    ):
        result["fixedPoint"] = [
            _BESIDE_MIDDLE if abs(ratio - _MIDDLE) < _NEAR else ratio for ratio in fixed
        ]
    return result
