"""Sends messages to the rooms of every process, from blocking code."""

import asyncio
import logging
import time
from collections.abc import Sequence
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from sync.rooms.bus import LAYER_SECONDS, group_of

logger = logging.getLogger(__name__)

OUTAGE_SECONDS = 5.0
AT_ONCE = 100
"""Messages in one round trip; in between, the event loop is free for others."""


class _Outage:
    """Until when blocking code of this process skips the layer."""

    until = 0.0


def announce(board_id: UUID, kind: str, **content: object) -> None:
    """Sends a message to every process that has the board open."""
    announce_to_all([board_id], kind, **content)


def announce_to_all(board_ids: Sequence[UUID], kind: str, **content: object) -> None:
    """The same for many boards; takes at most `LAYER_SECONDS` for all of them together.

    After a failure nothing is sent for `OUTAGE_SECONDS`, so a request that announces many times
    waits only once. What is announced is already committed, and every process finds it when it
    polls its boards.
    """
    layer = get_channel_layer()
    if layer is None or time.monotonic() < _Outage.until:
        return

    async def send_to(board_id: UUID) -> None:
        await layer.group_send(group_of(board_id), {"type": kind, "board": board_id.hex, **content})

    async def send() -> None:
        async with asyncio.timeout(LAYER_SECONDS):
            for at in range(0, len(board_ids), AT_ONCE):
                await asyncio.gather(*map(send_to, board_ids[at : at + AT_ONCE]))

    try:
        async_to_sync(send)()
    except Exception:
        _Outage.until = time.monotonic() + OUTAGE_SECONDS
        logger.exception("channel layer: a message was not sent")
