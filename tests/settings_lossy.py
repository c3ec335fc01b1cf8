"""The usual settings, with a channel layer that loses CANVAS_TEST_DROP percent of messages."""

import os
import random
from typing import Any

from channels_redis.core import RedisChannelLayer

from canvas_project.settings import *  # noqa: F403
from canvas_project.settings import CHANNEL_LAYERS

_DROP = int(os.environ["CANVAS_TEST_DROP"]) / 100
_random = random.Random(1)


class LossyChannelLayer(RedisChannelLayer):  # type: ignore[misc]
    """Redis, but some messages get lost silently."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends the message, or silently drops it."""
        if _random.random() >= _DROP:
            await super().group_send(group, message)


CHANNEL_LAYERS["default"]["BACKEND"] = "tests.settings_lossy.LossyChannelLayer"
