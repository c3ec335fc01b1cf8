"""Which access version each open socket of this process was last checked against.

One tracker serves both kinds of sockets. A socket is admitted on a thread and added later. If
access is revoked in between, the socket was checked against an older version than the board has
now, and is checked again: at once if this process knows of the newer version, else at the next
poll.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from asgiref.sync import sync_to_async

from boards.access.resolve import Access
from sync.access.admission import Admission
from sync.access.reauthorize import ended_sessions, resolve_all
from sync.access.refusals import RefusedError
from sync.storage.log import Head


class Holder(Protocol):
    """An open socket: a member of a room, or a listener."""

    @property
    def admission(self) -> Admission:
        """Who it is, and the access it was admitted with."""

    def take_access(self, access: Access | None, refusal: RefusedError | None) -> None:
        """Changes what the socket may do; a refusal closes it."""


class Boards(Protocol):
    """What the tracker needs from the registry of rooms."""

    def waiting_authors(self, board_id: UUID) -> Iterable[Holder]:
        """The authors of uncommitted edits; some may have left."""

    def access_was_resolved(self, board_id: UUID, head: Head) -> None:
        """All sockets of the board have now been checked against this head; called in the same
        step.
        """


class AccessTracker:
    """The open sockets by board, and the access version each was checked against."""

    def __init__(self, boards: Boards) -> None:
        self._boards = boards
        self._versions: dict[UUID, dict[Holder, int]] = {}
        self._newest: dict[UUID, int] = {}
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._next: dict[UUID, asyncio.Task[None]] = {}

    def boards(self) -> list[UUID]:
        """The boards with an open socket."""
        return list(self._versions)

    def admissions(self) -> list[Admission]:
        """The admission of every open socket."""
        return [holder.admission for holders in self._versions.values() for holder in holders]

    def add(self, holder: Holder) -> None:
        """Starts tracking a socket."""
        access = holder.admission.access
        self._versions.setdefault(access.board_id, {})[holder] = access.access_version

    def is_current(self, holder: Holder) -> bool:
        """Whether it was checked against the newest version that this process knows of."""
        board_id = holder.admission.access.board_id
        version = self._versions.get(board_id, {}).get(holder, 0)
        return version >= self._newest.get(board_id, 0)

    def remove(self, holder: Holder) -> None:
        """Stops tracking a socket."""
        board_id = holder.admission.access.board_id
        holders = self._versions.get(board_id, {})
        holders.pop(holder, None)
        if not holders and board_id in self._versions:
            del self._versions[board_id]
            self._newest.pop(board_id, None)

    def learn(self, board_id: UUID, access_version: int) -> None:
        """Notes an access version that was read from the database."""
        if board_id in self._versions:
            self._newest[board_id] = max(access_version, self._newest.get(board_id, 0))

    async def refresh_ended(self) -> None:
        """Checks sockets whose session ended without an announcement: it expired, or its row was
        deleted.
        """
        here = self.admissions()
        ended = await sync_to_async(ended_sessions, thread_sensitive=False)(here)
        for board_id in {one.request.board_id for one in here if one.session_key in ended}:
            await self.refresh(board_id)

    def has_other_than(self, board_id: UUID, access_version: int) -> bool:
        """Whether some socket of the board was checked against another version."""
        return any(one != access_version for one in self._versions.get(board_id, {}).values())

    async def refresh(self, board_id: UUID) -> None:
        """Returns when everyone on the board has been checked, as of now or later.

        Runs one check at a time for each board, so that an older answer never follows a newer one;
        callers that arrive before a check begins share it.
        """
        task = self._next.get(board_id)
        if task is None:
            before = self._running.get(board_id)
            task = asyncio.create_task(self._run(board_id, before), name="canvas-access")
            self._next[board_id] = task
        await asyncio.shield(task)

    async def _run(self, board_id: UUID, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        task = self._next.pop(board_id)
        self._running[board_id] = task
        try:
            await self._resolve(board_id)
        finally:
            if self._running.get(board_id) is task:
                del self._running[board_id]

    async def _resolve(self, board_id: UUID) -> None:
        while True:
            left = self._boards.waiting_authors(board_id)
            holders = list({*self._versions.get(board_id, ()), *left})
            head, answers = await resolve_all(board_id, [one.admission for one in holders])
            for holder, (access, refusal) in zip(holders, answers, strict=True):
                holder.take_access(access, refusal)
            if head is None:
                return
            current = self._versions.get(board_id, {})
            for holder in holders:
                if holder in current:
                    current[holder] = head.access_version
            self.learn(board_id, head.access_version)
            # Anyone admitted meanwhile may have been let in on outdated facts; they may even have
            # left again, and an edit of theirs still waits.
            unchecked = {*self._boards.waiting_authors(board_id)} - {*holders, *current}
            if not unchecked and not self.has_other_than(board_id, head.access_version):
                self._boards.access_was_resolved(board_id, head)
                return
