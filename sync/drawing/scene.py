"""Reads and changes a document as Excalidraw elements: what REST, imports and versions speak.

A changed element is written group by group, and only the groups that differ; so a program that
moves something does not undo a colour that someone picks at the same moment.
"""

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pycrdt import Map

from sync.drawing.checks import cleaned
from sync.drawing.elements import (
    Element,
    decode_element,
    encode_element,
    is_deleted,
    keys_that_hide,
)
from sync.drawing.indices import indices_above
from sync.drawing.texts import with_what_follows
from sync.scheduler import Steps

Roots = dict[str, Any]
Content = dict[str, dict[str, Any]]

MAX_ELEMENTS = 20_000
_DEFAULTS: Element = {
    "x": 0,
    "y": 0,
    "width": 100,
    "height": 100,
    "angle": 0,
    "strokeColor": "#1e1e1e",
    "backgroundColor": "transparent",
    "fillStyle": "solid",
    "strokeWidth": 2,
    "strokeStyle": "solid",
    "roughness": 1,
    "opacity": 100,
    "roundness": None,
    "groupIds": [],
    "frameId": None,
    "link": None,
    "locked": False,
}
_SIZE = {"width": _DEFAULTS["width"], "height": _DEFAULTS["height"]}


class UnknownElementError(LookupError):
    """There is no element with this id."""


def elements_of(content: Content, *, with_deleted: bool = False) -> list[Element]:
    """The elements, back to front, as valid JSON; malformed ones are left out."""
    elements = [
        decode_element(element_id, groups)
        for element_id, groups in _as_json(content["elements"])
        if isinstance(groups, dict) and not keys_that_hide(groups)
        if with_deleted or not is_deleted(groups)
    ]
    return sorted(elements, key=order_of)


def order_of(element: Element) -> tuple[str, str]:
    """Sort key of an element, back to front."""
    return str(element.get("index")), element["id"]


def _as_json(elements: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Nearly all values are valid JSON already, and checking is much quicker than converting."""
    for element_id, groups in elements.items():
        try:
            json.dumps(groups, allow_nan=False)
        except (TypeError, ValueError):
            yield element_id, cleaned(groups)
        else:
            yield element_id, groups


def elements_create(
    roots: Roots, elements: Iterable[Mapping[str, Any]], *, is_complete: bool = False
) -> list[str]:
    """Adds elements above all others; existing ids are changed instead. Returns the ids.

    Unless they are complete, properties that every element has are filled in.
    A deleted element stays deleted unless it comes with `isDeleted: false`. Works in steps with
    pauses for other threads.
    """
    stored, steps = roots["elements"], Steps()
    indices = indices_above(_stored_indices(stored, steps))
    ids = []
    for element in elements:
        steps.end_step()
        element_id = str(element.get("id") or secrets.token_urlsafe(15))
        ids.append(element_id)
        if _is_element(stored, element_id):
            _change_one(stored[element_id], element_id, element)
            continue
        complete = dict(element) if is_complete else _completed(element)
        complete["index"] = element.get("index") or next(indices)
        stored[element_id] = Map(encode_element(complete))
    return ids


def _completed(element: Mapping[str, Any]) -> Element:
    seed = {"seed": secrets.randbelow(2**31)}
    return {**_DEFAULTS, **seed, **with_what_follows(element, {})}


def _stored_indices(stored: Any, steps: Steps) -> Iterator[Any]:
    for key in stored.keys():  # noqa: SIM118
        if isinstance(element := stored[key], Map):
            yield plain_value(element.get("index"))
        steps.end_step()


def elements_change(roots: Roots, elements: Iterable[Mapping[str, Any]]) -> None:
    """Changes the given properties of existing elements; deleted ones as in `elements_create`.

    Raises UnknownElementError.
    """
    stored = roots["elements"]
    for element in elements:
        element_id = str(element["id"])
        if not _is_element(stored, element_id):
            raise UnknownElementError(element_id)
        _change_one(stored[element_id], element_id, element)


def elements_delete(roots: Roots, ids: Iterable[str], user_id: int | None) -> None:
    """Puts a tombstone on elements; an existing one is kept. Raises UnknownElementError."""
    stored = roots["elements"]
    for element_id in ids:
        if not _is_element(stored, element_id):
            raise UnknownElementError(element_id)
        _delete_one(stored[element_id], user_id)


def _delete_one(element: Any, user_id: int | None) -> None:
    """Incomplete elements too: they take space in the document like any other."""
    if not is_deleted(element.to_py() or {}):
        element["del"] = tombstone(user_id)


def tombstone(user_id: int | None) -> dict[str, Any]:
    """What marks an element as deleted, by whom and when."""
    by = None if user_id is None else str(user_id)
    return {"by": by, "at": int(time.time() * 1000)}


def restore(roots: Roots, content: Content, user_id: int | None) -> None:
    """Turns the drawing into `content` by ordinary edits of what differs.

    Later elements are deleted, deleted ones come back, and every other group gets its old value.
    """
    stored, wanted = roots["elements"], content["elements"]
    for element_id in list(stored.keys()):
        groups = wanted.get(element_id)
        if not _is_map(stored, element_id):
            del stored[element_id]
        elif not isinstance(groups, dict):
            _delete_one(stored[element_id], user_id)
        else:
            _write_groups(stored[element_id], groups, removes_others=True)
    for element_id, groups in wanted.items():
        if element_id not in stored and isinstance(groups, dict):
            stored[element_id] = Map(groups)
    for root in ("files", "meta"):
        for key, value in content[root].items():
            if key not in roots[root] or not is_same(plain_value(roots[root][key]), value):
                roots[root][key] = value


def _is_map(stored: Any, element_id: str) -> bool:
    """Whether the element exists as a map; a faulty program may have stored anything else."""
    return element_id in stored and isinstance(stored[element_id], Map)


def _is_element(stored: Any, element_id: str) -> bool:
    return _is_map(stored, element_id) and not keys_that_hide(stored[element_id].to_py() or {})


def _change_one(stored: Any, element_id: str, element: Mapping[str, Any]) -> None:
    groups = stored.to_py() or {}
    before = {**_SIZE, **decode_element(element_id, groups)}
    after = encode_element({**before, **with_what_follows(element, before)})
    if element.get("isDeleted", before["isDeleted"]) == before["isDeleted"]:
        del after["del"]
    # A value stored in an unusual form is left alone unless the change is about it.
    known = encode_element(before)
    changed = {
        key: value
        for key, value in after.items()
        if key not in groups or key not in known or known[key] != value
    }
    _write_groups(stored, changed, removes_others=False)


def _write_groups(stored: Any, groups: Mapping[str, Any], *, removes_others: bool) -> None:
    present = {key: plain_value(value) for key, value in (stored.to_py() or {}).items()}
    for key, value in groups.items():
        if key not in present or not is_same(present[key], value):
            stored[key] = value
    for key in present.keys() - groups.keys() if removes_others else ():
        if key == "del":
            stored[key] = False
        else:
            del stored[key]


def is_same(one: Any, other: Any) -> bool:
    """Whether two plain values are the same in JavaScript: true is not 1, and NaN equals itself."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or (one != one and other != other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other)


def plain_value(value: Any) -> Any:
    """A shared map as a plain dict; anything else unchanged."""
    return value.to_py() if hasattr(value, "to_py") else value
