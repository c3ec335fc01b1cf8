"""A token that can't be valid is refused without a database query."""

from types import SimpleNamespace

import jwt
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from audit.models import AuditLog
from boards.identity.tokens import issue_access_token, token_fault
from boards.models import Board
from sync.sockets import admitting, visitors
from sync.tests.yclient import socket, token_query
from sync.wire.close_codes import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def refusal(board: Board, token: str) -> tuple[int, str]:
    client = socket(board.pk, query=f"token={token}")
    await client.connect()
    closed = await client.receive_output()
    return closed["code"], closed["reason"]


async def test_nothing_is_looked_up_for_a_token_of_somebody_else(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(admitting, "admit", lambda *given: asked.append(given))
    monkeypatch.setattr(visitors, "RECORDED_REFUSALS", 3)
    visitors._recorded.clear()
    # Rows are counted by the minute, and the test may begin just before the next one.
    monkeypatch.setattr(visitors, "time", SimpleNamespace(monotonic=lambda: 1e6))
    forged = jwt.encode({"sub": "1"}, "x" * 32, algorithm="HS256")
    for _ in range(3):
        for token in ("nonsense", forged):
            code, reason = await refusal(board, token)
            assert (code, reason) == (CloseCode.NOT_AUTHENTICATED, "The token is not valid.")
    assert asked == []
    assert await AuditLog.objects.filter(action="room_access_denied").acount() == 3


def test_what_the_database_decides_is_left_to_it(alice: User) -> None:
    token = issue_access_token(alice)[0]
    assert token_fault(token) is None
    alice.is_active = False
    alice.save()
    assert token_fault(token) is None
    assert token_fault(token[:-2]) == "invalid"


async def test_who_is_let_in_was_not_kept_out(board: Board, alice: User) -> None:
    client = socket(board.pk, query=await sync_to_async(token_query)(alice))
    accepted, _ = await client.connect()
    assert accepted
    await client.disconnect()
