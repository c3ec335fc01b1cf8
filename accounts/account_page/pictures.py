"""Pictures of people: decoded, cut to a small square, and encoded again.

Nothing of the upload but its pixels is kept: no places, no cameras, and nothing hidden beside them.
A picture has a random address, which changes with it, so that browsers may keep it for ever.
"""

from __future__ import annotations

import io
import secrets
import struct
import threading
import zlib
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import Picture, Profile
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record

SIZE_PIXELS = 192
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MIME = "image/webp"
_DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
_decoding = threading.BoundedSemaphore(1)


class PictureRefusedError(Exception):
    """The upload can't be used. `str()` says why."""


def picture_set(user: User, upload: BinaryIO, *, by: Actor) -> None:
    """Replaces the person's picture. Raises `PictureRefusedError`."""
    image = small_picture(upload)
    with transaction.atomic():
        Picture.objects.filter(user=user).delete()
        key = secrets.token_urlsafe(18)
        Picture.objects.create(key=key, user=user, image=image)
        _note(user, key, by)


def picture_remove(user: User, *, by: Actor) -> None:
    """Initials are shown again."""
    with transaction.atomic():
        if Picture.objects.filter(user=user).delete()[0]:
            _note(user, "", by)


def small_picture(upload: BinaryIO) -> bytes:
    """The middle of the picture as a small square WebP. Raises `PictureRefusedError`."""
    try:
        with _decoding, Image.open(upload, formats=FORMATS) as image:
            _require_size(image)
            image.draft("RGB", (2 * SIZE_PIXELS, 2 * SIZE_PIXELS))  # a JPEG is read in this size
            upright = ImageOps.exif_transpose(image)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            pixels = upright.convert("RGBA" if has_alpha else "RGB")
            square = ImageOps.fit(pixels, (SIZE_PIXELS, SIZE_PIXELS), Image.Resampling.LANCZOS)
            square.info = {}
            out = io.BytesIO()
            square.save(out, "WEBP", quality=86)
            return out.getvalue()
    except UnidentifiedImageError as error:
        text = gettext("This is not an image. PNG, JPEG, WebP and GIF images can be used.")
        raise PictureRefusedError(text) from error
    except Image.DecompressionBombError as error:
        raise PictureRefusedError(_too_large()) from error
    except _DAMAGED as error:
        text = gettext("This image is damaged and cannot be read.")
        raise PictureRefusedError(text) from error


def _require_size(image: Image.Image) -> None:
    # The size is in the header: refuse before any pixel is decoded.
    if image.width * image.height > settings.CANVAS_MAX_PICTURE_PIXELS:
        raise PictureRefusedError(_too_large())


def _too_large() -> str:
    megapixels = settings.CANVAS_MAX_PICTURE_PIXELS // 1_000_000
    text = gettext("This image has too many pixels. Up to %(n)d megapixels can be used.")
    return text % {"n": megapixels}


def _note(user: User, key: str, by: Actor) -> None:
    profile, _ = Profile.objects.update_or_create(user=user, defaults={"picture_key": key})
    user.profile = profile
    change = {"field": "picture", "has_picture": bool(key)}
    audit_record(action=AuditAction.ACCOUNT_UPDATE, by=by, target_user=user, data=change)
