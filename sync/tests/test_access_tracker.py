"""Nobody admitted before a revocation stays connected, on either kind of socket."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.links import share_link_create
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.tests.factories import make_user
from sync.access import reauthorize
from sync.access.admission import Admission, admit
from sync.access.tracker import AccessTracker
from sync.rooms.events import Listener
from sync.rooms.member import Member
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.rooms.transport import AsgiTransport
from sync.storage.log import Head
from sync.tests.admitted import request_of, signed_in
from sync.tests.conftest import access_now
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def let_in(board: Board, user: User) -> Admission:
    return await sync_to_async(lambda: admit(request_of(board, user=user)))()


async def revoke(board: Board, user: User) -> None:
    await sync_to_async(permission_revoke)(
        board=board, subject=Subject(user=user), by=by(board.owner)
    )


async def send_nowhere(event: dict[str, Any]) -> None:
    """A socket that takes everything."""


async def until(condition: Callable[[], bool], seconds: float) -> float:
    """Waits until it holds; returns how long that took."""
    started = time.monotonic()
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return time.monotonic() - started


async def test_a_listener_let_in_before_a_revocation_and_added_after_it_is_closed(
    board: Board, alice: User, bob: User
) -> None:
    rooms = rooms_of_this_process()
    await rooms.listen(Listener(send_nowhere, await let_in(board, alice)))
    late = Listener(send_nowhere, await let_in(board, bob))
    await revoke(board, bob)
    await rooms.access.refresh(board.pk)  # what the message of the revocation does
    await rooms.listen(late)
    assert late.close_code == CloseCode.NO_PERMISSION
    await close_rooms()


async def test_so_is_one_that_is_the_first_of_its_board_here(board: Board, bob: User) -> None:
    """This process was not told about the revocation: polling finds it."""
    late = Listener(send_nowhere, await let_in(board, bob))
    await revoke(board, bob)
    await rooms_of_this_process().listen(late)
    await until(lambda: late.close_code is not None, 2.5)
    await close_rooms()


async def test_a_member_let_in_before_a_revocation_and_added_after_it_is_closed(
    board: Board, alice: User, bob: User
) -> None:
    rooms = rooms_of_this_process()
    await rooms.join(
        Member(AsgiTransport(send_nowhere), await let_in(board, alice), outbox_bytes=1)
    )
    late = Member(AsgiTransport(send_nowhere), await let_in(board, bob), outbox_bytes=1)
    await revoke(board, bob)
    await rooms.access.refresh(board.pk)
    await rooms.join(late)
    assert late.close_code == CloseCode.NO_PERMISSION
    await close_rooms()


async def test_whoever_came_and_left_during_the_check_and_left_an_edit_is_checked(
    board: Board, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches are based on the new access version from then on, so nobody else would notice."""
    gone = Member(AsgiTransport(send_nowhere), await let_in(board, bob), outbox_bytes=1)
    await revoke(board, bob)

    class Waiting:
        """The edits that wait, and what the tracker said of the board."""

        authors, resolved = set[Member](), list[bool]()

        def waiting_authors(self, board_id: UUID) -> set[Member]:
            return self.authors

        def access_was_resolved(self, board_id: UUID, head: Head) -> None:
            self.resolved.append(gone.can_edit)

    waiting, real = Waiting(), reauthorize.resolve_all

    async def resolve_all(*args: Any) -> Any:
        answer = await real(*args)
        waiting.authors.add(gone)
        return answer

    monkeypatch.setattr("sync.access.tracker.resolve_all", resolve_all)
    await AccessTracker(waiting).refresh(board.pk)
    assert waiting.resolved == [False]


async def test_an_older_answer_never_follows_a_newer_one(
    board: Board, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes at once: the answer to the second never arrives before the slow answer to the
    first.
    """
    rooms, real = rooms_of_this_process(), reauthorize.resolve_all
    member = Member(AsgiTransport(send_nowhere), await let_in(board, bob), outbox_bytes=1)
    await rooms.join(member)
    read, go_on, asked = asyncio.Event(), asyncio.Event(), list[int]()

    async def slow(*args: Any) -> Any:
        answer = await real(*args)
        asked.append(1)
        if len(asked) == 1:
            read.set()
            await go_on.wait()
        return answer

    monkeypatch.setattr("sync.access.tracker.resolve_all", slow)
    first = asyncio.create_task(rooms.access.refresh(board.pk))
    await read.wait()
    await sync_to_async(permission_grant)(
        board=board, subject=Subject(user=bob), level=AccessLevel.VIEW, by=by(alice)
    )
    others = [asyncio.create_task(rooms.access.refresh(board.pk)) for _ in range(20)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(first, *others)
    assert not member.can_edit
    assert len(asked) <= 4  # those who wait share one answer
    await close_rooms()


def many_admissions(board: Board, owner: User, count: int) -> list[Admission]:
    group, link = (
        Group.objects.create(name=f"team {count}"),
        share_link_create(board=board, by=by(owner), level=AccessLevel.COMMENT),
    )
    board.permissions.create(group=group, level="edit")
    admitted = []
    for number in range(count):
        user = make_user(f"user{count}x{number}")
        user.groups.add(group)
        admitted += [
            admit(request_of(board, user=user)),
            admit(request_of(board, client=signed_in(user))),
            admit(request_of(board, token=link_token(link))),
        ]
    return admitted


def queries_of(board: Board, some: list[Admission], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(reauthorize, "close_old_connections", lambda: None)
    with CaptureQueriesContext(connection) as queries:
        _, answers = reauthorize._resolve_all(board.pk, some)
    assert len(answers) == len(some)
    assert all(access for access, _ in answers)
    return len(queries)


def test_a_full_board_takes_as_many_queries_as_a_small_one(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = many_admissions(board, alice, 2), many_admissions(board, alice, 20)
    assert queries_of(board, few, monkeypatch) == queries_of(board, many, monkeypatch) <= 6


def test_all_at_once_are_told_what_each_alone_would_be(
    board: Board, alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reauthorize, "close_old_connections", lambda: None)
    admitted = many_admissions(board, alice, 4)
    admitted += [admit(request_of(board, user=alice)), admit(request_of(board, user=board.owner))]

    def agree() -> list[Any]:
        _, answers = reauthorize._resolve_all(board.pk, admitted)
        together = [access for access, _ in answers]
        assert together == [access_now(one) for one in admitted]
        return together

    assert all(agree())
    users = list(User.objects.filter(username__startswith="user4x").order_by("pk"))
    users[0].groups.clear()
    users[1].set_password("another one")
    users[1].save()
    users[2].is_active = False
    users[2].save()
    Session.objects.filter(
        session_key__in=[one.session_key for one in admitted if one.user_id == users[3].pk]
    ).delete()
    board.share_links.update(revoked_at=timezone.now())
    assert [access is not None and access.can_view for access in agree()].count(True) == 3
    Board.objects.filter(pk=board.pk).update(deleted_at=timezone.now())
    agree()
