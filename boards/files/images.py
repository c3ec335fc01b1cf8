"""Checks uploaded images. Only images that Pillow decoded and that were encoded again are stored.

Encoding again drops metadata (places, cameras, names) and anything hidden beside the pixels, so
that a file can't be an image and something else at once.
"""

from __future__ import annotations

import struct
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from PIL import Image, ImageOps, UnidentifiedImageError

MIME_BY_FORMAT = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # of phones: a JPEG followed by more pictures; only the first is used
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
ACCEPTED_MIMES = frozenset(MIME_BY_FORMAT.values())
SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    "image/png": {"format": "PNG"},
    "image/jpeg": {"format": "JPEG", "quality": 92},
    "image/webp": {"format": "WEBP", "quality": 92},
    "image/gif": {"format": "GIF"},
}
MAX_PARALLEL_DECODES = 2
"""A decoded image takes up to four bytes per pixel; this many are in memory at once."""
ACCEPTED_TEXT = "PNG, JPEG, WebP and GIF images"

# What decoders raise on damaged input; Pillow promises no common base.
_DECODE_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

_decode_slots = threading.BoundedSemaphore(MAX_PARALLEL_DECODES)


class ImageRefusedError(Exception):
    """The upload can't be used. `str()` says why, ready to be shown."""


class NotAnImageError(ImageRefusedError):
    """It is not in an accepted format, whatever its name says."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """An image that was checked and encoded again. Sizes are in pixels and bytes."""

    mime: str
    width: int
    height: int
    size_bytes: int


def image_reencode(source: Path, target: Path, *, max_pixels: int) -> ImageInfo:
    """Decode `source` and write its pixels, and nothing else, to `target`.

    Of an animation, only the first frame is kept. Raises `ImageRefusedError`.
    """
    try:
        with _decode_slots, Image.open(source, formats=["PNG", "JPEG", "WEBP", "GIF"]) as image:
            return _reencoded(image, target, max_pixels=max_pixels)
    except UnidentifiedImageError as error:
        raise NotAnImageError(
            gettext("This is not an image. %(formats)s can be used.") % {"formats": ACCEPTED_TEXT}
        ) from error
    except Image.DecompressionBombError as error:
        raise ImageRefusedError(_too_many_pixels(max_pixels)) from error
    except _DECODE_ERRORS as error:
        raise ImageRefusedError(gettext("This image is damaged and cannot be read.")) from error


def _reencoded(image: Image.Image, target: Path, *, max_pixels: int) -> ImageInfo:
    # The size is in the header: refuse before any pixel is decoded.
    if image.width * image.height > max_pixels:
        raise ImageRefusedError(_too_many_pixels(max_pixels))
    mime = MIME_BY_FORMAT[str(image.format)]
    image.load()
    ImageOps.exif_transpose(
        image, in_place=True
    )  # the rotation is in the metadata, which is dropped
    image.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
    image.save(target, **SAVE_OPTIONS[mime])
    return ImageInfo(mime, image.width, image.height, target.stat().st_size)


def _too_many_pixels(max_pixels: int) -> str:
    return gettext("This image has too many pixels. Up to %(n)d megapixels can be used.") % {
        "n": max_pixels // 1_000_000
    }
