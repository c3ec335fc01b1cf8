"""Checks elements from files and programs: shapes, bounds and, for programs, names.

Pure. A file of a newer editor may hold unknown properties; they are kept. A program that uses an
unknown name has made a mistake, and is told so.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from sync.drawing.bounds import (
    fault_of_id,
    fault_of_property,
    fault_of_unknown,
    is_number,
    is_pair,
    shown,
)
from sync.drawing.elements import Element
from sync.drawing.model import KNOWN_KEYS, MAX_BOUND_ELEMENTS, MAX_ID_LENGTH, TYPES, is_known_type

_MAX_DEPTH = 32
_EXACT_INTEGERS = 2**53 - 1
"""JavaScript's safe integers; larger numbers lose precision."""

Check = Callable[[Any], bool]


class NotAnElementError(ValueError):
    """The message says which property is wrong, and why."""


def checked_element(data: Any) -> Element:
    """A copy of an element from a file, in a form that the document can hold and every replica can
    read.

    Raises:
        NotAnElementError: it cannot be stored, or a property has the wrong shape or is out of
            bounds.
    """
    return _checked(data, is_strict=False)


def checked_program_element(data: Any) -> Element:
    """The same for an element from a program: only known names and types.

    Raises:
        NotAnElementError: as above, or it has a key or type that no element has.
    """
    element = _checked(data, is_strict=True)
    for key in element:
        if key not in KNOWN_KEYS:
            raise NotAnElementError(
                f"`{shown(key)}` is no property of an element; data of your own belongs in"
                " `customData`."
            )
    if element.get("type", "rectangle") not in TYPES:
        raise NotAnElementError(f"`type` names no kind of element: {shown(element['type'])}.")
    return element


def _checked(data: Any, *, is_strict: bool) -> Element:
    if not isinstance(data, dict):
        raise NotAnElementError("It is not an object.")
    is_known = is_strict or is_known_type(data.get("type", "rectangle"))
    for key, (check, shape) in (_SHAPES if is_known else _SHAPES_OF_ALL).items():
        if key in data and not check(data[key]):
            raise NotAnElementError(f"`{key}` has to be {shape}.")
    element = {_text(key, key): _stored(value, key) for key, value in data.items()}
    for key, value in element.items():
        fault = _fault_of(key, value, is_strict=is_strict, is_known=is_known)
        if fault is not None:
            raise NotAnElementError(f"`{shown(key)}` {fault}.")
    if "id" in element and (fault := fault_of_id(element["id"])):
        raise NotAnElementError(f"`id` {fault}.")
    bound = element.get("boundElements")
    if isinstance(bound, list) and len(bound) > MAX_BOUND_ELEMENTS:
        raise NotAnElementError(f"`boundElements` has to have at most {MAX_BOUND_ELEMENTS} items.")
    return element


def _fault_of(key: str, value: Any, *, is_strict: bool, is_known: bool) -> str | None:
    if key == "id":
        return None
    if is_known or key in _SHAPES_OF_ALL:
        return fault_of_property(key, value, is_strict=is_strict)
    # Of a type that nobody knows, a property of a known name may mean something else.
    return fault_of_unknown(value)


def cleaned(value: Any) -> Any:
    """A value from a document, converted to valid JSON.

    Any client may have stored values that JSON does not have. As on the page, NaN and infinities
    become 0, anything else becomes null.
    """
    if isinstance(value, Mapping):
        return {str(key): cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else 0
    return value if isinstance(value, bool | int | str) else None


def _stored(value: Any, key: str, depth: int = 0) -> Any:
    if depth > _MAX_DEPTH:
        raise NotAnElementError(f"`{key}` is nested too deep.")
    if isinstance(value, dict):
        return {_text(name, key): _stored(inner, key, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_stored(inner, key, depth + 1) for inner in value]
    if isinstance(value, str):
        return _text(value, key)
    if is_number(value):
        return _number(value, key)
    return value


def _text(value: str, key: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        shown = key[:50].encode("ascii", "replace").decode()
        raise NotAnElementError(f"`{shown}` holds half a character.") from None
    return value


def _number(value: float, key: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise NotAnElementError(f"`{key}` holds a number that is too large.")
    return value if abs(value) <= _EXACT_INTEGERS else number


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_ID_LENGTH


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(inner) for inner in value)


def _is_bound(value: Any) -> bool:
    return isinstance(value, dict) and _is_id(value.get("id")) and _is_text(value.get("type"))


def _is_binding(value: Any) -> bool:
    return isinstance(value, dict) and _is_id(value.get("elementId"))


_TEXT = (_is_text, "a text")
_ID = (_is_id, f"a text of 1 to {MAX_ID_LENGTH} characters")
_TEXT_OR_NULL = (_or_null(_is_text), "a text or null")
_NUMBER = (is_number, "a number")
_BINDING = (_or_null(_is_binding), "null or an object with an `elementId`")
_SHAPES: dict[str, tuple[Check, str]] = {
    "id": _ID,
    "type": _ID,
    **dict.fromkeys(("x", "y", "width", "height", "angle", "updated"), _NUMBER),
    **dict.fromkeys(("text", "originalText"), _TEXT),
    **dict.fromkeys(("containerId", "frameId", "fileId", "index", "link"), _TEXT_OR_NULL),
    **dict.fromkeys(("startBinding", "endBinding"), _BINDING),
    "groupIds": (_or_null(_list_of(_is_text)), "a list of texts"),
    "points": (_list_of(is_pair), "a list of pairs of numbers"),
    "boundElements": (
        _or_null(_list_of(_is_bound)),
        "null or a list of objects with `id` and `type`",
    ),
}
_SHAPES_OF_ALL = {key: _SHAPES[key] for key in ("id", "type", "x", "y", "width", "height")}
"""What elements of any type have in common."""
NEVER_NULL = frozenset(key for key, (check, _) in _SHAPES.items() if not check(None))
"""Properties that may be absent but never null."""
