"""Why something could not be done to a document, in words for an administrator."""

from sync.compaction import CompactionFailed
from sync.document import DocumentError
from sync.log import BoardGone, LogDamaged
from sync.protocol import Malformed
from sync.versions import VersionGone
from sync.writes import Conflict, NotAllowed

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
