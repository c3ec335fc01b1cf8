"""Files that are dropped on a board, in any engine, and what is to come of each."""

import base64
import json
from collections.abc import Iterator

from sync.tests.foreign_files import CSV, PICTURES, TLDRAW, drawio_pictures
from tests.engines.window import Window
from tests.pdf_files import pdf
from tests.server import until

_DROP = """([name, type, content]) => {
  const dataTransfer = new DataTransfer()
  const bytes = Uint8Array.from(atob(content), one => one.charCodeAt(0))
  dataTransfer.items.add(new File([bytes], name, {type}))
  document.querySelector('canvas.interactive').dispatchEvent(new DragEvent('drop', {
    bubbles: true, cancelable: true, clientX: 640, clientY: 400, dataTransfer}))
}"""
_BOX = {"id": "a", "type": "rectangle", "x": 0, "y": 0, "width": 90, "height": 60}
_ITEMS = [{"id": str(at), "status": "published", "elements": [_BOX]} for at in range(3)]
LIBRARY = json.dumps({"type": "excalidrawlib", "version": 2, "libraryItems": _ITEMS})
FLOW = "flowchart LR\n  A[Idea] -->|then| B{Good?}\n"

FILES: dict[str, tuple[str | bytes, dict[str, int]]] = {
    "notes.csv": (CSV, {"rectangle": 16, "text": 16}),
    "plan.tldr": (
        TLDRAW,
        {"arrow": 2, "diamond": 1, "ellipse": 1, "frame": 1, "freedraw": 2, "image": 1, "line": 1}
        | {"rectangle": 4, "text": 5},
    ),
    "faces.drawio": (drawio_pictures(*PICTURES), {"image": 3, "rectangle": 1}),
    "flow.mmd": (FLOW, {"arrow": 1, "diamond": 1, "rectangle": 1, "text": 3}),
    "boxes.excalidrawlib": (LIBRARY, {"rectangle": 3}),
}
"""By their names: the content, and how many elements of each type it becomes."""


def drop(window: Window, name: str, content: str | bytes, kind: str = "") -> None:
    """Drops a file in the middle of the board."""
    data = content.encode() if isinstance(content, str) else content
    window.run(_DROP, [name, kind, base64.b64encode(data).decode()])


def drop_all(window: Window) -> Iterator[str]:
    """Drops one after the other, and waits until each has become what it should; gives its name."""
    for name, (content, types) in FILES.items():
        before = {element["id"] for element in window.scene()}
        drop(window, name, content)
        until(lambda before=before: types_of(window, before), lambda now, types=types: now == types)
        yield name


def types_of(window: Window, before: set[str]) -> dict[str, int]:
    """How many elements of each type have come."""
    came = [element["type"] for element in window.scene() if element["id"] not in before]
    return {kind: came.count(kind) for kind in sorted(set(came))}


def drop_pdf(window: Window, pages: int) -> None:
    """Drops a PDF, and takes all of its pages."""
    drop(window, "plan.pdf", pdf(pages), "application/pdf")
    window.shows("dialog[open]", f"{pages} pages will be added.")
    window.click_on("dialog[open] button", "Add")
