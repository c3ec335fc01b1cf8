"""Imports an `.excalidraw` file into a board, with its images."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record
from boards.files.images import ImageRefusedError
from boards.files.storage import FileTooLargeError, file_store
from boards.models import Board
from boards.writing import Record
from sync.drawing.elements import Element
from sync.drawing.file import NotADrawingError, background_in, elements_in, image_of
from sync.drawing.scene import MAX_ELEMENTS, elements_create
from sync.programs.writes import Change, Expects, document_change

MAX_IMPORTED_ELEMENTS = 200_000
"""In one file, which the page also accepts; one commit holds MAX_ELEMENTS."""
Progress = Callable[[int, int], None]
"""Called with the number of elements added so far, and of all elements."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The contents of a file: elements with fresh ids, a background, and the images they show."""

    elements: list[Element]
    background: str | None
    images: dict[str, Any]
    """As in the file; decoded one by one to save memory."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The head's sequence after the import, and the ids of the new elements."""

    seq: int
    created: list[str]


def drawing_in(data: Any) -> Drawing:
    """The drawing in the parsed JSON of a file. Raises NotADrawingError, TooManyElementsError."""
    elements = elements_in(data, max_elements=MAX_IMPORTED_ELEMENTS)
    return Drawing(elements, background_in(data), _images_in(data.get("files") or {}, elements))


def _images_in(images: Any, elements: list[Element]) -> dict[str, Any]:
    if not isinstance(images, dict):
        raise NotADrawingError("The images of this file are damaged.")
    used = {str(element["fileId"]) for element in elements if element.get("fileId")}
    return {file_id: images[file_id] for file_id in sorted(used & images.keys())}


def board_import(
    *,
    board: Board,
    user: User,
    drawing: Drawing,
    by: Actor,
    expects: Expects | None = None,
    record_image: Record | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Adds a drawing above what is on the board; an empty board also takes its background.

    Uses as many commits as necessary, and one audit row. If a commit fails, what was added before
    it stays and is recorded. `record_image` is as in `file_store`.

    Raises:
        NotADrawingError: an image of the file cannot be used.
        QuotaError, NotAllowedError, NotExpectedError, ConflictError, MalformedError,
        BoardGoneError, LogDamagedError, DocumentError: as `document_change`.
    """
    files = _store_images(board, user, drawing.images, record_image)

    def begin(roots: dict[str, Any]) -> None:
        if drawing.background and not len(roots["elements"]):
            roots["meta"]["viewBackgroundColor"] = drawing.background
        roots["files"].update(files)

    created: list[str] = []

    def record() -> None:
        audit_record(
            action=AuditAction.ROOM_IMPORT,
            by=by,
            board_id=board.pk,
            board_title=board.title,
            data={"elements": len(created)},
        )

    adding = _Adding(board, user, drawing.elements, created, record, progress)
    return Imported(adding.run(begin, expects), created)


@dataclass(frozen=True, slots=True)
class _Adding:
    """Adds elements to a board in as many commits as necessary."""

    board: Board
    user: User
    elements: list[Element]
    created: list[str]
    record: Record
    progress: Progress | None

    def run(self, begin: Change, expects: Expects | None) -> int:
        """Adds them; `begin` runs in the first commit. Returns the sequence of the last commit."""
        count = len(self.elements)
        seq = self._add(0, expects, begin, is_last=count <= MAX_ELEMENTS)
        try:
            for start in range(MAX_ELEMENTS, count, MAX_ELEMENTS):
                is_last = start + MAX_ELEMENTS >= count
                seq = self._add(start, None, lambda _: None, is_last=is_last)
        except Exception:
            self.record()
            raise
        return seq

    def _add(self, start: int, expects: Expects | None, begin: Change, *, is_last: bool) -> int:
        part = self.elements[start : start + MAX_ELEMENTS]

        def change(roots: dict[str, Any]) -> None:
            begin(roots)
            self.created[start:] = elements_create(roots, part)

        seq = document_change(
            board=self.board,
            user=self.user,
            change=change,
            expects=expects,
            record=self.record if is_last else None,
        )
        if self.progress is not None:
            self.progress(len(self.created), len(self.elements))
        return seq


def _store_images(
    board: Board, user: User, images: dict[str, Any], record: Record | None
) -> dict[str, Any]:
    """Stores images; returns their entries for the document."""
    stored = {}
    for file_id, image in images.items():
        data = image_of(image.get("dataURL") if isinstance(image, dict) else None)
        try:
            row, _ = file_store(
                board=board, file_id=file_id, stream=io.BytesIO(data), user=user, record=record
            )
        except (ValidationError, FileTooLargeError, ImageRefusedError):
            raise NotADrawingError("An image of this file cannot be used.") from None
        stored[file_id] = {
            "mime": row.mime,
            "size": row.size_bytes,
            "width": row.width,
            "height": row.height,
        }
    return stored
