"""How large, long and deep values of a document may be, from `element_bounds.json`.

Pure. The page reads the same file (`frontend/src/canvas/bounds.ts`). A fault is worded to follow
the name of the property, as in "`angle` has to be at most 1000".
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sync.drawing.elements import (
    BOUND_PREFIX,
    EDITOR_KEYS,
    PATH_KEYS,
    SCHEMA,
    TEXT_KEYS,
    has_shape,
)
from sync.drawing.schema_checks import (
    GENERIC,
    Check,
    compiled,
    fault_of_any,
    fault_of_unknown,
    is_number,
    shown,
)

BOUNDS: Final = SCHEMA
MAX_ID_LENGTH: Final[int] = BOUNDS["id"]["maxLength"]
MAX_BOUND_ELEMENTS: Final[int] = BOUNDS["boundElements"]
FORBIDDEN_NAMES: Final = frozenset(BOUNDS["forbiddenNames"])
TYPES: Final = frozenset(BOUNDS["types"])
KNOWN_KEYS: Final = frozenset({*BOUNDS["properties"], *EDITOR_KEYS, *BOUNDS["newerKeys"]})
"""Every property of an element that any known editor writes."""
PROPERTY_CHECKS: Final[dict[str, Check]] = {
    key: compiled(schema) for key, schema in BOUNDS["properties"].items()
}
_STRICT_CHECKS = {
    key: compiled(schema, is_strict=True) for key, schema in BOUNDS["properties"].items()
}
_PAIR = compiled("point")
_PATH_KEYS = frozenset(PATH_KEYS)
_TEXT_KEYS = frozenset(TEXT_KEYS)
_RECORDS = {"path": _PATH_KEYS, "text": _TEXT_KEYS}
_NEEDED_SHAPES = {
    "type": "a text",
    "pos": "a pair of numbers",
    "size": "a pair of numbers",
    "path": "an object",
    "text": "an object",
}
_META = {key: compiled(schema, is_strict=True) for key, schema in BOUNDS["meta"].items()}
_ROOTS = {key: compiled(schema, is_strict=True) for key, schema in BOUNDS["roots"].items()}
_ID = compiled(BOUNDS["id"])
_MAX_KEY = {
    "elements": MAX_ID_LENGTH,
    "files": MAX_ID_LENGTH,
    "meta": GENERIC["key"],
    "authors": GENERIC["key"],
    # Of an element and one of its keys, which may name another.
    "conflicts": 3 * MAX_ID_LENGTH,
}
_TYPE_OF_BOUND = compiled("word")


def fault_of_id(value: str) -> str | None:
    """What is wrong with the id of an element or the key of a root."""
    fault = _ID(value)
    return "is a name that JavaScript's objects have" if value in FORBIDDEN_NAMES else fault


def fault_of_property(key: str, value: Any, *, is_strict: bool) -> str | None:
    """What is wrong with a property of an element, as files and REST have it."""
    check = (_STRICT_CHECKS if is_strict else PROPERTY_CHECKS).get(key)
    return fault_of_unknown(value) if check is None else check(value)


def fault_of_group(key: str, value: Any) -> str | None:
    """What is wrong with a value under a key of an element's map."""
    if value is None:
        return None
    if key in ("pos", "size"):
        return _PAIR(value)
    if key in _RECORDS:
        return _fault_of_record(value, _RECORDS[key])
    if key == "type" and isinstance(value, str) and value in FORBIDDEN_NAMES:
        return "is a name that JavaScript's objects have"
    if key.startswith(BOUND_PREFIX):
        return fault_of_id(key[len(BOUND_PREFIX) :]) or _TYPE_OF_BOUND(value)
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
        if isinstance(value.get("points"), list) and value.keys() <= _PATH_KEYS:
            return _fault_of_record(value, _PATH_KEYS)
        if isinstance(value.get("originalText"), str) and value.keys() <= _TEXT_KEYS:
            return _fault_of_record(value, _TEXT_KEYS)
    return fault_of_any(value)


def fault_of_replaced(place: Sequence[str], value: Any) -> str | None:
    """What is wrong with a value in the place of another: also its kind, which readers rely on.

    `place` is a root and a key, of an element with its id in between.
    """
    root, key = place[0], place[-1]
    if root != "elements":
        return fault_of_root(root, key, value)
    if key in _NEEDED_SHAPES and not has_shape(key, value):
        return f"has to be {_NEEDED_SHAPES[key]}"
    if value is None or key == "del":
        return None
    if key in _RECORDS:
        faults = (
            (part, fault_of_property(part, one, is_strict=True))
            for part, one in value.items()
            if part in _RECORDS[key]
        )
        named = next((f"{fault} (`{part}`)" for part, fault in faults if fault), None)
        return named or fault_of_group(key, value)
    if key.startswith(BOUND_PREFIX) and not isinstance(value, str):
        return "has to be a text"
    check = _STRICT_CHECKS.get(key)
    return check(value) if check is not None else fault_of_group(key, value)


def fault_of_root(root: str, key: str, value: Any) -> str | None:
    """What is wrong with a plain value at a key of a root."""
    if not 0 < len(key) <= _MAX_KEY[root] or key in FORBIDDEN_NAMES:
        return "is not a key that may be used"
    if root == "elements":
        return "has to be a map"
    if value is None:
        return None
    if root == "meta":
        check = _META.get(key)
        return check(value) if check is not None else fault_of_unknown(value)
    return _ROOTS[root](value)


def faults_of_groups(groups: Mapping[str, Any]) -> dict[str, str]:
    """Key → what is wrong, for all groups of an element."""
    return {key: fault for key, value in groups.items() if (fault := fault_of_group(key, value))}
