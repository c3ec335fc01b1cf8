"""Why something could not be done to a document, in words for an administrator."""

from django.utils.translation import gettext

from sync.document.yjs import DocumentError
from sync.programs.committing import ConflictError, NotAllowedError
from sync.programs.versions import VersionGoneError
from sync.storage.compaction import CompactionError
from sync.storage.log import BoardGoneError, LogDamagedError
from sync.wire.frames import MalformedError

CANNOT_BE_DONE = (
    BoardGoneError,
    CompactionError,
    ConflictError,
    DocumentError,
    LogDamagedError,
    MalformedError,
    NotAllowedError,
    VersionGoneError,
)


def reason_of(error: Exception) -> str:
    """What it means, and what to do."""
    if isinstance(error, BoardGoneError | NotAllowedError):
        return gettext("the board is in the trash; restore it first.")
    if isinstance(error, ConflictError):
        return gettext("others changed the board at every attempt; try again.")
    return gettext("its stored document cannot be read; run `manage.py repair_board` for it.")
