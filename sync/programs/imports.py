"""Imports an `.excalidraw` file into a board, with its images."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from audit.actions import AuditAction
from audit.actor import Actor, ActorToken
from audit.services import audit_record
from boards.limits.changes import count_board_change
from boards.models import Board
from boards.writing import Record
from sync.drawing.elements import Element
from sync.drawing.file_reader import DrawingFile
from sync.drawing.scene import MAX_ELEMENTS, elements_create
from sync.programs.committing import Expects
from sync.programs.imported_images import ImportedImages
from sync.programs.writes import Change, document_change

MAX_COMMIT_CHARS = 16_000_000
"""Of the text of the elements of one commit, which has MAX_ELEMENTS of them at most."""
Progress = Callable[[int, int], None]
"""Called with the number of elements added so far, and of all elements."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The head's sequence after the import, and the ids of the new elements."""

    seq: int
    created: list[str]


def board_import(
    *,
    board: Board,
    user: User,
    drawing: DrawingFile,
    by: Actor,
    expects: Expects | None = None,
    record_image: Record | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Adds a drawing above what is on the board; an empty board also takes its background.

    Uses as many commits as necessary, and one audit row. If a commit fails, what was added before
    it stays and is recorded. `record_image` is as in `file_store`. Images that cannot be taken are
    left out of the drawing, and named in its `left_out`.

    Raises:
        RefusalError: they change boards too often.
        QuotaError, NotAllowedError, NotExpectedError, ConflictError, MalformedError,
        BoardGoneError, LogDamagedError, DocumentError: as `document_change`.
    """
    count_board_change(AuditAction.ROOM_IMPORT, by, level="")
    images = ImportedImages(board, user, record_image)
    images.store(drawing)

    def begin(roots: dict[str, Any]) -> None:
        if drawing.background and not len(roots["elements"]):
            roots["meta"]["viewBackgroundColor"] = drawing.background
        roots["files"].update(images.stored)

    created: list[str] = []

    def record() -> None:
        audit_record(
            action=AuditAction.ROOM_IMPORT,
            by=by,
            board_id=board.pk,
            board_title=board.title,
            data={"elements": len(created)},
        )

    adding = _Adding(board, user, drawing, by.token, created, record, progress)
    return Imported(adding.run(begin, expects), created)


@dataclass(frozen=True, slots=True)
class _Adding:
    """Adds elements to a board in as many commits as necessary."""

    board: Board
    user: User
    drawing: DrawingFile
    token: ActorToken | None
    created: list[str]
    record: Record
    progress: Progress | None

    def run(self, begin: Change, expects: Expects | None) -> int:
        """Adds them; `begin` is part of the first commit. Returns the sequence of the last."""
        parts = _parts(self.drawing.elements())
        part = next(parts, [])
        seq = 0
        try:
            while True:
                is_last = len(self.created) + len(part) == self.drawing.count
                seq = self._add(part, expects, begin, is_last=is_last)
                if is_last:
                    return seq
                part, expects, begin = next(parts), None, _nothing
        except Exception:
            if seq:
                self.record()
            raise

    def _add(
        self, part: list[Element], expects: Expects | None, begin: Change, *, is_last: bool
    ) -> int:
        start = len(self.created)

        def change(roots: dict[str, Any]) -> None:
            begin(roots)
            self.created[start:] = elements_create(roots, part, is_complete=True)

        try:
            seq = document_change(
                board=self.board,
                user=self.user,
                change=change,
                expects=expects,
                record=self.record if is_last else None,
                token=self.token,
            )
        except Exception:
            del self.created[start:]
            raise
        if self.progress is not None:
            self.progress(len(self.created), self.drawing.count)
        return seq


def _parts(elements: Iterator[tuple[Element, int]]) -> Iterator[list[Element]]:
    part: list[Element] = []
    size = 0
    for element, chars in elements:
        if len(part) == MAX_ELEMENTS or (part and size + chars > MAX_COMMIT_CHARS):
            yield part
            part, size = [], 0
        part.append(element)
        size += chars
    if part:
        yield part


def _nothing(_: dict[str, Any]) -> None:
    """Only the first commit brings more than elements."""
