"""Why something could not be done to a document, in words for an administrator."""

from sync.document.document import DocumentError
from sync.programs.versions import VersionGone
from sync.programs.writes import Conflict, NotAllowed
from sync.storage.compaction import CompactionFailed
from sync.storage.log import BoardGone, LogDamaged
from sync.wire.frames import Malformed

CANNOT_BE_DONE = (
    BoardGone,
    CompactionFailed,
    Conflict,
    DocumentError,
    LogDamaged,
    Malformed,
    NotAllowed,
    VersionGone,
)


def reason_of(error: Exception) -> str:
    """What it means, and what to do."""
    if isinstance(error, BoardGone | NotAllowed):
        return "the board is in the trash; restore it first."
    if isinstance(error, Conflict):
        return "others changed the board at every attempt; try again."
    return "its stored document cannot be read; run `manage.py repair_board` for it."
