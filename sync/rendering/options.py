"""What may be asked of a picture of a board, and how. Pure."""

import enum
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_PADDING = 500
DEFAULT_PADDING = 10
"""That of the editor's own exports."""
MIN_SCALE, MAX_SCALE = 1.0, 3.0
MAX_CHOSEN = 300
_ID = re.compile(r"[^\s,\x00-\x1f]{1,64}")
_DECIMAL = re.compile(r"[0-9](\.[0-9]{1,3})?")


class Format(enum.StrEnum):
    """The kinds of files."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """The media type of such a file."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Format.SVG: "image/svg+xml",
    Format.PNG: "image/png",
    Format.PDF: "application/pdf",
}


class BadOptionError(ValueError):
    """An option has a value that it cannot have; the message names it."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a board is drawn."""

    format: Format
    has_background: bool = True
    is_dark: bool = False
    scale: float = 1.0
    """Pixels of a PNG for each unit of the board."""
    padding: int = DEFAULT_PADDING
    """Around the drawing, in units of the board; a frame has none."""
    elements: tuple[str, ...] | None = None
    """The ids of what is wanted, with texts in them and what stands in such a frame; None: all."""
    frame: str | None = None
    """The id of the only frame that is wanted."""
    has_frames: bool = False
    """In a PDF: each frame on a page of its own."""

    @property
    def digest(self) -> str:
        """The same for options that give the same picture, for an ETag."""
        chosen = "" if self.elements is None else ",".join(sorted(self.elements))
        flags = f"{self.has_background:d}{self.is_dark:d}{self.has_frames:d}"
        text = f"{self.format} {flags} {self.scale:g} {self.padding} {chosen} {self.frame or ''}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def options_of(kind: Format, asked: Mapping[str, str]) -> Options:
    """The options in a query. Raises BadOptionError."""
    elements, frame, pages = asked.get("elements"), asked.get("frame"), asked.get("pages")
    if frame is not None and not _ID.fullmatch(frame):
        raise BadOptionError("`frame` has to be the id of a frame.")
    if pages is not None and (kind is not Format.PDF or pages not in ("board", "frames")):
        raise BadOptionError("`pages` is for PDF, and has to be board or frames.")
    if frame is not None and (pages == "frames" or elements is not None):
        raise BadOptionError("`frame` can't be together with `elements` or `pages`.")
    if "scale" in asked and kind is not Format.PNG:
        raise BadOptionError("`scale` is for PNG.")
    return Options(
        format=kind,
        has_background=_switch(asked, "background", default=True),
        is_dark=_switch(asked, "dark", default=False),
        scale=_scale(asked.get("scale", "1")),
        padding=_padding(asked.get("padding", str(DEFAULT_PADDING))),
        elements=None if elements is None else _ids(elements),
        frame=frame,
        has_frames=pages == "frames",
    )


def _switch(asked: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = asked.get(name, "true" if default else "false")
    if value not in ("true", "false"):
        raise BadOptionError(f"`{name}` has to be true or false.")
    return value == "true"


def _scale(text: str) -> float:
    if not _DECIMAL.fullmatch(text) or not MIN_SCALE <= float(text) <= MAX_SCALE:
        raise BadOptionError(f"`scale` has to be a number from {MIN_SCALE:g} to {MAX_SCALE:g}.")
    return float(text)


def _padding(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= MAX_PADDING):
        raise BadOptionError(f"`padding` has to be a whole number from 0 to {MAX_PADDING}.")
    return int(text)


def _ids(text: str) -> tuple[str, ...]:
    ids = text.split(",", MAX_CHOSEN)
    if len(ids) > MAX_CHOSEN or not all(_ID.fullmatch(one) for one in ids):
        raise BadOptionError(f"`elements` has to be up to {MAX_CHOSEN} ids with commas between.")
    return tuple(dict.fromkeys(ids))
