"""Reads items of libraries from programs and `.excalidrawlib` files, and writes such files."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext

from boards.files.images import ACCEPTED_MIMES
from boards.libraries.services import NewItem
from boards.models import LibraryItem
from boards.models.libraries import ITEM_NAME_MAX_LENGTH
from boards.validators import FILE_ID_PATTERN
from sync.drawing.elements import Element
from sync.drawing.file import (
    SOURCE,
    LeftOut,
    NotADrawingError,
    TooManyElementsError,
    image_of,
)
from sync.drawing.file_reader import MAX_TOLD, values_of
from sync.drawing.library import KEYS, elements_of
from sync.stepped_json import Found

MEDIA_TYPE = "application/vnd.excalidrawlib+json"
_DAMAGED = "names an image that is damaged"
_NOT_IN_NAMES = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def read_item(
    name: str,
    elements: Any,
    files: Any,
    left_out: Callable[[LeftOut], None],
    number: int = 1,
    *,
    takes_damaged: bool = False,
) -> NewItem:
    """An item of elements of any age, in their present form, with the images that they show; one
    that is damaged may be left out.

    Raises NotADrawingError, and QuotaError for one that is too large.
    """
    own = elements_of(elements, number, left_out)
    if not own:
        raise NotADrawingError(gettext("An item of a library needs something that is drawn."))
    refused: dict[str, str] = {}
    item = NewItem.of(name, own, dict(_images(own, files, refused)))
    if _DAMAGED in refused.values() and not takes_damaged:
        raise NotADrawingError("An image of this library is damaged.")
    for reason in refused.values():
        left_out(LeftOut(number, "fileId", reason))
    return item


def _images(
    elements: list[Element], files: Any, refused: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """The images that elements show, of kinds that a board takes. Of the others a board shows a
    placeholder; `refused` gets the reason for each."""
    shown = {str(one["fileId"]) for one in elements if one.get("fileId")}
    for file_id in sorted(shown & files.keys()) if isinstance(files, dict) else ():
        file = files[file_id]
        mime = file.get("mimeType") if isinstance(file, dict) else None
        if not FILE_ID_PATTERN.fullmatch(file_id):
            refused[file_id] = "is no name of an image"
        elif mime not in ACCEPTED_MIMES:
            refused[file_id] = "names an image of a kind that libraries do not keep"
        elif not _is_whole(mime, file.get("dataURL")):
            refused[file_id] = _DAMAGED
        else:
            yield file_id, {"id": file_id, "mimeType": mime, "dataURL": file["dataURL"]}


def _is_whole(mime: str, url: object) -> bool:
    try:
        image_of(url)
    except NotADrawingError:
        return False
    return str(url).startswith(f"data:{mime};base64,")


class LibraryFile:
    """The items of an `.excalidrawlib` file of any version. All of it is checked before any of it
    comes to a library."""

    def __init__(self, file: IO[bytes], end_step: Callable[[], None]) -> None:
        """Reads all of it.

        Raises:
            NotADrawingError: it is no library, or an item of it is damaged; with its number.
            TooManyElementsError: it holds more than a library.
            QuotaError: an item is too large.
        """
        self._file, self._end_step = file, end_step
        self.left_out: list[LeftOut] = []
        """What could not be taken, up to MAX_TOLD."""
        self.left_out_count = 0
        files, kind = self._files_and_kind()
        if kind != "excalidrawlib":
            raise NotADrawingError(gettext("This is not a library of Excalidraw."))
        self.items = list(self._items(files))

    def _files_and_kind(self) -> tuple[dict[str, Any], Any]:
        files, kind, count = {}, None, 0
        for path, value, _ in self._values():
            if path == ("type",):
                kind = value
            elif len(path) == 2 and path[0] == "files":
                files[str(path[1])] = value
            elif len(path) == 2 and path[0] in KEYS:
                count += 1
        limit = settings.CANVAS_MAX_LIBRARY_ITEMS
        if count > limit:
            text = gettext("This library has %(count)d items; %(n)d is the limit.")
            raise TooManyElementsError(text % {"count": count, "n": limit})
        return files, kind

    def _items(self, files: dict[str, Any]) -> Iterator[NewItem]:
        number = 0
        for path, value, _ in self._values():
            if len(path) != 2 or path[0] not in KEYS:
                continue
            number += 1
            name = value.get("name") if isinstance(value, dict) else ""
            if elements_of(value, number, lambda _: None):
                yield read_item(_line(name), value, files, self._note, number, takes_damaged=True)

    def _note(self, one: LeftOut) -> None:
        self.left_out_count += 1
        if len(self.left_out) < MAX_TOLD:
            self.left_out.append(one)

    def _values(self) -> Iterator[Found]:
        text = gettext("This is not a library of Excalidraw.")
        return values_of(self._file, self._end_step, text)


def _line(name: Any) -> str:
    """A name from a file, as it can be shown."""
    return (
        _NOT_IN_NAMES.sub(" ", name).strip()[:ITEM_NAME_MAX_LENGTH] if isinstance(name, str) else ""
    )


def library_file(rows: Iterable[LibraryItem]) -> bytes:
    """An `.excalidrawlib` file of the present version. Images, for which it has no place, stand
    in it as in a drawing; other programs pass over them."""
    items, files = [], {}
    for row in rows:
        content = json.loads(row.content)
        files.update(content["files"])
        created = int(row.created_at.timestamp() * 1000)
        item = {"id": str(row.key), "status": "unpublished", "created": created, "name": row.name}
        items.append({**item, "elements": content["elements"]})
    data = {"type": "excalidrawlib", "version": 2, "source": SOURCE, "libraryItems": items}
    return json.dumps({**data, "files": files} if files else data).encode()
