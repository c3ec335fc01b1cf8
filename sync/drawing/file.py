"""Writes and reads `.excalidraw` files. Pure but for random ids."""

import base64
import binascii
import re
import secrets
from typing import Any

from sync.drawing.bounds import fault_of_property
from sync.drawing.checks import NotAnElementError, checked_element
from sync.drawing.elements import Element

SOURCE = "canvas"
_REFERENCES = ("containerId", "frameId")
_BINDINGS = ("startBinding", "endBinding")
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


def elements_in(data: Any, *, max_elements: int) -> list[Element]:
    """The living elements of a file, with fresh ids; references between them are kept.

    Ids are never reused: two boards that exchange drawings would otherwise create the same key
    twice, and one of the elements would be lost.

    Raises:
        NotADrawingError: it is not of this format.
        TooManyElementsError: more than `max_elements` of them live.
    """
    if not isinstance(data, dict) or data.get("type") != "excalidraw":
        raise NotADrawingError("This is not an Excalidraw file.")
    elements = data.get("elements")
    if not isinstance(elements, list):
        raise NotADrawingError("The elements of this file are damaged.")
    living = [
        _read_element(element, number)
        for number, element in enumerate(elements, start=1)
        if not (isinstance(element, dict) and element.get("isDeleted"))
    ]
    if len(living) > max_elements:
        raise TooManyElementsError(
            f"This file has {len(living)} elements; up to {max_elements} can be imported at once. "
            "Divide it."
        )
    return with_fresh_ids(living)


def background_in(data: dict[str, Any]) -> str | None:
    """The background colour of a file, if it has one."""
    state = data.get("appState")
    colour = state.get("viewBackgroundColor") if isinstance(state, dict) else None
    return colour if isinstance(colour, str) and _COLOUR.fullmatch(colour) else None


def with_fresh_ids(elements: list[Element]) -> list[Element]:
    """Copies for another board, without indices yet.

    If several share an id, references mean the last.
    """
    fresh = [secrets.token_urlsafe(15) for _ in elements]
    ids = {element["id"]: id for element, id in zip(elements, fresh, strict=True)}
    groups: dict[str, str] = {}
    return [
        {**_with_fresh_references(element, ids, groups), "id": id, "index": None}
        for element, id in zip(elements, fresh, strict=True)
    ]


def image_of(data_url: object) -> bytes:
    """The bytes of an image that stands in a file as data URL. Raises NotADrawingError."""
    head, _, encoded = str(data_url).partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise NotADrawingError("An image of this file is damaged.")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NotADrawingError("An image of this file is damaged.") from None


def _read_element(data: Any, number: int) -> Element:
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


def _with_fresh_references(
    element: Element, ids: dict[str, str], groups: dict[str, str]
) -> Element:
    fresh = dict(element)
    for key in _REFERENCES:
        if fresh.get(key) is not None:
            fresh[key] = ids.get(fresh[key])
    for key in _BINDINGS:
        if fresh.get(key) is not None:
            target = ids.get(fresh[key]["elementId"])
            fresh[key] = {**fresh[key], "elementId": target} if target else None
    fresh["groupIds"] = [
        groups.setdefault(group, secrets.token_urlsafe(9)) for group in fresh.get("groupIds") or ()
    ]
    fresh["boundElements"] = [
        {"id": ids[bound["id"]], "type": bound["type"]}
        for bound in fresh.get("boundElements") or ()
        if bound["id"] in ids
    ] or None
    return fresh
