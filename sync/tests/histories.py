"""Real Yjs documents and random edits, for tests that need honest updates."""

import random
from typing import Any

from pycrdt import Doc, Map, TransactionEvent

LINE = {"type": "line", "pos": [0, 0], "path": {"points": [[0, 0], [9, 9]]}}
"""An element."""


class Author:
    """A real Yjs document whose updates are collected one by one."""

    def __init__(self, client_id: int | None = None) -> None:
        self.doc: Doc[Map[Any]] = Doc(client_id=client_id)
        self.elements: Map[Any] = self.doc.get("elements", type=Map)
        self.updates: list[bytes] = []
        self._keep = self.doc.observe(self._collect)

    def _collect(self, event: TransactionEvent) -> None:
        self.updates.append(event.update)


def random_history(seed: int, steps: int = 60) -> list[bytes]:
    """Edits of three people who now and then see each other's work."""
    rnd = random.Random(seed)
    authors = [Author(1 + index + rnd.randrange(10**6) * 10) for index in range(3)]
    log: list[bytes] = []
    seen = [0, 0, 0]
    for _ in range(steps):
        index = rnd.randrange(3)
        author = authors[index]
        author.updates.clear()
        if rnd.random() < 0.3:
            for update in log[seen[index] :]:
                author.doc.apply_update(update)
            seen[index] = len(log)
            continue
        _random_edit(rnd, author.elements)
        log += author.updates
    return log


def _random_edit(rnd: random.Random, elements: "Map[Any]") -> None:
    key = f"e{rnd.randrange(6)}"
    if key not in elements:
        elements[key] = Map({"type": "rectangle", "pos": [rnd.random(), 2], "locked": False})
        return
    element = elements[key]
    choice = rnd.randrange(5)
    if choice == 0:
        element["pos"] = [rnd.randrange(1000), rnd.random() * 1000]
    elif choice == 1:
        element["text"] = {"text": "héllo 漢字 😀" * rnd.randrange(4), "width": None}
    elif choice == 2:
        element["bound:x"] = "arrow"
        del element["bound:x"]
    elif choice == 3:
        element["del"] = {"by": "1", "at": 1_700_000_000_000}
    else:
        del elements[key]
