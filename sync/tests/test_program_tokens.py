"""Sockets and writes by a program's token: within its scopes, under its name, and only while it is
valid.
"""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from accounts.tokens.services import actor_token, token_create, token_revoke
from audit.models import AuditLog
from audit.tests.actors import by
from boards.levels import AccessLevel
from boards.models import Board, Visit
from boards.tests.factories import make_board
from sync.programs.committing import NotAllowedError
from sync.programs.writes import document_change
from sync.tests.conftest import Open
from sync.tests.test_authority import burst, under_way
from sync.tests.yclient import close_code_of

pytestmark = [pytest.mark.django_db(transaction=True)]


@sync_to_async
def make_token(user: User, *scopes: str, name: str = "CI bot", **values: Any) -> tuple[Any, str]:
    values.setdefault("expires_at", None)
    return token_create(user=user, name=name, scopes=scopes, by=by(user), **values)


@sync_to_async
def head_of(board: Board) -> int:
    return Board.objects.values_list("head_seq", flat=True).get(pk=board.pk)


@sync_to_async
def revoked(token: ApiToken, board: Board, user: User) -> int:
    """The head of the board when the token had been revoked."""
    token_revoke(token=token, by=by(user))
    return Board.objects.values_list("head_seq", flat=True).get(pk=board.pk)


async def test_a_socket_has_the_level_of_the_scope(
    board: Board, alice: User, connect: Open
) -> None:
    for scope, can_edit in (("read", False), ("comment", False), ("edit", True)):
        _, secret = await make_token(alice, f"board:{board.pk}:{scope}", name=scope)
        client = await connect(board, None, f"saved=1&token={secret}")
        head = await head_of(board)
        await client.draw(scope, n=1)
        if can_edit:
            await client.until_saved()
        else:
            await asyncio.sleep(0.2)
        assert (await head_of(board) > head) is can_edit, scope
    _, secret = await make_token(alice, "board:8c5e0c0e-5d0e-4b76-9a55-2e7f6c4ad001:edit")
    assert await close_code_of(board_id=board.pk, query=f"token={secret}") == 4003


async def test_nothing_commits_after_a_token_was_revoked(
    alice: User, bob: User, connect: Open
) -> None:
    committed = 0
    for seed in range(10):
        rnd = random.Random(seed)
        board = await sync_to_async(make_board)(alice, shared_with={bob: AccessLevel.EDIT})
        token, secret = await make_token(bob, "boards:edit")
        client = await connect(board, None, f"saved=1&token={secret}")
        writing = asyncio.create_task(burst(client, rnd))
        await under_way(board, rnd)
        head = await revoked(token, board, bob)
        async with asyncio.timeout(1):
            assert await client.until_closed() == 4001
        writing.cancel()
        assert await head_of(board) == head, f"seed {seed}"
        committed += head
    assert committed, "the bursts were under way"


async def test_a_socket_and_its_ticket_end_with_the_token(
    board: Board, alice: User, connect: Open
) -> None:
    ends = timezone.now() + timedelta(seconds=2)
    _, secret = await make_token(alice, "boards:edit", expires_at=ends)
    client = await connect(board, None, f"saved=1&token={secret}")
    assert await client.until_closed() == 4001
    assert client.close_reason == "The token has expired."
    token, secret = await make_token(alice, "boards:read", name="Reader")
    response = await sync_to_async(Client().post)(
        f"/api/v1/boards/{board.pk}/ticket", headers={"Authorization": f"Bearer {secret}"}
    )
    by_ticket = await connect(board, None, f"saved=1&token={response.json()['ticket']}")
    await by_ticket.draw("no", n=1)
    await revoked(token, board, alice)
    assert await by_ticket.until_closed() == 4001
    assert await head_of(board) == 0, "the ticket has the scopes of its token"


async def test_the_log_names_the_token(board: Board, alice: User, connect: Open) -> None:
    token, secret = await make_token(alice, "boards:edit")
    client = await connect(board, None, f"saved=1&token={secret}")
    await client.draw("e", n=1)
    await client.until_saved()
    await client.close()
    while await Visit.objects.aexists():  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    rows = [row async for row in AuditLog.objects.filter(board_id=board.pk)]
    assert {row.action for row in rows} == {"room_access", "room_leave"}
    assert {(row.via, row.data["token"], row.actor_id) for row in rows} == {
        ("token", "CI bot", alice.pk)
    }
    await token.arefresh_from_db()
    assert token.last_used_at is not None
    assert secret not in str([row.data async for row in AuditLog.objects.all()])


def test_a_write_under_way_does_not_commit_when_its_token_has_ended(
    board: Board, alice: User
) -> None:
    token, _ = token_create(
        user=alice, name="CI bot", scopes=["boards:edit"], expires_at=None, by=by(alice)
    )
    named = actor_token(token)
    change: Any = lambda roots: roots["meta"].update({"viewBackgroundColor": "#ffffff"})  # noqa: E731
    assert document_change(board=board, user=alice, change=change, token=named) == 1
    token_revoke(token=token, by=by(alice))
    with pytest.raises(NotAllowedError):
        document_change(board=board, user=alice, change=change, token=named)
