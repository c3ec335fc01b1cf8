"""Images, and what pretends to be one, for the tests of uploads."""

from __future__ import annotations

import io
import struct
import uuid
import zlib
from pathlib import Path
from typing import Any

from django.test import Client
from PIL import Image

from boards.models import Board, BoardFile

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def image_bytes(kind: str = "PNG", size: tuple[int, int] = (8, 6), **options: Any) -> bytes:
    """An image of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(buffer, kind, **options)
    return buffer.getvalue()


def url(board_id: uuid.UUID, file_id: str = "file-1", query: str = "") -> str:
    """The address of a file."""
    return f"/api/v1/boards/{board_id}/files/{file_id}{query}"


def put(client: Client, path: str, body: bytes, mime: str = "image/png", **headers: str) -> Any:
    """Upload it."""
    return client.put(path, body, content_type=mime, headers=headers)


def leftovers(files_dir: Path) -> list[str]:
    """Names of all files on disk, also of unfinished uploads."""
    return [path.name for path in files_dir.rglob("*") if path.is_file()]


def png_bomb(width: int, height: int) -> bytes:
    """A few bytes that say they are very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def add_file(board: Board, files_dir: Path) -> BoardFile:
    row = BoardFile.objects.create(
        board=board, file_id="img", mime="image/png", size_bytes=3, width=1, height=1
    )
    row.path.parent.mkdir(parents=True)
    row.path.write_bytes(image_bytes())
    return row
