"""Reads a file with a drawing from the disk, one element after another: `.excalidraw`, a library
(`.excalidrawlib`), or a whiteboard of Nextcloud, which is the same without its type.

A file is read several times: once to see that all of it is what it should be, before anything of it
comes to a board, and again for what comes. So memory holds one element or image at a time, and
eight bytes of each id.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from sync.drawing.elements import Element
from sync.drawing.file import (
    LeftOut,
    NotADrawingError,
    TooManyElementsError,
    background_of,
    read_element,
)
from sync.drawing.fresh_ids import FreshIds
from sync.drawing.library import KEYS, Rows
from sync.drawing.restoring import NOT_DRAWN
from sync.stepped_json import Found, TooLargeValueError, walk

MAX_ELEMENTS = 1_000_000
"""Of one file; a board of as many would need more than its quota for all but the barest."""

MAX_IMAGES = 10_000
MAX_TOLD = 100
"""How many properties that could not be taken are named; the others are counted."""
_KINDS = ("excalidraw", "excalidrawlib", None)
"""Nextcloud writes no type."""
_OF_LIBRARY = frozenset((key,) for key in KEYS)
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
        self.left_out: list[LeftOut] = []
        """What could not be taken, up to MAX_TOLD."""
        self.left_out_count = 0
        self._used: set[int] = set()
        self._ids = FreshIds(self._scan())
        self.images = {name for name in self.images if hash(name) in self._used}

    def elements(self) -> Iterator[tuple[Element, int]]:
        """The living elements with fresh ids, and how many characters of the file each is.

        To be read to its end, and once.
        """
        rows = Rows()
        for path, value, size in self._values():
            if path[:1] in _OF_LIBRARY and len(path) == 2:
                for one in rows.elements(value, _untold):
                    yield self._ids.refreshed(one), size
            elif (element := _living(path, value, _untold)) is not None:
                yield self._ids.refreshed(element), size

    def stored_images(self) -> Iterator[tuple[str, Any]]:
        """The entries of images that an element shows."""
        if not self.images:
            return
        for path, value, _ in self._values():
            if len(path) == 2 and path[0] == "files" and path[1] in self.images:
                yield str(path[1]), value

    def leave_out_images(self, reasons: Mapping[str, str]) -> None:
        """Notes for each of these images why it is not there, at the first element or item that
        shows it."""
        missing = dict(reasons)
        rows = Rows()
        for path, value, _ in self._values():
            if len(path) != 2 or not isinstance(path[1], int):
                continue
            if path[:1] in _OF_LIBRARY:
                shown = list(rows.elements(value, _untold))
            else:
                shown = [one for one in [_living(path, value, _untold)] if one is not None]
            for element in shown:
                reason = missing.pop(str(element.get("fileId")), None)
                if reason is not None:
                    self._note(LeftOut(path[1] + 1, "fileId", reason))

    def _scan(self) -> Iterator[str]:
        """Looks at everything; gives the ids of the living elements."""
        kind: Any = None
        rows = Rows()
        found = set()
        for path, value, _ in self._values():
            match path:
                case ("type",):
                    kind = value
                case ("elements", *rest):
                    found.add("excalidraw")
                    yield from self._scan_element(rest, value)
                case (("libraryItems" | "library"), *rest):
                    found.add("excalidrawlib")
                    yield from self._scan_item(rest, value, rows)
                case ("files", *rest):
                    self._scan_image(rest, value)
                case ("appState", "viewBackgroundColor"):
                    self.background = background_of(value)
        if kind not in _KINDS:
            raise NotADrawingError("This is not an Excalidraw file.")
        if found != {kind or "excalidraw"}:
            raise NotADrawingError(_DAMAGED if kind else "This is not an Excalidraw file.")

    def _scan_element(self, place: list[str | int], value: Any) -> Iterator[str]:
        if not place and value == []:
            return
        if not place or not isinstance(place[0], int):
            raise NotADrawingError(_DAMAGED)
        element = _living(("elements", *place), value, self._note)
        if element is not None:
            self._count(element)
            yield element["id"]

    def _scan_item(self, place: list[str | int], value: Any, rows: Rows) -> Iterator[str]:
        if not place and value == []:
            return
        if len(place) != 1 or not isinstance(place[0], int):
            raise NotADrawingError(_DAMAGED)
        for element in rows.elements(value, self._note):
            self._count(element)
            yield element["id"]

    def _scan_image(self, place: list[str | int], value: Any) -> None:
        if place and isinstance(place[0], str):
            self._add_image(place[0])
        elif place or value:
            raise NotADrawingError("The images of this file are damaged.")

    def _note(self, one: LeftOut) -> None:
        self.left_out_count += 1
        if len(self.left_out) < MAX_TOLD:
            self.left_out.append(one)

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
        return values_of(self._file, self._end_step, "This is not an Excalidraw file.")


def values_of(file: IO[bytes], end_step: Callable[[], None], what_else: str) -> Iterator[Found]:
    """Walks through a file of JSON from its beginning; `what_else` is said of one that is none.

    Raises NotADrawingError, and TooManyElementsError for values that are too large.
    """
    file.seek(0)
    try:
        yield from walk(file, end_step)
    except NotADrawingError:
        raise
    except TooLargeValueError as error:
        raise TooManyElementsError(f"This file holds too much: {error}. Divide it.") from None
    except (ValueError, RecursionError):
        raise NotADrawingError(what_else) from None


def _untold(_: LeftOut) -> None:
    """It was told when the file was looked through."""


def _living(
    path: tuple[str | int, ...], value: Any, left_out: Callable[[LeftOut], None]
) -> Element | None:
    """The element at this place of a file; None for anything else, and for one that is deleted."""
    if len(path) != 2 or path[0] != "elements" or not isinstance(path[1], int):
        return None
    if isinstance(value, dict) and (value.get("isDeleted") or value.get("type") == NOT_DRAWN):
        return None
    return read_element(value, path[1] + 1, left_out)
