"""Requests for sockets, and what becomes of them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client

from audit.origin import SYSTEM_ORIGIN
from audit.tests.actors import by
from boards.access.resolve import Entry
from boards.levels import AccessLevel
from boards.models import Board, ShareLink
from boards.sharing.links import share_link_create
from boards.tests.factories import PASSWORD
from sync.access.admission import Admission, admit
from sync.access.handshake import Request
from sync.access.refusals import RefusedError
from sync.tests.conftest import access_now
from sync.wire.close_codes import CloseCode


def request(board_id: uuid.UUID, *, token: str | None = None, client: Client | None = None) -> Any:
    cookie = client.cookies.get(django_settings.SESSION_COOKIE_NAME) if client else None
    return Request(
        board_id=board_id,
        token=token,
        session_key=cookie.value if cookie else None,
        entry=Entry.BOARD,
        wants_edit=False,
        wants_saved=True,
        origin=SYSTEM_ORIGIN,
    )


def code_of(board_id: uuid.UUID, **credentials: Any) -> CloseCode:
    with pytest.raises(RefusedError) as caught:
        admit(request(board_id, **credentials))
    return caught.value.code


def make_link(board: Board, **values: Any) -> ShareLink:
    values.setdefault("level", AccessLevel.EDIT)
    return share_link_create(board=board, by=by(board.owner), **values)


def signed_in(user: User) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def level_now(admission: Admission) -> AccessLevel | None:
    access = access_now(admission)
    return access.level if access else None


def version(board: Board) -> int:
    return Board.objects.values_list("access_version", flat=True).get(pk=board.pk)
