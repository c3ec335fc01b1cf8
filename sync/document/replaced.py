"""What an update writes over values that were there: it does not say under which key."""

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from inspect import signature
from typing import Any, NamedTuple

from pycrdt import Map

from sync.document.document import Document
from sync.document.yjs import plain
from sync.drawing.bounds import (
    PROPERTY_CHECKS,
    fault_of_group,
    fault_of_property,
    fault_of_root,
    has_shape,
    is_drawn,
)
from sync.drawing.model import BOUND_PREFIX, RECORDS, SHAPED_KEYS
from sync.wire.frames import MalformedError
from sync.wire.update import ROOTS

_MAX_SHOWN = 50
_OF_ELEMENT = 3
"""Parts of the place of a value of an element: root, id and key."""
_NEEDED_SHAPES = {
    "type": "a text",
    "pos": "a pair of numbers",
    "size": "a pair of numbers",
    "path": "an object",
    "text": "an object",
}


class Replaced(NamedTuple):
    """A plain value that took the place of another."""

    place: tuple[str, ...]
    """Root and key, of an element its id in between."""
    value: Any


class _Note:
    """Notes what the events below one root write; called for each transaction."""

    __signature__ = signature(lambda events: None)
    """pycrdt asks for it at each subscription; finding it out takes as long as a small update."""

    def __init__(self, root: str, actions: Container[str], found: list[Replaced]) -> None:
        self._root, self._actions, self._found = root, actions, found

    def __call__(self, events: list[Any]) -> None:
        for event in events:
            place = (self._root, *map(str, event.path))
            for key, change in event.keys.items():
                value = change.get("newValue")
                if change["action"] in self._actions and not isinstance(value, Map):
                    self._found.append(Replaced((*place, key), plain(value)))


@contextmanager
def noting_replaced(
    document: Document, roots: Iterable[str] = ROOTS, actions: Container[str] = ("update",)
) -> Iterator[list[Replaced]]:
    """Collects the values that updates applied meanwhile write over others.

    `actions` may also be "add", for values of new keys, and "delete": None for those of removed
    ones.

    Costs time for every value that changes: not for everything that sockets send.

    Raises:
        DocumentError: pycrdt failed.
    """
    found: list[Replaced] = []
    notes = [
        (shared, shared.observe_deep(_Note(root, actions, found)))
        for root, shared in document.roots(roots).items()
    ]
    try:
        yield found
    finally:
        for shared, subscription in notes:
            shared.unobserve(subscription)


@contextmanager
def noting_hidden(document: Document) -> Iterator[list[str]]:
    """Collects, until its end, the ids of elements that may have become invisible: with a value
    that can't be shown under a key that they need, or without the key.

    Raises:
        DocumentError: pycrdt failed.
    """
    hidden: list[str] = []
    with noting_replaced(document, ("elements",), ("add", "update", "delete")) as replaced:
        yield hidden
    hidden += [
        place[1]
        for place, value in replaced
        if len(place) == _OF_ELEMENT
        and place[2] in SHAPED_KEYS
        # A type decides which other key is needed.
        and (place[2] == "type" or not is_drawn(place[2], value))
    ]


def require_kinds(replaced: list[Replaced]) -> None:
    """Raises MalformedError for a value that everybody who reads the document would ignore."""
    for place, value in replaced:
        fault = _fault_of(place, value)
        if fault is not None:
            shown = "/".join(part[:_MAX_SHOWN] for part in place)
            raise MalformedError(f"{shown} {fault}")


def _fault_of(place: Sequence[str], value: Any) -> str | None:
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
    if key in RECORDS:
        faults = (
            (part, fault_of_property(part, one, is_strict=True))
            for part, one in value.items()
            if part in RECORDS[key]
        )
        named = next((f"{fault} (`{part}`)" for part, fault in faults if fault), None)
        return named or fault_of_group(key, value)
    if key.startswith(BOUND_PREFIX) and not isinstance(value, str):
        return "has to be a text"
    if key in PROPERTY_CHECKS:
        return fault_of_property(key, value, is_strict=True)
    return fault_of_group(key, value)
