"""A channel layer on PostgreSQL's LISTEN and NOTIFY, for installations without Redis.

Every event loop has one connection, which listens to one PostgreSQL channel for each group and for
each channel of its own. Whatever is sent while a NOTIFY is on its way goes out together with the
next one. PostgreSQL limits a message to 8000 bytes; a larger one is a row for a minute, and its
number is sent instead. What is sent while a connection is broken is lost, as with Redis.
"""

import asyncio
import base64
import contextlib
import uuid
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import msgpack
import psycopg
from channels.layers import BaseChannelLayer
from django.db import connections
from psycopg import sql

from canvas_project.sent_together import Message, SentTogether

_T = TypeVar("_T")

APPLICATION_NAME = "canvas bus"
"""How administrators recognize the connections in `pg_stat_activity`."""
MAX_PAYLOAD = 7900
"""PostgreSQL refuses 8000 bytes and more."""
_INLINE, _ROW = "m", "r"

_NOTIFY = """
SELECT count(pg_notify(name, payload)) FROM unnest(%s::text[], %s::text[]) AS m (name, payload)
"""
_NOTIFY_OF_ROW = """
WITH old AS (
  DELETE FROM canvas_project_layermessage WHERE created_at < now() - interval '1 minute'
), kept AS (
  INSERT INTO canvas_project_layermessage (payload, created_at) VALUES (%s, now()) RETURNING id
) SELECT pg_notify(%s, 'r' || id) FROM kept
"""
_ROW_OF = "SELECT payload FROM canvas_project_layermessage WHERE id = %s"


