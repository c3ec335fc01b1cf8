"""Stores the images of a file that is imported, and says which of them could not be taken."""

import io
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from accounts.limits.refusals import megabytes
from boards.files.images import ImageRefusedError
from boards.files.storage import FileTooLargeError, file_store
from boards.models import Board
from boards.writing import Record
from sync.drawing.file import NotADrawingError, image_of
from sync.drawing.file_reader import DrawingFile
from sync.rendering.converting import MIMES, Picture, converted

_DAMAGED = "names an image that is damaged"


class ImportedImages:
    """The images of one file on their way to a board."""

    def __init__(self, board: Board, user: User, record: Record | None) -> None:
        self._board, self._user, self._record = board, user, record
        self._refused: dict[str, str] = {}
        self.stored: dict[str, Any] = {}
        """Their entries for the document."""

    def store(self, drawing: DrawingFile) -> None:
        """Stores them as a page would: those of kinds that boards do not keep become PNG. What
        cannot be taken is left out of the drawing, and the elements that show it have no image.

        Raises QuotaError, and what `record` raises.
        """
        for name, png in converted(self._of_other_kinds(drawing)):
            self._keep(name, png)
        if self._refused:
            drawing.leave_out_images(self._refused)

    def _of_other_kinds(self, drawing: DrawingFile) -> Iterator[Picture]:
        """Stores what can stay as it is."""
        for name, entry in drawing.stored_images():
            url = entry.get("dataURL") if isinstance(entry, dict) else None
            try:
                data = image_of(url)
            except NotADrawingError:
                self._refused[name] = _DAMAGED
                continue
            mime = str(url).partition(";")[0].removeprefix("data:")
            if mime in MIMES:
                self._refused[name] = f"names an image ({mime}) that could not be converted"
                yield Picture(name, mime, data)
            else:
                self._keep(name, data)

    def _keep(self, name: str, data: bytes) -> None:
        self._refused.pop(name, None)
        try:
            row, _ = file_store(
                board=self._board,
                file_id=name,
                stream=io.BytesIO(data),
                user=self._user,
                record=self._record,
            )
        except ValidationError:
            self._refused[name] = "is no name of an image"
        except FileTooLargeError:
            limit = megabytes(settings.CANVAS_MAX_FILE_BYTES)
            self._refused[name] = f"names an image that is larger than {limit}"
        except ImageRefusedError as error:
            self._refused[name] = f"names an image that was refused: {str(error).rstrip('.')}"
        else:
            self.stored[name] = {
                "mime": row.mime,
                "size": row.size_bytes,
                "width": row.width,
                "height": row.height,
            }
