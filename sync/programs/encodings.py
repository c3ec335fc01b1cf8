"""Whole documents as response bodies, made in short steps.

Elements are read, decoded and written as JSON one by one, so that memory grows only with the
response and other threads never wait long.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sync.document.document import Document, freed_in_steps
from sync.drawing.elements import Element
from sync.drawing.file import head_of_file, importable
from sync.drawing.scene import elements_of, order_of
from sync.programs.documents import document_read
from sync.programs.shared_reads import Encoded
from sync.scheduler import Steps

_ELEMENTS_A_STEP = 50


def board_update(board_id: UUID) -> Encoded:
    """The document as one Yjs update. Raises as `document_now`."""
    with document_read(board_id) as (document, head):
        return Encoded(document.diff(), head.seq)


def board_elements(board_id: UUID) -> Encoded:
    """`{seq, elements}`. Raises as `document_now`."""
    with document_read(board_id) as (document, head):
        pieces = [b'{"seq":%d,"elements":' % head.seq, *_elements(document), b"}"]
    return Encoded(b"".join(pieces), head.seq)


def board_drawing(board_id: UUID) -> Encoded:
    """The file of a board without its images. Raises as `document_now`."""
    with document_read(board_id) as (document, head):
        meta = head_of_file(document.entry("meta", "viewBackgroundColor"))
        start = _json(meta).removesuffix(b"}")
        pieces = [start, b',"elements":', *_elements(document, importable), b',"files":{}}']
    return Encoded(b"".join(pieces), head.seq)


def elements_json(document: Document) -> bytes:
    """The living elements as a JSON list, back to front. Raises DocumentError."""
    with freed_in_steps(document):
        return b"".join(_elements(document))


def living_elements(document: Document, steps: Steps) -> Iterator[list[Element]]:
    """The living elements in parts, in no particular order. Raises DocumentError."""
    part: dict[str, Any] = {}
    for element_id, groups in document.entries("elements"):
        part[element_id] = groups
        if len(part) == _ELEMENTS_A_STEP:
            yield elements_of({"elements": part})
            part = {}
            steps.end_step()
    yield elements_of({"elements": part})


def _elements(
    document: Document, shown_as: Callable[[Element], Element] = lambda element: element
) -> list[bytes]:
    found = [
        (order_of(element), _json(shown_as(element)))
        for part in living_elements(document, Steps())
        for element in part
    ]
    found.sort(key=lambda one: one[0])
    pieces = [b"["]
    for number, (_, piece) in enumerate(found):
        if number:
            pieces.append(b",")
        pieces.append(piece)
    return [*pieces, b"]"]


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")
