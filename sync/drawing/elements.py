"""One canvas element as the keys of its map in the document, and back. Pure: knows no framework.

One key is one unit of merging: what one gesture writes together is one key, and every style
property has its own. An editor's own counters (version, nonce, time of change) are never shared.
The browser's half of this model is `frontend/src/canvas/groups.ts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.drawing.bounds import has_shape, is_drawn
from sync.drawing.model import (
    BOUND_PREFIX,
    BOUNDS,
    EDITOR_KEYS,
    NEEDED_KEYS,
    PATH_KEYS,
    SHAPE_OF_TYPE,
    SHAPED_KEYS,
    TEXT_KEYS,
)

Element = dict[str, Any]
"""An Excalidraw element, as in its JSON files."""
Groups = dict[str, Any]
"""Key of the document's map → plain value."""

_GROUPED_KEYS = frozenset(key for keys in BOUNDS["groups"].values() for key in keys)
_SINGLE_KEYS = tuple(key for key in BOUNDS["properties"] if key not in _GROUPED_KEYS)
_OWN_FORM = frozenset((*EDITOR_KEYS, *BOUNDS["groups"], *_GROUPED_KEYS, "del", *_SINGLE_KEYS))
_PATH_TYPES = frozenset[str](BOUNDS["pathTypes"])


def encode_element(element: Mapping[str, Any]) -> Groups:
    """The groups of an element. Its `id` is not among them: it is the key of the map itself."""
    groups: Groups = {"pos": [element["x"], element["y"]]}
    if element["type"] in _PATH_TYPES:
        groups["path"] = _picked(element, PATH_KEYS)
    elif element["type"] == "text":
        groups["text"] = _picked(element, TEXT_KEYS)
    else:
        groups["size"] = [element["width"], element["height"]]
    groups |= _picked(element, _SINGLE_KEYS) | _of_newer_editors(element)
    if groups.get("index") is None:
        groups.pop("index", None)
    for bound in element.get("boundElements") or ():
        groups[BOUND_PREFIX + bound["id"]] = bound["type"]
    is_deleted = element.get("isDeleted", False)
    groups["del"] = {"by": None, "at": element.get("updated", 0)} if is_deleted else False
    return groups


def decode_element(element_id: str, groups: Mapping[str, Any]) -> Element:
    """The element that well-formed groups stand for, with fresh counters (`version` 1)."""
    element: Element = {
        "id": element_id,
        "isDeleted": is_deleted(groups),
        "boundElements": _bound_elements(groups),
        "version": 1,
        "versionNonce": 0,
        "updated": 1,
    }
    element |= _picked(groups, _SINGLE_KEYS) | _of_newer_editors(groups)
    if "pos" in groups:
        element["x"], element["y"] = groups["pos"]
    if "size" in groups:
        element["width"], element["height"] = groups["size"]
    element |= _picked(groups.get("path", {}), PATH_KEYS)
    element |= _picked(groups.get("text", {}), TEXT_KEYS)
    if element.get("type") in _PATH_TYPES:
        element["lastCommittedPoint"] = None
    return element


def keys_that_hide(groups: Mapping[str, Any]) -> list[str]:
    """The missing or malformed keys that hide an element; empty for a visible one."""
    return [
        key
        for key in SHAPED_KEYS
        if (key in groups or key in NEEDED_KEYS) and not has_shape(key, groups.get(key))
    ]


def keys_that_hide_on_pages(groups: Mapping[str, Any]) -> list[str]:
    """The same with what only pages leave out, and REST gives as it is: foreign HTML, a path
    without points or with points out of bounds, a text without words.
    """
    kind = groups.get("type")
    shape = SHAPE_OF_TYPE.get(kind) if isinstance(kind, str) else None
    hiding = {*keys_that_hide(groups)}
    hiding |= {key for key in (*NEEDED_KEYS, shape) if key and not is_drawn(key, groups.get(key))}
    return [key for key in SHAPED_KEYS if key in hiding]


def is_deleted(groups: Mapping[str, Any]) -> bool:
    """Whether the element has a tombstone; without the key it is alive."""
    return groups.get("del", False) not in (False, None)


def _bound_elements(groups: Mapping[str, Any]) -> list[dict[str, str]] | None:
    """Sorted, so that all replicas agree; None for none, as in Excalidraw."""
    bound = sorted(key for key in groups if key.startswith(BOUND_PREFIX))
    return [{"id": key[len(BOUND_PREFIX) :], "type": groups[key]} for key in bound] or None


def _of_newer_editors(source: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of newer editors get keys of their own, under their own names."""
    return {
        key: value
        for key, value in source.items()
        if key not in _OWN_FORM and not key.startswith(BOUND_PREFIX)
    }


def _picked(source: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: source[key] for key in keys if key in source}
