"""A client id belongs to a person from the moment it is announced; nobody loses work to another."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User

from audit.tests.actors import by
from boards.access.subjects import PUBLIC
from boards.identity.guests import guest_owner
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.permissions import permission_grant
from boards.tests.factories import make_board
from sync.document.ownership import MAX_RESERVED_PER_OWNER, Owners
from sync.models import DocumentClient
from sync.programs.writes import document_apply
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.tests import hostile
from sync.tests.conftest import Open
from sync.tests.yclient import ORIGIN, YClient
from sync.wire import frames
from sync.wire.awareness import Entry, encode_entries
from sync.wire.close_codes import CloseCode
from sync.wire.frames import MalformedError

pytestmark = pytest.mark.django_db(transaction=True)
GUEST = "public=1&edit=true&saved=1"


def announcement(client_id: int, clock: int = 1) -> bytes:
    state = json.dumps({"pointer": None}).encode()
    return frames.encode_awareness(encode_entries([Entry(client_id, clock, state)]))


async def announce(client: YClient) -> None:
    """Shows the client's id to everybody, and waits until the room knows it."""
    seen = len(client.awareness)
    await client.send(announcement(client.doc.client_id))
    await client.until(lambda: len(client.awareness) > seen, "announced")


def taken_over(victim: YClient, clock: int = 0) -> bytes:
    """An update of somebody else under the client id of `victim`."""
    return frames.encode_update(hostile.junk_of(victim.doc.client_id, clock, 50))


def browser(secret: str) -> list[tuple[bytes, bytes]]:
    return [ORIGIN, (b"cookie", f"{settings.CANVAS_GUEST_COOKIE_NAME}={secret}".encode())]


@sync_to_async
def make_shared(alice: User, bob: User) -> Board:
    board = make_board(alice, shared_with={bob: AccessLevel.EDIT})
    permission_grant(board=board, subject=PUBLIC, level=AccessLevel.EDIT, by=by(alice))
    return board


async def test_who_announced_a_client_id_first_keeps_it(
    alice: User, bob: User, connect: Open
) -> None:
    board = await make_shared(alice, bob)
    victim, attacker = await connect(board, alice), await connect(board, bob)
    await announce(victim)
    await attacker.send(taken_over(victim))
    assert await attacker.until_closed() == CloseCode.MALFORMED
    assert "belongs to somebody else" in attacker.close_reason
    await victim.draw("mine", type="rectangle")
    await victim.until_saved()
    assert (await connect(board, bob)).ids() == {"mine"}


async def test_also_while_they_are_away(alice: User, bob: User, connect: Open) -> None:
    board = await make_shared(alice, bob)
    victim, attacker = await connect(board, alice), await connect(board, bob)
    await announce(victim)
    await victim.close()
    await attacker.send(announcement(victim.doc.client_id))
    await attacker.send(taken_over(victim))
    assert await attacker.until_closed() == CloseCode.MALFORMED


async def test_also_when_the_document_is_loaded_again(
    alice: User, bob: User, connect: Open
) -> None:
    board = await make_shared(alice, bob)
    victim, attacker = await connect(board, alice), await connect(board, bob)
    await announce(victim)
    room = rooms_of_this_process()._entries[board.pk].room
    await rooms_of_this_process()._committer._recover(room, None)
    await attacker.send(taken_over(victim))
    assert await attacker.until_closed() == CloseCode.MALFORMED


async def test_also_against_updates_by_rest(alice: User, bob: User, connect: Open) -> None:
    board = await make_shared(alice, bob)
    victim = await connect(board, alice)
    await announce(victim)
    taken = hostile.junk_of(victim.doc.client_id, 0, 50)
    with pytest.raises(MalformedError, match="belongs to somebody else"):
        await sync_to_async(document_apply)(board=board, user=bob, update=taken)
    await victim.draw("mine", type="rectangle")
    await victim.until_saved()
    assert (await connect(board, bob)).ids() == {"mine"}


async def test_also_in_another_process(alice: User, bob: User, connect: Open) -> None:
    board = await make_shared(alice, bob)
    victim, attacker = YClient(board, ""), await connect(board, bob)
    message = {"type": "room.client", "client": victim.doc.client_id, "owner": alice.pk}
    rooms_of_this_process()._bus._take(board.pk, message)
    await attacker.send(taken_over(victim))
    assert await attacker.until_closed() == CloseCode.MALFORMED


