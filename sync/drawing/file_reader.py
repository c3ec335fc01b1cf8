"""Reads an `.excalidraw` file from the disk, one element after another.

A file is read several times: once to see that all of it is what it should be, before anything of it
comes to a board, and again for what comes. So memory holds one element or image at a time, and
eight bytes of each id.
"""

from collections.abc import Callable, Iterator
from typing import IO, Any

from sync.drawing.elements import Element
from sync.drawing.file import (
    NotADrawingError,
    TooManyElementsError,
    background_of,
    read_element,
)
from sync.drawing.fresh_ids import FreshIds
from sync.stepped_json import Found, TooLargeValueError, walk

MAX_ELEMENTS = 1_000_000
"""Of one file; a board of as many would need more than its quota for all but the barest."""

MAX_IMAGES = 10_000
_DAMAGED = "The elements of this file are damaged."


class DrawingFile:
    """The drawing in a file that can be read from its beginning."""

    def __init__(self, file: IO[bytes], end_step: Callable[[], None]) -> None:
        """Reads all of it once.

        Raises:
            NotADrawingError: it is not of this format, or an element is not; with its number.
            TooManyElementsError: it holds more than can be taken at once.
        """
        self._file, self._end_step = file, end_step
        self.count = 0
        """How many elements live."""
        self.background: str | None = None
        self.images: set[str] = set()
        """The names of images in it that an element shows."""
        self._used: set[int] = set()
        self._ids = FreshIds(self._scan())
        self.images = {name for name in self.images if hash(name) in self._used}

    def elements(self) -> Iterator[tuple[Element, int]]:
        """The living elements with fresh ids, and how many characters of the file each is.

        To be read to its end, and once.
        """
        for path, value, size in self._values():
            element = _living(path, value)
            if element is not None:
                yield self._ids.refreshed(element), size

    def stored_images(self) -> Iterator[tuple[str, Any]]:
        """The entries of images that an element shows."""
        if not self.images:
            return
        for path, value, _ in self._values():
            if len(path) == 2 and path[0] == "files" and path[1] in self.images:
                yield str(path[1]), value

    def _scan(self) -> Iterator[str]:
        """Looks at everything; gives the ids of the living elements."""
        kind: Any = None
        has_elements = False
        for path, value, _ in self._values():
            match path:
                case ("type",):
                    kind = value
                case ("elements", *rest):
                    has_elements = True
                    yield from self._scan_element(rest, value)
                case ("files", *rest):
                    self._scan_image(rest, value)
                case ("appState", "viewBackgroundColor"):
                    self.background = background_of(value)
        if kind != "excalidraw":
            raise NotADrawingError("This is not an Excalidraw file.")
        if not has_elements:
            raise NotADrawingError(_DAMAGED)

    def _scan_element(self, place: list[str | int], value: Any) -> Iterator[str]:
        if not place and value == []:
            return
        if not place or not isinstance(place[0], int):
            raise NotADrawingError(_DAMAGED)
        element = _living(("elements", *place), value)
        if element is not None:
            self._count(element)
            yield element["id"]

    def _scan_image(self, place: list[str | int], value: Any) -> None:
        if place and isinstance(place[0], str):
            self._add_image(place[0])
        elif place or value:
            raise NotADrawingError("The images of this file are damaged.")

    def _count(self, element: Element) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise TooManyElementsError(
                f"This file has more than {MAX_ELEMENTS:,} elements, the most that can be imported "
                "at once. Divide it."
            )
        if element.get("fileId"):
            self._used.add(hash(str(element["fileId"])))

    def _add_image(self, name: str) -> None:
        self.images.add(name)
        if len(self.images) > MAX_IMAGES:
            raise TooManyElementsError(
                f"This file has more than {MAX_IMAGES:,} images, the most that can be imported at "
                "once. Divide it."
            )

    def _values(self) -> Iterator[Found]:
        self._file.seek(0)
        try:
            yield from walk(self._file, self._end_step)
        except NotADrawingError:
            raise
        except TooLargeValueError as error:
            raise TooManyElementsError(f"This file holds too much: {error}. Divide it.") from None
        except (ValueError, RecursionError):
            raise NotADrawingError("This is not an Excalidraw file.") from None


def _living(path: tuple[str | int, ...], value: Any) -> Element | None:
    """The element at this place of a file; None for anything else, and for one that is deleted."""
    if len(path) != 2 or path[0] != "elements" or not isinstance(path[1], int):
        return None
    if isinstance(value, dict) and value.get("isDeleted"):
        return None
    return read_element(value, path[1] + 1)
