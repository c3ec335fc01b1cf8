"""Every actor, every state of a board, every way to its sockets, every type of message.

What each cell has to be follows from `boards/tests/matrix.py`. A socket address, or a message type
of the protocol, without a row here fails.
"""

import itertools
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from pycrdt import Doc, Map

from boards.identity.tokens import issue_access_token
from boards.models import Board
from boards.tests.matrix import (
    ACTIONS,
    EDIT,
    LEVEL_WORDS,
    LEVELS,
    MANAGERS,
    SIGNED_IN,
    STATES,
    VIEW,
    level_of,
    public_level_of,
)
from boards.tests.world import World, enter_state, make_world
from canvas_project.asgi import application
from sync.programs.documents import document_now
from sync.rooms.process import close_rooms
from sync.sockets.backoff import Backoff
from sync.sockets.routing import websocket_urlpatterns
from sync.tests.histories import Author
from sync.tests.yclient import HOST, ORIGIN, TIMEOUT
from sync.wire import frames
from sync.wire.awareness import decode_awareness
from sync.wire.close_codes import CloseCode
from sync.wire.frames import MessageType, SyncType

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = ("/ws/canvas/{}", "/ws/events/{}")
BAD_TOKENS = {"switched off", "expired link", "revoked link", "link of another board"}
# How frames of these types begin.
STEP1, STEP2 = b"\x00\x00", b"\x00\x01"
AWARENESS, SAVED = b"\x01", frames.encode_saved(b"")[:1]


# --- who gets in


@dataclass(frozen=True)
class Way:
    """How somebody comes to a socket: by which credential, with which wishes."""

    name: str
    query: str = ""
    by_token: bool = False

    def __str__(self) -> str:
        return self.name

    def level(self, actor: str, state: str) -> int:
        """What it gives."""
        if self.query:
            return public_level_of(state, wants_edit="edit" in self.query)
        if self.by_token and actor in BAD_TOKENS:
            return 0
        return level_of(actor, state)

    def refusal(self, actor: str, state: str) -> int:
        """The close code for who gets nothing."""
        if actor not in SIGNED_IN:
            return CloseCode.NOT_AUTHENTICATED
        in_own_trash = state == "trashed" and actor in MANAGERS and not self.query
        return CloseCode.BOARD_GONE if in_own_trash else CloseCode.NO_PERMISSION


SESSION = Way("session")
WAYS = (
    SESSION,
    Way("token", by_token=True),
    Way("public link", query="public=1"),
    Way("public link, asking for edit", query="public=1&edit=true"),
)


@dataclass
class Scene:
    """The world in one state, and the credentials of everybody."""

    world: World
    state: str
    tokens: dict[str, str]

    @property
    def board(self) -> Board:
        return self.world.board

    def socket(self, address: str, way: Way, actor: str, extra: str = "") -> WebsocketCommunicator:
        """A socket of this actor that is not open yet."""
        query, headers = [extra, way.query], [HOST]
        if way.by_token:
            query.append(f"token={self.tokens[actor]}" if actor in self.tokens else "")
        else:
            headers += [ORIGIN, *self._cookie(actor)]
        path = f"{address.format(self.board.pk)}?{'&'.join(filter(None, query))}"
        return WebsocketCommunicator(application, path, headers=headers)

    def _cookie(self, actor: str) -> Iterator[tuple[bytes, bytes]]:
        name = django_settings.SESSION_COOKIE_NAME
        if morsel := self.world.clients[actor].cookies.get(name):
            yield (b"cookie", f"{name}={morsel.value}".encode())

    def let_in(self) -> list[str]:
        """Who has a level by the session."""
        return [actor for actor in LEVELS if level_of(actor, self.state)]


@pytest_asyncio.fixture(params=STATES)
async def scene(
    request: pytest.FixtureRequest, settings: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Scene]:
    settings.CANVAS_FILES_DIR = tmp_path  # type: ignore[attr-defined]

    def made() -> Scene:
        world = make_world()
        tokens = {name: issue_access_token(user)[0] for name, user in world.people.items()}
        enter_state(world.board, request.param)
        return Scene(world, request.param, tokens | world.link_tokens)

    yield await sync_to_async(made)()
    await close_rooms()