class PostgresChannelLayer(BaseChannelLayer):
    """The interface of Channels; the work is done by one `_Connection` per event loop."""

    MAX_NAME_LENGTH = 60
    """PostgreSQL cuts names after 63 bytes."""
    extensions = ["groups"]

    def __init__(self, capacity: int = 100, connection: dict[str, Any] | None = None) -> None:
        """`connection` has the arguments of psycopg; by default those of Django's database."""
        super().__init__(capacity=capacity)
        self._parameters = connection
        self._of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Connection] = (
            WeakKeyDictionary()
        )

    def _connection(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        connection = self._of_loop.get(loop)
        if connection is None:
            connection = _Connection(self.capacity, self._parameters or _of_django())
            self._of_loop[loop] = connection
        return connection

    async def new_channel(self, prefix: str = "specific") -> str:
        """The name of a channel of this process."""
        channel = f"{prefix}.{uuid.uuid4().hex}"
        await self._connection().open(channel)
        return channel

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Sends to one channel. Raises psycopg.Error."""
        self.require_valid_channel_name(channel)
        await self._connection().notify(f"c:{channel}", message)

    async def receive(self, channel: str) -> dict[str, Any]:
        """The next message on a channel. Raises ConnectionError if some may have been lost."""
        return await self._connection().receive(channel)

    async def group_add(self, group: str, channel: str) -> None:
        """Adds a channel of this process to a group. Raises psycopg.Error."""
        self.require_valid_group_name(group)
        await self._connection().add(f"g:{group}", channel)

    async def group_discard(self, group: str, channel: str) -> None:
        """Removes a channel of this process from a group. Raises psycopg.Error."""
        self.require_valid_group_name(group)
        await self._connection().discard(f"g:{group}", channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Sends to all channels of a group. Raises psycopg.Error."""
        self.require_valid_group_name(group)
        await self._connection().notify(f"g:{group}", message)

    async def close(self) -> None:
        """Closes the connection of the running event loop."""
        connection = self._of_loop.pop(asyncio.get_running_loop(), None)
        if connection is not None:
            await connection.close()


def _of_django() -> dict[str, Any]:
    parameters = connections["default"].get_connection_params()
    unfit = ("cursor_factory", "context", "prepare_threshold")
    return {key: value for key, value in parameters.items() if key not in unfit}


class _Connection:
    """The connection of one event loop, and the channels that listen through it."""

    def __init__(self, capacity: int, parameters: dict[str, Any]) -> None:
        self._capacity = capacity
        self._parameters = {**parameters, "application_name": APPLICATION_NAME}
        self._queues: dict[str, asyncio.Queue[str | ConnectionError]] = {}
        self._members: dict[str, set[str]] = {}
        """The PostgreSQL channels to listen to, each with the channels that get its messages."""
        self._together = SentTogether(self._send_all)
        self._postgres: psycopg.AsyncConnection[Any] | None = None
        self._listens_to: set[str] = set()
        self._lock = asyncio.Lock()

    # --- channels and groups

    async def open(self, channel: str) -> None:
        self._queues[channel] = asyncio.Queue(self._capacity)
        await self.add(f"c:{channel}", channel)

    async def add(self, name: str, channel: str) -> None:
        if channel not in self._queues:
            raise RuntimeError("only channels of this process can be added to a group")
        self._members.setdefault(name, set()).add(channel)
        await self._listen()

    async def discard(self, name: str, channel: str) -> None:
        self._remove(name, channel)
        await self._listen()

    def _remove(self, name: str, channel: str) -> None:
        members = self._members.get(name, set())
        members.discard(channel)
        if not members:
            self._members.pop(name, None)

    async def receive(self, channel: str) -> dict[str, Any]:
        if channel not in self._queues:
            await self.open(channel)
        await self._listen()
        try:
            payload = await self._queues[channel].get()
        except asyncio.CancelledError:  # as with Redis: nobody receives on it any more
            del self._queues[channel]
            for name in [name for name, members in self._members.items() if channel in members]:
                self._remove(name, channel)
            raise
        if isinstance(payload, ConnectionError):
            raise payload
        kind, content = payload[0], payload[1:]
        if kind == _ROW:
            rows = await self._execute(_ROW_OF, int(content))
            if not rows:  # it was not fetched in time, and is lost
                return await self.receive(channel)
            message = rows[0][0]
        else:
            message = base64.b64decode(content)
        unpacked: dict[str, Any] = msgpack.unpackb(message, strict_map_key=False)
        return unpacked

    # --- sending

    async def notify(self, name: str, message: dict[str, Any]) -> None:
        """Returns when PostgreSQL has it."""
        await self._together.send(name, msgpack.packb(message))

    async def _send_all(self, messages: list[Message]) -> None:
        small: list[tuple[str, str]] = []
        for name, content, _ in messages:
            payload = _INLINE + base64.b64encode(content).decode()
            if len(payload) <= MAX_PAYLOAD:
                small.append((name, payload))
                continue
            await self._notify_small(small)
            small = []
            await self._execute(_NOTIFY_OF_ROW, content, name)
        await self._notify_small(small)
        if not self._queues:  # a loop that only sends is about to end
            await self.close()

    async def _notify_small(self, messages: list[tuple[str, str]]) -> None:
        if messages:
            names, payloads = zip(*messages, strict=True)
            await self._execute(_NOTIFY, list(names), list(payloads))

    # --- PostgreSQL

    async def _listen(self) -> None:
        """Listens to exactly what has members."""
        if self._postgres is None or self._listens_to != self._members.keys():
            await _to_its_end(self._listen_now())

    async def _listen_now(self) -> None:
        async with self._exclusive() as postgres:
            await self._listen_on(postgres)

    async def _listen_on(self, postgres: psycopg.AsyncConnection[Any]) -> None:
        wanted = set(self._members)
        statements = [
            sql.SQL(verb).format(sql.Identifier(name))
            for verb, names in (
                ("LISTEN {}", wanted - self._listens_to),
                ("UNLISTEN {}", self._listens_to - wanted),
            )
            for name in names
        ]
        if statements:
            await postgres.execute(sql.SQL("; ").join(statements))
        self._listens_to = wanted

    async def _execute(self, query: str, *values: Any) -> list[Any]:
        return await _to_its_end(self._execute_now(query, values))

    async def _execute_now(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        async with self._exclusive() as postgres:
            cursor = await postgres.execute(query, values)
            return await cursor.fetchall()

    @contextlib.asynccontextmanager
    async def _exclusive(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """The connection, for one command after the other. While none runs, the event loop reads
        what comes.
        """
        async with self._lock:
            postgres = self._postgres or await self._connect()
            loop, descriptor = asyncio.get_running_loop(), postgres.fileno()
            loop.remove_reader(descriptor)
            try:
                yield postgres
                self._take_all(postgres)
            except BaseException as error:  # nobody knows what comes next
                self._lose(error)
                await postgres.close()
                raise
            loop.add_reader(descriptor, self._read, postgres, descriptor)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        postgres = await psycopg.AsyncConnection.connect(**self._parameters, autocommit=True)
        postgres.add_notify_handler(lambda one: self._deliver(one.channel, one.payload))
        try:
            # A NOTIFY is a commit, but it has nothing to write to the disk.
            await postgres.execute("SET synchronous_commit TO off")
            self._listens_to = set()
            await self._listen_on(postgres)
        except BaseException:
            await postgres.close()
            raise
        self._postgres = postgres
        return postgres

    def _read(self, postgres: psycopg.AsyncConnection[Any], descriptor: int) -> None:
        try:
            postgres.pgconn.consume_input()
            self._take_all(postgres)
        except psycopg.Error as error:
            asyncio.get_running_loop().remove_reader(descriptor)
            self._lose(error)

    def _take_all(self, postgres: psycopg.AsyncConnection[Any]) -> None:
        while (one := postgres.pgconn.notifies()) is not None:
            self._deliver(one.relname.decode(), one.extra.decode())

    def _deliver(self, name: str, payload: str) -> None:
        for channel in self._members.get(name, ()):
            with contextlib.suppress(asyncio.QueueFull):
                self._queues[channel].put_nowait(payload)

    def _lose(self, error: BaseException) -> None:
        """Tells everyone who receives that messages may be lost; the next call connects again."""
        self._postgres = None
        for queue in self._queues.values():
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait(ConnectionError(f"the connection to PostgreSQL was lost: {error}"))

    async def close(self) -> None:
        async with self._lock:
            postgres, self._postgres = self._postgres, None
            if postgres is not None:
                asyncio.get_running_loop().remove_reader(postgres.fileno())
                await postgres.close()


async def _to_its_end(command: Coroutine[Any, Any, _T]) -> _T:
    """Runs a command that goes on if its caller gives up: a command that is cancelled would have to
    be cancelled in PostgreSQL too, and wait for that.
    """
    return await asyncio.shield(asyncio.create_task(command, name="canvas-postgres"))
