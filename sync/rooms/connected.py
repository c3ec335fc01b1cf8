"""Who is connected now, over all processes: each stores its own counts and renews them.

A count is at most five seconds old. A process that ends leaves zeros; the counts of a killed one
are ignored after 45 seconds. A person with pages in two processes counts twice.

The rows stay for an hour: the next process of the same server calls these boards home.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from boards.models import PROCESS, LiveConnection
from sync.access.admission import Admission
from sync.models import ConnectedCount
from sync.rooms.background import on_thread
from sync.rooms.room import Room

logger = logging.getLogger(__name__)

RENEW_SECONDS = 20
STALE_AFTER = timedelta(seconds=45)
FORGET_AFTER = timedelta(hours=1)
WITHDRAW_SECONDS = 2.0

FORGET_CONNECTIONS_AFTER = timedelta(days=1)
"""Rows of connections that nobody has renewed for this long belong to killed processes."""

Counts = dict[UUID, tuple[int, int]]
"""Board → people, sockets."""


class ConnectedReport:
    """The counts of this process."""

    def __init__(self, process: UUID) -> None:
        self._process = process
        self._told: Counts = {}
        self._told_at = 0.0
        self._is_telling = False
        self._gone_home: set[UUID] = set()

    async def tell(self, rooms: Iterable[Room]) -> None:
        """Stores the counts if they changed or are due for renewal. Raises DatabaseError."""
        counts = {room.board_id: _count(room) for room in rooms if room.members}
        is_fresh = not counts or time.monotonic() - self._told_at < RENEW_SECONDS
        if self._is_telling or (counts == self._told and is_fresh):
            return
        self._is_telling = True
        try:
            gone_home = set(self._gone_home)
            await sync_to_async(_write, thread_sensitive=False)(self._process, counts, gone_home)
            self._gone_home -= gone_home
            self._told, self._told_at = counts, time.monotonic()
        finally:
            self._is_telling = False

    def has_gone_home(self, board_id: UUID) -> None:
        """The next process of this server will not call the board, unless people come again."""
        self._gone_home.add(board_id)

    async def others_on(self, board_ids: list[UUID]) -> dict[UUID, set[str]]:
        """The other processes with people on these boards. Raises DatabaseError."""
        return await on_thread(_others_on, self._process, board_ids) if board_ids else {}

    async def withdraw(self) -> None:
        """Stores zeros, unless the storage does not answer."""
        try:
            async with asyncio.timeout(WITHDRAW_SECONDS):
                await self.tell(())
        except (DatabaseError, TimeoutError):
            logger.warning("storage: the counts of connected people were not removed")


def connected_now() -> QuerySet[ConnectedCount]:
    """The counts that are not stale, of boards that somebody has open."""
    now = timezone.now()
    around_now = (now - STALE_AFTER, now + STALE_AFTER)
    return ConnectedCount.objects.filter(renewed_at__range=around_now, sockets__gt=0)


def boards_elsewhere() -> list[UUID]:
    """The boards that this server had open within the last hour, in whatever process, and that
    other servers have open now: they came there while this one was away.
    """
    server, now = settings.SERVER_NAME, timezone.now()
    around_now = (now - FORGET_AFTER, now + FORGET_AFTER)
    had = ConnectedCount.objects.filter(server=server, renewed_at__range=around_now)
    elsewhere = connected_now().exclude(server=server).exclude(server="")
    found = elsewhere.filter(board_id__in=had.values("board_id"))
    return list(found.order_by("board_id").values_list("board_id", flat=True).distinct())


def _others_on(process: UUID, board_ids: list[UUID]) -> dict[UUID, set[str]]:
    rows = connected_now().filter(board_id__in=board_ids).exclude(process=process)
    found: dict[UUID, set[str]] = {}
    for board_id, other in rows.values_list("board_id", "process"):
        found.setdefault(board_id, set()).add(other.hex)
    return found


def _count(room: Room) -> tuple[int, int]:
    user_ids = [member.user_id for member in room.members]
    accounts = {user_id for user_id in user_ids if user_id is not None}
    return len(accounts) + user_ids.count(None), len(user_ids)


def _write(process: UUID, counts: Counts, gone_home: Collection[UUID] = ()) -> None:
    now = timezone.now()
    rows = [
        ConnectedCount(
            process=process,
            server=settings.SERVER_NAME,
            board_id=board_id,
            people=people,
            sockets=sockets,
            renewed_at=now,
        )
        for board_id, (people, sockets) in counts.items()
    ]
    own = ConnectedCount.objects.filter(process=process)
    try:
        with transaction.atomic():
            ConnectedCount.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["process", "board_id"],
                update_fields=["people", "sockets", "renewed_at"],
            )
            left = own.exclude(renewed_at=now)
            left.filter(board_id__in=gone_home).delete()
            left.filter(sockets__gt=0).update(people=0, sockets=0)
            # Also those of processes with a wrong clock.
            around_now = (now - FORGET_AFTER, now + FORGET_AFTER)
            ConnectedCount.objects.exclude(renewed_at__range=around_now).delete()
    finally:
        close_old_connections()


def renew_connections(admissions: Iterable[Admission]) -> None:
    """Renews the rows of sockets open here, and deletes those of killed processes."""
    now = timezone.now()
    rows = [
        LiveConnection(
            connection_id=one.connection_id,
            board_id=one.request.board_id,
            user_id=one.user_id,
            process=PROCESS,
            seen_at=now,
        )
        for one in admissions
        if one.user_id is not None
    ]
    try:
        LiveConnection.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["connection_id"],
            update_fields=["seen_at"],
        )
        LiveConnection.objects.filter(seen_at__lt=now - FORGET_CONNECTIONS_AFTER).delete()
    finally:
        close_old_connections()
