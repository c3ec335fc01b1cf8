"""The events socket: one's level and whatever else the page has to know, live."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.db import OperationalError

from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.comments.services import (
    author_of_user,
    comment_edit,
    comment_reply,
    thread_create,
    thread_delete,
    thread_resolve,
)
from boards.levels import AccessLevel
from boards.libraries.selectors import seen_library
from boards.libraries.services import NewItem, item_put
from boards.lifecycle.basics import board_rename, board_trash
from boards.lifecycle.lock import board_lock, board_unlock
from boards.models import Board, CommentThread
from boards.sharing.permissions import permission_grant, permission_revoke
from sync.programs.versions import version_create, version_rename
from sync.rooms.announce import announce
from sync.rooms.bus import EVENT
from sync.rooms.process import rooms_of_this_process
from sync.tests.conftest import Listen, Open
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


NEWS = {"type": "notifications"}
"""Who is given something is told, at any moment between the other events."""


async def next_event(communicator: WebsocketCommunicator) -> dict[str, Any]:
    while (event := dict(json.loads(await communicator.receive_from(timeout=5)))) == NEWS:
        pass
    return event


async def close_code(communicator: WebsocketCommunicator) -> int:
    event = await communicator.receive_output(timeout=5)
    if event.get("text") == json.dumps(NEWS):
        event = await communicator.receive_output(timeout=5)
    assert event["type"] == "websocket.close", event
    return int(event["code"])


async def test_strangers_hear_nothing(board: Board, charlie: User, listen: Listen) -> None:
    assert await close_code(await listen(board, None)) == CloseCode.NOT_AUTHENTICATED
    assert await close_code(await listen(board, charlie)) == CloseCode.NO_PERMISSION


async def test_the_first_event_is_ones_level(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    socket = await listen(board, alice)
    assert await next_event(socket) == {
        "type": "access",
        "level": "edit",
        "can_manage": True,
        "title": "Roadmap",
        "is_locked": False,
        "versions": 0,
        "comments": 0,
        "workshop": 0,
    }
    assert (await next_event(await listen(board, bob)))["can_manage"] is False


async def test_a_changed_level_is_told_at_once(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    socket = await listen(board, bob)
    await next_event(socket)
    for level in (AccessLevel.VIEW, AccessLevel.EDIT):
        await sync_to_async(permission_grant)(
            board=board, subject=Subject(user=bob), level=level, by=by(alice)
        )
        assert (await next_event(socket))["level"] == level.label
    await sync_to_async(permission_revoke)(board=board, subject=Subject(user=bob), by=by(alice))
    assert await close_code(socket) == CloseCode.NO_PERMISSION


async def test_only_the_pages_of_whom_it_concerns_hear_of_news(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    sockets = [await listen(board, user) for user in (alice, bob)]
    for socket in sockets:
        await next_event(socket)
    author = await sync_to_async(author_of_user)(alice)
    await sync_to_async(thread_create)(
        board=board, anchor={"x": 1, "y": 2}, body="Look, @bob", author=author
    )
    heard = [
        [await socket.receive_from(timeout=5) for _ in range(n)]
        for socket, n in zip(sockets, (1, 2), strict=True)
    ]
    types = [sorted(json.loads(one)["type"] for one in some) for some in heard]
    assert types == [["comment"], ["comment", "notifications"]]
    assert await sockets[0].receive_nothing()


async def test_a_change_that_no_message_told_of_is_found(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    """Another process changed it and the layer lost the message."""
    socket = await listen(board, bob)
    await next_event(socket)
    await board.permissions.filter(user=bob).aupdate(level="view")
    await Board.objects.filter(pk=board.pk).aupdate(access_version=board.access_version + 1)
    assert (await next_event(socket))["level"] == "view"


async def test_the_trash_ends_the_socket(board: Board, alice: User, listen: Listen) -> None:
    socket = await listen(board, alice)
    await next_event(socket)
    await sync_to_async(board_trash)(board=board, by=by(alice))
    assert await close_code(socket) == CloseCode.BOARD_GONE


async def test_events_reach_every_listener_of_that_board_alone(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    other = await Board.objects.acreate(title="Other", owner=alice)
    sockets = [await listen(board, alice), await listen(board, bob)]
    elsewhere = await listen(other, alice)
    for socket in (*sockets, elsewhere):
        await next_event(socket)
    event = {"type": "versions"}
    await sync_to_async(announce)(board.pk, EVENT, event=event)
    assert [await next_event(socket) for socket in sockets] == [event, event]
    assert await elsewhere.receive_nothing()


async def test_a_client_has_nothing_to_say(board: Board, alice: User, listen: Listen) -> None:
    socket = await listen(board, alice)
    await next_event(socket)
    await socket.send_to(text_data="{}")
    assert await close_code(socket) == CloseCode.MALFORMED


async def test_listening_loads_no_document_and_leaves_nothing_behind(
    board: Board, alice: User, listen: Listen, connect: Open
) -> None:
    socket = await listen(board, alice)
    await next_event(socket)
    rooms = rooms_of_this_process()
    assert not rooms._entries
    canvas = await connect(board, alice)
    await socket.disconnect()
    await canvas.draw("e1", type="rectangle")
    await canvas.until_saved()
    assert rooms._bus._joined[board.pk] == 1
    assert not rooms.hub.boards()


async def test_every_opening_brings_the_present_state(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    """A page that was opened on a locked board, and one that missed the events, know it too."""
    await next_event(await listen(board, bob))
    await sync_to_async(board_lock)(board=board, by=by(alice))
    await Board.objects.filter(pk=board.pk).aupdate(title="Plan B")
    assert await next_event(await listen(board, bob)) == {
        "type": "access",
        "level": "comment",
        "can_manage": False,
        "title": "Plan B",
        "is_locked": True,
        "versions": 0,
        "comments": 0,
        "workshop": 0,
    }
    await sync_to_async(board_unlock)(board=board, by=by(alice))
    assert (await next_event(await listen(board, alice)))["is_locked"] is False


async def test_a_storage_that_fails_at_the_opening_sends_the_page_away_for_a_while(
    board: Board, alice: User, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise OperationalError("disk")

    monkeypatch.setattr("sync.rooms.registry.read_board", fails)
    assert await close_code(await listen(board, alice)) == CloseCode.STORAGE_UNAVAILABLE


def say(board: Board, author: User) -> CommentThread:
    return thread_create(
        board=board, anchor={"x": 0, "y": 0}, body="Look", author=author_of_user(author)
    )


async def test_whoever_was_away_sees_whether_comments_or_versions_changed(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    async def numbers() -> tuple[int, int]:
        socket = await listen(board, bob)
        event = await next_event(socket)
        await socket.disconnect()
        return event["versions"], event["comments"]

    async def changed(act: Callable[[], Any]) -> tuple[int, int]:
        before = await numbers()
        await sync_to_async(act)()
        after = await numbers()
        return after[0] - before[0], after[1] - before[1]

    author, made = author_of_user(alice), list[Any]()
    assert await changed(lambda: made.append(say(board, alice))) == (0, 1)
    assert await changed(lambda: comment_reply(thread=made[0], body="Yes", author=author)) == (0, 1)
    assert await changed(
        lambda: comment_edit(comment=made[0].comments.all()[0], body="Look!", author=author)
    ) == (0, 1)
    resolve = partial(thread_resolve, thread=made[0], is_resolved=True, author=author)
    assert await changed(resolve) == (0, 1)
    assert await changed(resolve) == (0, 0)
    delete = partial(thread_delete, thread=made[0], author=author, is_manager=True)
    assert await changed(delete) == (0, 1)
    assert await changed(
        lambda: made.append(version_create(board=board, name="One", author=alice))
    ) == (1, 0)
    assert await changed(lambda: version_rename(version=made[1], name="Two")) == (1, 0)


async def test_what_the_layer_loses_is_told_by_the_next_polls(
    board: Board, alice: User, bob: User, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also to pages that stay open, and once."""
    socket = await listen(board, bob)
    await next_event(socket)
    monkeypatch.setattr("sync.receivers.announce", lambda *_, **__: None)
    await sync_to_async(say)(board, alice)
    told = await next_event(socket)
    assert (told["type"], told["comments"], told["versions"]) == ("access", 1, 0)
    await sync_to_async(board_rename)(board=board, title="Plan B", by=by(alice))
    assert (await next_event(socket))["title"] == "Plan B"
    assert await socket.receive_nothing(2.5)


