"""One canvas element as the keys of its map in the document, and back. Pure: knows no framework.

One key is one unit of merging: what one gesture writes together is one key, and every style
property has its own. An editor's own counters (version, nonce, time of change) are never shared.
The browser's half of this model is `frontend/src/canvas/groups.ts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sync.drawing.bounds import fault_of_property, has_shape, is_drawn
from sync.drawing.model import (
    BOUND_PREFIX,
    BOUNDS,
    EDITOR_KEYS,
    NEEDED_KEYS,
    OTHER_PREFIX,
    PATH_KEYS,
    SHAPE_OF_TYPE,
    SHAPED_KEYS,
    TEXT_KEYS,
    TYPES,
)

Element = dict[str, Any]
"""An Excalidraw element, as in its JSON files."""
Groups = dict[str, Any]
"""Key of the document's map → plain value."""

_GROUPED_KEYS = frozenset(key for keys in BOUNDS["groups"].values() for key in keys)
_SINGLE_KEYS = tuple(key for key in BOUNDS["properties"] if key not in _GROUPED_KEYS)
_OWN_FORM = frozenset((*EDITOR_KEYS, *BOUNDS["groups"], *_GROUPED_KEYS, "del", *_SINGLE_KEYS))
_PREFIXES = (BOUND_PREFIX, OTHER_PREFIX)
_NAMES_OF_GROUPS = frozenset({*BOUNDS["groups"], "del"} - BOUNDS["properties"].keys())
_COUNTERS = frozenset({"isDeleted", "version", "versionNonce", "updated"})
_NEVER_OTHER = frozenset({"id", "type", "index", *_COUNTERS, "x", "y", "width", "height"})
_PATH_TYPES = frozenset[str](BOUNDS["pathTypes"])
_SIZE = frozenset[str](BOUNDS["groups"]["size"])


def encode_element(element: Mapping[str, Any]) -> Groups:
    """The groups of an element. Its `id` is not among them: it is the key of the map itself."""
    element, others = _parted(element)
    groups: Groups = {"pos": [element["x"], element["y"]]}
    shape = SHAPE_OF_TYPE.get(element["type"])
    if shape is None:
        groups["size"] = [element["width"], element["height"]]
    # A newer editor may give points or words to elements of any type: these are kept, too.
    for key, keys in (("path", PATH_KEYS), ("text", TEXT_KEYS)):
        parts = _picked(element, keys if key == shape else [*set(keys) - _SIZE])
        if parts or key == shape:
            groups[key] = parts
    groups |= _picked(element, _SINGLE_KEYS) | _of_newer_editors(element) | others
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
    element |= {
        key.removeprefix(OTHER_PREFIX): value
        for key, value in groups.items()
        if key.startswith(OTHER_PREFIX)
    }
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
        if key not in _OWN_FORM and not key.startswith(_PREFIXES)
    }


def _parted(element: Mapping[str, Any]) -> tuple[Mapping[str, Any], Groups]:
    """An element without what no key of its name can hold, and the keys that hold that instead."""
    is_known = element["type"] in TYPES
    misfits = [key for key, value in element.items() if _is_misfit(key, value, is_known=is_known)]
    if not misfits:
        return element, {}
    others = {OTHER_PREFIX + key: element[key] for key in misfits}
    return {key: value for key, value in element.items() if key not in misfits}, others


def _is_misfit(key: str, value: Any, *, is_known: bool) -> bool:
    if key in _NAMES_OF_GROUPS or key.startswith(_PREFIXES):
        return True
    if is_known or key in _NEVER_OTHER:
        return False
    if key == "boundElements":
        return not _are_bound(value)
    return key in EDITOR_KEYS or fault_of_property(key, value, is_strict=False) is not None


def _are_bound(value: Any) -> bool:
    """Whether it is a list of entries that `bound:` keys can hold, or null."""
    return value is None or (
        isinstance(value, list)
        and all(
            isinstance(one, dict)
            and one.keys() == {"id", "type"}
            and all(isinstance(part, str) for part in one.values())
            for one in value
        )
    )


def _picked(source: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: source[key] for key in keys if key in source}
