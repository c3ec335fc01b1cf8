"""The documents that programs read and change, in one thread's hands at a time.

Building a large document takes seconds, so one that was just changed is kept for a moment: the next
change of the same program reads only what was committed since.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID
from weakref import WeakValueDictionary

from sync.document.document import Document, freed_in_steps
from sync.scheduler import Steps
from sync.storage.log import BoardGoneError, Claim, Head, read_claims, read_newest
from sync.storage.store import Outcome, news_since
from sync.wire.lib0 import NO_LIMITS
from sync.wire.parsed import Parsed
from sync.wire.update import parse

KEPT_SECONDS = 20.0
MAX_KEPT = 50
KEPT_BYTES = 16_000_000
"""Of all that are kept, as they are stored; in memory a document takes some times as much."""
TURN_SECONDS = 10.0
_LAPS = 5


def document_now(board_id: UUID, client_id: int | None = None) -> tuple[Document, Head]:
    """The committed document of a board, for the caller alone.

    Raises:
        BoardGoneError, LogDamagedError, DocumentError: it cannot be read.
    """
    head, stored = read_newest(board_id)
    return stored.document(read_claims(board_id), client_id), head


@dataclass(slots=True)
class InUse:
    """The document of a board, and the head that it holds."""

    board_id: UUID
    document: Document
    head: Head
    is_as_committed: bool = True
    """Whether it holds what is committed up to the head, and nothing else."""

    def catch_up(self) -> bool:
        """Takes what others have committed since; False if only a load has that.

        Raises:
            BoardGoneError: the board is gone.
            DocumentError: a row cannot be applied.
        """
        steps = Steps()
        for _ in range(_LAPS):  # while somebody draws there is always more
            news = news_since(self.board_id, self.head.seq)
            if news.head is None:
                raise BoardGoneError(str(self.board_id))
            if not self.can_take(news):
                return False
            self.take(news, end_step=steps.end_step)
            if not news.rows:
                break
        return True

    def can_take(self, news: Outcome) -> bool:
        """Whether the news begin where the document ends."""
        return news.head is not None and news.head.seq == self.head.seq + len(news.rows)

    def take(
        self,
        news: Outcome,
        parsed: Sequence[Parsed] | None = None,
        end_step: Callable[[], None] | None = None,
    ) -> None:
        """Applies what others have committed; `parsed` are its rows. Raises DocumentError."""
        if news.head is None:
            raise BoardGoneError(str(self.board_id))
        rows = [payload for _, payload in news.rows]
        self.document.owners.add(news.claims)
        for payload, row in zip(rows, parsed or _parsed(rows), strict=True):
            self.document.apply(payload)
            self._learn(payload, [row])
            if end_step is not None:
                end_step()
        self.head = news.head

    def committed(self, update: bytes, parsed: Sequence[Parsed], claims: Iterable[Claim]) -> None:
        """Notes that what was changed in it is committed, on top of its head."""
        self.document.owners.add(claims)
        self._learn(update, parsed)
        self.head = self.head._replace(seq=self.head.seq + 1)
        self.is_as_committed = True

    def _learn(self, update: bytes, parsed: Iterable[Parsed]) -> None:
        for one in parsed:
            self.document.learn(one)
        self.document.size_bytes += len(update)


def _parsed(rows: Iterable[bytes]) -> Iterator[Parsed]:
    return (parse(payload, NO_LIMITS) for payload in rows)


class _Key(NamedTuple):
    board_id: UUID
    client_id: int


class KeptDocuments:
    """Documents that nobody uses at the moment, by board and the client id that they write under.

    The oldest go first, all after `KEPT_SECONDS`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, tuple[InUse, float]] = OrderedDict()
        self._timer: threading.Timer | None = None

    def take(self, board_id: UUID, client_id: int | None) -> tuple[int, InUse] | None:
        """One of this board, which nobody else gets then, and its client id; for a reader any."""
        with self._lock:
            for key in reversed(self._kept):
                if key.board_id == board_id and client_id in (None, key.client_id):
                    return key.client_id, self._kept.pop(key)[0]
        return None

    def give(self, client_id: int, used: InUse) -> None:
        """Keeps a document."""
        key = _Key(used.board_id, client_id)
        used.document.owners.forget_reserved()
        with self._lock:
            replaced = self._kept.pop(key, None)
            self._kept[key] = used, time.monotonic()
            over = [replaced[0]] if replaced else []
            while len(self._kept) > MAX_KEPT or self._bytes() > KEPT_BYTES:
                over.append(self._kept.popitem(last=False)[1][0])
            self._look_later()
        _free(over)

    def __len__(self) -> int:
        return len(self._kept)

    def forget(self) -> None:
        """Frees all of them."""
        with self._lock:
            over = [used for used, _ in self._kept.values()]
            self._kept.clear()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        _free(over)

    def _bytes(self) -> int:
        return sum(used.document.size_bytes for used, _ in self._kept.values())

    def _look_later(self) -> None:
        if self._timer is None and self._kept:
            oldest = next(iter(self._kept.values()))[1]
            seconds = max(oldest + KEPT_SECONDS - time.monotonic(), 0)
            self._timer = threading.Timer(seconds, self._free_old)
            self._timer.daemon = True
            self._timer.start()

    def _free_old(self) -> None:
        with self._lock:
            self._timer = None
            until = time.monotonic() - KEPT_SECONDS
            old = [key for key, (_, since) in self._kept.items() if since <= until]
            over = [self._kept.pop(key)[0] for key in old]
            self._look_later()
        _free(over)