async def test_whoever_missed_a_workshop_is_told(board: Board, bob: User, listen: Listen) -> None:
    """That one is on, and that it has ended; also on another process."""
    socket = await listen(board, bob)
    assert (await next_event(socket))["workshop"] == 0
    await Board.objects.filter(pk=board.pk).aupdate(workshop_revision=5)
    assert (await next_event(socket))["workshop"] == 5
    await Board.objects.filter(pk=board.pk).aupdate(workshop_revision=0)
    assert (await next_event(socket))["workshop"] == 0


async def test_what_the_layer_brings_is_told_once(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    socket = await listen(board, bob)
    await next_event(socket)
    await sync_to_async(say)(board, alice)
    await sync_to_async(version_create)(board=board, name="One", author=alice)
    await sync_to_async(board_rename)(board=board, title="Plan B", by=by(alice))
    types = [(await next_event(socket))["type"] for _ in range(3)]
    assert types == ["comment", "versions", "board"]
    assert await socket.receive_nothing(2.5)


async def test_a_library_tells_those_who_have_it(
    board: Board, alice: User, bob: User, listen: Listen
) -> None:
    sockets = [await listen(board, user) for user in (alice, bob)]
    for socket in sockets:
        await next_event(socket)

    def keep(user: User) -> None:
        item = NewItem.of("Box", [{"id": "a"}], {})
        place = seen_library(user, "mine")
        item_put(place=place, key=uuid4(), item=item, position=None, by=by(user))

    await sync_to_async(keep)(bob)
    await sync_to_async(keep)(alice)
    assert await next_event(sockets[0]) == {"type": "libraries"}
    assert await next_event(sockets[1]) == {"type": "libraries"}
    assert await sockets[0].receive_nothing(0.2)
    assert await sockets[1].receive_nothing(0.2)
