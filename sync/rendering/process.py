"""Starts the process that draws or reads, waits for it, and ends it when it takes too long."""

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from prometheus_client import Counter

from sync.low_priority import lower_priority
from sync.rendering.options import Format, Options

logger = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("child") / "__main__.py"
NO_MEMORY = 3
"""The exit code of a child whose memory was not enough."""
DONE, GONE, LATE, FULL, FAILED = "done", "gone", "late", "full", "failed"
"""What becomes of a process: it answered, nobody waits for it, it takes too long, its memory is not
enough, or its code failed."""
_LOOK_SECONDS = 0.02
_TOLD_BYTES = 600
_TEXTS = {
    "elements": "This has {n:,.0f} elements; up to 20,000 can be drawn at once. Choose a part of "
    "the board with `elements` or `frame`.",
    "images": "This has more than {n:,.0f} images. Choose a part of the board.",
    "image_bytes": "The images of this are larger than {n:,.0f} MB together, which is as much as "
    "can be drawn at once. Choose a part of the board.",
    "frame": "`frame` is no frame of this board.",
    "nothing": "None of `elements` is on this board.",
}
_NOT_FOUND = ("frame", "nothing")
DRAWINGS = Counter("canvas_drawings", "Boards drawn by the server, by outcome.", ["outcome"])


class NotDrawnError(Exception):
    """There is no picture. `str()` says why, ready to be shown."""


class TooLargeError(NotDrawnError):
    """What is asked for has too much in it, or takes too long."""


class NoSuchPartError(NotDrawnError):
    """The frame or the elements that are asked for are not there."""


class GoneError(NotDrawnError):
    """Whoever asked has gone away."""


def drawn(
    drawing: bytes,
    options: Options,
    *,
    title: str,
    images: dict[str, tuple[str, Path]],
    is_gone: threading.Event | None = None,
) -> IO[bytes]:
    """A file with the picture, whose bytes are what is left to read of it; to be closed.

    `drawing` is the text of an `.excalidraw` file, `images` its images by id, each with its media
    type. Takes up to CANVAS_DRAWING_SECONDS, and is given up when `is_gone` is set. The process has
    ended before this returns, whatever happens.

    Raises TooLargeError, NoSuchPartError, GoneError, and NotDrawnError for what should not happen.
    """
    with ExitStack() as opened:
        order = opened.enter_context(tempfile.TemporaryFile())
        answer = opened.enter_context(tempfile.TemporaryFile())
        _write_order(order, drawing, _order(options, title, images))
        outcome = run_child(order, answer, is_gone)
        DRAWINGS.labels(outcome="drawn" if outcome == DONE else outcome).inc()
        _raise_unless_done(outcome)
        _read_head(answer)
        order.close()
        opened.pop_all()
        return answer


def is_built() -> bool:
    """Whether the built front end is there, which draws."""
    return (Path(settings.FRONTEND_DRAWN) / "draw.js").is_file()


def _order(options: Options, title: str, images: dict[str, tuple[str, Path]]) -> dict[str, Any]:
    return {
        "format": options.format,
        "built": str(settings.FRONTEND_DRAWN),
        "title": title,
        "scale": options.scale,
        "has_background": options.has_background,
        "memory_bytes": settings.CANVAS_DRAWING_BYTES,
        "seconds": settings.CANVAS_DRAWING_SECONDS,
        "parent": os.getpid(),
        "images": {name: [mime, str(path)] for name, (mime, path) in images.items()},
        "options": {
            "isDark": options.is_dark,
            "padding": options.padding,
            "chosen": options.elements,
            "frame": options.frame,
            "hasFrames": options.has_frames,
            "isPrinted": options.format is not Format.SVG,
        },
    }


def _write_order(file: IO[bytes], drawing: bytes, order: dict[str, Any]) -> None:
    file.write(json.dumps(order).encode().removesuffix(b"}"))
    file.write(b',"drawing":')
    file.write(drawing)
    file.write(b"}")
    file.seek(0)


def run_child(order: IO[bytes], answer: IO[bytes], is_gone: threading.Event | None) -> str:
    """Lets a process of its own answer an order. Returns DONE, GONE, LATE, FULL or FAILED; the last
    two are logged. The process has ended, whatever happens.
    """
    seconds = settings.CANVAS_DRAWING_SECONDS
    # Files, not pipes: however much it writes, nobody has to read meanwhile. No environment: no
    # secret. A session of its own, so that Ctrl-C reaches it only through this process.
    with tempfile.TemporaryFile() as told:
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", str(CHILD)],
            stdin=order,
            stdout=answer,
            stderr=told,
            env={},
            cwd="/",
            start_new_session=True,
        )
        lower_priority(child.pid)
        try:
            outcome = _outcome(child, time.monotonic() + seconds, is_gone or threading.Event())
        finally:
            child.kill()
            child.wait()
        if outcome in (FAILED, FULL):
            logger.warning("drawing %s (%d): %s", outcome, child.returncode, _end_of(told))
        return outcome


def _raise_unless_done(outcome: str) -> None:
    if outcome == GONE:
        raise GoneError("Whoever asked for the picture has gone away.")
    if outcome == LATE:
        seconds = settings.CANVAS_DRAWING_SECONDS
        raise TooLargeError(
            f"This takes longer than {seconds} seconds to draw, so it was given up. Choose a part "
            "of the board with `elements` or `frame`."
        )
    if outcome == FAILED:
        raise NotDrawnError("This could not be drawn. The log of the server says why.")
    if outcome == FULL:
        megabytes = settings.CANVAS_DRAWING_BYTES // 1_000_000
        raise TooLargeError(
            f"This could not be drawn with the {megabytes:,} MB of memory that a drawing may use. "
            "Choose a part of the board with `elements` or `frame`."
        )


def _outcome(child: "subprocess.Popen[bytes]", deadline: float, is_gone: threading.Event) -> str:
    while child.poll() is None:
        if is_gone.wait(_LOOK_SECONDS):
            return GONE
        if time.monotonic() > deadline:
            return LATE
    if child.returncode == 0:
        return DONE
    # Engine and renderer end themselves when there is no memory left; Python says so.
    return FULL if child.returncode < 0 or child.returncode == NO_MEMORY else FAILED


def _end_of(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TOLD_BYTES))
    return file.read().decode(errors="replace").strip()


def _read_head(answer: IO[bytes]) -> None:
    answer.seek(0)
    head = cast("dict[str, Any]", json.loads(answer.readline()))
    reason = head.get("refused")
    if reason is None:
        return
    text = _TEXTS[reason].format(n=head["count"])
    raise NoSuchPartError(text) if reason in _NOT_FOUND else TooLargeError(text)
