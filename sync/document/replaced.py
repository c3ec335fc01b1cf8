"""What an update writes over values that were there: it does not say under which key."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from pycrdt import Map

from sync.document.document import Document
from sync.document.yjs import plain
from sync.drawing.bounds import fault_of_replaced
from sync.wire.frames import MalformedError

_MAX_SHOWN = 50


class Replaced(NamedTuple):
    """A plain value that took the place of another."""

    place: tuple[str, ...]
    """Root and key, of an element its id in between."""
    value: Any


@contextmanager
def noting_replaced(document: Document) -> Iterator[list[Replaced]]:
    """Collects the values that updates applied meanwhile write over others.

    Costs time for every value that changes: not for what sockets send.

    Raises:
        DocumentError: pycrdt failed.
    """
    found: list[Replaced] = []

    def note(root: str, events: list[Any]) -> None:
        for event in events:
            place = (root, *map(str, event.path))
            for key, change in event.keys.items():
                value = change.get("newValue")
                if change["action"] == "update" and not isinstance(value, Map):
                    found.append(Replaced((*place, key), plain(value)))

    notes = [
        (shared, shared.observe_deep(partial(note, root)))
        for root, shared in document.roots().items()
    ]
    try:
        yield found
    finally:
        for shared, subscription in notes:
            shared.unobserve(subscription)


def require_kinds(replaced: list[Replaced]) -> None:
    """Raises MalformedError for a value that everybody who reads the document would ignore."""
    for place, value in replaced:
        fault = fault_of_replaced(place, value)
        if fault is not None:
            shown = "/".join(part[:_MAX_SHOWN] for part in place)
            raise MalformedError(f"{shown} {fault}")
