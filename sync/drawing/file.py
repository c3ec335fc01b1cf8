"""What an `.excalidraw` file contains, and may contain. Pure."""

import base64
import binascii
import re
from typing import Any

from sync.drawing.bounds import fault_of_property
from sync.drawing.checks import NotAnElementError, checked_element
from sync.drawing.elements import Element

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


def read_element(data: Any, number: int) -> Element:
    """An element of a file. Raises NotADrawingError, with its number."""
    try:
        element = checked_element(_sanitized(data))
        for key in _REQUIRED:
            if key not in element:
                raise NotAnElementError(f"`{key}` is missing.")
    except NotAnElementError as error:
        raise NotADrawingError(f"Element {number} of this file is damaged. {error}") from None
    return element


def _sanitized(data: Any) -> Any:
    """Removes links and colours that are not allowed; the editor drops them too."""
    if not isinstance(data, dict):
        return data
    return {
        key: value
        for key, value in data.items()
        if key not in _SANITIZED or fault_of_property(key, value, is_strict=False) is None
    }
