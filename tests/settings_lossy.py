"""The usual settings, with a channel layer that loses CANVAS_TEST_DROP percent of the messages, and
sends as many twice, and as many late.
"""

import asyncio
import os
import random
from typing import Any

from canvas_project.postgres_layer import PostgresChannelLayer
from canvas_project.redis_layer import RedisChannelLayer
from tests.settings_quick import *  # noqa: F403
from tests.settings_quick import CANVAS_BUS, CHANNEL_LAYERS

LATE_SECONDS = 0.05

_SHARE = int(os.environ["CANVAS_TEST_DROP"]) / 100
_random = random.Random(1)
_late: set[asyncio.Task[None]] = set()


async def _badly(send: Any, group: str, message: dict[str, Any]) -> None:
    """Sends a message, or silently drops it; sometimes twice, sometimes after later ones."""
    if _random.random() < _SHARE:
        return
    if _random.random() < _SHARE:
        await send(group, message)
    if _random.random() < _SHARE:
        task = asyncio.create_task(_later(send, group, message))
        _late.add(task)
        task.add_done_callback(_late.discard)
    else:
        await send(group, message)


async def _later(send: Any, group: str, message: dict[str, Any]) -> None:
    await asyncio.sleep(_random.random() * LATE_SECONDS)
    await send(group, message)


class LossyRedis(RedisChannelLayer):
    """Redis, with all that a layer may do."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends the message more or less."""
        await _badly(self._get_layer().group_send, group, message)


class LossyPostgres(PostgresChannelLayer):
    """PostgreSQL, with all that a layer may do."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends the message more or less."""
        await _badly(super().group_send, group, message)


CHANNEL_LAYERS["default"]["BACKEND"] = {
    "redis": "tests.settings_lossy.LossyRedis",
    "postgres": "tests.settings_lossy.LossyPostgres",
}[CANVAS_BUS]
