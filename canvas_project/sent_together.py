"""Messages of a channel layer that go out together: whatever waits while some are on their way."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple


class Message(NamedTuple):
    """A message in bytes, and the channel or group it is for."""

    to: str
    content: bytes
    sent: asyncio.Future[None]


class SentTogether:
    """Sends with `send_all`, which gets all that waits, in order, and raises if it failed."""

    def __init__(self, send_all: Callable[[list[Message]], Awaitable[None]]) -> None:
        self._send_all = send_all
        self._waiting: list[Message] = []
        self._task: asyncio.Task[None] | None = None

    async def send(self, to: str, content: bytes) -> None:
        """Returns when the message is sent. Raises what `send_all` raised."""
        sent = asyncio.get_running_loop().create_future()
        self._waiting.append(Message(to, content, sent))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="canvas-layer-send")
        await sent

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._send([one for one in batch if not one.sent.done()])
        finally:
            self._task = None

    async def _send(self, batch: list[Message]) -> None:
        failure: Exception | None = None
        try:
            await self._send_all(batch)
        except Exception as error:  # noqa: BLE001  each sender gets it
            failure = error
        for one in batch:
            if one.sent.done():
                continue
            if failure is None:
                one.sent.set_result(None)
            else:
                one.sent.set_exception(failure)
