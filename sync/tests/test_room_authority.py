"""What a room does when somebody may no longer write, or be there."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from audit.tests.actors import by
from boards.access.subjects import PUBLIC, Subject
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_trash
from boards.models import Board
from boards.sharing.permissions import permission_grant, permission_revoke
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.storage.store import append_update
from sync.tests.conftest import Open
from sync.tests.gates import Gate, eventually, stored_content
from sync.tests.yclient import YClient
from sync.wire import frames
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def test_after_a_permission_change_returns_no_update_commits(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    await b.draw("e1", type="rectangle")
    await b.until_saved()
    await sync_to_async(permission_grant)(
        board=board, subject=Subject(user=bob), level=AccessLevel.VIEW, by=by(alice)
    )
    await b.draw("e2", type="ellipse")
    await a.draw("e3", type="diamond")
    await a.until_saved()
    await b.until(lambda: "e3" in b.elements)
    assert set(await stored_content(board)) == {"e1", "e3"}
    late = await connect(board, alice)
    assert late.ids() == {"e1", "e3"}


async def test_a_batch_that_waits_while_the_permission_goes_is_not_committed(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The access version is part of the compare-and-set, so no message has to arrive in time."""
    a, b = await connect(board, alice), await connect(board, bob)
    gate = Gate(monkeypatch)
    await b.draw("e1", type="rectangle")
    await a.draw("e2", type="ellipse")
    await gate.until_reached()
    await sync_to_async(permission_revoke)(board=board, subject=Subject(user=bob), by=by(alice))
    gate.opened.set()
    assert await b.until_closed() == CloseCode.NO_PERMISSION
    await a.until_saved()
    assert set(await stored_content(board)) == {"e2"}
    late = await connect(board, alice)
    assert late.ids() == {"e2"}


async def test_an_upgrade_takes_effect_on_the_open_socket(
    board: Board, alice: User, charlie: User, connect: Open
) -> None:
    await sync_to_async(permission_grant)(
        board=board, subject=Subject(user=charlie), level=AccessLevel.VIEW, by=by(alice)
    )
    c = await connect(board, charlie)
    room = next(iter(rooms_of_this_process().rooms().values()))
    await sync_to_async(permission_grant)(
        board=board, subject=Subject(user=charlie), level=AccessLevel.EDIT, by=by(alice)
    )
    await eventually(lambda: all(member.can_edit for member in room.members))
    await c.draw("e1", type="rectangle")
    await c.until_saved()


@pytest.mark.parametrize("came_as", [AccessLevel.VIEW, AccessLevel.EDIT])
async def test_what_was_ignored_before_an_upgrade_is_asked_for_after_it(
    board: Board, alice: User, charlie: User, connect: Open, came_as: AccessLevel
) -> None:
    """The client does not know that it was ignored. It would differ from everybody until it
    connects again.
    """
    grant = sync_to_async(permission_grant)
    person = Subject(user=charlie)
    await grant(board=board, subject=person, level=came_as, by=by(alice))
    a, c = await connect(board, alice), await connect(board, charlie)
    if came_as is not AccessLevel.VIEW:
        await grant(board=board, subject=person, level=AccessLevel.VIEW, by=by(alice))
    room = next(iter(rooms_of_this_process().rooms().values()))
    await eventually(lambda: not all(member.can_edit for member in room.members))
    await c.draw("ignored", type="rectangle")
    await a.draw("e1", type="rectangle")
    await c.until(lambda: "e1" in c.elements)
    assert set(await stored_content(board)) == {"e1"}
    c.step1s.clear()
    await grant(board=board, subject=person, level=AccessLevel.EDIT, by=by(alice))
    await c.until(lambda: c.step1s, "asked")
    await c.send(frames.encode_step2(c.doc.get_update(c.step1s[0])))
    await a.until(lambda: "ignored" in a.elements)
    await c.until_saved()


async def test_guests_leave_when_the_public_link_is_switched_off(
    board: Board, alice: User, connect: Open
) -> None:
    await sync_to_async(permission_grant)(
        board=board, subject=PUBLIC, level=AccessLevel.EDIT, by=by(alice)
    )
    guest = await connect(board, None)
    await sync_to_async(permission_revoke)(board=board, subject=PUBLIC, by=by(alice))
    assert await guest.until_closed() == CloseCode.NOT_AUTHENTICATED


async def test_everybody_leaves_when_the_board_goes_to_the_trash(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    a, b = await connect(board, alice), await connect(board, bob)
    await sync_to_async(board_trash)(board=board, by=by(alice))
    assert await a.until_closed() == CloseCode.BOARD_GONE
    assert await b.until_closed() == CloseCode.BOARD_GONE


async def test_a_client_id_belongs_to_one_user_for_ever(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    """Also after the room was let go, and for the same person after a reload."""
    a, b = await connect(board, alice), await connect(board, bob)
    await a.draw("e1", type="rectangle")
    await a.until_saved()
    await b.until(lambda: "e1" in b.elements)
    forged = YClient(board, "")
    forged.doc = type(forged.doc)(client_id=a.doc.client_id)
    forged.elements = forged.doc.get("elements", type=type(a.elements))
    forged.doc.apply_update(a.doc.get_update())
    forged._subscription = forged.doc.observe(forged._on_change)
    update = forged.edit("e1", type="forged")
    await b.send(frames.encode_update(update))
    assert await b.until_closed() == CloseCode.MALFORMED
    assert b.close_reason == "Not accepted: client id belongs to somebody else."
    await a.close()
    await close_rooms()
    again = await connect(board, bob)
    await again.send(frames.encode_update(update))
    assert await again.until_closed() == CloseCode.MALFORMED
    own = await connect(board, alice)
    await own.send(frames.encode_update(update))
    await own.until(lambda: own.saved.get(a.doc.client_id, 0) > 2)
    assert (await stored_content(board))["e1"] == {"type": "forged"}


async def test_what_waits_is_checked_again_when_its_client_id_turns_out_to_be_taken(
    board: Board, alice: User, bob: User, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner wrote through another process, and this one hears of it a moment too late."""
    b = await connect(board, bob)
    gate = Gate(monkeypatch)
    await b.draw("e1", type="rectangle")
    await gate.until_reached()
    owner, forged = YClient(board, ""), YClient(board, "")
    forged.doc = type(forged.doc)(client_id=owner.doc.client_id)
    forged.elements = forged.doc.get("elements", type=type(owner.elements))
    forged._subscription = forged.doc.observe(forged._on_change)
    await b.send(frames.encode_update(forged.edit("e2", type="rectangle", pos=[1, 1], size=[9, 9])))
    room = next(iter(rooms_of_this_process().rooms().values()))
    await eventually(lambda: len(room.queue) == 1)
    await sync_to_async(append_update)(board.pk, owner.edit("e3", type="ellipse"), alice.pk)
    gate.opened.set()
    assert await b.until_closed() == CloseCode.MALFORMED
    assert b.close_reason == "This update does not apply to the board."
    late = await connect(board, alice)
    assert late.ids() == set(await stored_content(board)) == {"e1", "e3"}
    own = room.document.owners
    assert own.owner_of(owner.doc.client_id) == alice.pk
