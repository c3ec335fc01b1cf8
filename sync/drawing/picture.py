"""The drawing inside a picture that Excalidraw exported with its scene: PNG or SVG. Pure.

The format is that of Excalidraw's `data/image.ts`, `data/encode.ts` and `scene/export.ts`: a text
chunk of a PNG, or comments of an SVG around base64, holds a small JSON object with the deflated
text of an `.excalidraw` file. Nothing of the picture itself is decoded. Pictures of draw.io have
the text of its own file: see `diagram_picture.py`.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Any

from sync.drawing.diagram_picture import KEYWORD as DIAGRAM
from sync.drawing.diagram_picture import diagram_of_chunk, diagram_of_svg
from sync.drawing.file import NotADrawingError, TooManyElementsError
from sync.stepped_json import MAX_VALUE_CHARS, TooLargeValueError, walk

_KEYWORD = b"application/vnd.excalidraw+json"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 100_000
"""Of a PNG; writers use chunks of eight thousand bytes and more."""
_MAX_TEXT_BYTES = 4 * MAX_VALUE_CHARS // 3 + 4096
"""Of the text in the picture; in JSON and base64 it is longer than what it holds."""
_TYPE, _VERSION = b"payload-type:" + _KEYWORD, re.compile(rb"<!-- payload-version:(\d+) -->")
_START, _END = b"<!-- payload-start -->", b"<!-- payload-end -->"
_WANTED = ("encoding", "compressed", "encoded")
_READ_BYTES = 1 << 20
_NONE = (
    "This picture has no drawing in it. Export it again with “Embed scene” switched on, or from "
    "draw.io with a copy of the diagram."
)
_DAMAGED = "The drawing in this picture is damaged."
_TOO_LARGE = "The drawing in this picture is too large. Export it as an .excalidraw file."


def write_scene(
    picture: IO[bytes], scene: IO[bytes], *, max_bytes: int, end_step: Callable[[], None]
) -> None:
    """Writes the text of the drawing in a picture to `scene`, `max_bytes` of it at most: of an
    `.excalidraw` file, or of one of draw.io.

    Raises:
        NotADrawingError: the picture has no drawing, or a damaged one.
        TooManyElementsError: the drawing is larger than it may be.
    """
    for piece in _pieces_of(picture, end_step):
        max_bytes -= len(piece)
        if max_bytes < 0:
            raise TooManyElementsError(_TOO_LARGE)
        scene.write(piece)
        end_step()


def _pieces_of(picture: IO[bytes], end_step: Callable[[], None]) -> Iterator[bytes]:
    picture.seek(0)
    is_png = picture.read(len(_SIGNATURE)) == _SIGNATURE
    text = _text_of_png(picture) if is_png else _text_of_svg(picture, end_step)
    if text is not None:
        yield from _scene_in(text, end_step)
        return
    diagram = _diagram_of_png(picture) if is_png else _diagram_of_svg(picture, end_step)
    if diagram is None:
        raise NotADrawingError(_NONE)
    yield from diagram


def _scene_in(text: str, end_step: Callable[[], None]) -> Iterator[bytes]:
    with TemporaryFile() as file:
        file.write(text.encode())
        del text
        packed = _packed_in(file, end_step)
        if packed is not None:
            yield from _inflated(*packed)
            return
        file.seek(0)  # as old versions wrote it
        while piece := file.read(_READ_BYTES):
            yield piece


def _text_of_png(picture: IO[bytes]) -> str | None:
    size = _find_chunk(picture, _KEYWORD)
    if size is None:
        return None
    if size > _MAX_TEXT_BYTES:
        raise TooManyElementsError(_TOO_LARGE)
    return picture.read(size).decode("latin-1")


def _diagram_of_png(picture: IO[bytes]) -> Iterator[bytes] | None:
    size = _find_chunk(picture, DIAGRAM)
    return None if size is None else diagram_of_chunk(picture, size)


def _find_chunk(picture: IO[bytes], wanted: bytes) -> int | None:
    """How long the text of this keyword is, which can be read next; None if there is none."""
    picture.seek(len(_SIGNATURE))
    for _ in range(_MAX_CHUNKS):
        head = picture.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            break
        length = int.from_bytes(head[:4])
        taken = 0
        if head[4:] == b"tEXt":
            keyword = picture.read(min(length, len(wanted) + 1))
            taken = len(keyword)
            if keyword == wanted + b"\0":
                return length - taken
        picture.seek(length - taken + 4, 1)  # with its checksum
    return None


def _diagram_of_svg(picture: IO[bytes], end_step: Callable[[], None]) -> Iterator[bytes] | None:
    start = _find(picture, b"<svg", 0, end_step)
    return None if start < 0 else diagram_of_svg(picture, start)


def _text_of_svg(picture: IO[bytes], end_step: Callable[[], None]) -> str | None:
    begin = _find(picture, _TYPE, 0, end_step)
    start = _find(picture, _START, begin, end_step) if begin >= 0 else -1
    if start < 0:
        return None
    picture.seek(begin)
    version = _VERSION.search(picture.read(min(start - begin, 1000)))
    picture.seek(start + len(_START))
    data = picture.read(_MAX_TEXT_BYTES + len(_END))
    end = data.find(_END)
    if end < 0:
        is_long = len(data) > _MAX_TEXT_BYTES
        raise TooManyElementsError(_TOO_LARGE) if is_long else NotADrawingError(_DAMAGED)
    try:
        text = base64.b64decode(data[:end].strip(), validate=True)
        is_bytes = version is not None and version[1] != b"1"
        return text.decode("latin-1" if is_bytes else "utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise NotADrawingError(_DAMAGED) from None


def _find(file: IO[bytes], wanted: bytes, start: int, end_step: Callable[[], None]) -> int:
    """Where something stands in a file, from `start` on; -1 if it does not."""
    file.seek(start)
    kept = b""
    while data := file.read(_READ_BYTES):
        window = kept + data
        at = window.find(wanted)
        if at >= 0:
            return start + at
        kept = window[-(len(wanted) - 1) :]
        start += len(window) - len(kept)
        end_step()
    return -1


def _packed_in(file: IO[bytes], end_step: Callable[[], None]) -> tuple[bytes, bool] | None:
    """What the text holds, and whether it is deflated; None if the text is the drawing itself."""
    file.seek(0)
    found: dict[Any, Any] = {}
    try:
        for path, value, _ in walk(file, end_step, depth=1):
            if path == ("type",) and value == "excalidraw":
                return None
            if len(path) == 1 and path[0] in _WANTED:
                found[path[0]] = value
    except TooLargeValueError:
        raise TooManyElementsError(_TOO_LARGE) from None
    except (ValueError, RecursionError):
        raise NotADrawingError(_DAMAGED) from None
    encoded = found.get("encoded")
    if found.get("encoding") == "bstring" and isinstance(encoded, str):
        with suppress(UnicodeEncodeError):
            return encoded.encode("latin-1"), bool(found.get("compressed"))
    raise NotADrawingError(_DAMAGED)


def _inflated(data: bytes, is_deflated: bool) -> Iterator[bytes]:
    if not is_deflated:
        yield data
        return
    unpacker = zlib.decompressobj()
    try:
        while not unpacker.eof and data:
            yield unpacker.decompress(data, _READ_BYTES)
            data = unpacker.unconsumed_tail
    except zlib.error:
        raise NotADrawingError(_DAMAGED) from None
    if not unpacker.eof:
        raise NotADrawingError(_DAMAGED)
