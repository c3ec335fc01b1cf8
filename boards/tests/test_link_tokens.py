"""Tokens of links: which are one, and where they are not."""

from __future__ import annotations

import logging
import re
import uuid
from typing import Any

import jwt
import pytest
from django.conf import settings as project_settings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from audit.models import AuditLog
from boards.identity.tokens import (
    TokenError,
    issue_access_token,
    link_of_token,
    link_token,
    token_fault,
)
from boards.levels import AccessLevel
from boards.models import Board, ShareLink
from boards.tests.factories import make_board
from boards.tests.links import make_link, revoke


def changed(token: str) -> str:
    return token[:-2] + ("BA" if token.endswith("AA") else "AA")


def old_token(link: ShareLink, **changes: Any) -> str:
    """As earlier versions wrote it, with other claims if they are given."""
    key_id, secret = next(iter(project_settings.CANVAS_JWT_KEYS.items()))
    claims = {
        "iss": "canvas",
        "aud": "canvas:link",
        "sub": str(link.board_id),
        "jti": str(link.pk),
        "iat": int(link.created_at.timestamp()),
        **changes,
    }
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": key_id})


def test_a_token_of_another_kind_or_hand_is_no_link(board: Board, alice: User) -> None:
    link = make_link(board)
    access, _ = issue_access_token(alice)
    for token in (
        access,
        changed(link_token(link)),
        "A" + link_token(link)[1:],
        link_token(make_link(make_board(alice))),
        changed(old_token(link)),
        old_token(link, aud="canvas:ws"),
        old_token(link, iss="other"),
        old_token(link, jti="nonsense"),
        old_token(link, jti=str(uuid.uuid4())),
        old_token(link, sub=str(uuid.uuid4())),
        old_token(link, exp=1),
    ):
        with pytest.raises(TokenError):
            link_of_token(token, board.pk)


def test_a_token_is_short_and_needs_the_key(board: Board, settings: Settings) -> None:
    link = make_link(board)
    token = link_token(link)
    assert re.fullmatch(r"[0-9A-Za-z]{26}", token)
    assert link_of_token(token, board.pk) == link
    assert link_token(make_link(board)) != token
    old_keys = settings.CANVAS_JWT_KEYS
    settings.CANVAS_JWT_KEYS = {"new": "n" * 32, **old_keys}
    assert link_token(link) != token
    assert link_of_token(token, board.pk) == link
    settings.CANVAS_JWT_KEYS = {"new": "n" * 32}
    with pytest.raises(TokenError):
        link_of_token(token, board.pk)


def test_nothing_is_asked_for_a_token_of_somebody_else(
    board: Board, django_assert_num_queries: Any
) -> None:
    token = link_token(make_link(board))
    assert token_fault(token) is None
    with django_assert_num_queries(0):
        assert token_fault(token[:-1] + ("A" if token[-1] != "A" else "B")) == "invalid"
        with pytest.raises(TokenError):
            link_of_token("A" * 26, board.pk)


def test_a_link_of_an_earlier_version_still_counts(board: Board, alice: User) -> None:
    link = make_link(board, AccessLevel.COMMENT)
    client, token = Client(), old_token(link)
    assert client.get(f"/board/{board.pk}", {"token": token}).status_code == 302
    assert client.get(f"/board/{board.pk}").context["config"]["level"] == "comment"
    other = make_board(alice)
    assert Client().get(f"/board/{other.pk}", {"token": token}).status_code == 401
    revoke(link)
    assert Client().get(f"/board/{board.pk}", {"token": token}).status_code == 401


def test_a_token_is_written_nowhere(board: Board, caplog: pytest.LogCaptureFixture) -> None:
    link = make_link(board)
    token = link_token(link)
    with caplog.at_level(logging.DEBUG):
        client = Client()
        client.get(f"/board/{board.pk}", {"token": token[:-4] + "AAAA"})
        client.get(f"/board/{board.pk}", {"token": token}, follow=True)
    signature = token[:20]
    assert signature not in caplog.text
    assert signature not in str(list(AuditLog.objects.values()))
    assert signature not in str(dict(client.session.items()))
