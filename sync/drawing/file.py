"""What an `.excalidraw` file contains, and may contain. Pure."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from sync.drawing.bounds import fault_of_property, fault_of_unknown, shown
from sync.drawing.checks import NotAnElementError, checked_element
from sync.drawing.elements import Element
from sync.drawing.model import (
    FORBIDDEN_NAMES,
    GENERIC,
    KNOWN_KEYS,
    MAX_UNKNOWN_PROPERTIES,
    is_known_type,
)
from sync.drawing.restoring import restored

SOURCE = "canvas"
_REQUIRED = ("id", "type", "x", "y", "width", "height")
_SANITIZED = ("link", "strokeColor", "backgroundColor")
_COLOUR = re.compile(r"[#\w(),.% -]{1,50}")


class NotADrawingError(ValueError):
    """The file is not an Excalidraw drawing; the message says why."""


class TooManyElementsError(NotADrawingError):
    """The drawing has more elements than can be imported at once."""


def head_of_file(background: object) -> dict[str, Any]:
    """Everything in the file of a board except elements and images."""
    is_colour = isinstance(background, str) and background
    return {
        "type": "excalidraw",
        "version": 2,
        "source": SOURCE,
        "appState": {
            "viewBackgroundColor": background if is_colour else "#ffffff",
            "gridSize": None,
        },
    }


def importable(element: Element) -> Element:
    """The element with values that a file may hold, so that every export can be imported.

    A document may hold values that a file may not: an update that overwrites a value does not name
    its key, and some values are older than their bounds. They are left out, as on the page.
    """
    try:
        checked_element(element)
    except NotAnElementError:
        element = {key: value for key, value in element.items() if _may_stand(key, value)}
    return {"width": 0, "height": 0, **element}


def _may_stand(key: str, value: Any) -> bool:
    try:
        checked_element({key: value})
    except NotAnElementError:
        return False
    return True


def background_of(colour: Any) -> str | None:
    """The background colour of a file, if it is one."""
    return colour if isinstance(colour, str) and _COLOUR.fullmatch(colour) else None


def image_of(data_url: object) -> bytes:
    """The bytes of an image that stands in a file as data URL. Raises NotADrawingError."""
    head, _, encoded = str(data_url).partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise NotADrawingError("An image of this file is damaged.")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NotADrawingError("An image of this file is damaged.") from None


class LeftOut(NamedTuple):
    """A property of an element of a file that could not be taken, and why."""

    element: int
    property: str
    reason: str


def read_element(data: Any, number: int, left_out: Callable[[LeftOut], None]) -> Element:
    """An element of a file of any age, in its present form.

    What may not stand in a document is told to `left_out`. Raises NotADrawingError, with the number
    of the element.
    """
    try:
        element = checked_element(_taken(data, number, left_out))
        for key in _REQUIRED:
            if key not in element:
                raise NotAnElementError(f"`{key}` is missing.")
    except NotAnElementError as error:
        raise NotADrawingError(f"Element {number} of this file is damaged. {error}") from None
    return element


def _taken(data: Any, number: int, left_out: Callable[[LeftOut], None]) -> Any:
    """The element as it is now, without links and colours that are not allowed, and without
    unknown properties beyond their bounds.
    """
    if not isinstance(data, dict):
        return data
    try:
        element = restored(data)
    except (TypeError, ValueError, OverflowError):
        element = dict(data)  # its check says what is wrong with it
    if not element.get("id"):
        element = {**element, "id": f"#{number}"}
    unknown, is_known = 0, is_known_type(element.get("type"))
    for key in list(element):
        unknown += key not in KNOWN_KEYS
        fault = _fault_of_taking(key, element[key], unknown, is_known=is_known)
        if fault is not None:
            left_out(LeftOut(number, shown(key), fault))
            del element[key]
    return element


def _fault_of_taking(key: str, value: Any, unknown: int, *, is_known: bool) -> str | None:
    if key in _SANITIZED:
        return fault_of_property(key, value, is_strict=False)
    if key in KNOWN_KEYS:
        return None if is_known or key in _REQUIRED else fault_of_unknown(value)
    if not 0 < len(key) <= GENERIC["key"] or key in FORBIDDEN_NAMES:
        return "is not a name that can be kept"
    if unknown > MAX_UNKNOWN_PROPERTIES:
        return f"is one of more than {MAX_UNKNOWN_PROPERTIES} that are unknown here"
    return fault_of_unknown(value)
