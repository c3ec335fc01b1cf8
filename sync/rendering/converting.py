"""Pictures of kinds that boards do not keep, as PNG."""

import base64
import json
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Any, NamedTuple

from django.conf import settings

from sync.rendering.process import GONE, GoneError, is_built, run_child

MAX_MEMORY_BYTES = 600_000_000
MAX_PICTURES = 500
MAX_BYTES = 20_000_000
"""Of all pictures of one order together."""
MIMES = frozenset(
    {"image/svg+xml", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon", "image/avif"}
)
"""What can be converted: what people can put on a board and boards do not keep."""


class Picture(NamedTuple):
    """A picture of a file, by its name there."""

    name: str
    mime: str
    data: bytes


def converted(
    pictures: Iterable[Picture], is_gone: threading.Event | None = None
) -> Iterator[tuple[str, bytes]]:
    """The names of pictures, and a PNG of each that can be drawn. The others are not given: damaged
    ones, those after MAX_PICTURES and MAX_BYTES, and those after one that takes too long.

    Takes up to CANVAS_DRAWING_SECONDS in a process of its own, with MAX_MEMORY_BYTES. Raises
    GoneError when `is_gone` is set.
    """
    if not is_built():
        return
    with ExitStack() as opened:
        order = opened.enter_context(tempfile.TemporaryFile())
        answer = opened.enter_context(tempfile.TemporaryFile())
        if not _write_order(order, pictures):
            return
        if run_child(order, answer, is_gone) == GONE:
            raise GoneError("Whoever sent the file has gone away.")
        answer.seek(0)
        answer.readline()
        for line in answer:
            # The last one is cut off if the process was ended.
            if line.endswith(b"\n") and (found := json.loads(line))["png"] is not None:
                yield found["name"], base64.b64decode(found["png"])


def _write_order(file: IO[bytes], pictures: Iterable[Picture]) -> int:
    """Writes the order; how many pictures are in it."""
    head = {
        "format": "pictures",
        "built": str(settings.FRONTEND_DRAWN),
        "memory_bytes": min(settings.CANVAS_DRAWING_BYTES, MAX_MEMORY_BYTES),
        "seconds": settings.CANVAS_DRAWING_SECONDS,
        "parent": os.getpid(),
    }
    file.write(json.dumps(head).encode().removesuffix(b"}") + b',"pictures":[')
    count, left = 0, MAX_BYTES
    for picture in pictures:
        if len(picture.data) > left or count == MAX_PICTURES:
            continue
        left -= len(picture.data)
        file.write(b"," * (count > 0) + json.dumps(_entry(picture)).encode())
        count += 1
    file.write(b"]}")
    file.seek(0)
    return count


def _entry(picture: Picture) -> dict[str, Any]:
    data = base64.b64encode(picture.data).decode()
    return {"name": picture.name, "mime": picture.mime, "data": data}
