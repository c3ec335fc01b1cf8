"""Targets that read files: drawings, pictures with a drawing in them, images."""

import json
import math
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from boards.files.images import ImageRefusedError, image_reencode
from sync.document.document import Document
from sync.drawing.elements import decode_element
from sync.drawing.file import NotADrawingError
from sync.drawing.file_reader import DrawingFile
from sync.drawing.picture import write_scene
from sync.drawing.scene import elements_create
from sync.stepped_json import TooLargeValueError, walk
from sync.tests.histories import Author
from sync.wire.update import parse

MAX_PIXELS = 1_000_000
MAX_SCENE_BYTES = 100_000
_directory = TemporaryDirectory(prefix="canvas-fuzz-")


def _no_step() -> None:
    """Where others would have their turn."""


def read_drawing(data: bytes) -> None:
    """A file is refused with a sentence, or a board takes every element that comes of it."""
    try:
        drawing = DrawingFile(BytesIO(data), _no_step)
        elements = [element for element, _ in drawing.elements()]
    except NotADrawingError:
        return
    assert len(elements) == drawing.count, "elements are lost between two readings"
    for _, image in drawing.stored_images():
        assert image is not None or drawing.images
    author = Author(5)
    ids = elements_create({"elements": author.elements}, elements, is_complete=True)
    assert len(set(ids)) == len(elements), "two elements have one id"
    update = author.doc.get_update()
    taken = Document().take(update, parse(update), 1)
    assert taken is not None, "an imported element is not taken"
    for element_id in ids:
        decode_element(element_id, dict(author.elements[element_id].to_py() or {}))


def read_picture(data: bytes) -> None:
    """A picture is refused, or gives a drawing that is no larger than it may be."""
    scene = BytesIO()
    try:
        write_scene(BytesIO(data), scene, max_bytes=MAX_SCENE_BYTES, end_step=_no_step)
    except NotADrawingError:
        return
    assert len(scene.getvalue()) <= MAX_SCENE_BYTES
    read_drawing(scene.getvalue())


def read_image(data: bytes) -> None:
    """An image is refused, or what is stored is an image of the size that is told."""
    source, target = Path(_directory.name, "source"), Path(_directory.name, "target")
    source.write_bytes(data)
    try:
        told = image_reencode(source, target, max_pixels=MAX_PIXELS)
    except ImageRefusedError:
        return
    with Image.open(target) as stored:
        stored.load()
        assert (stored.width, stored.height) == (told.width, told.height)
        assert stored.format in ("PNG", "JPEG", "WEBP", "GIF")
        assert not stored.getexif(), "something of the upload is kept beside its pixels"


def read_json(data: bytes) -> None:
    """What is read in steps is what Python's own reader makes of the same bytes."""
    try:
        whole: Any = json.loads(data.decode())
    except (ValueError, RecursionError):
        whole = None
    try:
        found = list(walk(BytesIO(data), _no_step, depth=1))
    except TooLargeValueError:
        return
    except (ValueError, RecursionError):
        assert whole is None or isinstance(whole, str | int | float), "refused in steps alone"
        return
    if isinstance(whole, dict) and whole:
        # Of a name that comes twice, Python keeps the last; in steps both come in their order.
        assert _same({path[0]: value for path, value, _ in found}, whole)
    elif isinstance(whole, list) and whole:
        assert _same([value for _, value, _ in found], whole)


def _same(one: Any, other: Any) -> bool:
    """Equality by which NaN is itself."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
