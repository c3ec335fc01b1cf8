"""A small picture of a drawing as SVG, for lists of boards. Pure.

The document is not trusted: numbers are bounded, colours are matched, text is escaped, and the
number of shapes, the bytes and the time do not grow with the board.
"""

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sync.drawing.elements import Element
from sync.drawing.scene import Content, elements_of
from sync.drawing.thumbnail_shapes import Box, View, box_of, colour, shape_of

WIDTH, HEIGHT, MARGIN = 480, 300, 16
MAX_SHAPES = 1500
MAX_BYTES = 96_000
MAX_SECONDS = 0.5
MAX_SCALE = 0.75
"""So that a lone note does not fill the whole picture."""


class _Placed(NamedTuple):
    element: Element
    box: Box


class Picture(NamedTuple):
    svg: str
    is_whole: bool
    """False when time ran out; another attempt may show more. Limits on shapes and bytes depend on
    the drawing alone."""


def thumbnail(content: Content) -> str:
    """The picture of a board; an empty board gives an empty sheet."""
    return picture_of(elements_of(content), content["meta"].get("viewBackgroundColor")).svg


def picture_of(
    elements: list[Element],
    background: object,
    *,
    time_factor: float = 1,
    end_step: Callable[[], None] = lambda: None,
) -> Picture:
    """The picture of elements given back to front; calls `end_step` on the way.

    It may take `MAX_SECONDS` times `time_factor` of this thread's processor time, so a busy machine
    does not shorten it.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" stroke-linecap="round" stroke-linejoin="round">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colour(background, "#ffffff")}"/>'
    )
    placed = []
    for element in elements:
        placed.append(_Placed(element, box_of(element)))
        end_step()
    view = _view_of([box for _, box in placed])
    parts, size = [head], len(head)
    deadline, is_whole = time.thread_time() + MAX_SECONDS * time_factor, True
    for element, box in _largest(placed):
        shape = shape_of(element, box, view)
        size += len(shape.encode())
        if time.thread_time() > deadline:
            is_whole = False
            break
        if size > MAX_BYTES:
            break
        parts.append(shape)
        end_step()
    return Picture("".join([*parts, "</svg>"]), is_whole)


def _largest(placed: list[_Placed]) -> Iterable[_Placed]:
    """The largest elements of a big board, still back to front."""
    if len(placed) <= MAX_SHAPES:
        return placed
    by_size = sorted(
        range(len(placed)), key=lambda at: max(placed[at].box.width, placed[at].box.height)
    )
    kept = set(by_size[-MAX_SHAPES:])
    return (one for at, one in enumerate(placed) if at in kept)


def _view_of(boxes: list[Box]) -> View:
    """Fits the whole drawing into the middle of the picture."""
    if not boxes:
        return View(1, 0, 0)
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    width = max(box.x + box.width for box in boxes) - left
    height = max(box.y + box.height for box in boxes) - top
    scale = min(
        (WIDTH - 2 * MARGIN) / max(width, 1), (HEIGHT - 2 * MARGIN) / max(height, 1), MAX_SCALE
    )
    return View(
        scale,
        (WIDTH - width * scale) / 2 - left * scale,
        (HEIGHT - height * scale) / 2 - top * scale,
    )
