"""A Yjs client for tests; it speaks to the whole ASGI application."""

import asyncio
from typing import Any
from uuid import UUID

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from pycrdt import Doc, Map, TransactionEvent

from boards.identity.tokens import issue_access_token
from boards.models import Board
from canvas_project.asgi import application
from sync.wire import frames
from tests.patience import PROMISE_SECONDS, patient

ORIGIN = (b"origin", b"http://testserver")
HOST = (b"host", b"testserver")
TIMEOUT = patient(PROMISE_SECONDS)


def socket(
    board_id: UUID | str,
    *,
    query: str = "saved=1",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> WebsocketCommunicator:
    """A socket that is not open yet."""
    return WebsocketCommunicator(
        application, f"/ws/canvas/{board_id}?{query}", headers=[HOST, *(headers or [])]
    )


def token_query(user: User, extra: str = "saved=1") -> str:
    """The query string of a client that holds an access token."""
    return f"{extra}&token={issue_access_token(user)[0]}"


def cookie_header(client: Client) -> tuple[bytes, bytes]:
    """The session cookie of a signed-in Django test client."""
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return (b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode())


class YClient:
    """A document that is kept equal to the board's."""

    def __init__(
        self, board: Board, query: str, headers: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        self.communicator = socket(board.pk, query=query, headers=headers)
        self.doc: Doc[Map[Any]] = Doc()
        self.elements: Map[Any] = self.doc.get("elements", type=Map)
        self.updates: list[bytes] = []
        self.awareness: list[bytes] = []
        self.saved: dict[int, int] = {}
        self.step1s: list[bytes] = []
        self.step2s = 0
        self.close_code: int | None = None
        self.close_reason = ""
        self.synced = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._is_applying = False
        self._subscription = self.doc.observe(self._on_change)
        self._changed = asyncio.Condition()

    @classmethod
    async def open(
        cls, board: Board, query: str, headers: list[tuple[bytes, bytes]] | None = None
    ) -> "YClient":
        """A client that has finished its first sync."""
        client = cls(board, query, headers)
        accepted, _ = await client.communicator.connect(timeout=TIMEOUT)
        assert accepted
        client._reader = asyncio.create_task(client._read())
        await client.send(frames.encode_step1(client.doc.get_state()))
        await asyncio.wait_for(client.synced.wait(), TIMEOUT)
        return client

    async def send(self, frame: bytes) -> None:
        """Sends a frame as it is."""
        await self.communicator.send_to(bytes_data=frame)

    def edit(self, element_id: str, **values: object) -> bytes:
        """Changes an element, making it if need be; returns the update, which is not sent."""
        self.updates.clear()
        with self.doc.transaction():
            if element_id not in self.elements:
                self.elements[element_id] = Map(values)
            else:
                element = self.elements[element_id]
                for key, value in values.items():
                    element[key] = value
        return self.updates[-1]

    async def erase(self, element_id: str, *keys: str) -> None:
        """Removes keys of an element and sends the update."""
        self.updates.clear()
        with self.doc.transaction():
            for key in keys:
                del self.elements[element_id][key]
        await self.send(frames.encode_update(self.updates[-1]))

    def write(self, root: str, key: str, value: object) -> bytes:
        """Sets a plain value in a root; returns the update, which is not sent."""
        self.updates.clear()
        self.doc.get(root, type=Map)[key] = value
        return self.updates[-1]

    async def draw(self, element_id: str, **values: object) -> None:
        """Changes an element and sends the update."""
        await self.send(frames.encode_update(self.edit(element_id, **values)))

    async def until(self, condition: Any, what: str = "condition") -> None:
        """Waits until `condition()` holds, looking again after every frame."""
        async with asyncio.timeout(TIMEOUT):
            async with self._changed:
                await self._changed.wait_for(condition)

    async def until_saved(self) -> None:
        """Waits until the server has confirmed all that this client wrote."""
        own = self.doc.client_id

        def is_saved() -> bool:
            clocks = frames.decode_state_vector(self.doc.get_state())
            return self.saved.get(own, 0) >= clocks.get(own, 0)

        await self.until(is_saved, "saved")

    async def until_closed(self) -> int:
        """Waits for the close code."""
        await self.until(lambda: self.close_code is not None, "closed")
        assert self.close_code is not None
        return self.close_code

    def ids(self) -> set[str]:
        """The ids of all elements."""
        return set(self.elements.keys())

    def content(self) -> dict[str, Any]:
        """All elements as plain values."""
        return {key: self.elements[key].to_py() for key in self.elements.keys()}  # noqa: SIM118

    async def close(self) -> None:
        """Leaves the board."""
        if self._reader is not None:
            self._reader.cancel()
        await self.communicator.disconnect(timeout=TIMEOUT)

    def _on_change(self, event: TransactionEvent) -> None:
        if not self._is_applying:
            self.updates.append(event.update)

    async def _read(self) -> None:
        while True:
            event = await self.communicator.output_queue.get()
            async with self._changed:
                if event["type"] == "websocket.close":
                    self.close_code = event.get("code")
                    self.close_reason = event.get("reason", "")
                else:
                    self._take(event["bytes"])
                self._changed.notify_all()

    def _take(self, data: bytes) -> None:
        message_type, at = frames.read_varuint(data, 0)
        if message_type == frames.MessageType.SAVED:
            clocks = frames.decode_state_vector(frames.read_bytes(data, at)[0])
            for client, clock in clocks.items():
                self.saved[client] = max(clock, self.saved.get(client, 0))
        elif message_type == frames.MessageType.AWARENESS:
            self.awareness.append(frames.read_bytes(data, at)[0])
        else:
            self._take_sync(data, at)

    def _take_sync(self, data: bytes, at: int) -> None:
        sync_type, at = frames.read_varuint(data, at)
        payload = frames.read_bytes(data, at)[0]
        if sync_type == frames.SyncType.STEP1:
            self.step1s.append(payload)
            return
        self._is_applying = True
        self.doc.apply_update(payload)
        self._is_applying = False
        if sync_type == frames.SyncType.STEP2:
            self.step2s += 1
            self.synced.set()


async def close_code_of(**how: object) -> int:
    """Opens a socket that is accepted and then closed; returns the code."""
    communicator = socket(**how)  # type: ignore[arg-type]
    accepted, _ = await communicator.connect()
    assert accepted
    event = await communicator.receive_output()
    assert event["type"] == "websocket.close", event
    assert event["reason"]
    return int(event["code"])
