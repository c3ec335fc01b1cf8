"""A socket does not wait for ever for a database that does not answer."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import close_old_connections, transaction

from audit.models import AuditLog
from boards.models import Board, LiveConnection
from sync.sockets import admitting
from sync.tests.yclient import socket, token_query
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


class Writer:
    """Keeps every admission of alice waiting, on a thread of its own: it holds SQLite's write lock,
    and on PostgreSQL her row.
    """

    def __init__(self) -> None:
        self._begun, self._may_end = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)
        self._thread.start()
        assert self._begun.wait(10)

    def _hold(self) -> None:
        try:
            with transaction.atomic():
                User.objects.filter(username="alice").update(first_name="x")
                self._begun.set()
                self._may_end.wait(30)
        finally:
            close_old_connections()

    def end(self) -> None:
        self._may_end.set()
        self._thread.join()


async def test_a_late_admission_is_closed_and_taken_back(
    board: Board, alice: User, settings: Any
) -> None:
    settings.CANVAS_ADMISSION_SECONDS = 1
    query = await sync_to_async(token_query)(alice)
    writer = await sync_to_async(Writer, thread_sensitive=False)()
    try:
        communicator = socket(board_id=board.pk, query=query)
        assert (await communicator.connect())[0]
        event = await communicator.receive_output(timeout=5)
        assert event["code"] == CloseCode.STORAGE_UNAVAILABLE
        assert not await LiveConnection.objects.aexists()
        late = list(admitting._late)
    finally:
        await sync_to_async(writer.end, thread_sensitive=False)()
    assert len(late) == 1
    await asyncio.wait_for(asyncio.gather(*late), 10)
    assert not await LiveConnection.objects.aexists()
    actions = [row.action async for row in AuditLog.objects.filter(board_id=board.pk)]
    assert actions.count("room_access") == actions.count("room_leave") == 1
    assert not admitting._open_by_user
    assert not admitting._open_by_address