def _free(documents: Iterable[InUse]) -> None:
    for used in documents:
        with freed_in_steps(used.document):
            pass


kept_documents = KeptDocuments()
"""Those of this process."""

_turns: WeakValueDictionary[_Key, threading.Lock] = WeakValueDictionary()
_turns_lock = threading.Lock()


@contextmanager
def document_in_use(board_id: UUID, client_id: int | None = None) -> Iterator[InUse]:
    """The committed document of a board, for a read, or a change under a client id.

    Whoever changes it sets `is_as_committed` before, and calls `committed` after. It is kept for
    the next change only if that was so and nothing was raised. Raises as `document_now`.
    """
    kept_as, used = _found(board_id, client_id)
    try:
        yield used
    except BaseException:
        _free([used])
        raise
    if kept_as is not None and used.is_as_committed:
        kept_documents.give(kept_as, used)
    else:
        _free([used])


@contextmanager
def document_read(board_id: UUID) -> Iterator[tuple[Document, Head]]:
    """The committed document of a board, only to be read. Raises as `document_now`."""
    with document_in_use(board_id) as used:
        yield used.document, used.head


def _found(board_id: UUID, client_id: int | None) -> tuple[int | None, InUse]:
    """A document as it is now, and the client id to keep it by; None for one that is not kept."""
    if (kept := kept_documents.take(board_id, client_id)) is not None:
        kept_as, used = kept
        if _is_caught_up(used):
            return kept_as, used
        _free([used])
    used = InUse(board_id, *document_now(board_id, client_id))
    if client_id is not None:
        # Loading may have taken seconds. What only another load has is missed at the commit.
        _is_caught_up(used)
    return client_id, used


def _is_caught_up(used: InUse) -> bool:
    try:
        return used.catch_up()
    except BaseException:
        _free([used])
        raise


@contextmanager
def turn_of(board_id: UUID, client_id: int) -> Iterator[None]:
    """Lets the changes under one client id wait for each other, for at most `TURN_SECONDS`: made at
    the same moment, all but one of them would have to be made again."""
    key = _Key(board_id, client_id)
    with _turns_lock:
        turn = _turns.get(key)
        if turn is None:
            turn = _turns[key] = threading.Lock()
    is_mine = turn.acquire(timeout=TURN_SECONDS)
    try:
        yield
    finally:
        if is_mine:
            turn.release()
