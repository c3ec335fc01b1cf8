"""Sessions started by a token: for its board only, and until the token ends.

`/board/<id>?token=<jwt>` opens a board without typing anything. Someone who sends such a link must
not be able to sign others in as somebody else on the whole site, nor for longer than the token
lasts. So the session lists its boards, each with its end, and belongs to nobody everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user, login, logout
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from audit.actions import AuditVia
from audit.receivers import mark_sign_in

SESSION_VIA_KEY = "signed_in_via"
BOARDS_KEY = "token_boards"
MAX_BOARDS = 50
SIGN_IN_BACKEND = "django.contrib.auth.backends.ModelBackend"
_EVERYWHERE = frozenset({"logout", "token-enter"})
"""Routes that need to know whose session it is, whatever board it is for."""


class SessionElsewhereError(Exception):
    """The session is not valid here: it is for other boards, or its token has ended."""


def session_ends_at(session: Any, board_id: UUID | None) -> datetime | None:
    """When the session ends on a board; None if it has no end of its own.

    Raises `SessionElsewhereError`.
    """
    boards = session.get(BOARDS_KEY)
    if boards is None:
        return None
    ends_at = boards.get(str(board_id))
    if ends_at is None:
        raise SessionElsewhereError
    moment = datetime.fromtimestamp(ends_at, tz=UTC)
    if moment <= timezone.now():
        raise SessionElsewhereError
    return moment


def signed_in_by_session(request: HttpRequest) -> User | None:
    """Whose session it is, whatever its boards."""
    user = get_user(request)
    return user if isinstance(user, User) else None


def has_own_session(request: HttpRequest) -> bool:
    """Whether the person signed in with a password, not with a token."""
    return BOARDS_KEY not in request.session


def token_session_begin(
    request: HttpRequest, *, user: User, board_id: UUID, ends_at: datetime
) -> None:
    """Signs the token's user in on this board until the token ends.

    If someone else is signed in, they are signed out; call it only after they agreed.
    """
    now = timezone.now()
    current = signed_in_by_session(request)
    boards: dict[str, int] = {}
    if current == user:
        kept = request.session.get(BOARDS_KEY, {})
        boards = {key: end for key, end in kept.items() if end > now.timestamp()}
    elif current is not None:
        logout(request)
    mark_sign_in(request, AuditVia.TOKEN)
    login(request, user, backend=SIGN_IN_BACKEND)
    boards[str(board_id)] = int(ends_at.timestamp())
    latest = sorted(boards.items(), key=lambda item: item[1])[-MAX_BOARDS:]
    request.session[BOARDS_KEY] = dict(latest)
    request.session[SESSION_VIA_KEY] = AuditVia.TOKEN.value
    request.session.set_expiry(datetime.fromtimestamp(latest[-1][1], tz=UTC))


@receiver(user_logged_in, dispatch_uid="boards.own_session")
def own_session_begins(request: HttpRequest, **_: Any) -> None:
    """A sign-in with a password makes it an ordinary session, however it began."""
    for key in (BOARDS_KEY, SESSION_VIA_KEY):
        if request.session.pop(key, None) is not None:
            request.session.set_expiry(None)


class TokenSessionMiddleware:
    """Ignores a token's session outside its boards. Runs before views look at the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        """Checks the board in the address."""
        match = request.resolver_match
        if BOARDS_KEY not in request.session or (match and match.url_name in _EVERYWHERE):
            return
        try:
            session_ends_at(request.session, kwargs.get("board_id"))
        except SessionElsewhereError:
            request.user = AnonymousUser()
