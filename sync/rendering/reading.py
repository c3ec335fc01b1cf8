"""Files of other programs as drawings, read by the code of the page."""

import codecs
import enum
import json
import os
import re
import shutil
import tempfile
import threading
from contextlib import ExitStack
from pathlib import PurePath
from typing import IO, Any, NamedTuple

from django.conf import settings

from sync.rendering.process import (
    DONE,
    FAILED,
    GONE,
    NotDrawnError,
    TooLargeError,
    is_built,
    run_child,
)

MAX_BYTES = 20_000_000
"""Of such a file: its text is read as a whole."""
MAX_MEMORY_BYTES = 600_000_000
_TLDRAW = re.compile(rb'\s*\{\s*"tldrawFileFormatVersion"\s*:')
_DRAWIO = re.compile(
    rb"\s*(<\?xml[^>]{0,200}\?>\s*)?(<!--.{0,500}?-->\s*)?<(mxfile|mxGraphModel)\b", re.S
)
_HEAD_BYTES = 1000
_TOLD_CHARS = 300


class UnreadableError(ValueError):
    """It is no file of this kind, or one that nobody takes. `str()` says why, ready to be shown."""


class Kind(enum.StrEnum):
    """The kinds of files, by the ends of their names."""

    TLDRAW = "tldr"
    CSV = "csv"
    DRAWIO = "drawio"


def kind_of_name(name: str) -> Kind | None:
    """The kind that the end of a file's name says."""
    end = PurePath(name).suffix.lower().removeprefix(".")
    return Kind(end) if end in list(Kind) else None


def kind_of_text(file: IO[bytes]) -> Kind | None:
    """The kind that the first characters say, whatever the name."""
    file.seek(0)
    head = file.read(_HEAD_BYTES).removeprefix(codecs.BOM_UTF8)
    if _TLDRAW.match(head):
        return Kind.TLDRAW
    return Kind.DRAWIO if _DRAWIO.match(head) else None


class Unfetched(NamedTuple):
    """A picture at an address, and which element of the drawing stands in its place, from 1."""

    element: int
    address: str


class Reading(NamedTuple):
    """What became of a file of another program."""

    text: IO[bytes]
    """Of an `.excalidraw` file, to be read from its beginning."""
    left: int
    """How many things could not be taken."""
    unfetched: list[Unfetched]
    """Pictures that are elsewhere: the first of them."""
    unfetched_count: int


def read_as_drawing(
    kind: Kind, file: IO[bytes], *, is_gone: threading.Event | None = None
) -> Reading:
    """What a file of another program has in it. Nothing that it names is fetched.

    Takes up to CANVAS_DRAWING_SECONDS in a process of its own, with MAX_MEMORY_BYTES.

    Raises:
        UnreadableError: the file is refused.
        TooLargeError: it holds too much.
        NotDrawnError: the front end is not built, its code fails, or nobody waits for it any more.
    """
    if not is_built():
        raise NotDrawnError("This server has no built front end, so it cannot read such files.")
    text = _text_of(file)
    with ExitStack() as opened:
        order = opened.enter_context(tempfile.TemporaryFile())
        answer = opened.enter_context(tempfile.TemporaryFile())
        order.write(json.dumps(_order(kind, text)).encode())
        order.seek(0)
        _raise_unless_done(run_child(order, answer, is_gone))
        answer.seek(0)
        head = json.loads(answer.readline())
        if "refused" in head:
            raise UnreadableError(_words_of(head["refused"], kind))
        drawing = opened.enter_context(tempfile.TemporaryFile())
        shutil.copyfileobj(answer, drawing)
        opened.pop_all()
        order.close()
        answer.close()
        unfetched = [Unfetched(int(one["element"]), one["address"]) for one in head["unfetched"]]
        return Reading(drawing, int(head["left"]), unfetched, int(head["unfetchedCount"]))


def _text_of(file: IO[bytes]) -> str:
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLargeError(
            f"This file is larger than {MAX_BYTES / 1_000_000:g} MB, the most of its kind that can "
            "be imported at once. Divide it."
        )
    return data.decode("utf-8-sig", "replace")


def _order(kind: Kind, text: str) -> dict[str, Any]:
    return {
        "format": "excalidraw",
        "name": f"file.{kind}",
        "text": text,
        "built": str(settings.FRONTEND_DRAWN),
        "memory_bytes": min(settings.CANVAS_DRAWING_BYTES, MAX_MEMORY_BYTES),
        "seconds": settings.CANVAS_DRAWING_SECONDS,
        "parent": os.getpid(),
    }


def _raise_unless_done(outcome: str) -> None:
    if outcome == DONE:
        return
    if outcome == GONE:
        raise NotDrawnError("Whoever sent the file has gone away.")
    if outcome == FAILED:
        raise NotDrawnError("This file could not be read. The log of the server says why.")
    raise TooLargeError("This file takes too much time or memory to read. Divide it.")


def _words_of(refused: str, kind: Kind) -> str:
    return refused[:_TOLD_CHARS] or f"This is not a .{kind} file that can be read."
