"""Checking uploaded images: only what Pillow decodes and we have encoded anew is ever kept.

Encoding anew drops metadata (places, cameras, names) and anything hidden beside the pixels, so a
file cannot be an image and something else at once.
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
    "MPO": "image/jpeg",  # what phones write: a JPEG with more pictures behind it; the first counts
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
"""One decoded image may take four bytes a pixel: this many of them are in memory at once."""
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
    """The upload is not an image we take. ``str()`` says why, in words to show."""


class NotAnImageError(ImageRefusedError):
    """It is none of the accepted formats, whatever its name says."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """An image that was checked and encoded anew. Sizes in pixels and bytes."""

    mime: str
    width: int
    height: int
    size_bytes: int


def image_reencode(source: Path, target: Path, *, max_pixels: int) -> ImageInfo:
    """Decode ``source`` and write its pixels, and nothing else, to ``target``.

    Of an animation the first picture is kept. Raises ``ImageRefusedError``.
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
    # The size stands in the header: refuse before a single pixel is unpacked.
    if image.width * image.height > max_pixels:
        raise ImageRefusedError(_too_many_pixels(max_pixels))
    mime = MIME_BY_FORMAT[str(image.format)]
    image.load()
    ImageOps.exif_transpose(image, in_place=True)  # the turn stands in the metadata that goes
    image.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
    image.save(target, **SAVE_OPTIONS[mime])
    return ImageInfo(mime, image.width, image.height, target.stat().st_size)


def _too_many_pixels(max_pixels: int) -> str:
    return gettext("This image has too many pixels. Up to %(n)d megapixels can be used.") % {
        "n": max_pixels // 1_000_000
    }
