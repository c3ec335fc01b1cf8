"""`.excalidraw` files: a board as one, and one into a board. Pure but for random ids."""

import base64
import binascii
import secrets
from typing import Any

from sync.drawing import Content, elements_of
from sync.elements import Element

SOURCE = "canvas"
_REFERENCES = ("containerId", "frameId")
_BINDINGS = ("startBinding", "endBinding")


class NotADrawing(ValueError):  # noqa: N818  an answer, not a fault
    """The file is no Excalidraw drawing; the message says why."""


def file_of(content: Content, files: dict[str, Any]) -> dict[str, Any]:
    """The board as an Excalidraw file. `files`: id → {mimeType, dataURL, …} of the images."""
    background = content["meta"].get("viewBackgroundColor")
    return {
        "type": "excalidraw",
        "version": 2,
        "source": SOURCE,
        "elements": elements_of(content),
        "appState": {"viewBackgroundColor": background or "#ffffff", "gridSize": None},
        "files": files,
    }


def elements_in(data: Any, *, max_elements: int) -> list[Element]:
    """The living elements of a file, with fresh ids and every reference among them kept.

    Ids are never reused: two boards that exchange drawings would otherwise create the same key
    twice, and one of the elements would be lost.

    Raises:
        NotADrawing: it is not of this format, or has too many elements.
    """
    if not isinstance(data, dict) or data.get("type") != "excalidraw":
        raise NotADrawing("This is not an Excalidraw file.")
    elements = data.get("elements")
    if not isinstance(elements, list) or not all(_is_element(element) for element in elements):
        raise NotADrawing("The elements of this file are damaged.")
    living = [element for element in elements if not element.get("isDeleted")]
    if len(living) > max_elements:
        raise NotADrawing(f"This file has more than {max_elements} elements.")
    return with_fresh_ids(living)


def with_fresh_ids(elements: list[Element]) -> list[Element]:
    """Copies for another board, without places in its order yet."""
    ids = {element["id"]: secrets.token_urlsafe(15) for element in elements}
    groups: dict[str, str] = {}
    return [_with_fresh_ids(element, ids, groups) for element in elements]


def image_of(data_url: object) -> bytes:
    """The bytes of an image that stands in a file as data URL. Raises NotADrawing."""
    head, _, encoded = str(data_url).partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise NotADrawing("An image of this file is damaged.")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NotADrawing("An image of this file is damaged.") from None


def _is_element(element: Any) -> bool:
    return (
        isinstance(element, dict)
        and isinstance(element.get("id"), str)
        and isinstance(element.get("type"), str)
        and all(isinstance(element.get(key), int | float) for key in ("x", "y", "width", "height"))
    )


def _with_fresh_ids(element: Element, ids: dict[str, str], groups: dict[str, str]) -> Element:
    fresh = {**element, "id": ids[element["id"]], "index": None}
    for key in _REFERENCES:
        if fresh.get(key) is not None:
            fresh[key] = ids.get(fresh[key])
    for key in _BINDINGS:
        binding = fresh.get(key)
        if isinstance(binding, dict):
            target = ids.get(binding.get("elementId", ""))
            fresh[key] = {**binding, "elementId": target} if target else None
    fresh["groupIds"] = [
        groups.setdefault(group, secrets.token_urlsafe(9)) for group in fresh.get("groupIds") or ()
    ]
    fresh["boundElements"] = [
        {"id": ids[bound["id"]], "type": bound["type"]}
        for bound in fresh.get("boundElements") or ()
        if bound.get("id") in ids
    ] or None
    return fresh
