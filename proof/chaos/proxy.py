"""A TCP proxy on a thread of its own: it delays, holds and cuts what passes between two parts."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from threading import Thread
from typing import Any

CHUNK = 64_000


class Proxies:
    """An event loop on a thread, with any number of proxies."""

    def __init__(self) -> None:
        self.servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def to(self, port: int, seed: int = 0) -> "Proxy":
        """A proxy before a port of this machine."""
        proxy = Proxy(self, port, seed)
        proxy.port = self.run(proxy.listen())
        return proxy

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        """Runs it on the loop, and waits."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)

    def close(self) -> None:
        """Ends the thread and every connection."""
        self.run(self._end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end_all(self) -> None:
        for server in self.servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Proxy:
    """One of them. Bytes never change their order, as in TCP: a lost packet is a longer wait."""

    port = 0

    def __init__(self, proxies: Proxies, target: int, seed: int) -> None:
        self._proxies, self._target = proxies, target
        self._random = random.Random(seed)
        self._delay, self._loss = (0.0, 0.0), 0.0
        self._open: asyncio.Event | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def listen(self) -> int:
        """Begins; returns the port."""
        self._open = asyncio.Event()
        self._open.set()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._proxies.servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def turn_to(self, port: int) -> None:
        """From now on it leads to another port; what is connected breaks."""
        self._target = port
        self.cut()

    def slow(self, least: float, most: float, loss: float = 0.0) -> None:
        """Each piece takes so many seconds, and a share of them four times as long."""
        self._delay, self._loss = (least, most), loss

    def hold(self) -> None:
        """Nothing passes until `release`; connections stay."""
        self._proxies.run(self._set(False))

    def release(self) -> None:
        """Everything passes, also what was held."""
        self._proxies.run(self._set(True))

    def cut(self) -> None:
        """Every connection breaks."""
        self._proxies.run(self._cut())

    async def _set(self, is_open: bool) -> None:
        assert self._open is not None
        if is_open:
            self._open.set()
        else:
            self._open.clear()

    async def _cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, back)
        self._writers.update(ends)
        pumps = [self._pump(reader, back), self._pump(there, writer)]
        tasks = [asyncio.ensure_future(one) for one in pumps]
        with suppress(asyncio.CancelledError):  # the thread ends
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for end in ends:
            end.transport.abort()
        self._writers.difference_update(ends)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._open is not None
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._delay[1]:
                    longer = 4 if self._random.random() < self._loss else 1
                    await asyncio.sleep(longer * self._random.uniform(*self._delay))
                await self._open.wait()
                writer.write(data)
                await writer.drain()
