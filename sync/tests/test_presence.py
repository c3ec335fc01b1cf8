"""Presence: verified names, nobody speaks for another, and nobody stays behind as a ghost."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from boards.models import Board
from sync import protocol
from sync.presence import Entry, decode_awareness, encode_entries, with_verified_user
from sync.protocol import Malformed
from sync.tests.conftest import Open
from sync.tests.yclient import YClient


def state_frame(client_id: int, clock: int, state: object) -> bytes:
    entry = Entry(client_id, clock, json.dumps(state).encode())
    return protocol.encode_awareness(encode_entries([entry]))


def states_seen_by(client: YClient) -> dict[int, object]:
    """The newest state of everyone, as a stock client would hold it."""
    seen: dict[int, object] = {}
    for update in client.awareness:
        for entry in decode_awareness(update):
            seen[entry.client_id] = json.loads(entry.state)
    return seen


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x01\x01\x01\x05ab",
        b"\x00\x00",
        protocol.write_varuint(100_000),
        b"\xff" * 99,
    ],
)
def test_malformed_awareness_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        decode_awareness(data)


@pytest.mark.parametrize(
    "state",
    [b"", b"[]", b'"x"', b"1", b"{", b'{"x":NaN}', b"[" * 4000, b'{"x":"' + b"a" * 5000 + b'"}'],
)
def test_unusable_states_are_dropped(state: bytes) -> None:
    assert with_verified_user(state, 1, "Alice") is None


def test_the_name_is_the_verified_one_whatever_was_claimed() -> None:
    state = with_verified_user(
        b'{"user":{"name":"Mallory"},"p":[1,2]}', 7, 'A "quoted" \u202e name'
    )
    assert state is not None
    assert json.loads(state) == {"user": {"id": "7", "name": 'A "quoted" \u202e name'}, "p": [1, 2]}


@pytest.mark.django_db(transaction=True)
class TestOnTheSocket:
    async def test_others_see_the_cursor_with_the_verified_name(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        a, b = await connect(board, alice), await connect(board, bob)
        await a.send(state_frame(11, 1, {"user": {"id": "99", "name": "Mallory"}, "p": [3, 4]}))
        await b.until(lambda: 11 in states_seen_by(b))
        assert states_seen_by(b)[11] == {
            "user": {"id": str(alice.pk), "name": "alice"},
            "p": [3, 4],
        }

    async def test_nobody_moves_or_removes_another_persons_cursor(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        a, b = await connect(board, alice), await connect(board, bob)
        await a.send(state_frame(11, 1, {"p": [1, 1]}))
        await b.until(lambda: 11 in states_seen_by(b))
        await b.send(state_frame(11, 2, {"p": [9, 9]}))
        await b.send(state_frame(11, 2**50, None))
        await b.send(state_frame(22, 1, {"p": [2, 2]}))
        await a.until(lambda: 22 in states_seen_by(a))
        late = await connect(board, alice)
        await late.until(lambda: 11 in states_seen_by(late))
        assert states_seen_by(late)[11] == {
            "p": [1, 1],
            "user": {"id": str(alice.pk), "name": "alice"},
        }

    async def test_a_cursor_leaves_with_its_socket(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        a, b = await connect(board, alice), await connect(board, bob)
        await a.send(state_frame(11, 5, {"p": [1, 1]}))
        await b.until(lambda: 11 in states_seen_by(b))
        await a.close()
        await b.until(lambda: states_seen_by(b)[11] is None)
        late = await connect(board, bob)
        assert 11 not in states_seen_by(late)

    async def test_the_same_person_may_come_back_before_the_old_socket_is_gone(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        old, b = await connect(board, alice), await connect(board, bob)
        await old.send(state_frame(11, 5, {"p": [1, 1]}))
        await b.until(lambda: 11 in states_seen_by(b))
        new = await connect(board, alice)
        await new.send(state_frame(11, 6, {"p": [2, 2]}))
        await b.until(lambda: (states_seen_by(b).get(11) or {}).get("p") == [2, 2])  # type: ignore[attr-defined]
        await old.close()
        await new.send(state_frame(11, 7, {"p": [3, 3]}))
        await b.until(lambda: (states_seen_by(b).get(11) or {}).get("p") == [3, 3])  # type: ignore[attr-defined]

    async def test_viewers_are_present_too(
        self, board: Board, alice: User, charlie: User, connect: Open
    ) -> None:
        await sync_to_async(board.permissions.create)(user=charlie, level="view")
        a, viewer = await connect(board, alice), await connect(board, charlie)
        await viewer.send(state_frame(33, 1, {"p": [1, 1]}))
        await a.until(lambda: 33 in states_seen_by(a))

    async def test_a_query_is_answered(self, board: Board, alice: User, connect: Open) -> None:
        a = await connect(board, alice)
        await a.send(state_frame(11, 1, {"p": [1, 1]}))
        await a.until(lambda: 11 in states_seen_by(a))
        a.awareness.clear()
        await a.send(b"\x03")
        await a.until(lambda: 11 in states_seen_by(a))
