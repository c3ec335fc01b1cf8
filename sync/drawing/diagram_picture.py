"""The diagram inside a picture that draw.io exported with it: PNG or SVG. Pure.

A text chunk of a PNG has the file with the escapes of URLs, an attribute of an SVG with those of
XML. `frontend/src/files/picture.ts` is the page's half. Nothing of the picture itself is decoded,
and little more than a megabyte of it is in memory.
"""

import codecs
import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import unquote_to_bytes

from sync.drawing.file import NotADrawingError

KEYWORD = b"mxfile"
"""Of the text chunk."""
_READ_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
"""Of an SVG: within them its first tag gets to the attribute."""
_ATTRIBUTE = re.compile(rb'<svg\b[^>]*?\scontent="(?=&lt;mxfile)')
_ENTITY = re.compile(rb"&(lt|gt|quot|amp|#10|#xa);", re.IGNORECASE)
_LONGEST_ENTITY = 6
_CHARACTERS = {b"lt": b"<", b"gt": b">", b"quot": b'"', b"amp": b"&"}
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_DAMAGED = "The diagram in this picture is damaged."


def diagram_of_chunk(picture: IO[bytes], size: int) -> Iterator[bytes]:
    """The text of the diagram in a chunk of `size` bytes, whose keyword has been read.

    Raises NotADrawingError, also while it is read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    kept = b""
    try:
        while size > 0 and (data := picture.read(min(size, _READ_BYTES))):
            size -= len(data)
            kept += data
            # An escape may go on in the next piece.
            begun = kept.rfind(b"%", max(0, len(kept) - 2))
            whole, kept = (kept[:begun], kept[begun:]) if begun >= 0 else (kept, b"")
            yield _unescaped(whole, decoder)
        yield _unescaped(kept, decoder)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise NotADrawingError(_DAMAGED) from None


def _unescaped(data: bytes, decoder: codecs.IncrementalDecoder) -> bytes:
    if _NO_ESCAPE.search(data):
        raise NotADrawingError(_DAMAGED)
    text = unquote_to_bytes(data.decode("latin-1"))
    decoder.decode(text)
    return text


def diagram_of_svg(picture: IO[bytes], start: int) -> Iterator[bytes] | None:
    """The text of the diagram in an attribute of the tag that begins at `start`; None without one.

    Raises NotADrawingError while it is read.
    """
    picture.seek(start)
    found = _ATTRIBUTE.match(picture.read(_HEAD_BYTES))
    return None if found is None else _value(picture, start + found.end())


def _value(picture: IO[bytes], start: int) -> Iterator[bytes]:
    picture.seek(start)
    kept = b""
    while data := picture.read(_READ_BYTES):
        value, end, _ = data.partition(b'"')
        kept += value
        if end:
            yield _ENTITY.sub(_character, kept)
            return
        # An entity may go on in the next piece.
        begun = kept.rfind(b"&", max(0, len(kept) - _LONGEST_ENTITY))
        whole, kept = (kept[:begun], kept[begun:]) if begun >= 0 else (kept, b"")
        yield _ENTITY.sub(_character, whole)
    raise NotADrawingError(_DAMAGED)


def _character(found: re.Match[bytes]) -> bytes:
    return _CHARACTERS.get(found[1].lower(), b"\n")
