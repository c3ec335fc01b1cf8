"""Whole documents as the bodies of answers, made in short steps.

One element after another is read, decoded and written as JSON, so that neither memory nor the time
for which other threads wait grows with more than the answer itself.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sync.air import Steps
from sync.document import Document
from sync.drawing import elements_of, order_of
from sync.elements import Element
from sync.excalidraw_file import head_of_file
from sync.shared_reads import Encoded
from sync.writes import document_now

_ELEMENTS_A_STEP = 50


def board_update(board_id: UUID) -> Encoded:
    """The document as one Yjs update. Raises as `document_now`."""
    document, head = document_now(board_id)
    return Encoded(document.diff(), head.seq)


def board_elements(board_id: UUID) -> Encoded:
    """`{seq, elements}`. Raises as `document_now`."""
    document, head = document_now(board_id)
    pieces = [b'{"seq":%d,"elements":' % head.seq, *_elements(document), b"}"]
    return Encoded(b"".join(pieces), head.seq)


def board_drawing(board_id: UUID) -> Encoded:
    """The file of a board without its images. Raises as `document_now`."""
    document, head = document_now(board_id)
    start = _json(head_of_file(document.entry("meta", "viewBackgroundColor"))).removesuffix(b"}")
    pieces = [start, b',"elements":', *_elements(document), b',"files":{}}']
    return Encoded(b"".join(pieces), head.seq)


def elements_json(document: Document) -> bytes:
    """The living elements as a JSON list, back to front. Raises DocumentError."""
    return b"".join(_elements(document))


def living_elements(document: Document, steps: Steps) -> Iterator[list[Element]]:
    """The living elements in some parts, in no order. Raises DocumentError."""
    part: dict[str, Any] = {}
    for element_id, groups in document.entries("elements"):
        part[element_id] = groups
        if len(part) == _ELEMENTS_A_STEP:
            yield elements_of({"elements": part})
            part = {}
            steps.end_step()
    yield elements_of({"elements": part})


def _elements(document: Document) -> list[bytes]:
    found = [
        (order_of(element), _json(element))
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