async def test_guests_own_their_client_ids_by_browser(
    alice: User, bob: User, connect: Open
) -> None:
    board = await make_shared(alice, bob)
    victim = await connect(board, None, GUEST, browser("a" * 30))
    attacker = await connect(board, None, GUEST, browser("b" * 30))
    await victim.draw("first", type="rectangle")
    await victim.until_saved()
    row = await DocumentClient.objects.aget(board=board, client_id=victim.doc.client_id)
    assert row.user_id == guest_owner("a" * 30) < 0
    await victim.close()
    await close_rooms()

    attacker = await connect(board, None, GUEST, browser("b" * 30))
    clock = frames.decode_state_vector(victim.doc.get_state())[victim.doc.client_id]
    await attacker.send(taken_over(victim, clock))
    assert await attacker.until_closed() == CloseCode.MALFORMED

    again = await connect(board, None, GUEST, browser("a" * 30))
    await again.send(frames.encode_update(victim.edit("second", type="rectangle")))
    await again.until(lambda: again.saved.get(victim.doc.client_id, 0) > clock)
    assert (await connect(board, bob)).ids() == {"first", "second"}


async def test_a_guest_without_a_cookie_keeps_the_ids_of_an_open_connection(
    alice: User, bob: User, connect: Open
) -> None:
    board = await make_shared(alice, bob)
    victim, attacker = await connect(board, None, GUEST), await connect(board, None, GUEST)
    await victim.draw("first", type="rectangle")
    await victim.until_saved()
    clock = frames.decode_state_vector(victim.doc.get_state())[victim.doc.client_id]
    await attacker.send(taken_over(victim, clock))
    assert await attacker.until_closed() == CloseCode.TOO_MANY
    await victim.draw("second", type="rectangle")
    await victim.until_saved()
    await victim.close()
    # A stock client that comes back from the same address goes on.
    again = await connect(board, None, GUEST)
    await again.send(frames.encode_update(victim.edit("third", type="rectangle")))
    await again.until(lambda: again.saved.get(victim.doc.client_id, 0) > clock + 2)
    assert (await connect(board, bob)).ids() == {"first", "second", "third"}


async def test_guests_without_a_cookie_are_told_apart_by_address(
    alice: User, bob: User, connect: Open, settings: Any
) -> None:
    settings.CANVAS_TRUSTED_PROXY_HOPS = 1

    def at(address: str) -> list[tuple[bytes, bytes]]:
        return [ORIGIN, (b"x-forwarded-for", address.encode())]

    board = await make_shared(alice, bob)
    victim = await connect(board, None, GUEST, at("203.0.113.7"))
    await victim.draw("first", type="rectangle")
    await victim.until_saved()
    await victim.close()
    clock = frames.decode_state_vector(victim.doc.get_state())[victim.doc.client_id]
    attacker = await connect(board, None, GUEST, at("203.0.113.8"))
    await attacker.send(taken_over(victim, clock))
    assert await attacker.until_closed() == CloseCode.MALFORMED
    again = await connect(board, None, GUEST, at("203.0.113.7"))
    await again.send(frames.encode_update(victim.edit("second", type="rectangle")))
    await again.until(lambda: again.saved.get(victim.doc.client_id, 0) > clock)


async def test_ids_of_guests_of_earlier_versions_are_any_guests_but_no_accounts(
    alice: User, bob: User, connect: Open
) -> None:
    board = await make_shared(alice, bob)
    old = YClient(board, "")
    await DocumentClient.objects.acreate(board=board, client_id=old.doc.client_id, seq=1)
    guest = await connect(board, None, GUEST, browser("a" * 30))
    await guest.send(frames.encode_update(old.edit("old", type="rectangle")))
    await guest.until(lambda: old.doc.client_id in guest.saved)
    member = await connect(board, bob)
    await member.send(taken_over(old, 2))
    assert await member.until_closed() == CloseCode.MALFORMED


def test_what_is_only_announced_takes_bounded_memory() -> None:
    owners = Owners({1: 7})
    assert not owners.reserve(1, 8)
    for client in range(100, 100 + 2 * MAX_RESERVED_PER_OWNER):
        assert owners.reserve(client, 8)
    assert len(owners._reserved) == MAX_RESERVED_PER_OWNER
    assert owners.reserve(100, 9), "the oldest are forgotten"
    assert not owners.reserve(100 + 2 * MAX_RESERVED_PER_OWNER - 1, 9)
    owners.add([(100, 9)])
    assert 100 not in owners._reserved
    assert not owners.may_write(100, 8)
