"""Channels' Redis Pub/Sub layer, with all messages that wait sent in one round trip.

Its own `publish` is a round trip for each message, one after the other; the rest is used as it is.
"""

import asyncio
from typing import Any

from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)

from canvas_project.sent_together import Message, SentTogether


class RedisChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """The interface of Channels."""

    def _get_layer(self) -> Any:
        if asyncio.get_running_loop() not in self._layers:
            layer = super()._get_layer()
            layer._shards = [_Connection(shard.host, layer) for shard in layer._shards]
        return super()._get_layer()


class _Connection(RedisSingleShardConnection):  # type: ignore[misc]
    def __init__(self, host: dict[str, Any], layer: RedisPubSubLoopLayer) -> None:
        super().__init__(host, layer)
        self._together = SentTogether(self._publish_all)

    async def publish(self, channel: str, message: bytes) -> None:
        await self._together.send(channel, message)

    async def _publish_all(self, messages: list[Message]) -> None:
        async with self._lock:
            self._ensure_redis()
        if len(messages) == 1:
            await self._redis.publish(messages[0].to, messages[0].content)
            return
        async with self._redis.pipeline(transaction=False) as pipeline:
            for message in messages:
                pipeline.publish(message.to, message.content)
            await pipeline.execute()
