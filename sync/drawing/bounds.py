"""How large, long and deep values of a document may be, and of which shape, from
`element_bounds.json`.

Pure. The page reads the same file (`frontend/src/canvas/bounds.ts`). Faults are worded as those of
`sync.drawing.schemas`.
"""

from __future__ import annotations

from typing import Any, Final

from sync.drawing.model import (
    BOUND_PREFIX,
    BOUNDS,
    FORBIDDEN_NAMES,
    GENERIC,
    MAX_KEY_OF_ROOT,
    RECORDS,
    SHAPED_KEYS,
)
from sync.drawing.schemas import (
    Check,
    compiled,
    fault_of_any,
    fault_of_unknown,
    is_number,
    is_pair,
    shown,
)

PROPERTY_CHECKS: Final[dict[str, Check]] = {
    key: compiled(schema) for key, schema in BOUNDS["properties"].items()
}
_STRICT_CHECKS = {
    key: compiled(schema, is_strict=True) for key, schema in BOUNDS["properties"].items()
}
_PAIR = compiled("point")
_META = {key: compiled(schema, is_strict=True) for key, schema in BOUNDS["meta"].items()}
_ROOTS = {key: compiled(schema, is_strict=True) for key, schema in BOUNDS["roots"].items()}
_ID = compiled(BOUNDS["id"])
_WORD = compiled("word")


def has_shape(key: str, value: Any) -> bool:
    """Whether a value under one of `SHAPED_KEYS` can be shown."""
    if key == "type":
        return isinstance(value, str) and value != ""
    if key in ("pos", "size"):
        return is_pair(value)
    return isinstance(value, dict)


def is_drawn(key: str, value: Any) -> bool:
    """Whether pages show an element with it, too: they leave out what would harm them or shows
    nothing, which REST gives as it is. A type that they cannot draw is shown as a placeholder.
    """
    if key == "type" and _WORD(value) is not None:
        return False
    if key == "path" and isinstance(value, dict):
        points = value.get("points")
        # Its ends speak for a list that may be long.
        ends = (points[0], points[-1]) if isinstance(points, list) and points else (None,)
        return all(is_pair(end) and _PAIR(end) is None for end in ends)
    if key == "text" and isinstance(value, dict):
        return isinstance(value.get("text"), str)
    return has_shape(key, value)


def fault_of_id(value: str) -> str | None:
    """What is wrong with the id of an element or the key of a root."""
    fault = _ID(value)
    return "is a name that JavaScript's objects have" if value in FORBIDDEN_NAMES else fault


def fault_of_property(key: str, value: Any, *, is_strict: bool) -> str | None:
    """What is wrong with a property of an element, as files and REST have it."""
    check = (_STRICT_CHECKS if is_strict else PROPERTY_CHECKS).get(key)
    return fault_of_unknown(value) if check is None else check(value)


CHECKS_OF_KEYS: Final[dict[bytes, Check]] = {
    key.encode(): check
    for key, check in PROPERTY_CHECKS.items()
    if key not in RECORDS and key not in SHAPED_KEYS
}
"""`fault_of_group` of the keys that hold one property, by the key's bytes: nearly all that come."""


def fault_of_group(key: str, value: Any) -> str | None:
    """What is wrong with a value under a key of an element's map."""
    if value is None:
        return None
    if key in ("pos", "size"):
        return _PAIR(value)
    if key in RECORDS:
        return _fault_of_record(value, RECORDS[key])
    if key == "type" and isinstance(value, str) and value in FORBIDDEN_NAMES:
        return "is a name that JavaScript's objects have"
    if key.startswith(BOUND_PREFIX):
        return fault_of_id(key[len(BOUND_PREFIX) :]) or _WORD(value)
    if not 0 < len(key) <= GENERIC["key"]:
        return f"has a key that is not of 1 to {GENERIC['key']} characters"
    if key == "del":
        return fault_of_any(value)
    check = PROPERTY_CHECKS.get(key)
    return check(value) if check is not None else fault_of_unknown(value)


def _fault_of_record(value: Any, keys: frozenset[str]) -> str | None:
    if not isinstance(value, dict):
        return fault_of_unknown(value)
    for key, one in value.items():
        check = PROPERTY_CHECKS.get(key) if key in keys else None
        fault = check(one) if check is not None else fault_of_unknown(one)
        if fault is not None:
            return f"{fault} (`{shown(key)}`)"
    return None


def fault_of_overwrite(value: Any) -> str | None:
    """What is wrong with a value that overwrites another, so its key is unknown.

    Such an update does not name the key, so the shape decides: a few numbers are a position or
    size, an object with only the parts of a path is a path, and likewise for a text.
    """
    if isinstance(value, list) and 2 <= len(value) <= 4 and all(map(is_number, value)):
        return next((fault for one in value if (fault := PROPERTY_CHECKS["x"](one))), None)
    if isinstance(value, dict):
        if isinstance(value.get("points"), list) and value.keys() <= RECORDS["path"]:
            return _fault_of_record(value, RECORDS["path"])
        if isinstance(value.get("originalText"), str) and value.keys() <= RECORDS["text"]:
            return _fault_of_record(value, RECORDS["text"])
    return fault_of_any(value)


def fault_of_root(root: str, key: str, value: Any) -> str | None:
    """What is wrong with a plain value at a key of a root."""
    if not 0 < len(key) <= MAX_KEY_OF_ROOT[root] or key in FORBIDDEN_NAMES:
        return "is not a key that may be used"
    if root == "elements":
        return "has to be a map"
    if value is None:
        return None
    if root == "meta":
        check = _META.get(key)
        return check(value) if check is not None else fault_of_unknown(value)
    return _ROOTS[root](value)
