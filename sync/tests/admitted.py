"""Requests of people who want to get in, without a socket."""

from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client

from audit.origin import SYSTEM_ORIGIN
from boards.access.resolve import Entry
from boards.identity.tokens import issue_access_token
from boards.models import Board
from boards.tests.factories import PASSWORD
from sync.access.handshake import Request


def request_of(
    board: Board, *, user: User | None = None, client: Client | None = None, token: str = ""
) -> Request:
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value if client else None
    return Request(
        board_id=board.pk,
        token=issue_access_token(user)[0] if user else token or None,
        session_key=cookie,
        entry=Entry.BOARD,
        wants_edit=False,
        wants_saved=False,
        origin=SYSTEM_ORIGIN,
    )


def signed_in(user: User) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client
