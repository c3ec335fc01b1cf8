"""How large, long and deep values of a document may be, and of which shape, from
`element_bounds.json`.

Pure. The page reads the same file (`frontend/src/canvas/bounds.ts`). A fault is worded to follow
the name of the property, as in "`angle` has to be at most 1000".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final, cast

from sync.drawing.model import (
    BOUND_PREFIX,
    BOUNDS,
    FORBIDDEN_NAMES,
    GENERIC,
    MAX_KEY_OF_ROOT,
    RECORDS,
    SHAPED_KEYS,
)

Check = Callable[[Any], str | None]
"""What is wrong with a value, or None."""

_SCHEMES = tuple(f"{scheme}:" for scheme in BOUNDS["forbiddenSchemes"])
_BLANKS = re.compile(r"[\x00-\x20\x7f]")


# --- checks compiled from schemas


def is_number(value: Any) -> bool:
    """Whether it is a JSON number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_pair(value: Any) -> bool:
    """Whether it is a list of two numbers."""
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value))


def fault_of_any(value: Any, depth: int = 0) -> str | None:
    """What is wrong with a value of unknown kind: only its depth and length are checked."""
    if isinstance(value, str):
        return _too_long(value, GENERIC["text"])
    if not isinstance(value, dict | list):
        return None
    if depth >= GENERIC["depth"]:
        return f"is nested deeper than {GENERIC['depth']}"
    if len(value) > GENERIC["items"]:
        return f"has more than {GENERIC['items']} items"
    if isinstance(value, dict):
        if any(len(key) > GENERIC["key"] for key in value):
            return f"has a key of more than {GENERIC['key']} characters"
        value = value.values()
    has_room = depth + 1 < GENERIC["depth"]
    for one in value:
        if (one or not has_room) and (fault := fault_of_any(one, depth + 1)):
            return fault
    return None


def fault_of_unknown(value: Any) -> str | None:
    """The same with a limit on its size as JSON: for properties of newer editors."""
    return fault_of_any(value) or _too_large(value, GENERIC["size"])


def _too_long(value: str, most: int) -> str | None:
    return f"has more than {most} characters" if len(value) > most else None


def _too_large(value: Any, most: int) -> str | None:
    if not isinstance(value, dict | list):
        return None
    return f"is larger than {most} characters" if _size_of(value) > most else None


def _size_of(value: Any) -> int:
    """The characters of all texts and keys, and one for each value. It does not depend on how a
    client or a JSON encoder writes a number, so that page and server agree.
    """
    if not value:
        return 1
    if isinstance(value, str | bytes):
        return 1 + len(value)
    if isinstance(value, dict):
        return 1 + sum(map(len, value)) + sum(map(_size_of, value.values()))
    return 1 + sum(map(_size_of, value)) if isinstance(value, list) else 1


def compiled(schema: str | dict[str, Any], *, is_strict: bool = False) -> Check:
    """Compiles a schema, or the name of a kind, into a check.

    Only a strict check rejects a value of another kind than the schema's. Others hold it to the
    bounds of any value and leave it to readers, which ignore it: a newer editor may know why it is
    there.
    """
    if isinstance(schema, str):
        schema = cast("dict[str, Any]", BOUNDS["kinds"][schema])
    kind, kind_name, make = _KINDS[schema["type"]]
    check = make(schema, is_strict)

    def checked(value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return f"has to be {kind_name}" if is_strict else fault_of_unknown(value)
        return check(value)

    return _quick_number(schema, checked) if schema["type"] == "number" else checked


def _quick_number(schema: dict[str, Any], checked: Check) -> Check:
    """The same check, which is quick for what nearly all numbers are: lists have thousands."""
    low, high = schema["minimum"], schema["maximum"]

    def check(value: Any) -> str | None:
        if (type(value) is int or type(value) is float) and low <= value <= high:
            return None
        return checked(value)

    return check


def _number(schema: dict[str, Any], _: bool) -> Check:
    low, high = schema["minimum"], schema["maximum"]
    fault = f"has to be between {low} and {high}"
    # NaN is not a JSON number: like any value of another kind it is left to the readers.
    return lambda value: None if low <= value <= high or math.isnan(value) else fault


def _string(schema: dict[str, Any], _: bool) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength", GENERIC["text"])
    lines = schema.get("maxLines")
    pattern = re.compile(schema["pattern"]) if "pattern" in schema else None
    is_link = schema.get("format") == "link"

    def check(value: str) -> str | None:
        if not least <= len(value) <= most:
            return f"has to be a text of {least} to {most} characters"
        if lines is not None and value.count("\n") >= lines:
            return f"has to have at most {lines} lines"
        if pattern is not None and not pattern.fullmatch(value):
            return "has characters that do not belong there"
        if is_link and _BLANKS.sub("", value).lower().startswith(_SCHEMES):
            return "has to be a link that does no harm"
        return None

    return check


def _array(schema: dict[str, Any], is_strict: bool) -> Check:
    least, most = schema.get("minItems", 0), schema["maxItems"]
    inner = compiled(schema["items"], is_strict=is_strict)
    wrong_count = f"has to have {f'at most {most}' if least < most else most} items"

    def check(value: list[Any]) -> str | None:
        if len(value) > most or (len(value) < least and is_strict):
            return wrong_count
        for one in value:
            if fault := inner(one):
                return fault
        return None

    return check


def _object(schema: dict[str, Any], is_strict: bool) -> Check:
    properties = {
        key: compiled(inner, is_strict=is_strict)
        for key, inner in schema.get("properties", {}).items()
    }
    most = schema.get("maxSize")

    def check(value: dict[str, Any]) -> str | None:
        for key, one in value.items():
            inner = properties.get(key)
            if inner is None and len(key) > GENERIC["key"]:
                return f"has a key of more than {GENERIC['key']} characters"
            fault = inner(one) if inner is not None else fault_of_any(one, 1)
            if fault is not None:
                return f"{fault} (`{shown(key)}`)"
        return None if most is None else _too_large(value, most)

    return check


def _boolean(_schema: dict[str, Any], _: bool) -> Check:
    return lambda _value: None


_KINDS: dict[str, tuple[Any, str, Callable[[dict[str, Any], bool], Check]]] = {
    "number": ((int, float), "a number", _number),
    "string": (str, "a text", _string),
    "array": (list, "a list", _array),
    "object": (dict, "an object", _object),
    "boolean": (bool, "true or false", _boolean),
}


def shown(key: str) -> str:
    """As much of a key as fits into a message."""
    return key[:50]


# --- the values of a document

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
