"""The drawing in a file that is imported: Excalidraw's own, or one of another program."""

import threading
from collections.abc import Callable
from typing import IO

from sync.drawing.file import LeftOut, NotADrawingError, TooManyElementsError
from sync.drawing.file_reader import MAX_TOLD, DrawingFile
from sync.rendering.process import TooLargeError
from sync.rendering.reading import Kind, UnreadableError, kind_of_text, read_as_drawing


def drawing_of_text(
    file: IO[bytes],
    end_step: Callable[[], None],
    *,
    kind: Kind | None = None,
    is_gone: threading.Event | None = None,
) -> DrawingFile:
    """The drawing in a file, which is of `kind` or says itself what it is. What could not be taken
    of a file of another program is counted as left out, and the addresses of pictures are named.

    Raises:
        NotADrawingError, TooManyElementsError: the file is refused.
        NotDrawnError: as `read_as_drawing`.
    """
    found = kind or kind_of_text(file)
    if found is None:
        return DrawingFile(file, end_step)
    try:
        read = read_as_drawing(found, file, is_gone=is_gone)
    except UnreadableError as error:
        raise NotADrawingError(str(error)) from None
    except TooLargeError as error:
        raise TooManyElementsError(str(error)) from None
    file.close()
    drawing = DrawingFile(read.text, end_step)
    for element, address in read.unfetched[: MAX_TOLD - len(drawing.left_out)]:
        reason = f"was not fetched: {address}"
        drawing.left_out.append(LeftOut(element, "fileId", reason))
    drawing.left_out_count += read.left + read.unfetched_count
    return drawing
