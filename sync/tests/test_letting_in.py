"""Who is let in by a socket, and what others are told."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client

from audit.tests.actors import by
from boards.lifecycle.basics import board_trash
from boards.models import Board
from boards.tests.factories import PASSWORD
from canvas_project.asgi import application
from sync.tests.conftest import Open
from sync.tests.yclient import HOST, ORIGIN, close_code_of, cookie_header, socket, token_query
from sync.wire import frames
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


# --- who is refused


async def test_strangers_are_sent_away(board: Board, charlie: User) -> None:
    query = await sync_to_async(token_query)(charlie)
    assert await close_code_of(board_id=board.pk) == CloseCode.NOT_AUTHENTICATED
    assert await close_code_of(board_id=board.pk, query=query) == CloseCode.NO_PERMISSION


async def test_a_missing_board_answers_like_a_private_one(board: Board, charlie: User) -> None:
    missing = uuid.uuid4()
    query = await sync_to_async(token_query)(charlie)
    assert await close_code_of(board_id=missing) == CloseCode.NOT_AUTHENTICATED
    assert await close_code_of(board_id=missing, query=query) == CloseCode.NO_PERMISSION


async def test_a_bad_token_is_no_fall_back_to_the_cookie(board: Board, alice: User) -> None:
    client = Client()
    await sync_to_async(client.login)(username="alice", password=PASSWORD)
    headers = [ORIGIN, cookie_header(client)]
    code = await close_code_of(board_id=board.pk, query="token=nonsense", headers=headers)
    assert code == CloseCode.NOT_AUTHENTICATED


@pytest.mark.parametrize(
    "origin",
    [
        b"http://evil.example",
        b"null",
        b"https://testserver",
        b"http://testserver:81",
        b"http://a.testserver",
    ],
)
async def test_a_foreign_page_is_refused_before_the_handshake(
    board: Board, alice: User, origin: bytes
) -> None:
    client = Client()
    await sync_to_async(client.login)(username="alice", password=PASSWORD)
    for query in ("saved=1", await sync_to_async(token_query)(alice)):
        headers = [(b"origin", origin), cookie_header(client)]
        accepted, _ = await socket(board.pk, query=query, headers=headers).connect()
        assert not accepted


async def test_a_cookie_without_an_origin_does_not_count(board: Board, alice: User) -> None:
    client = Client()
    await sync_to_async(client.login)(username="alice", password=PASSWORD)
    code = await close_code_of(board_id=board.pk, headers=[cookie_header(client)])
    assert code == CloseCode.NOT_AUTHENTICATED


async def test_a_cookie_with_our_origin_gets_in(board: Board, alice: User, connect: Open) -> None:
    client = Client()
    await sync_to_async(client.login)(username="alice", password=PASSWORD)
    communicator = socket(board.pk, headers=[ORIGIN, cookie_header(client)])
    accepted, _ = await communicator.connect()
    assert accepted
    await communicator.send_to(bytes_data=frames.encode_step1(b"\x00"))
    assert (await communicator.receive_from())[:2] == b"\x00\x01"
    await communicator.disconnect()


async def test_the_trash_says_so_to_the_owner_alone(board: Board, alice: User, bob: User) -> None:

    await sync_to_async(board_trash)(board=board, by=by(alice))
    for user, code in ((alice, CloseCode.BOARD_GONE), (bob, CloseCode.NO_PERMISSION)):
        query = await sync_to_async(token_query)(user)
        assert await close_code_of(board_id=board.pk, query=query) == code


async def test_an_unknown_address_is_refused() -> None:
    accepted, _ = await WebsocketCommunicator(application, "/ws/other", headers=[HOST]).connect()
    assert not accepted


async def test_too_many_sockets_of_one_user_are_told_to_come_back(
    board: Board, alice: User, connect: Open, settings: pytest.FixtureRequest
) -> None:
    settings.CANVAS_MAX_SOCKETS_PER_USER = 1  # type: ignore[attr-defined]
    first = await connect(board, alice)
    query = await sync_to_async(token_query)(alice)
    assert await close_code_of(board_id=board.pk, query=query) == CloseCode.TOO_MANY
    await first.close()
    await connect(board, alice)


async def test_a_socket_ends_with_its_token(
    board: Board, alice: User, connect: Open, settings: pytest.FixtureRequest
) -> None:
    settings.CANVAS_ACCESS_TOKEN_SECONDS = 1  # type: ignore[attr-defined]
    client = await connect(board, alice)
    assert await client.until_closed() == CloseCode.NOT_AUTHENTICATED
    assert client.close_reason == "The token has expired."


async def test_people_behind_a_proxy_are_counted_one_by_one(
    board: Board, alice: User, connect: Open, settings: pytest.FixtureRequest
) -> None:
    settings.CANVAS_TRUSTED_PROXY_HOPS = 1  # type: ignore[attr-defined]
    settings.CANVAS_MAX_SOCKETS_PER_ADDRESS = 1  # type: ignore[attr-defined]
    query = await sync_to_async(token_query)(alice)

    async def code_from(address: bytes) -> int | None:
        communicator = socket(board.pk, query=query, headers=[(b"x-forwarded-for", address)])
        assert (await communicator.connect())[0]
        await communicator.send_to(bytes_data=frames.encode_step1(b"\x00"))
        event = await communicator.receive_output()
        opened.append(communicator)
        return event.get("code")

    opened: list[Any] = []
    assert await code_from(b"203.0.113.1") is None
    assert await code_from(b"203.0.113.2") is None
    assert await code_from(b"203.0.113.1") == CloseCode.TOO_MANY
    for communicator in opened:
        await communicator.disconnect()
