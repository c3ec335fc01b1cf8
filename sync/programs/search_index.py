"""Keeps the search index up to date with what people draw, write and rename.

Runs in the process beside the server. It looks for boards that changed since they were indexed, a
few seconds after they did, and a board that is drawn on all the time is read every few seconds at
most: nothing of it is on the way of an edit.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, InterfaceError, OperationalError

from boards.models import TextKind
from boards.search import index
from boards.search.index import Behind, Text
from sync.drawing.elements import Element
from sync.models import LoadAttempt
from sync.programs.documents import document_read
from sync.programs.encodings import living_elements
from sync.scheduler import Steps
from sync.storage.attempts import QuarantinedError
from sync.storage.log import BoardGoneError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Between two looks for boards that changed."""
LOOK_SHARE = 0.05
"""Share of the time that looking may take: with very many boards it is done less often."""


@dataclass(slots=True)
class IndexLoop:
    """Indexes what changed whenever it is called and a look is due."""

    is_stopped: Callable[[], bool]
    """Ends a look after the current board."""
    next_look: float = 0.0
    """Monotonic seconds."""
    current: UUID | None = None

    def run_if_due(self) -> None:
        """Looks, if it is time, and indexes the boards that are behind. Raises as `board_index`."""
        started = time.monotonic()
        if started < self.next_look:
            return
        boards = index.boards_behind()
        looked = time.monotonic() - started
        for behind in boards:
            if self.is_stopped():
                return
            self.current = behind.board_id
            board_index(behind)
            self.current = None
        self.next_look = time.monotonic() + max(LOOK_SECONDS, looked / LOOK_SHARE)

    def take_back(self) -> None:
        """Gives back the board that is being worked on: the process ends, and has not crashed."""
        if self.current is not None:
            index.release(self.current)


def index_all(board_ids: list[UUID] | None = None) -> tuple[int, int]:
    """Indexes every board that is behind and due; returns how many, and how many failed."""
    done = failed = 0
    seen: set[UUID] = set()
    while boards := [one for one in index.boards_behind(board_ids) if one.board_id not in seen]:
        for behind in boards:
            seen.add(behind.board_id)
            is_done = board_index(behind)
            done += is_done
            failed += not is_done
    return done, failed


def board_index(behind: Behind) -> bool:
    """Brings the texts of one board up to date, unless another process does; False if it failed.

    A board that can't be read is reported, and tried again later. Raises `OperationalError` or
    `InterfaceError` if the storage is away.
    """
    board_id = behind.board_id
    if not index.claim(board_id):
        return True
    started = time.thread_time()
    try:
        seq = _bring_up_to_date(behind)
    except (BoardGoneError, IntegrityError):  # it went meanwhile, or a comment did
        index.release(board_id)
        return True
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, it is this board's
        logger.warning("search: %s is not indexed: %s: %s", board_id, type(error).__name__, error)
        index.fail(board_id, f"{type(error).__name__}: {error}")
        return False
    index.finish(behind._replace(seq=seq), work_seconds=time.thread_time() - started)
    return True


def _bring_up_to_date(behind: Behind) -> int:
    """Writes what differs; returns the sequence that the index shows then."""
    board_id, seq = behind.board_id, behind.seq
    if behind.title != behind.indexed_title:
        index.texts_replace(board_id, TextKind.TITLE, {"": Text(behind.title)})
    if behind.comments != behind.indexed_comments:
        index.texts_replace(board_id, TextKind.COMMENT, index.comments_of(board_id))
    if behind.seq != behind.indexed_seq:
        _require_no_quarantine(board_id)
        texts, seq = element_texts(board_id)
        index.texts_replace(board_id, TextKind.ELEMENT, texts)
    return seq


def element_texts(board_id: UUID) -> tuple[dict[str, Text], int]:
    """What can be read on a board, by element, and its sequence. Raises as `document_now`."""
    with document_read(board_id) as (document, head):
        texts = {
            element["id"]: Text(text)
            for part in living_elements(document, Steps())
            for element in part
            if (text := _text_of(element))
        }
    return texts, head.seq


def _text_of(element: Element) -> str:
    """The text of an element as it was typed, or the name of a frame."""
    candidates = (element.get(key) for key in ("originalText", "text", "name"))
    return next((text for text in candidates if isinstance(text, str) and text.strip()), "")


def _require_no_quarantine(board_id: UUID) -> None:
    """Raises QuarantinedError for a board whose loads crashed their process."""
    if LoadAttempt.objects.filter(board_id=board_id).exclude(quarantined_at=None).exists():
        raise QuarantinedError("in quarantine")