async def answer_of(socket: WebsocketCommunicator, address: str) -> int:
    """The close code of who is refused; the level of who is let in. Leaves the socket closed."""
    accepted, _ = await socket.connect(timeout=TIMEOUT)
    assert accepted
    is_canvas = "canvas" in address
    if is_canvas:
        await socket.send_to(bytes_data=frames.encode_step1(b"\x00"))
    event = await socket.receive_output(timeout=TIMEOUT)
    if event["type"] == "websocket.close":
        return int(event["code"])
    if is_canvas:
        greeting = await frames_until(socket, SAVED)
        level = EDIT if any(frame.startswith(STEP1) for frame in greeting) else VIEW
    else:
        level = LEVEL_WORDS.index(json.loads(event["text"])["level"])
    await socket.disconnect()
    return level


async def frames_until(socket: WebsocketCommunicator, kind: bytes) -> list[bytes]:
    """What arrives up to the first frame of this kind."""
    received: list[bytes] = []
    while not received or not received[-1].startswith(kind):
        event = await socket.receive_output(timeout=TIMEOUT)
        received.append(event["bytes"])
    return received


async def test_everybody_at_every_socket_by_every_way(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = []
    for address, way, actor in itertools.product(ADDRESSES, WAYS, LEVELS):
        monkeypatch.setattr(
            "sync.sockets.visitors.backoff", Backoff()
        )  # nobody waits for the others
        level = way.level(actor, scene.state)
        # Of the document one may write all or nothing.
        shown = VIEW if 0 < level < ACTIONS["draw"] and "canvas" in address else level
        expected = shown or way.refusal(actor, scene.state)
        answer = await answer_of(scene.socket(address, way, actor, "saved=1"), address)
        if answer != expected:
            wrong.append((address, str(way), actor, answer, expected))
    assert wrong == []


# --- what each message does, for who is let in


MALFORMED = {
    "frame without a message": (b"", "Not accepted: frame is empty."),
    "auth, of y-protocols": (b"\x02\x00\x00", "Not accepted: unknown message type."),
    "unknown type": (b"\x07\x00", "Not accepted: unknown message type."),
    "unknown sync type": (b"\x00\x03\x00", "Not accepted: unknown sync message."),
    "text": ("{}", "Only binary frames are understood."),
    f"{MessageType.SAVED!r}": (
        frames.encode_saved(b"\x00"),
        "Not accepted: unknown message type.",
    ),
}
CHECKED_BELOW = (
    MessageType.SYNC,
    MessageType.AWARENESS,
    MessageType.QUERY_AWARENESS,
    SyncType.STEP1,
    SyncType.STEP2,
    SyncType.UPDATE,
)


def test_every_address_and_message_type_has_a_row() -> None:
    routes = {str(route.pattern).rstrip("/") for route in websocket_urlpatterns}
    assert routes == {row.format("<uuid:board_id>").lstrip("/") for row in ADDRESSES}
    types = {f"{kind!r}" for kind in [*MessageType, *SyncType]}
    assert types == {f"{kind!r}" for kind in CHECKED_BELOW} | (types & MALFORMED.keys())


async def test_malformed_messages_close_the_socket_of_everybody(scene: Scene) -> None:
    for actor, (name, (frame, reason)) in itertools.product(scene.let_in(), MALFORMED.items()):
        socket = scene.socket(ADDRESSES[0], SESSION, actor)
        await socket.connect(timeout=TIMEOUT)
        key = "text" if isinstance(frame, str) else "bytes"
        await socket.send_input({"type": "websocket.receive", key: frame})
        event = await socket.receive_output(timeout=TIMEOUT)
        assert (event["type"], event.get("code")) == (
            "websocket.close",
            CloseCode.MALFORMED,
        ), (actor, name)
        assert event["reason"] == reason, name


async def test_the_events_socket_takes_no_message_from_anybody(scene: Scene) -> None:
    for actor in scene.let_in():
        for frame in ({"text_data": "{}"}, {"bytes_data": frames.encode_step1(b"\x00")}):
            socket = scene.socket(ADDRESSES[1], SESSION, actor)
            await socket.connect(timeout=TIMEOUT)
            level = json.loads(await socket.receive_from(timeout=TIMEOUT))
            assert level["level"] == LEVEL_WORDS[level_of(actor, scene.state)]
            assert level["can_manage"] is (actor in MANAGERS)
            await socket.send_to(**frame)
            event = await socket.receive_output(timeout=TIMEOUT)
            assert event["code"] == CloseCode.MALFORMED, actor


def drawn_by(actor: str, kind: SyncType) -> Author:
    """Somebody whose one update adds one element, named after who sends it and how."""
    author = Author()
    author.elements[f"{actor} by {kind.name}"] = Map({"type": "rectangle"})
    return author


async def until_saved(socket: WebsocketCommunicator, authors: list[Author]) -> None:
    """Waits until the server has confirmed the updates of all of them."""
    waiting = {author.doc.client_id for author in authors}
    while waiting:
        saved = (await frames_until(socket, SAVED))[-1]
        _, at = frames.read_varuint(saved, 0)
        waiting -= frames.decode_state_vector(frames.read_bytes(saved, at)[0]).keys()


def presence_of(actor: str) -> bytes:
    """An awareness update of somebody who says that he is the owner."""
    state = json.dumps({"from": actor, "user": {"id": "1", "name": "alice"}}).encode()
    client_id = frames.write_varuint(1000 + list(LEVELS).index(actor))
    return b"\x01" + client_id + b"\x01" + frames.write_varuint(len(state)) + state


async def speak(scene: Scene, actor: str) -> WebsocketCommunicator:
    """Sends every message a client may send; checks the answers that depend on the level."""
    socket = scene.socket(ADDRESSES[0], SESSION, actor, extra="saved=1")
    await socket.connect(timeout=TIMEOUT)
    can_edit = level_of(actor, scene.state) >= ACTIONS["draw"]
    await socket.send_to(bytes_data=frames.encode_step1(b"\x00"))
    greeting = await frames_until(socket, SAVED)
    assert greeting[0].startswith(STEP2), actor
    # Only from who may edit anything is wanted.
    assert any(frame.startswith(STEP1) for frame in greeting) is can_edit, actor
    authors = [drawn_by(actor, kind) for kind in (SyncType.STEP2, SyncType.UPDATE)]
    for author, encode in zip(authors, (frames.encode_step2, frames.encode_update), strict=True):
        await socket.send_to(bytes_data=encode(author.updates[-1]))
    if can_edit:
        await until_saved(socket, authors)
    await socket.send_to(bytes_data=frames.encode_awareness(presence_of(actor)))
    await socket.send_to(bytes_data=bytes([MessageType.QUERY_AWARENESS]))
    await frames_until(socket, AWARENESS)
    return socket


async def test_every_message_does_what_the_level_allows(scene: Scene) -> None:
    sockets = {}
    for actor in scene.let_in():
        sockets[actor] = await speak(scene, actor)
    if not sockets:
        assert scene.state == "trashed"
        return
    content, presence = await _seen_by_a_newcomer(scene)
    for socket in sockets.values():
        await socket.disconnect()
    editors = [actor for actor in sockets if level_of(actor, scene.state) >= ACTIONS["draw"]]
    drawn = {f"{actor} by {kind}" for actor in editors for kind in ("STEP2", "UPDATE")}
    assert set(content) == drawn
    stored = await sync_to_async(lambda: document_now(scene.board.pk)[0].content())()
    assert set(stored["elements"]) == drawn
    # Everybody is seen, under the name that the server knows.
    names = {actor: scene.world.people[actor].username for actor in sockets if actor in SIGNED_IN}
    assert presence == {actor: names.get(actor, "Guest") for actor in sockets}


async def _seen_by_a_newcomer(scene: Scene) -> tuple[dict[str, object], dict[str, str]]:
    """The elements on the board, and under which name everybody is there."""
    socket = scene.socket(ADDRESSES[0], SESSION, "owner", extra="saved=1")
    await socket.connect(timeout=TIMEOUT)
    await socket.send_to(bytes_data=frames.encode_step1(b"\x00"))
    greeting = await frames_until(socket, SAVED)
    await socket.disconnect()
    doc: Doc[Map[object]] = Doc()
    elements = doc.get("elements", type=Map)
    doc.apply_update(frames.read_bytes(greeting[0], 2)[0])
    presence = next(frame for frame in greeting if frame.startswith(AWARENESS))
    return dict(elements.to_py() or {}), _names_in(frames.read_bytes(presence, 1)[0])


def _names_in(awareness: bytes) -> dict[str, str]:
    states = [json.loads(entry.state) for entry in decode_awareness(awareness)]
    return {state["from"]: state["user"]["name"] for state in states}
