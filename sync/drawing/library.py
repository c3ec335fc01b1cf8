"""The items of a library (`.excalidrawlib`) as elements of a drawing: in rows, each a group.

Pure but for what it counts.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sync.drawing.elements import Element
from sync.drawing.file import LeftOut, NotADrawingError, TooManyElementsError, read_element
from sync.drawing.thumbnail_shapes import box_of

KEYS = ("libraryItems", "library")
"""Where a file has its items: since 2022, and before."""
MAX_ITEMS = 1_000
GAP, ROW = 40, 2_000
"""Between items, and the width of a row, in units of the canvas."""


def elements_of(item: Any, number: int, left_out: Callable[[LeftOut], None]) -> list[Element]:
    """The living elements of an item of any age, in their present form.

    Raises:
        NotADrawingError: it is no item, or an element of it is damaged.
    """
    listed = item.get("elements") if isinstance(item, dict) else item
    if not isinstance(listed, list):
        raise NotADrawingError(f"Item {number} of this library is damaged.")
    return [
        read_element(one, place, left_out)
        for place, one in enumerate(listed, 1)
        if not (isinstance(one, dict) and one.get("isDeleted"))
    ]


class Rows:
    """Places one item after the other."""

    def __init__(self) -> None:
        self._count = 0
        self._x = self._y = self._height = 0.0

    def elements(self, item: Any, left_out: Callable[[LeftOut], None]) -> Iterator[Element]:
        """The living elements of the next item, with ids that no other item has.

        Raises:
            NotADrawingError: it is no item, or an element of it is damaged.
            TooManyElementsError: it is one more than can be taken at once.
        """
        self._count += 1
        if self._count > MAX_ITEMS:
            raise TooManyElementsError(
                f"This library has more than {MAX_ITEMS:,} items, the most that can be imported "
                "at once. Divide it."
            )
        own = elements_of(item, self._count, left_out)
        if not own:
            return
        dx, dy = self._place([box_of(element) for element in own])
        for element in own:
            yield self._of_item(element, dx, dy, is_group=len(own) > 1)

    def _place(self, boxes: list[Any]) -> tuple[float, float]:
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        width = max(box.x + box.width for box in boxes) - left
        height = max(box.y + box.height for box in boxes) - top
        if self._x > 0 and self._x + width > ROW:
            self._x, self._y, self._height = 0, self._y + self._height + GAP, 0
        x, y = self._x, self._y
        self._x += width + GAP
        self._height = max(self._height, height)
        return x - left, y - top

    def _of_item(self, element: Element, dx: float, dy: float, *, is_group: bool) -> Element:
        """A copy in its place; ids are those of the item, so that items can share them."""
        name = f"{self._count}:"
        result = {**element, "id": name + element["id"]}
        result |= {"x": element["x"] + dx, "y": element["y"] + dy}
        for key in ("containerId", "frameId"):
            if isinstance(result.get(key), str):
                result[key] = name + result[key]
        for key in ("startBinding", "endBinding"):
            binding = result.get(key)
            if isinstance(binding, dict) and isinstance(binding.get("elementId"), str):
                result[key] = {**binding, "elementId": name + binding["elementId"]}
        bound = result.get("boundElements")
        if isinstance(bound, list) and all(isinstance(one, dict) and "id" in one for one in bound):
            result["boundElements"] = [{**one, "id": f"{name}{one['id']}"} for one in bound]
        groups = result.get("groupIds") or []
        if is_group and isinstance(groups, list):
            result["groupIds"] = [*(f"{name}{group}" for group in groups), name]
        return result
