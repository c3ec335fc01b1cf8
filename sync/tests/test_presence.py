"""Presence: verified names, nobody speaks for another, and nobody stays behind as a ghost."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from accounts.models import Profile
from boards.models import Board
from sync.rooms.presence_clients import CLOCKS_PER_SECOND, clock_now
from sync.rooms.process import rooms_of_this_process
from sync.tests.conftest import Open
from sync.tests.presence import has_heard_of, newest_clock, state_frame, states_seen_by
from sync.wire import frames
from sync.wire.awareness import Entry, decode_awareness, encode_entries, with_verified_user
from sync.wire.frames import MalformedError


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x01\x01\x01\x05ab",
        b"\x00\x00",
        frames.write_varuint(100_000),
        b"\xff" * 99,
    ],
)
def test_malformed_awareness_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_awareness(data)


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"[]",
        b'"x"',
        b"1",
        b"{",
        b'{"x":NaN}',
        b'{"x":1e400}',
        b'{"x":-1e999}',
        b'{"x":' + b"9" * 400 + b"}",
        b'{"x":1,"x":2}',
        b'{"x":{"y":1,"y":2}}',
        b'{"x":"\\ud800"}',
        b'{"x":"\xed\xa0\x80"}',
        b'{"\\udfff":1}',
        b'{"__proto__":{"admin":true}}',
        b'{"a":[{"__proto__":1}]}',
        b'{"constructor":{"prototype":1}}',
        '{"x":1}'.encode("utf-16"),
        b"[" * 4000,
        b'{"x":' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"x":"' + b"a" * 5000 + b'"}',
    ],
)
def test_unusable_states_are_dropped(state: bytes) -> None:
    assert with_verified_user(state, 1, "Alice") is None


def test_the_name_is_the_verified_one_whatever_was_claimed() -> None:
    state = with_verified_user(
        b'{"user":{"name":"Mallory"},"p":[1,2]}', 7, 'A "quoted" \u202e name'
    )
    assert state is not None
    assert json.loads(state) == {"user": {"id": "7", "name": 'A "quoted" \u202e name'}, "p": [1, 2]}


@pytest.mark.parametrize(
    "text", ['{"x":1e308}', '{"x":12345678901234567890}', '{"x":[0.1,-0,true,null,"\U0001f600"]}']
)
def test_what_is_passed_on_is_the_same_value_for_every_parser(text: str) -> None:
    state = with_verified_user(text.encode(), None, "Guest")
    assert state is not None
    sent = json.loads(state, parse_int=float)
    assert sent.pop("user") == {"id": None, "name": "Guest"}
    assert sent == json.loads(text, parse_int=float)


def test_only_who_may_edit_presents() -> None:
    asked = b'{"presenting":true,"pointer":{"x":1,"y":2,"tool":"laser"}}'
    state = with_verified_user(asked, 7, "Alice", may_present=False)
    assert state is not None
    shown = json.loads(state)
    assert "presenting" not in shown
    assert shown["pointer"] == {"x": 1, "y": 2, "tool": "pointer"}
    assert json.loads(with_verified_user(asked, 7, "Alice") or b"")["presenting"] is True


def test_only_who_may_edit_says_that_they_write_privately() -> None:
    asked = b'{"private":{"notes":3,"isWriting":true}}'
    state = with_verified_user(asked, 7, "Alice", may_present=False)
    assert "private" not in json.loads(state or b"")
    assert "private" in json.loads(with_verified_user(asked, 7, "Alice") or b"")


def test_only_who_may_comment_reacts() -> None:
    asked = b'{"reaction":{"emoji":"x","x":0,"y":0,"n":1}}'
    state = with_verified_user(asked, 7, "Alice", may_react=False)
    assert "reaction" not in json.loads(state or b"")
    assert "reaction" in json.loads(with_verified_user(asked, 7, "Alice", may_present=False) or b"")


@pytest.mark.django_db(transaction=True)
class TestComingAndGoing:
    """Clocks are the server's: who comes back with an old one is seen at once."""

    async def test_who_comes_back_with_the_same_clock_is_news(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        a, b = await connect(board, alice), await connect(board, bob)
        await a.send(state_frame(11, 5, {"p": 1}))
        await b.until(lambda: states_seen_by(b).get(11))
        await a.close()
        await b.until(lambda: states_seen_by(b)[11] is None)
        gone_at = newest_clock(b, 11)
        again = await connect(board, alice)
        await again.send(state_frame(11, 5, {"p": 1}))
        await b.until(lambda: states_seen_by(b)[11] is not None)
        assert newest_clock(b, 11) > gone_at

    async def test_who_comes_back_gets_everybody_with_higher_clocks(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        a, b = await connect(board, alice), await connect(board, bob)
        await a.send(state_frame(11, 5, {"p": 1}))
        await b.until(lambda: states_seen_by(b).get(11))
        known_at = newest_clock(b, 11)
        await b.close()
        await asyncio.sleep(1 / CLOCKS_PER_SECOND)  # no client comes back sooner
        again = await connect(board, bob)
        await again.until(lambda: newest_clock(again, 11) > known_at)

    async def test_another_client_of_the_person_does_not_take_over_what_it_repeats(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        one, other, b = [await connect(board, user) for user in (alice, alice, bob)]
        await other.send(state_frame(12, 1, {"p": 2}))
        await one.send(state_frame(11, 1, {"p": 1}))
        await other.until(lambda: states_seen_by(other).get(11))
        sent = [entry for update in other.awareness for entry in decode_awareness(update)]
        echo = encode_entries([next(entry for entry in sent if entry.client_id == 11)])
        await other.send(frames.encode_awareness(echo))
        await other.send(state_frame(12, 2, {"p": 3}))
        await b.until(lambda: (states_seen_by(b).get(12) or {}).get("p") == 3)  # type: ignore[attr-defined]
        await one.close()
        await b.until(lambda: states_seen_by(b)[11] is None)
        await other.send(frames.encode_awareness(echo))
        await other.send(state_frame(12, 3, {"p": 4}))
        await b.until(lambda: (states_seen_by(b).get(12) or {}).get("p") == 4)  # type: ignore[attr-defined]
        assert states_seen_by(b)[11] is None

    async def test_a_client_that_says_nothing_for_too_long_is_taken_off(
        self,
        board: Board,
        alice: User,
        bob: User,
        connect: Open,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("sync.rooms.presence_register.EXPIRY_SECONDS", 0.5)
        a, b = await connect(board, alice), await connect(board, bob)
        await a.send(state_frame(11, 5, {"p": 1}))
        await b.until(lambda: has_heard_of(b, 11))
        await b.until(lambda: states_seen_by(b)[11] is None)
        b.awareness.clear()
        await a.send(state_frame(11, 6, {"p": 2}))
        await b.until(lambda: has_heard_of(b, 11))

    async def test_what_another_process_said_is_forgotten_when_it_says_no_more(
        self, board: Board, alice: User, connect: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sync.rooms.presence_register.REMOTE_EXPIRY_SECONDS", 0.5)
        a = await connect(board, alice)
        room = rooms_of_this_process()._entries[board.pk].room
        ghost = encode_entries([Entry(7, 1, b'{"user":{"name":"Ghost"}}')])
        room.presence.receive_remote(ghost, ["user 1"], [0], "another")
        await a.until(lambda: has_heard_of(a, 7))
        await a.until(lambda: states_seen_by(a)[7] is None)
        late = await connect(board, alice)
        assert 7 not in states_seen_by(late)

    async def test_the_later_word_of_a_person_counts_whichever_process_says_it(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        a, b = await connect(board, alice), await connect(board, bob)
        room = rooms_of_this_process()._entries[board.pk].room
        person, now = f"user {alice.pk}", clock_now()
        room.presence.receive_remote(
            encode_entries([Entry(11, now - 100, b'{"at":"old"}')]), [person], [0], "old"
        )
        await b.until(lambda: states_seen_by(b).get(11) == {"at": "old"})
        await a.send(state_frame(11, 5, {"at": "here"}))
        await b.until(lambda: (states_seen_by(b).get(11) or {}).get("at") == "here")  # type: ignore[attr-defined]
        # The old process still says what it knows, and then that the client has left it.
        for state in (b'{"at":"old"}', b"null"):
            room.presence.receive_remote(
                encode_entries([Entry(11, now - 100, state)]), [person], [0], "old"
            )
        # Another person's process cannot take the client.
        room.presence.receive_remote(
            encode_entries([Entry(11, now + 9999, b'{"at":"stolen"}')]), ["user 0"], [0], "x"
        )
        late = await connect(board, bob)
        await late.until(lambda: (states_seen_by(late).get(11) or {}).get("at") == "here")  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
async def test_others_see_the_picture_that_the_server_has(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    await sync_to_async(Profile.objects.create)(user=alice, picture_key="key-of-alice")
    a, b = await connect(board, alice), await connect(board, bob)
    claimed = {"user": {"picture": "https://elsewhere.example/track.png"}}
    await a.send(state_frame(11, 1, claimed))
    await b.send(state_frame(22, 1, claimed))
    await b.until(lambda: 11 in states_seen_by(b))
    await a.until(lambda: 22 in states_seen_by(a))
    assert states_seen_by(b)[11] == {
        "user": {
            "id": str(alice.pk),
            "name": "alice",
            "picture": "/account/picture/key-of-alice",
        }
    }
    assert states_seen_by(a)[22] == {"user": {"id": str(bob.pk), "name": "bob"}}


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
